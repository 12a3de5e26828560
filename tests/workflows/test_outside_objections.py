"""What the public lodges stands in the record and in its own list, and stands in nobody's way."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit import clock
from audit.models import Entry
from cases.models import Case
from tests.factories.cases import World
from tests.workflows.pages import browser, open_item, read
from workflows import engine
from workflows.objections import lodge_objection
from workflows.timeline import entries_of

ANONYMOUS = {"kind": "anonymous", "name": "", "contact": "", "content": "有问题。"}
NAMED = {"kind": "person", "name": "李某", "contact": "138", "content": "不符合条件。"}


def lodge(case: Case, given: dict[str, str], times: int = 1) -> None:
    for _each in range(times):
        lodge_objection(notice=case.notices.get(), **given)


@pytest.mark.parametrize("given", [ANONYMOUS, NAMED], ids=["anonymous", "named"])
def test_an_objector_makes_no_page_of_the_office_stale(world: World, given: dict[str, str]) -> None:
    case = world.publicized()
    version = world.reread(case).version
    lodge(case, given, 3)
    assert world.reread(case).version == version
    expert = world.experts[0].user
    assert expert is not None
    engine.command(
        case.public_id,
        "report_misconduct",
        actor=world.officer,
        data={"expert": [str(expert.public_id)], "reason": "有往来。"},
        expected_version=version,
    )
    assert case.misconducts.count() == 1


def test_a_page_over_one_objection_is_not_stale_for_another(world: World) -> None:
    case = world.publicized()
    lodge(case, NAMED)
    item = open_item(case, "handle")
    lodge(case, NAMED)
    lodge(case, ANONYMOUS)
    engine.complete(
        item.public_id,
        "dismiss_objection",
        actor=world.officer,
        data={"reason": "不属实。"},
        expected_version=item.version,
    )
    assert sorted(case.objections.values_list("status", flat=True)) == ["dismissed", "not_accepted", "open"]


def test_a_flood_is_one_line_and_pushes_nothing_off_the_page(world: World) -> None:
    case = world.publicized()
    clock.set_clock(clock.now() + dt.timedelta(hours=1))
    lodge(case, ANONYMOUS, 12)
    text = read(browser(world.officer), reverse("cases:detail", args=[case.public_id]))
    assert text.count("先后收到异议12件") == 1
    assert "收到匿名异议" not in text
    assert "发布了公示" in text
    assert Entry.objects.filter(chain=case.chain, action="publicize.lodge_objection").count() == 12
    assert case.objections.count() == 12
    listed = list(entries_of(case, 3))
    assert [entry.action for entry in listed] == [
        "publicize.lodge_objection",
        "publicize.publish_notice",
        "review.select",
    ]


def test_one_objection_is_told_as_it_is(world: World) -> None:
    case = world.publicized()
    lodge(case, ANONYMOUS)
    text = read(browser(world.officer), reverse("cases:detail", args=[case.public_id]))
    assert "收到匿名异议，登记备查" in text
    assert "先后收到异议" not in text


def test_the_list_of_objections_still_has_each_of_them(world: World) -> None:
    case = world.publicized()
    lodge(case, NAMED, 2)
    text = read(browser(world.officer), reverse("cases:notices", args=[case.public_id]))
    for number in case.objections.values_list("number", flat=True):
        assert number in text


def test_the_timeline_reads_the_record_once(world: World) -> None:
    case = world.publicized()
    lodge(case, ANONYMOUS, 2)
    with CaptureQueriesContext(connection) as caught:
        assert len(list(entries_of(case, 50))) > 5
    assert len(caught) == 1
