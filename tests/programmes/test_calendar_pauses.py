"""Pauses: which days they keep from running, which they never meet, and what an open one leaves."""

from __future__ import annotations

import pytest

from programmes.calendar import Duration, Pause, PauseReason, TermError, Unit
from tests.programmes.test_calendar import day, reckon


@pytest.mark.parametrize(
    ("start", "length", "rule", "pauses", "due"),
    [
        # On the last day; on the first day; over a weekend only; after the end; before the start.
        ("2021-03-08", "5 working_day", "same_day", [("2021-03-12", "2021-03-12")], "2021-03-15"),
        ("2021-03-08", "5 working_day", "same_day", [("2021-03-08", "2021-03-08")], "2021-03-15"),
        ("2021-03-10", "5 working_day", "same_day", [("2021-03-13", "2021-03-14")], "2021-03-16"),
        ("2021-03-08", "5 working_day", "same_day", [("2021-03-13", "2021-03-20")], "2021-03-12"),
        ("2021-03-08", "5 working_day", "same_day", [("2021-03-13", None)], "2021-03-12"),
        ("2021-03-08", "5 working_day", "same_day", [("2021-03-01", "2021-03-07")], "2021-03-12"),
        # Two of them; overlapping; one inside the other, in any order.
        (
            "2021-03-08",
            "5 working_day",
            "same_day",
            [("2021-03-15", "2021-03-16"), ("2021-03-09", "2021-03-10")],
            "2021-03-18",
        ),
        (
            "2021-03-08",
            "5 working_day",
            "same_day",
            [("2021-03-10", "2021-03-15"), ("2021-03-12", "2021-03-17")],
            "2021-03-22",
        ),
        (
            "2021-03-08",
            "5 working_day",
            "same_day",
            [("2021-03-12", "2021-03-15"), ("2021-03-10", "2021-03-17")],
            "2021-03-22",
        ),
        # Calendar days do not run either; months and years shift by the paused days.
        ("2022-04-15", "90 day", "next_day", [("2022-05-01", "2022-05-10")], "2022-07-24"),
        ("2021-01-31", "1 month", "next_day", [("2021-02-10", "2021-02-19")], "2021-03-10"),
        ("2018-11-30", "3 year", "next_day", [("2020-02-01", "2020-02-29")], "2021-12-29"),
    ],
)
def test_paused_days_do_not_run(
    start: str, length: str, rule: str, pauses: list[tuple[str, str | None]], due: str
) -> None:
    assert reckon(start, length, rule, pauses=pauses).due_on == day(due)


def test_a_day_that_two_pauses_share_is_held_once() -> None:
    term = reckon(
        "2021-03-08",
        "5 working_day",
        "same_day",
        pauses=[("2021-03-10", "2021-03-15"), ("2021-03-12", "2021-03-17")],
    )
    assert [(each.held, each.run_before) for each in term.pauses] == [(4, 2), (2, 2)]


def test_a_pause_that_never_met_the_clock_is_kept_and_says_so() -> None:
    (applied,) = reckon("2021-03-08", "5 working_day", "same_day", pauses=[("2021-03-13", None)]).pauses
    assert (applied.held, applied.run_before) == (0, None)


def test_an_open_pause_leaves_an_extension_in_another_unit_to_come() -> None:
    term = reckon("2021-03-01", "1 month", extension="5 working_day", pauses=[("2021-03-11", None)])
    assert (term.due_on, term.counted, term.remaining) == (None, 9, 22)
    assert term.to_come == Duration(5, Unit.WORKING_DAY)
    later = reckon("2021-03-01", "1 month", extension="5 working_day", pauses=[("2021-04-02", None)])
    assert (later.remaining, later.to_come) == (5, None)


def test_a_pause_cannot_end_before_it_began() -> None:
    with pytest.raises(TermError, match="2021-03-10"):
        Pause(day("2021-03-10"), day("2021-03-09"), PauseReason.OBJECTION)
