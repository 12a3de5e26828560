"""The walk over the days a term is made of: each runs, is skipped or is held, and is remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from .durations import Unit
from .terms import AppliedPause, Pause, SkippedDay
from .wording import Name
from .workdays import ONE_DAY, Day, DayKind, WorkCalendar


class Walk:
    """A clock that runs until the days given to it are used up or an open pause stops it for good."""

    def __init__(self, begin: dt.date, calendar: WorkCalendar, pauses: Sequence[Pause]) -> None:
        self.counted = 0
        self.first: dt.date | None = None
        self.last: dt.date | None = None
        self.skipped: list[SkippedDay] = []
        self.makeup: list[dt.date] = []
        self.provisional_years: set[int] = set()
        self.rolled_from: dt.date | None = None
        self.rolled_over: Name | None = None
        self._next = begin
        self._calendar = calendar
        self._pauses = sorted(pauses, key=lambda pause: (pause.since, pause.until or dt.date.max))
        self._held = [0] * len(self._pauses)
        self._run_before: list[int | None] = [None] * len(self._pauses)

    def run(self, days: int, unit: Unit) -> int:
        """Let ``days`` of ``unit`` run; what is left of them if an open pause stops the clock, else 0."""
        left = days
        while left:
            day = Day(self._next, DayKind.WORKING) if unit.by_calendar else self.look(self._next)
            holding = [at for at, pause in enumerate(self._pauses) if pause.covers(self._next)]
            if holding:
                if not self._hold(holding, worked=day.kind.worked):
                    return left
            elif day.kind.worked:
                self._count(day)
                left -= 1
            else:
                self.skipped.append(SkippedDay(day.on, day.kind, day.name))
            self._next += ONE_DAY
        return 0

    def roll(self) -> None:
        """Move the last day, if it is not worked, to the first worked day after it."""
        if self.last is None or (ended := self.look(self.last)).kind.worked:
            return
        self.rolled_from, self.rolled_over = ended.on, ended.name
        while not self.look(self.last).kind.worked:
            self.last += ONE_DAY

    def look(self, on: dt.date) -> Day:
        """What kind of day it is, remembering when the answer rests on an unpublished year."""
        if self._calendar.is_provisional(on):
            self.provisional_years.add(on.year)
        return self._calendar.day(on)

    def applied_pauses(self) -> tuple[AppliedPause, ...]:
        """Every pause given, in order of time, with what it did."""
        return tuple(map(AppliedPause, self._pauses, self._held, self._run_before))

    def _hold(self, holding: list[int], *, worked: bool) -> bool:
        """Keep the day from running; False when one of its pauses has no end."""
        for at in holding:
            if self._run_before[at] is None:
                self._run_before[at] = self.counted
        if any(self._pauses[at].until is None for at in holding):
            return False
        self._held[holding[0]] += worked
        return True

    def _count(self, day: Day) -> None:
        self.first = self.first or day.on
        self.last = day.on
        self.counted += 1
        if day.kind is DayKind.MAKEUP:
            self.makeup.append(day.on)
