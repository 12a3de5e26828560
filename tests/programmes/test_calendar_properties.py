"""Deadline arithmetic against an oracle that counts on its fingers and reads the notices for itself."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import programmes.calendar
from audit.clock import SHANGHAI
from programmes.calendar import (
    Duration,
    Pause,
    PauseReason,
    StartRule,
    Term,
    TermStatus,
    Unit,
    WorkCalendar,
    compute,
    explain,
    in_time,
    recompute,
    remaining,
    state_at,
)

CALENDAR = WorkCalendar.load()
ONE_DAY = dt.timedelta(days=1)

unhurried = settings(deadline=None, max_examples=150)

days = st.dates(min_value=dt.date(2014, 6, 1), max_value=dt.date(2028, 6, 30))
rules = st.sampled_from(StartRule)
lengths = st.one_of(
    st.builds(Duration, st.integers(1, 70), st.just(Unit.WORKING_DAY)),
    st.builds(Duration, st.integers(1, 200), st.just(Unit.DAY)),
    st.builds(Duration, st.integers(1, 30), st.just(Unit.MONTH)),
    st.builds(Duration, st.integers(1, 3), st.just(Unit.YEAR)),
)


@st.composite
def pauses_from(draw: st.DrawFn, start: dt.date, *, most: int = 3) -> list[Pause]:
    """A few closed pauses around the first months of a term, overlapping or not, in any order."""
    made = []
    for _ in range(draw(st.integers(0, most))):
        since = start + dt.timedelta(days=draw(st.integers(-10, 90)))
        until = since + dt.timedelta(days=draw(st.integers(0, 40)))
        made.append(Pause(since, until, draw(st.sampled_from(PauseReason))))
    return made


@st.composite
def terms(draw: st.DrawFn, *, open_pause: bool | None = None) -> Term:
    """Any term: with or without pauses, open or not, extended or not, rolling or not."""
    start = draw(days)
    pauses = draw(pauses_from(start))
    if draw(st.booleans()) if open_pause is None else open_pause:
        pauses.append(Pause(start + dt.timedelta(days=draw(st.integers(-3, 40)))))
    return compute(
        start=start,
        duration=draw(lengths),
        calendar=CALENDAR,
        start_rule=draw(rules),
        pauses=pauses,
        extension=draw(st.none() | lengths),
        roll=draw(st.booleans()),
        clause=draw(st.sampled_from(["", "003·附件6·第八条"])),
    )


# The oracle -----------------------------------------------------------------------------------------------


def _read_by_hand() -> tuple[set[dt.date], set[dt.date], set[int]]:
    off, worked, known = set(), set(), set()
    for path in (Path(programmes.calendar.__file__).parent / "data").iterdir():
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        known.add(content["year"])
        for holiday in content["holidays"]:
            day = holiday["from"]
            while day <= holiday["until"]:
                off.add(day)
                day += ONE_DAY
            worked.update(holiday.get("makeup", []))
    return off, worked, known


OFF, WORKED, KNOWN = _read_by_hand()
STATUTE = {(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)}


def works(day: dt.date) -> bool:
    if day in WORKED:
        return True
    if day in OFF or day.isoweekday() > 5:
        return False
    free = STATUTE | ({(5, 2)} if day.year >= 2025 else set())
    return day.year in KNOWN or (day.month, day.day) not in free


def month_later(day: dt.date, months: int) -> tuple[dt.date, bool]:
    """The corresponding day and whether there is one; else the month's last day."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for number in range(day.day, 0, -1):
        try:
            return dt.date(year, month, number), number == day.day
        except ValueError:
            continue
    raise AssertionError("every month has a first")


def naive_due(start: dt.date, length: Duration, rule: StartRule, pauses: list[Pause]) -> dt.date:
    day = start if rule is StartRule.SAME_DAY else start + ONE_DAY
    left = length.amount
    if length.unit in (Unit.MONTH, Unit.YEAR):
        last, there = month_later(start, length.amount * (12 if length.unit is Unit.YEAR else 1))
        if there and rule is StartRule.SAME_DAY:
            last -= ONE_DAY
        left = last.toordinal() - day.toordinal() + 1
    while True:
        stands = any(pause.until and pause.since <= day <= pause.until for pause in pauses)
        if not stands and (length.unit is not Unit.WORKING_DAY or works(day)):
            left -= 1
            if left == 0:
                return day
        day += ONE_DAY


# Terms ----------------------------------------------------------------------------------------------------


@unhurried
@given(start=days, length=lengths, rule=rules)
def test_a_term_without_pauses_is_what_counting_day_by_day_gives(
    start: dt.date, length: Duration, rule: StartRule
) -> None:
    term = compute(start=start, duration=length, calendar=CALENDAR, start_rule=rule)
    assert term.due_on == naive_due(start, length, rule, [])


@unhurried
@given(data=st.data(), start=days, length=lengths, rule=rules)
def test_a_term_with_pauses_is_what_counting_day_by_day_gives(
    data: st.DataObject, start: dt.date, length: Duration, rule: StartRule
) -> None:
    pauses = data.draw(pauses_from(start))
    term = compute(start=start, duration=length, calendar=CALENDAR, start_rule=rule, pauses=pauses)
    assert term.due_on == naive_due(start, length, rule, pauses)


@unhurried
@given(data=st.data(), start=days, length=lengths, rule=rules)
def test_one_more_pause_never_makes_it_earlier(
    data: st.DataObject, start: dt.date, length: Duration, rule: StartRule
) -> None:
    pauses = data.draw(pauses_from(start, most=4))
    dues = [
        compute(start=start, duration=length, calendar=CALENDAR, start_rule=rule, pauses=pauses[:some]).due_on
        for some in range(len(pauses) + 1)
    ]
    assert all(earlier and later and earlier <= later for earlier, later in pairwise(dues))


