"""The worklist: the most urgent first, narrowed, told by words, at the same cost however long it is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import override_settings

from accounts.actors import Actor
from audit import clock
from cases.models import Case, Deadline
from tests.factories.cases import World
from tests.workflows.pages import (
    FRAME,
    browser,
    multiply,
    objected,
    one_recused,
    open_item,
    queries_of,
    read,
)
from workflows.due import due_of
from workflows.items import items_for
from workflows.models import WorkItem

HOME, LIST = "/work/", "/work/list/"


def test_the_worklist_costs_seven_queries_with_one_item_and_with_thirty(world: World) -> None:
    case = world.submitted()
    client = browser(world.officer)
    assert queries_of(client, LIST) == FRAME + 3 <= 8
    multiply(open_item(case, "examine"), 29)
    assert client.get(LIST).context["list"].page.paginator.count == 30
    assert queries_of(client, LIST) == FRAME + 3


@pytest.fixture
def desk(world: World) -> World:
    """Four items of the office: late, due this week, due later, without a limit that runs."""
    world.submitted(title="逾期")
    for title, moment in (("本周", dt.date(2020, 3, 25)), ("以后", dt.date(2020, 4, 7))):
        clock.set_clock(clock.start_of(moment) + dt.timedelta(hours=9))
        case = world.submitted(title=title)
        if title == "以后":
            world.do(case, "file.file")
    clock.set_clock(dt.datetime(2020, 4, 8, 10, tzinfo=clock.SHANGHAI))
    return world


def titles(actor: Actor, query: str = "") -> list[str]:
    return [item.case.title for item in browser(actor).get(LIST + query).context["list"].page]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["逾期", "本周", "以后"]),
        ("?due=late", ["逾期"]),
        ("?due=week", ["逾期", "本周"]),
        ("?duty=file.notify", ["以后"]),
        ("?duty=file.examine&due=week", ["逾期", "本周"]),
        ("?programme=gy-cluster-base", ["逾期", "本周", "以后"]),
        ("?programme=other", []),
        ("?duty=nonsense&due=nonsense&page=x", []),
        ("?due=nonsense", ["逾期", "本周", "以后"]),
        ("?page=99", ["逾期", "本周", "以后"]),
    ],
)
def test_the_list_is_narrowed_and_the_most_urgent_comes_first(
    desk: World, query: str, expected: list[str]
) -> None:
    assert titles(desk.officer, query) == expected


def test_items_without_a_day_come_last(desk: World) -> None:
    first = items_for(desk.officer)[0]
    Deadline.objects.filter(pk=first.deadline_id).update(due_on=None, due_at=None)
    WorkItem.objects.filter(pk=first.pk).update(due_on=None)
    assert titles(desk.officer) == ["本周", "以后", "逾期"]


def test_a_row_tells_everything_by_words(desk: World) -> None:
    page = read(browser(desk.officer), LIST)
    case = Case.objects.get(title="逾期")
    assert case.case_no in page
    assert case.applicant.name in page
    assert "审核建设方案及相关材料" in page
    assert "将备案情况通知申报主体" in page
    assert "已逾期2个工作日" in page
    assert page.count("未查阅") == 3
    browser(desk.officer).get(f"/work/{case.public_id}/file.file/")
    assert read(browser(desk.officer), LIST).count("未查阅") == 2


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("chief", 3),
        ("officer2", 3),
        ("applicant", 0),
        ("approver", 0),
        ("supervisor", 0),
        ("other_applicant", 0),
    ],
)
def test_everybody_finds_their_own(desk: World, who: str, expected: int) -> None:
    assert len(titles(getattr(desk, who))) == expected


def test_the_list_leads_to_where_the_work_is_done(world: World) -> None:
    case = one_recused(world)
    item = open_item(case, "replace")
    assert f"/work/{case.public_id}/review.replace_expert/?item={item.public_id}" in read(
        browser(world.officer), LIST
    )
    seat = open_item(case, "score", world.experts[1])
    assert f"/work/score/{seat.public_id}/" in read(browser(world.experts[1]), LIST)
    draft = world.draft("草稿")
    assert f"/cases/{draft.public_id}/" in read(browser(world.applicant), LIST)


def test_a_paused_limit_says_so(world: World) -> None:
    case = objected(world)
    window = open_item(case, "window")
    assert due_of(window).tone == "paused"
    assert "暂停计时，尚余" in due_of(window).text


@override_settings(LANGUAGE_CODE="en")
def test_pages_do_not_depend_on_the_language_of_labels(world: World) -> None:
    world.submitted()
    client = browser(world.officer)
    client.cookies["django_language"] = "en"
    assert client.get(LIST + "?duty=file.examine").context["list"].page.paginator.count == 1
    assert client.get(HOME).status_code == 200
