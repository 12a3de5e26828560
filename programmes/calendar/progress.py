"""Where a term stands at a moment: running, paused, due today or overdue, and by how much."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from .durations import Unit
from .terms import Term, civil_day
from .workdays import ONE_DAY, WorkCalendar


class TermStatus(StrEnum):
    """Codes are stable; colours and thresholds of warning cards are configuration, not here."""

    RUNNING = "running"
    PAUSED = "paused"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Progress:
    """``overdue`` counts in ``unit``. On the weekend after a due Friday that is 0 working days."""

    status: TermStatus
    overdue: int
    unit: Unit


def state_at(term: Term, moment: dt.date | dt.datetime, *, calendar: WorkCalendar | None = None) -> Progress:
    """Where ``term`` stands on the civil day of ``moment``.

    ``calendar`` (default: the one in force) counts overdue working days.
    TermError for a naive moment.
    """
    today = civil_day(moment)
    if term.due_on is not None and today > term.due_on:
        late = _count(term, term.due_on, today, calendar)
        return Progress(TermStatus.OVERDUE, late, term.counted_in)
    status = TermStatus.RUNNING
    if today == term.due_on:
        status = TermStatus.DUE_TODAY
    elif _held(term, today):
        status = TermStatus.PAUSED
    return Progress(status, 0, term.counted_in)


def in_time(term: Term, moment: dt.datetime) -> bool:
    """Whether an act at ``moment`` is in time: before 24:00 of the last day, or while the clock stands."""
    civil_day(moment)
    return term.due_at is None or moment < term.due_at


def remaining(term: Term, today: dt.date, *, calendar: WorkCalendar | None = None) -> int:
    """How many days, in :attr:`Term.counted_in`, are left after ``today``: 0 when due today or overdue.

    Days that a pause holds are not among them. Before the term has begun: all of it.
    """
    pause = term.open_pause
    end = term.due_on if pause is None else pause.since - ONE_DAY
    if end is None or (pause is not None and term.first_day is None):
        return term.remaining
    begun = today if term.first_day is None else max(today, term.first_day - ONE_DAY)
    return term.remaining + _count(term, begun, end, calendar, paused=False)


def _held(term: Term, day: dt.date) -> bool:
    return any(each.run_before is not None and each.pause.covers(day) for each in term.pauses)


def _count(
    term: Term, after: dt.date, until: dt.date, calendar: WorkCalendar | None, *, paused: bool = True
) -> int:
    """Days in (after, until], working days if the term counts those; the paused ones only if asked for."""
    work = None if term.counted_in is Unit.DAY else calendar or WorkCalendar.load()
    days = (after + dt.timedelta(days=offset) for offset in range(1, (until - after).days + 1))
    return sum(
        (work is None or work.is_working_day(day)) and (paused or not _held(term, day)) for day in days
    )