@unhurried
@given(start=days, amount=st.integers(2, 200), rule=rules, into=st.integers(0, 199), held=st.integers(1, 60))
def test_a_pause_of_k_days_within_a_term_in_days_moves_its_end_by_k(
    start: dt.date, amount: int, rule: StartRule, into: int, held: int
) -> None:
    length = Duration(amount, Unit.DAY)
    free = compute(start=start, duration=length, calendar=CALENDAR, start_rule=rule)
    assert free.first_day and free.due_on
    since = free.first_day + dt.timedelta(days=into % amount)
    pause = Pause(since, since + dt.timedelta(days=held - 1))
    term = compute(start=start, duration=length, calendar=CALENDAR, start_rule=rule, pauses=[pause])
    assert term.due_on == free.due_on + dt.timedelta(days=held)


@unhurried
@given(term=terms())
def test_json_gives_the_term_back(term: Term) -> None:
    assert Term.from_json(json.loads(json.dumps(term.to_json()))) == term


@unhurried
@given(term=terms())
def test_it_is_due_when_the_next_day_begins_in_shanghai(term: Term) -> None:
    if term.due_on is None or term.due_at is None:
        assert term.due_on is term.due_at is None
        return
    local = term.due_at.astimezone(SHANGHAI)
    assert (local.date(), local.time()) == (term.due_on + ONE_DAY, dt.time.min)
    assert in_time(term, term.due_at - dt.timedelta(microseconds=1))
    assert not in_time(term, term.due_at)


@unhurried
@given(term=terms())
def test_every_day_is_accounted_for(term: Term) -> None:
    """From the first day looked at to the last: counted, skipped or held, none twice, none forgotten."""
    assert term.start and term.start_rule
    begin = term.start if term.start_rule is StartRule.SAME_DAY else term.start + ONE_DAY
    stopped = term.open_pause and max(begin, term.open_pause.since) - ONE_DAY
    end = stopped or term.rolled_from or term.due_on
    assert end is not None
    span = [begin + dt.timedelta(days=offset) for offset in range((end - begin).days + 1)]
    stood = [day for day in span if any(each.pause.covers(day) for each in term.pauses)]
    assert term.counted + len(term.skipped) + len(stood) == len(span)
    assert not {each.day for each in term.skipped} & set(stood)
    assert all(not works(each.day) for each in term.skipped)
    assert (term.remaining > 0) == (term.due_on is None)


@unhurried
@given(term=terms(open_pause=True))
def test_closing_the_pause_equals_having_known_its_end(term: Term) -> None:
    assert term.start and term.start_rule and term.duration
    ended = [
        Pause(p.since, p.until or p.since + dt.timedelta(days=9)) for p in (e.pause for e in term.pauses)
    ]
    known = compute(
        start=term.start,
        duration=term.duration,
        calendar=CALENDAR,
        start_rule=term.start_rule,
        pauses=ended,
        extension=term.extension,
        roll=term.roll,
        clause=term.clause,
    )
    assert recompute(term, calendar=CALENDAR, pauses=ended) == known
    if term.open_pause and term.to_come is None and term.extension is None:
        assert known.counted == term.counted + term.remaining


@unhurried
@given(term=terms(), offset=st.integers(-20, 400))
def test_it_is_overdue_exactly_when_it_is_too_late(term: Term, offset: int) -> None:
    assert term.start
    today = term.start + dt.timedelta(days=offset)
    noon = dt.datetime.combine(today, dt.time(12), tzinfo=SHANGHAI)
    progress = state_at(term, noon)
    assert (progress.status is TermStatus.OVERDUE) is not in_time(term, noon)
    assert progress.overdue == 0 or progress.status is TermStatus.OVERDUE
    left, tomorrow = remaining(term, today), remaining(term, today + ONE_DAY)
    assert 0 <= left - tomorrow <= 1
    assert left == 0 or progress.status is not TermStatus.OVERDUE


@unhurried
@given(term=terms(), language=st.sampled_from(["zh", "zh-hans", "en"]))
def test_every_term_can_be_told(term: Term, language: str) -> None:
    lines = explain(term, language)
    assert all(lines)
    assert not any("{" in line or "None" in line for line in lines)
    if term.due_on:
        assert any(str(term.due_on.year) in line and str(term.due_on.day) in line for line in lines)


# Working days ---------------------------------------------------------------------------------------------


@unhurried
@given(on=days)
def test_the_calendar_agrees_with_the_notices(on: dt.date) -> None:
    assert CALENDAR.is_working_day(on) is works(on)
    assert CALENDAR.is_provisional(on) is (on.year not in KNOWN)


@unhurried
@given(on=days, count=st.integers(1, 80))
def test_what_was_added_can_be_counted_back(on: dt.date, count: int) -> None:
    reached = CALENDAR.add_working_days(on, count)
    assert works(reached)
    assert CALENDAR.count_working_days(on, reached) == count
    back = CALENDAR.add_working_days(reached, -count)
    assert back <= on and CALENDAR.count_working_days(back, on) <= 1
    if works(on):
        assert back == on


@unhurried
@given(one=days, ahead=st.integers(0, 40), count=st.integers(-60, 60), more=st.integers(0, 20))
def test_adding_working_days_is_monotone(one: dt.date, ahead: int, count: int, more: int) -> None:
    other = one + dt.timedelta(days=ahead)
    if count:
        assert CALENDAR.add_working_days(one, count) <= CALENDAR.add_working_days(other, count)
    assert CALENDAR.add_working_days(one, count) <= CALENDAR.add_working_days(one, count + more)
