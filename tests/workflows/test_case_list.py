"""The list of cases: everybody lists what they may see, narrowed as they ask, at a fixed cost."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from audit import clock
from programmes.models import Round
from tests.factories.cases import World
from tests.workflows.pages import browser
from tests.workflows.test_case_pages import words


def listed(actor: Actor, **query: str) -> list[str]:
    """The titles in the list, in order."""
    text = browser(actor).get(reverse("cases:list"), query).content.decode()
    return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', text)


def more_rounds(world: World, count: int) -> None:
    """Further open rounds, since one takes five declarations of a unit."""
    Round.objects.bulk_create(
        Round(
            programme=world.programme,
            edition=world.edition,
            authority=world.authority,
            year=2020,
            name=f"第{number}批",
            opens_on=world.round.opens_on,
            status=world.round.status,
        )
        for number in range(count)
    )


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("applicant", ["已提交基地", "草稿基地"]),
        ("officer", ["已提交基地"]),
        ("chief", ["已提交基地"]),
        ("supervisor", ["已提交基地"]),
        ("approver", []),
        ("other_applicant", []),
    ],
)
def test_everybody_lists_what_they_may_see(world: World, who: str, sees: list[str]) -> None:
    world.draft("草稿基地")
    world.submitted("已提交基地")
    assert sorted(listed(getattr(world, who))) == sorted(sees)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "GYJJ-2020-0001"}, ["白云基地"]),
        ({"q": "乌当"}, ["乌当基地"]),
        ({"q": "高新技术产业"}, ["乌当基地", "白云基地"]),
        ({"q": "没有的"}, []),
        ({"stage": "file"}, ["白云基地"]),
        ({"stage": "build"}, ["乌当基地"]),
        ({"stage": "nonsense"}, ["乌当基地", "白云基地"]),
        ({"standing": "filed"}, ["乌当基地"]),
        ({"standing": "accredited"}, []),
        ({"programme": "gy-cluster-base"}, ["乌当基地", "白云基地"]),
        ({"programme": "other"}, []),
        ({"late": "1"}, ["白云基地"]),
        ({"q": "基地", "stage": "build"}, ["乌当基地"]),
    ],
)
def test_search_and_filters_narrow_the_list(world: World, query: dict[str, str], found: list[str]) -> None:
    world.submitted("白云基地")
    world.building(title="乌当基地")
    clock.set_clock(dt.datetime(2020, 5, 20, 10, 0, tzinfo=clock.SHANGHAI))
    assert sorted(listed(world.officer, **query)) == sorted(found)


def test_the_list_costs_the_same_for_one_case_and_for_thirty(world: World) -> None:
    more_rounds(world, 6)
    rounds = list(Round.objects.all())
    client = browser(world.applicant)
    world.submitted("第0个基地")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("cases:list")).status_code == 200
        return len(queries)

    cost()
    with_one = cost()
    for number in range(1, 30):
        world.round = rounds[number // 5]
        world.draft(f"第{number}个基地")
    assert len(listed(world.applicant)) == 30
    assert (with_one, cost()) == (8, 8)


def test_the_list_says_what_is_waited_for_on_whom_and_until_when(world: World) -> None:
    world.submitted("白云基地")
    clock.set_clock(dt.datetime(2020, 4, 20, 10, 0, tzinfo=clock.SHANGHAI))
    text = browser(world.officer).get(reverse("cases:list")).content.decode()
    assert "lc-row-late" in text
    for said in ("审核建设方案及相关材料", "市大数据局", "待我办理", "2020-04-03", "已逾期"):
        assert said in words(text)


def test_pages_of_the_list(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr("workflows.views.cases.PAGE", 2)
    for number in range(3):
        world.draft(f"第{number}个基地")
    assert len(listed(world.applicant)) == 2
    assert len(listed(world.applicant, page="2")) == 1


def test_experts_are_not_named_to_applicants_in_the_list(world: World) -> None:
    world.with_panel()
    theirs = browser(world.applicant).get(reverse("cases:list")).content.decode()
    office = browser(world.officer).get(reverse("cases:list")).content.decode()
    assert "评审专家（5人）" in theirs
    seat = re.compile("专家[1-5]")  # the seats are opened in no order
    assert not seat.search(theirs)
    assert seat.search(office)
