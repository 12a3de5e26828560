"""Starting a declaration: which rounds take one, from which units, until when; and why not."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import OrganisationKind, Role
from audit import clock
from cases.models import Case
from programmes.enums import RoundStatus
from programmes.models import Round
from tests.factories.accounts import make_actor, make_organisation
from tests.factories.cases import World
from tests.workflows.pages import browser
from tests.workflows.test_case_pages import words


def start(actor: Actor, **typed: str) -> HttpResponse:
    return browser(actor).post(reverse("cases:start"), typed)


def test_an_open_round_says_who_may_declare_until_when(world: World) -> None:
    Round.objects.filter(pk=world.round.pk).update(closes_on=dt.date(2020, 4, 30))
    text = words(browser(world.applicant).get(reverse("cases:start")).content.decode())
    for said in (
        "2020年度产业集聚示范基地申报",
        "2020-04-30",
        "县（市、区）、开发区（园区）",
        "方案·三(三)",
        "开始填报",
    ):
        assert said in text


def test_starting_leads_to_the_declaration(world: World) -> None:
    unit = str(world.applicant.organisation.public_id)  # type: ignore[union-attr]
    answer = start(world.applicant, round=str(world.round.public_id), unit=unit, title=" 新基地 ")
    case = Case.objects.get()
    assert (case.title, case.applicant, case.is_draft) == ("新基地", world.zone, True)
    assert answer["Location"] == reverse("cases:declaration", args=[case.public_id])


@pytest.mark.parametrize("title", ["", "   ", "长" * 201])
def test_a_title_that_cannot_be_used_is_answered_beside_it(world: World, title: str) -> None:
    unit = str(world.applicant.organisation.public_id)  # type: ignore[union-attr]
    answer = start(world.applicant, round=str(world.round.public_id), unit=unit, title=title)
    assert answer.status_code == 422
    assert "请填写项目名称（200字以内）。" in answer.content.decode()
    assert not Case.objects.exists()


def test_nobody_declares_for_another_unit(world: World) -> None:
    foreign = str(world.other_zone.public_id)
    answer = start(world.applicant, round=str(world.round.public_id), unit=foreign, title="冒名")
    assert (answer.status_code, Case.objects.count()) == (422, 0)


def test_a_unit_of_the_wrong_kind_is_told_why_with_the_clause(world: World) -> None:
    firm = make_organisation("某公司", kind=OrganisationKind.ENTERPRISE, parent=world.authority)
    text = words(browser(make_actor(Role.APPLICANT, firm)).get(reverse("cases:start")).content.decode())
    assert "贵单位的类别不符合申报主体要求。 依据 方案·三(三)" in text
    assert "开始填报" not in text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"closes_on": dt.date(2020, 3, 10)}, "目前不接受申报"),
        ({"opens_on": dt.date(2020, 6, 1)}, "目前不接受申报"),
        ({"status": RoundStatus.PLANNED}, "目前不接受申报"),
    ],
)
def test_a_round_that_is_not_open_says_so(world: World, change: dict[str, Any], reason: str) -> None:
    Round.objects.filter(pk=world.round.pk).update(**change)
    text = words(browser(world.applicant).get(reverse("cases:start")).content.decode())
    assert reason in text
    assert "开始填报" not in text


def test_the_limit_of_drafts_is_told_before_anything_is_typed(world: World) -> None:
    for number in range(5):
        world.draft(f"第{number}个")
    text = words(browser(world.applicant).get(reverse("cases:start")).content.decode())
    assert "不能重复申报" in text
    unit = str(world.applicant.organisation.public_id)  # type: ignore[union-attr]
    assert (
        start(world.applicant, round=str(world.round.public_id), unit=unit, title="第六个").status_code == 403
    )


def test_a_holder_over_several_units_chooses_one(world: World) -> None:
    actor = make_actor(Role.APPLICANT, world.authority, subtree=True)
    text = browser(actor).get(reverse("cases:start")).content.decode()
    assert world.zone.name in text
    assert world.other_zone.name in text
    assert world.bureau.name not in re.sub(
        r"<header.*?</header>", "", text, flags=re.S
    )  # no such kind of unit


def test_of_many_units_one_is_found_by_its_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.views.starting.UNITS", 3)
    actor = make_actor(Role.APPLICANT, world.authority, subtree=True)
    for number in range(4):
        make_organisation(f"第{number}开发区", kind=OrganisationKind.ZONE, parent=world.authority)
        make_organisation(f"第{number}部门", kind=OrganisationKind.DEPARTMENT, parent=world.authority)
    page = browser(actor).get(reverse("cases:start")).content.decode()
    assert "以下只列出前3个；其他单位请按名称查找" in page
    assert page.count("<option") == 3, "units of other kinds take no place"
    where = f"{reverse('cases:start')}?units=第3"
    page = browser(actor).get(where).content.decode()
    assert "以下只列出名称含“第3”的单位（1个）" in page
    found = unit_of(page)
    answer = browser(actor).post(where, {"round": str(world.round.public_id), "unit": found, "title": "基地"})
    assert answer.status_code == 302
    assert Case.objects.get().applicant.name == "第3开发区"
    page = browser(actor).get(f"{reverse('cases:start')}?units=开发区").content.decode()
    assert "名称含“开发区”的单位较多，以下只列出前3个" in page
    page = browser(actor).get(f"{reverse('cases:start')}?units=<没有>").content.decode()
    assert "没有名称含“&lt;没有&gt;”的单位，以下仍列出前3个" in page
    assert page.count("<option") == 3


def unit_of(page: str) -> str:
    """The one unit that the form names."""
    found = re.search(r'name="unit" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def test_few_units_are_not_looked_for(world: World) -> None:
    actor = make_actor(Role.APPLICANT, world.authority, subtree=True)
    assert "按名称查找" not in browser(actor).get(reverse("cases:start")).content.decode()


def test_offices_do_not_declare(world: World) -> None:
    assert browser(world.officer).get(reverse("cases:start")).status_code == 403


def begin(world: World, title: str) -> HttpResponse:
    unit = str(world.applicant.organisation.public_id)  # type: ignore[union-attr]
    return start(world.applicant, round=str(world.round.public_id), unit=unit, title=title)


def test_the_second_click_gets_the_draft_of_the_first(world: World) -> None:
    first, second = begin(world, "基地"), begin(world, " 基地 ")
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1
    clock.set_clock(clock.now() + dt.timedelta(minutes=1))
    assert begin(world, "基地")["Location"] != first["Location"]  # later it is meant
    assert begin(world, "另一个")["Location"] != first["Location"]
    assert Case.objects.count() == 3


def test_what_was_begun_stands_on_top_to_be_gone_on_with(world: World) -> None:
    case = world.draft("数据小镇")
    page = browser(world.applicant).get(reverse("cases:start")).content.decode()
    assert "继续填报" in page
    assert page.index(reverse("cases:declaration", args=[case.public_id])) < page.index(
        str(world.round.public_id)
    )
    other = browser(world.other_applicant).get(reverse("cases:start")).content.decode()
    assert str(case.public_id) not in other


def test_what_was_sent_is_no_draft_any_more(world: World) -> None:
    case = world.submitted()
    assert str(case.public_id) not in browser(world.applicant).get(reverse("cases:start")).content.decode()


def test_a_round_may_be_asked_for_by_its_address(world: World) -> None:
    for number in range(4):  # more than are shown unfolded
        Round.objects.create(
            programme=world.round.programme, edition=world.round.edition, authority=world.authority, year=2020,
            name=f"另一批{number}", opens_on=dt.date(2020, 3, 18), status=RoundStatus.OPEN,
        )  # fmt: skip
    wanted = f"{reverse('cases:start')}?round={world.round.public_id}"
    page = browser(world.applicant).get(wanted).content.decode()
    assert re.findall(r'<details class="lc-start"( open)?>', page) == [" open", "", "", "", ""]
    assert page.index(f'"round-{world.round.public_id}"') < page.index("另一批0")


def test_a_discarded_draft_frees_its_place(world: World) -> None:
    cases = [world.draft(f"第{number}个") for number in range(5)]
    assert begin(world, "第六个").status_code == 403
    address = reverse("cases:discard", args=[cases[0].public_id])
    assert browser(world.applicant).post(address, {"idempotency_key": "d1"}).status_code == 302
    assert begin(world, "第六个").status_code == 302
    assert begin(world, "第七个").status_code == 403


def test_another_unit_has_a_limit_of_its_own(world: World) -> None:
    for number in range(5):
        world.draft(f"第{number}个")
    unit = str(world.other_zone.public_id)
    answer = start(world.other_applicant, round=str(world.round.public_id), unit=unit, title="别的单位")
    assert answer.status_code == 302
