"""Sealed until the round closes: who sees what, on every way to it, before and after; and the first look is recorded."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from audit import clock
from audit.models import Entry
from cases import policy
from cases.models import Case
from cases.sealing import is_sealed
from notifications.models import Notification
from programmes import packs
from programmes.enums import RoundStatus
from programmes.models import Round
from tests.factories.accounts import make_actor
from tests.factories.cases import GY_DIRECTORY, World, make_world
from tests.workflows.pages import browser, page_of, text_of
from tests.workflows.test_case_pages import words
from workflows import engine

pytestmark = pytest.mark.django_db
CLOSES = dt.date(2020, 3, 31)
SEALED = (
    "  sealed_until_close: {clause: 003·附件6·第二条, source: proposed,"
    " roles: [recommender, officer, chief, expert, approver, supervisor]}\n"
)
SECRET = "分期规划，三年完成。"
REVENUE = "约束性指标甲"


@pytest.fixture
def world(db: None) -> World:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    return make_world()


@pytest.fixture
def case(world: World) -> Case:
    """Declared in a round of a fictional edition that seals, with something to find in it."""
    files = packs.read_directory(GY_DIRECTORY)
    text = files["programme.yaml"].decode().replace("\nround:\n", f"\nround:\n{SEALED}", 1)
    assert SEALED in text
    files["programme.yaml"] = text.encode()
    world.declare_under(files, number="2020.9", name="封存批次", closes_on=CLOSES)
    draft = world.fill(
        world.draft(),
        {"GY_SUPP_EXTRA": {"plan_horizon_years": "2"}, "GY_REPORT": {"r1_basic": REVENUE}},
    )
    return world.do(draft, "declare.submit", statement=True, explanations={"R-GY-05": SECRET})


def people(world: World) -> dict[str, Actor]:
    return {
        "officer": world.officer,
        "chief": world.chief,
        "supervisor": world.supervisor,
        "second_supervisor": make_actor(Role.SUPERVISOR, world.authority),
    }


def address(case: Case, name: str) -> str:
    return reverse(f"cases:{name}", args=[case.public_id])


def at(day: dt.date, hour: int = 10) -> None:
    clock.set_clock(dt.datetime.combine(day, dt.time(hour), tzinfo=clock.SHANGHAI))


def test_the_office_sees_that_there_is_one_and_nothing_of_it(world: World, case: Case) -> None:
    for name, actor in people(world).items():
        page = words(text_of(browser(actor).get(address(case, "detail"))))
        assert case.title in page, name
        assert case.applicant.name in page
        for kept in (SECRET, REVENUE, "m7_license", "合计"):
            assert kept not in page, (name, kept)
        assert policy.fields(actor, case) == frozenset()
        for part in ("declared", "print", "receipt", "decisions", "review", "notices"):
            answer = browser(actor).get(address(case, part))
            assert answer.status_code == 403, (name, part)
            assert REVENUE not in text_of(answer)
            assert "封存" in text_of(answer), (name, part)


def test_files_cannot_be_fetched_by_their_address(world: World, case: Case) -> None:
    file = case.materials.all()[0]
    fetch = reverse("cases:material", args=[case.public_id, file.public_id])
    for actor in people(world).values():
        assert browser(actor).get(fetch).status_code == 403
    answer = browser(world.applicant).get(fetch)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]


def test_lists_searches_and_messages_tell_no_more(world: World, case: Case) -> None:
    for actor in (world.officer, world.chief, world.supervisor):
        listed = words(text_of(browser(actor).get(reverse("cases:list"), {"q": case.title[:4]})))
        assert case.title in listed
        assert REVENUE not in listed
        assert case.title not in words(
            text_of(browser(actor).get(reverse("cases:list"), {"q": REVENUE})).partition("<tbody")[2]
        )
    told = " ".join(str(row.__dict__) for row in Notification.objects.filter(case=case))
    assert REVENUE not in told
    assert SECRET not in told


def test_the_supervisors_record_keeps_the_contents_back(world: World, case: Case) -> None:
    client = browser(world.supervisor)
    entry = Entry.objects.get(chain=case.chain_id, action="declare.submit")
    shown = text_of(client.get(reverse("supervision:entry", args=[case.public_id, entry.seq])))
    assert SECRET not in shown
    assert "封存" in shown
    assert client.post(reverse("supervision:export", args=[case.public_id])).status_code == 403
    at(CLOSES + dt.timedelta(days=1))
    assert SECRET in text_of(client.get(reverse("supervision:entry", args=[case.public_id, entry.seq])))
    assert client.post(reverse("supervision:export", args=[case.public_id])).status_code == 200


def test_nobody_decides_on_what_nobody_may_read(world: World, case: Case) -> None:
    answer = browser(world.officer).get(page_of(case, "file.file"))
    assert answer.status_code == 403
    assert f"截止（{CLOSES.isoformat()}24时）前封存" in text_of(answer)
    with pytest.raises(Exception, match="封存"):
        engine.act(case.public_id, "file.file", actor=world.officer)
    at(CLOSES + dt.timedelta(days=1))
    assert browser(world.officer).get(page_of(case, "file.file")).status_code == 200


def test_the_applicant_reads_its_own_throughout(world: World, case: Case) -> None:
    page = text_of(browser(world.applicant).get(address(case, "declared")))
    assert REVENUE in page
    assert browser(world.applicant).get(address(case, "receipt")).status_code == 200
    assert browser(world.other_applicant).get(address(case, "detail")).status_code == 404


def test_the_last_day_is_sealed_and_a_longer_round_stays_sealed(world: World, case: Case) -> None:
    at(CLOSES, 23)
    assert browser(world.officer).get(address(case, "declared")).status_code == 403
    Round.objects.filter(pk=world.round.pk).update(closes_on=CLOSES + dt.timedelta(days=5))
    at(CLOSES + dt.timedelta(days=1))
    assert is_sealed(world.reread(case))
    assert browser(world.officer).get(address(case, "declared")).status_code == 403
    at(CLOSES + dt.timedelta(days=6))
    assert browser(world.officer).get(address(case, "declared")).status_code == 200


def test_closed_by_its_door_it_opens_at_once(world: World, case: Case) -> None:
    Round.objects.filter(pk=world.round.pk).update(status=RoundStatus.CLOSED)
    assert REVENUE in text_of(browser(world.officer).get(address(case, "declared")))


def test_the_first_look_after_the_closing_is_on_the_record_once(world: World, case: Case) -> None:
    browser(world.officer).get(address(case, "detail"))
    assert not Entry.objects.filter(chain=case.chain_id, action="case.unsealed").exists()
    at(CLOSES + dt.timedelta(days=1))
    browser(world.applicant).get(address(case, "detail"))
    assert not Entry.objects.filter(chain=case.chain_id, action="case.unsealed").exists(), (
        "it was not kept from them"
    )
    for actor in (world.officer, world.chief, world.officer):
        assert browser(actor).get(address(case, "declared")).status_code == 200
    entry = Entry.objects.get(chain=case.chain_id, action="case.unsealed")
    assert world.officer.user is not None
    assert entry.actor_id == world.officer.user.pk
    assert entry.content["clause"] == "003·附件6·第二条"
    assert "申报材料启封，首次查阅" in text_of(browser(world.officer).get(address(case, "detail")))


def test_an_edition_that_says_nothing_seals_nothing(world: World) -> None:
    case = world.submitted()
    assert not is_sealed(case)
    assert browser(world.officer).get(address(case, "declared")).status_code == 200
    assert Client().get(address(case, "declared")).status_code == 302


@pytest.mark.parametrize("role", [Role.RECOMMENDER, Role.EXPERT, Role.APPROVER, Role.CHIEF, Role.OFFICER])
def test_every_role_it_is_kept_from_reads_no_part(world: World, case: Case, role: Role) -> None:
    actor = make_actor(role, world.bureau)
    assert policy.fields(actor, case) == frozenset()
    at(CLOSES + dt.timedelta(days=1))
    assert "declaration" in policy.fields(actor, case)
