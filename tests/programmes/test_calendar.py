"""Deadline arithmetic: every figure of the scenarios and of the regulations, and the traps around them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from programmes.calendar import (
    Duration,
    DurationError,
    Pause,
    StartRule,
    Term,
    TermError,
    Unit,
    WorkCalendar,
    by_date,
    by_month_end,
    compute,
    in_time,
    recompute,
)

CALENDAR = WorkCalendar.load()
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def reckon(start: str, length: str, rule: str = "next_day", **options: Any) -> Term:
    """``compute`` with everything written as text; ``pauses`` are (since, until or None[, reason])."""
    options["extension"] = Duration.parse(options["extension"]) if "extension" in options else None
    options["pauses"] = [
        Pause(day(since), day(until) if until else None, *reason)
        for since, until, *reason in options.pop("pauses", ())
    ]
    return compute(
        start=day(start),
        duration=Duration.parse(length),
        calendar=CALENDAR,
        start_rule=StartRule(rule),
        **options,
    )


# Durations -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "duration", "zh", "en"),
    [
        ("5 working_day", Duration(5, Unit.WORKING_DAY), "5个工作日", "5 working days"),
        ("1 working_day", Duration(1, Unit.WORKING_DAY), "1个工作日", "1 working day"),
        ("10 working_days", Duration(10, Unit.WORKING_DAY), "10个工作日", "10 working days"),
        ("90 day", Duration(90, Unit.DAY), "90日", "90 days"),
        (" 90  days ", Duration(90, Unit.DAY), "90日", "90 days"),
        ("3 months", Duration(3, Unit.MONTH), "3个月", "3 months"),
        ("3 year", Duration(3, Unit.YEAR), "3年", "3 years"),
        ("1 years", Duration(1, Unit.YEAR), "1年", "1 year"),
    ],
)
def test_a_duration_is_read_and_labelled(text: str, duration: Duration, zh: str, en: str) -> None:
    assert Duration.parse(text) == duration
    assert (duration.label("zh-hans"), duration.label("en")) == (zh, en)
    assert Duration.parse(str(duration)) == duration


@pytest.mark.parametrize(
    "text",
    ["", "5", "working_day", "5 week", "5working_day", "-5 day", "1.5 year", "5 Day", "五 day", "５ day"],
)
def test_what_is_no_duration_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(DurationError, match=r"期限应写作“数量 单位”.*working_day, day, month, year"):
        Duration.parse(text)


@pytest.mark.parametrize("amount", [0, -1, 36_526, True, 1.5])
def test_a_duration_is_at_least_one_and_at_most_a_century_of_whole_days(amount: Any) -> None:
    with pytest.raises(DurationError):
        Duration(amount, Unit.DAY)


def test_a_unit_is_the_enum_not_its_text() -> None:
    with pytest.raises(DurationError, match="Unit"):
        Duration(5, "day")  # type: ignore[arg-type]


# The figures of the scenarios ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "start", "length", "rule", "due"),
    [
        ("S01 creation period", "2018-11-30", "3 year", "next_day", "2021-11-30"),
        ("S11 publicity", "2021-03-08", "5 working_day", "same_day", "2021-03-12"),
        ("S16 rectification", "2022-04-15", "90 day", "next_day", "2022-07-14"),
        ("S21 rent relief", "2016-01-01", "36 month", "same_day", "2018-12-31"),
        ("S25 parallel step", "2017-03-01", "10 working_day", "next_day", "2017-03-15"),
    ],
)
def test_scenario_figures(scenario: str, start: str, length: str, rule: str, due: str) -> None:
    assert reckon(start, length, rule).due_on == day(due), scenario


def test_an_objection_stops_the_publicity_clock_on_the_day_it_arrives() -> None:
    """S14: 8 and 9 March have run, 18 March is the third day, 22 March the last, approval from 23 March."""
    before = reckon("2021-03-08", "5 working_day", "same_day", pauses=[("2021-03-10", None)])
    assert (before.due_on, before.due_at, before.counted, before.remaining) == (None, None, 2, 3)
    after = reckon("2021-03-08", "5 working_day", "same_day", pauses=[("2021-03-10", "2021-03-17")])
    assert (after.due_on, after.counted, after.remaining) == (day("2021-03-22"), 5, 0)
    assert after.due_at == at("2021-03-23T00:00")
    (applied,) = after.pauses
    assert (applied.run_before, applied.held) == (2, 6)
    assert [each.day for each in after.skipped] == [day("2021-03-20"), day("2021-03-21")]


@pytest.mark.parametrize(
    ("received", "inclusive", "ok"),
    [
        ("2018-08-24T10:00:00", True, True),
        ("2018-08-24T23:59:59", True, True),
        ("2018-08-25T00:00:00", True, False),
        ("2018-08-24T23:59:59", False, False),
        ("2018-08-23T23:59:59", False, True),
    ],
)
def test_the_day_before_which_counts_unless_read_strictly(received: str, inclusive: bool, ok: bool) -> None:
    """S03, gd.deadline_inclusive."""
    assert in_time(by_date(day("2018-08-24"), inclusive=inclusive), at(received)) is ok


@pytest.mark.parametrize(("month", "last"), [(5, "2021-05-31"), (6, "2021-06-30"), (2, "2021-02-28")])
def test_by_the_end_of_a_month(month: int, last: str) -> None:
    assert by_month_end(2021, month).due_on == day(last)


# Start rules, corresponding days, holidays -----------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "length", "rule", "first", "due"),
    [
        # 调休: 25 April and 8 May 2021 are worked, 1 to 5 May are not.
        ("2021-04-23", "2 working_day", "next_day", "2021-04-25", "2021-04-26"),
        ("2021-04-30", "3 working_day", "next_day", "2021-05-06", "2021-05-08"),
        ("2021-05-01", "1 working_day", "same_day", "2021-05-06", "2021-05-06"),
        ("2026-02-13", "1 working_day", "next_day", "2026-02-14", "2026-02-14"),
        ("2026-02-14", "2 working_day", "same_day", "2026-02-14", "2026-02-24"),
        ("2021-03-08", "1 day", "same_day", "2021-03-08", "2021-03-08"),
        ("2021-03-08", "1 day", "next_day", "2021-03-09", "2021-03-09"),
        # 民法典 第二百零二条: the corresponding day, or the month's last.
        ("2021-01-31", "1 month", "next_day", "2021-02-01", "2021-02-28"),
        ("2020-01-31", "1 month", "next_day", "2020-02-01", "2020-02-29"),
        ("2020-02-29", "1 year", "next_day", "2020-03-01", "2021-02-28"),
        ("2021-08-31", "1 month", "next_day", "2021-09-01", "2021-09-30"),
        ("2021-02-28", "1 month", "next_day", "2021-03-01", "2021-03-28"),
        ("2021-11-15", "2 month", "next_day", "2021-11-16", "2022-01-15"),
        # With the start day counted the period is full a day earlier.
        ("2021-03-01", "1 month", "same_day", "2021-03-01", "2021-03-31"),
        ("2021-01-01", "1 year", "same_day", "2021-01-01", "2021-12-31"),
        ("2021-01-30", "1 month", "same_day", "2021-01-30", "2021-02-28"),
        ("2021-01-31", "1 month", "same_day", "2021-01-31", "2021-02-28"),
        ("2021-01-28", "1 month", "same_day", "2021-01-28", "2021-02-27"),
        ("2024-02-29", "1 year", "same_day", "2024-02-29", "2025-02-28"),
    ],
)
def test_first_and_last_day(start: str, length: str, rule: str, first: str, due: str) -> None:
    term = reckon(start, length, rule)
    assert (term.first_day, term.due_on) == (day(first), day(due))


def test_make_up_days_and_skipped_days_are_told_apart() -> None:
    term = reckon("2021-04-23", "5 working_day")
    assert term.makeup == (day("2021-04-25"),)
    assert [(each.day, each.kind.value) for each in term.skipped] == [(day("2021-04-24"), "weekend")]
    holiday = reckon("2021-04-30", "1 working_day")
    assert {each.name.zh for each in holiday.skipped if each.name} == {"劳动节"}
    assert len(holiday.skipped) == 5


@pytest.mark.parametrize(
    ("start", "length", "due", "rolled_from", "why"),
    [
        (
            "2022-09-01",
            "1 month",
            "2022-10-08",
            "2022-10-01",
            "国庆节",
        ),  # 8 October 2022 is a make-up Saturday
        ("2021-03-10", "10 day", "2021-03-22", "2021-03-20", None),
        ("2021-02-10", "10 day", "2021-02-20", None, None),  # a make-up Saturday is worked: nothing rolls
        ("2021-03-10", "9 day", "2021-03-19", None, None),
        ("2021-04-30", "1 working_day", "2021-05-06", None, None),
    ],
)
def test_the_last_day_rolls_forward_only_if_it_is_not_worked(
    start: str, length: str, due: str, rolled_from: str | None, why: str | None
) -> None:
    term = reckon(start, length, roll=True)
    assert term.due_on == day(due)
    assert term.rolled_from == (day(rolled_from) if rolled_from else None)
    assert (term.rolled_over.zh if term.rolled_over else None) == why
    assert reckon(start, length).due_on == day(rolled_from or due), "without roll it stays"


@pytest.mark.parametrize(
    ("start", "length", "extension", "due"),
    [
        ("2021-04-20", "20 working_day", "10 working_day", "2021-06-02"),  # 行政许可法 第四十二条
        ("2021-01-31", "1 month", "1 month", "2021-03-31"),
        ("2021-01-31", "1 year", "6 month", "2022-07-31"),
        ("2021-01-31", "1 month", "10 day", "2021-03-10"),
        ("2021-03-08", "5 working_day", "1 month", "2021-04-15"),
        ("2022-04-15", "90 day", "30 day", "2022-08-13"),
    ],
)
def test_an_extension_runs_on_from_the_end(start: str, length: str, extension: str, due: str) -> None:
    assert reckon(start, length, extension=extension).due_on == day(due)


def test_an_extension_by_a_month_ends_with_a_short_month_whatever_the_start_rule() -> None:
    assert reckon("2021-01-01", "31 day", "same_day", extension="1 month").due_on == day("2021-02-28")


# Moments, provisional years, reckoning anew ----------------------------------------------------------


def test_a_moment_counts_as_its_day_in_shanghai() -> None:
    late_utc = dt.datetime(2021, 3, 7, 16, 0, tzinfo=dt.UTC)  # midnight of 8 March in Shanghai
    term = compute(
        start=late_utc, duration=Duration.parse("1 day"), calendar=CALENDAR, start_rule="same_day", clause="§"
    )
    assert (term.start, term.due_on, term.clause) == (day("2021-03-08"), day("2021-03-08"), "§")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TermError, match="aware"):
        compute(
            start=dt.datetime(2021, 3, 8),
            duration=Duration.parse("1 day"),
            calendar=CALENDAR,
            start_rule="same_day",
        )


@pytest.mark.parametrize(
    ("start", "length", "roll", "years"),
    [
        ("2026-12-25", "3 working_day", False, ()),
        ("2026-12-30", "3 working_day", False, (2027,)),
        ("2027-12-30", "3 working_day", False, (2027, 2028)),
        ("2026-12-01", "3 year", False, ()),  # holidays cannot move it
        ("2026-12-01", "3 year", True, (2029,)),  # with roll they can
        ("2014-12-25", "3 working_day", False, (2014,)),
    ],
)
def test_what_rests_on_an_unpublished_year_says_so(
    start: str, length: str, roll: bool, years: tuple[int, ...]
) -> None:
    term = reckon(start, length, roll=roll)
    assert (term.provisional_years, term.provisional) == (years, bool(years))


def test_reckoning_anew_keeps_what_was_asked_for() -> None:
    asked = reckon(
        "2021-03-08",
        "1 month",
        "same_day",
        pauses=[("2021-03-10", None)],
        roll=True,
        clause="§1",
        extension="2 day",
    )
    closed = recompute(asked, calendar=CALENDAR, pauses=[Pause(day("2021-03-10"), day("2021-03-12"))])
    # 8 March to 7 April are 31 days, with 2 more and 3 held: 12 April, a Monday.
    assert (closed.due_on, closed.rolled_from, closed.clause) == (day("2021-04-12"), None, "§1")
    assert recompute(closed, calendar=CALENDAR, pauses=[each.pause for each in closed.pauses]) == closed
    printed = by_date(day("2021-03-08"))
    assert recompute(printed, calendar=CALENDAR, pauses=[Pause(day("2021-03-01"))]) is printed


def test_a_term_remembers_the_calendar_it_was_computed_against() -> None:
    assert reckon("2021-03-08", "5 working_day").calendar == CALENDAR.digest
