"""Where a term stands at a moment, how much of it is left; and windows."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from programmes.calendar import (
    Progress,
    Term,
    TermError,
    TermStatus,
    Unit,
    Window,
    WindowStatus,
    by_date,
    in_time,
    remaining,
    state_at,
)
from tests.programmes.test_calendar import at, day, reckon
from tests.programmes.test_calendar_told import HELD, PARALLEL, PUBLICITY, RECTIFICATION


@pytest.mark.parametrize(
    ("term", "moment", "status", "overdue", "unit"),
    [
        # S25: the answer on 16 March is late by one working day, from 00:00 on.
        (PARALLEL, "2017-03-10T09:00", TermStatus.RUNNING, 0, Unit.WORKING_DAY),
        (PARALLEL, "2017-03-15T23:59:59", TermStatus.DUE_TODAY, 0, Unit.WORKING_DAY),
        (PARALLEL, "2017-03-16T00:00", TermStatus.OVERDUE, 1, Unit.WORKING_DAY),
        (PARALLEL, "2017-03-20T09:00", TermStatus.OVERDUE, 3, Unit.WORKING_DAY),
        # Due on a Friday: on the Saturday it is late, by no working day yet.
        (reckon("2021-03-08", "4 working_day"), "2021-03-13T09:00", TermStatus.OVERDUE, 0, Unit.WORKING_DAY),
        (RECTIFICATION, "2022-07-14T12:00", TermStatus.DUE_TODAY, 0, Unit.DAY),
        (RECTIFICATION, "2022-07-18T09:00", TermStatus.OVERDUE, 4, Unit.DAY),
        (PUBLICITY, "2021-03-09T09:00", TermStatus.RUNNING, 0, Unit.WORKING_DAY),
        (PUBLICITY, "2021-03-17T09:00", TermStatus.PAUSED, 0, Unit.WORKING_DAY),
        (PUBLICITY, "2021-03-18T00:00", TermStatus.RUNNING, 0, Unit.WORKING_DAY),
        (HELD, "2021-03-09T09:00", TermStatus.RUNNING, 0, Unit.WORKING_DAY),
        (HELD, "2031-01-01T09:00", TermStatus.PAUSED, 0, Unit.WORKING_DAY),
        (by_date(day("2021-03-20")), "2021-03-22T09:00", TermStatus.OVERDUE, 2, Unit.DAY),
    ],
)
def test_where_a_term_stands(term: Term, moment: str, status: TermStatus, overdue: int, unit: Unit) -> None:
    assert state_at(term, at(moment)) == Progress(status, overdue, unit)
    assert state_at(term, at(moment).date()) == Progress(status, overdue, unit)
    assert in_time(term, at(moment)) is (status is not TermStatus.OVERDUE)


@pytest.mark.parametrize(
    ("term", "today", "left"),
    [
        (PUBLICITY, "2021-03-01", 5),
        (PUBLICITY, "2021-03-08", 4),
        (PUBLICITY, "2021-03-09", 3),
        (PUBLICITY, "2021-03-12", 3),
        (PUBLICITY, "2021-03-18", 2),
        (PUBLICITY, "2021-03-22", 0),
        (PUBLICITY, "2021-04-01", 0),
        (HELD, "2021-03-08", 4),
        (HELD, "2021-03-09", 3),
        (HELD, "2031-01-01", 3),
        (reckon("2021-03-08", "5 day", "same_day", pauses=[("2021-03-08", None)]), "2021-03-08", 5),
        (RECTIFICATION, "2022-04-15", 90),
        (RECTIFICATION, "2022-07-13", 1),
        (by_date(day("2018-08-24")), "2018-08-20", 4),
    ],
)
def test_how_much_is_left(term: Term, today: str, left: int) -> None:
    assert remaining(term, day(today)) == left


@pytest.mark.parametrize("ask", [state_at, in_time])
def test_a_moment_needs_a_zone(ask: Any) -> None:
    with pytest.raises(TermError, match="aware"):
        ask(PUBLICITY, dt.datetime(2021, 3, 8))


# Windows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "opens", "closes", "zh"),
    [
        ({"quarter": 1}, "2020-01-01", "2020-03-31", "2020年1月1日至3月31日"),
        ({"quarter": 4}, "2020-10-01", "2020-12-31", "2020年10月1日至12月31日"),
        ({"month": 2}, "2020-02-01", "2020-02-29", "2020年2月1日至2月29日"),
        ({"from": "03-02", "until": "03-31"}, "2020-03-02", "2020-03-31", "2020年3月2日至3月31日"),
        ({"from": "03-02", "until": "03-31", "inclusive": False}, "2020-03-02", "2020-03-30", None),
        ({"from": "12-01", "until": "01-31"}, "2020-12-01", "2021-01-31", "2020年12月1日至2021年1月31日"),
        ({"from": "08-24", "until": "08-24"}, "2020-08-24", "2020-08-24", "2020年8月24日"),
    ],
)
def test_windows_as_packs_write_them(spec: dict[str, Any], opens: str, closes: str, zh: str | None) -> None:
    window = Window.from_spec(spec, year=2020)
    assert window == Window(day(opens), day(closes))
    assert zh is None or window.label("zh") == zh
    assert Window.from_json(json.loads(json.dumps(window.to_json()))) == window


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"quarter": 0},
        {"quarter": 5},
        {"quarter": "1"},
        {"quarter": 1, "month": 2},
        {"month": 13},
        {"from": "02-30", "until": "03-01"},
        {"from": "03-01"},
        {"from": "03-01", "until": "03-01", "inclusive": False},
        {"from": "03-01", "until": "03-02", "often": True},
    ],
)
def test_what_is_no_window_is_refused(spec: dict[str, Any]) -> None:
    with pytest.raises(TermError):
        Window.from_spec(spec, year=2020)


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2019-12-31T23:59:59", WindowStatus.UPCOMING),
        ("2020-01-01T00:00", WindowStatus.OPEN),
        ("2020-03-31T23:59:59", WindowStatus.OPEN),
        ("2020-04-01T00:00", WindowStatus.CLOSED),
    ],
)
def test_a_window_is_open_from_its_first_to_its_last_instant(moment: str, status: WindowStatus) -> None:
    window = Window.of_quarter(2020, 1)
    assert window.status_at(at(moment)) is status
    assert (window.opens_at <= at(moment) < window.closes_at) is (status is WindowStatus.OPEN)
