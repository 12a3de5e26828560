"""收件登记: the register's time is the system's; a wrong entry is replaced by another person, and both stay."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actors import Actor, actor_for
from accounts.errors import Refusal
from audit import clock
from audit.models import Entry
from cases.errors import Gate, Invalid, NotAllowed
from cases.facts import CaseFacts
from cases.models import Case, Decision, IntakeEntry
from tests.factories.accounts import make_substitution, make_user
from tests.factories.cases import World
from tests.factories.played import played
from tests.workflows.pages import browser, page_of, post, queries_of, read, text_of
from tests.workflows.variants import sent_under
from workflows import engine

pytestmark = pytest.mark.django_db

PAPER = {"kind": "paper", "copies": 2, "size": "A4", "bound": "yes"}
ECOPY = {"kind": "ecopy", "copies": 1, "carrier": "mail"}
ARRIVAL = dt.datetime(2018, 8, 24, 23, 59, 59, tzinfo=clock.SHANGHAI)


def at(*when: int) -> dt.datetime:
    moment = dt.datetime(*when, tzinfo=clock.SHANGHAI)  # type: ignore[arg-type]
    clock.set_clock(moment)
    return moment


@pytest.fixture
def town() -> dict[str, Actor]:
    actors = played("gd-town-industry", "steps: [{play: recommended}]")
    clock.set_clock(ARRIVAL)
    return actors


def register(case: Case, actor: Actor, **data: object) -> engine.Result:
    return engine.command(case.public_id, "register_intake", actor=actor, data=data)


def correct(case: Case, actor: Actor, **data: object) -> engine.Result:
    given = {"evidence": "签收簿第3页", "reason": "登记时看错。"} | data
    return engine.command(case.public_id, "correct_intake", actor=actor, data=given)


def test_the_time_of_receipt_is_the_systems_whatever_is_sent(town: dict[str, Actor]) -> None:
    case = Case.objects.get()
    earlier = "2018-08-20T09:00"
    register(case, town["officer"], **PAPER, received_at=earlier, registered_at=earlier)
    entry = IntakeEntry.objects.get()
    assert (entry.received_at, entry.registered_at) == (ARRIVAL, ARRIVAL)
    assert entry.number == "SJ2018-00001"
    told = Entry.objects.get(chain=case.chain, action="command.register_intake").content["data"]
    assert (told["copies"], told["received_at"]) == (2, ARRIVAL.astimezone(dt.UTC).isoformat())


def test_the_database_itself_refuses_a_time_before_registration(town: dict[str, Actor]) -> None:
    case, officer = Case.objects.get(), town["officer"].user
    assert officer is not None
    common = {"case": case, "kind": "paper", "copies": 2, "registered_by": officer, "registered_at": ARRIVAL}
    with pytest.raises(IntegrityError), transaction.atomic():
        IntakeEntry.objects.create(**common, number="X1", received_at=ARRIVAL - dt.timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        IntakeEntry.objects.create(**common, number="X2", received_at=ARRIVAL + dt.timedelta(seconds=1))
    first = IntakeEntry.objects.create(**common, number="X3", received_at=ARRIVAL)
    with pytest.raises(IntegrityError), transaction.atomic():
        IntakeEntry.objects.create(
            **common, number="X4", received_at=ARRIVAL - dt.timedelta(days=1), supersedes=first, reason=""
        )
    with pytest.raises(TypeError):
        first.save()


def test_the_last_second_counts_and_the_next_is_refused_with_the_clause(town: dict[str, Actor]) -> None:
    """S03: 23:59:59 on the last day is in time; midnight is not, and the refusal names the clause."""
    case = Case.objects.get()
    register(case, town["officer"], **PAPER)
    at(2018, 8, 25, 0, 0, 0)
    register(case, town["officer"], **ECOPY)
    with pytest.raises(Gate) as late:
        engine.act(case.public_id, "declare.accept", actor=town["officer"])
    assert late.value.code == "R-GD-04"
    assert late.value.clause == "000·通知·二(二)"
    page = read(browser(town["officer"]), reverse("cases:intake", args=[case.public_id]))
    assert "本批次受理已截止" in page
    engine.act(case.public_id, "declare.decline", actor=town["officer"], data={"reason": "逾期送达。"})
    assert Decision.objects.get(action="decline").letter_code == "intake_refusal"


def test_both_in_the_last_second_are_accepted(town: dict[str, Actor]) -> None:
    case = Case.objects.get()
    register(case, town["officer"], **PAPER)
    register(case, town["officer"], **ECOPY)
    at(2018, 8, 27, 9, 0, 0)
    engine.act(case.public_id, "declare.accept", actor=town["officer"])
    case = Case.objects.get()
    assert case.stage == "review"


def test_copies_that_come_one_by_one_are_complete_with_the_second(town: dict[str, Actor]) -> None:
    case, officer = Case.objects.get(), town["officer"]
    first = at(2018, 8, 22, 9, 0, 0)
    register(case, officer, **(PAPER | {"copies": 1}))
    facts = CaseFacts(case)
    assert (facts["intake.paper_copies"], facts["intake.paper_received_at"]) == (1, first)
    second = at(2018, 8, 23, 9, 0, 0)
    register(case, officer, **(PAPER | {"copies": 1}))
    at(2018, 8, 30, 9, 0, 0)
    register(case, officer, **(PAPER | {"copies": 1, "bound": "no"}))
    facts = CaseFacts(case)
    assert (facts["intake.paper_copies"], facts["intake.paper_received_at"]) == (3, second)
    assert facts["intake.paper_bound"] is False


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"kind": "letter", "copies": 1}, "kind"),
        ({"kind": "paper", "copies": 2, "bound": "yes"}, "size"),
        ({"kind": "paper", "copies": 2, "size": "A4"}, "bound"),
        ({"kind": "ecopy", "copies": 1}, "carrier"),
        (PAPER | {"copies": 0}, "copies"),
        (PAPER | {"copies": -1}, "copies"),
        (PAPER | {"copies": 10**9}, "copies"),
        (PAPER | {"manner": "pigeon"}, "manner"),
        (PAPER | {"evidence": "长" * 201}, "evidence"),
    ],
)
def test_what_is_missing_or_absurd_is_told_at_its_field(
    town: dict[str, Actor], data: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        register(Case.objects.get(), town["officer"], **data)
    assert set(refused.value.fields) == {field}
    assert not IntakeEntry.objects.exists()


def test_nobody_but_the_office_registers_and_nothing_before_it_was_sent(world: World) -> None:
    case = sent_under(world, sent=False)
    with pytest.raises(Refusal):
        register(case, world.officer, **PAPER)
    world.do(case, "declare.submit", statement=True)
    with pytest.raises(NotAllowed) as refused:
        register(case, world.applicant, **PAPER)
    assert refused.value.code == "wrong_role"
    register(case, world.officer, **PAPER)
    assert Decision.objects.get(action="register_intake").letter_code == "default_receipt"


def test_a_wrong_entry_is_replaced_by_another_person_and_both_stay(town: dict[str, Actor]) -> None:
    case = Case.objects.get()
    register(case, town["officer"], **(PAPER | {"copies": 1}))
    now = at(2018, 8, 26, 9, 0, 0)
    with pytest.raises(NotAllowed) as own:
        correct(case, town["officer"], entry="SJ2018-00001", copies=2)
    assert own.value.code == "other_person"
    with pytest.raises(Invalid) as future:
        correct(case, town["chief"], entry="SJ2018-00001", copies=2, received_at="2018-08-26T09:01")
    assert set(future.value.fields) == {"received_at"}
    with pytest.raises(Invalid) as bare:
        correct(case, town["chief"], entry="SJ2018-00001", copies=2, reason="")
    assert set(bare.value.fields) == {"reason"}
    with pytest.raises(Invalid) as same:
        correct(case, town["chief"], entry="SJ2018-00001", copies=1)
    assert same.value.code == "nothing_changed"
    correct(case, town["chief"], entry="SJ2018-00001", copies=2, received_at="2018-08-24T16:00")
    first, second = IntakeEntry.objects.order_by("pk")
    assert (first.copies, first.received_at) == (1, ARRIVAL)
    assert (second.copies, second.registered_at, second.supersedes) == (2, now, first)
    assert clock.local(second.received_at).strftime("%m-%d %H:%M") == "08-24 16:00"
    assert CaseFacts(case)["intake.paper_copies"] == 2
    told = Entry.objects.get(chain=case.chain, action="command.correct_intake").content["data"]
    assert (told["supersedes"], told["before"]["copies"], told["reason"]) == (first.number, 1, "登记时看错。")
    with pytest.raises(Invalid):
        correct(case, town["officer"], entry="SJ2018-00001", copies=3)
    page = read(browser(town["county"]), reverse("cases:intake", args=[case.public_id]))
    assert "已更正，见SJ2018-00002" in page
    assert "更正理由：登记时看错。" in page


def test_of_a_substitution_neither_corrects_what_the_other_entered(town: dict[str, Actor]) -> None:
    """Who stood in and who was stood in for count as one person, whichever of them registered."""
    case, officer = Case.objects.get(), town["officer"]
    assert officer.assignment
    assert officer.user
    deputy = make_user(organisation=officer.organisation)
    make_substitution(officer.assignment, deputy)
    standing_in = actor_for(officer.assignment, user=deputy)
    register(case, standing_in, **(PAPER | {"copies": 3}))
    entry = IntakeEntry.objects.get()
    assert (entry.registered_by, entry.on_behalf_of) == (deputy, officer.user)
    for one in (officer, standing_in):
        with pytest.raises(NotAllowed) as refused:
            correct(case, one, entry=entry.number, copies=2)
        assert refused.value.code == "other_person"
    page = read(browser(town["chief"]), reverse("cases:intake", args=[case.public_id]))
    assert f"{deputy.name}（代{officer.user.name}）" in page
    correct(case, town["chief"], entry=entry.number, copies=2)
    register(case, officer, **ECOPY)
    own = IntakeEntry.objects.get(kind="ecopy")
    assert own.on_behalf_of is None
    with pytest.raises(NotAllowed):
        correct(case, standing_in, entry=own.number, copies=0)


def test_a_corrected_time_lies_between_sending_and_the_entry(town: dict[str, Actor]) -> None:
    case = Case.objects.get()
    assert case.submitted_at is not None
    register(case, town["officer"], **PAPER)
    at(2018, 8, 27, 9)
    sent = clock.local(case.submitted_at)
    early = f"{sent - dt.timedelta(minutes=1):%Y-%m-%dT%H:%M}"
    for wrong in (early, "2018-08-25T08:00"):
        with pytest.raises(Invalid) as refused:
            correct(case, town["chief"], entry="SJ2018-00001", copies=2, received_at=wrong)
        assert set(refused.value.fields) == {"received_at"}
    correct(case, town["chief"], entry="SJ2018-00001", copies=2, received_at=f"{sent:%Y-%m-%dT%H:%M}")
    assert IntakeEntry.objects.count() == 2


def test_an_entry_that_never_was_counts_nothing(town: dict[str, Actor]) -> None:
    case = Case.objects.get()
    register(case, town["officer"], **PAPER)
    correct(case, town["chief"], entry="SJ2018-00001", copies=0)
    facts = CaseFacts(case)
    assert (facts["intake.paper_copies"], facts["intake.paper_received_at"]) == (0, None)


def test_a_programme_may_leave_corrections_to_the_chief(world: World) -> None:
    case = sent_under(world, params="intake: true, intake_corrected_by: chief")
    register(case, world.officer, **PAPER)
    number = IntakeEntry.objects.get().number
    with pytest.raises(NotAllowed) as refused:
        correct(case, world.officer2, entry=number, copies=1)
    assert refused.value.code == "chief_only"
    correct(case, world.chief, entry=number, copies=1)


def test_before_anything_arrived_the_button_to_correct_waits_and_says_why(town: dict[str, Actor]) -> None:
    case, page_address = Case.objects.get(), page_of(Case.objects.get(), "command.correct_intake")
    address = reverse("cases:detail", args=[case.public_id])
    before = read(browser(town["officer"]), address)
    assert "本案尚未登记收件，没有可更正的登记。" in before
    assert page_address not in before
    register(case, town["officer"], **PAPER)
    after = read(browser(town["officer"]), address)
    assert "没有可更正的登记" not in after
    assert page_address in after


def test_the_page_registers_and_tells_what_is_still_missing(town: dict[str, Actor]) -> None:
    case = Case.objects.get()
    shown = read(browser(town["officer"]), page_of(case, "command.register_intake"))
    assert "纸质材料" in shown
    assert "received_at" not in shown
    done = post(town["officer"], case, "command.register_intake", {k: str(v) for k, v in PAPER.items()})
    assert done.status_code == 302
    assert done["Location"] == reverse("cases:intake", args=[case.public_id])
    page = read(browser(town["officer"]), done["Location"])
    assert "SJ2018-00001" in page
    assert "2018-08-24 23:59:59" in page
    assert "须同时报送A4装订纸质材料一式两份和电子版" in page
    missed = post(town["officer"], case, "command.register_intake", {"kind": "ecopy", "copies": "１"})
    assert missed.status_code == 422
    assert "请选择电子版载体" in text_of(missed)
    refused = browser(town["officer"]).get(page_of(case, "declare.accept"))
    assert refused.status_code == 422  # no electronic copy yet: said before anything is sent
    accept = text_of(refused)
    assert "纸质材料2份（A4，已装订）" in accept
    assert "本单位对申报项目和申报材料的完整性负责" in accept


def test_the_register_is_not_for_everybody(town: dict[str, Actor]) -> None:
    case = Case.objects.get()
    address = reverse("cases:intake", args=[case.public_id])
    assert browser(town["city"]).get(address).status_code == 200
    assert browser(town["qingyuan_city"]).get(address).status_code == 404
    assert browser(town["expert1"]).get(address).status_code == 404


def test_the_register_costs_the_same_however_long_it_is(town: dict[str, Actor]) -> None:
    case, officer = Case.objects.get(), town["officer"]
    address = reverse("cases:intake", args=[case.public_id])
    client = browser(officer)
    register(case, officer, **PAPER)
    few = queries_of(client, address)
    for _n in range(5):
        register(case, officer, **ECOPY)
    assert queries_of(client, address) == few
