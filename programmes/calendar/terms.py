"""Terms: a deadline that carries its own arithmetic, and the pauses that stop its clock. JSON in and out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from audit import clock

from .durations import Duration, Unit
from .wording import Name
from .workdays import DayKind, require_date


class TermError(ValueError):
    """A term whose parts cannot go together; or one read back that contradicts itself."""


class StartRule(StrEnum):
    """起算规则: whether the day on which the term starts counts itself."""

    NEXT_DAY = "next_day"
    SAME_DAY = "same_day"


class PauseReason(StrEnum):
    """停表事由. Why a clock stands (行政许可法 第四十五条 names most of them)."""

    OBJECTION = "objection"
    CORRECTION = "correction"
    HEARING = "hearing"
    EXPERT_REVIEW = "expert_review"
    TESTING = "testing"
    CONSULTATION = "consultation"
    SUSPENSION = "suspension"
    SEALED = "sealed"
    OTHER = "other"

    def label(self, language: str) -> str:
        """The reason as it stands in a sentence: ``异议`` / ``an objection``."""
        return _REASONS[self].in_(language)


_REASONS = {
    PauseReason.OBJECTION: Name("异议", "an objection"),
    PauseReason.CORRECTION: Name("补正", "a correction"),
    PauseReason.HEARING: Name("听证", "a hearing"),
    PauseReason.EXPERT_REVIEW: Name("专家评审", "expert review"),
    PauseReason.TESTING: Name("检验检测", "testing"),
    PauseReason.CONSULTATION: Name("征求意见", "consultation"),
    PauseReason.SUSPENSION: Name("中止办理", "suspension"),
    PauseReason.SEALED: Name("封存", "sealing"),
    PauseReason.OTHER: Name("其他事由", "another reason"),
}


@dataclass(frozen=True, slots=True)
class Pause:
    """停表. ``since`` is the first day that does not count, ``until`` the last (None: still standing)."""

    since: dt.date
    until: dt.date | None = None
    reason: PauseReason = PauseReason.OTHER

    def __post_init__(self) -> None:
        require_date(self.since)
        if self.until is not None and require_date(self.until) < self.since:
            raise TermError(f"a pause since {self.since} cannot end on {self.until}")

    def covers(self, day: dt.date) -> bool:
        """Whether the clock stands on that day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class AppliedPause:
    """A pause and what it did: ``held`` days that would have run (a day two pauses share is the earlier
    one's), and how many had run when it began; None if it never met the running clock.
    """

    pause: Pause
    held: int = 0
    run_before: int | None = None


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day that did not count though no pause held it: weekend or holiday, by name."""

    day: dt.date
    kind: DayKind
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class FixedDate:
    """截止日期: a printed date, ``2018年8月24日前``; ``inclusive``: that day still counts."""

    on: dt.date
    inclusive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """期限. What was asked for and what came of it. Dates are civil dates in Asia/Shanghai.

    ``due_on`` is the last day: the act is in time until 24:00 of it. None while an open pause holds the
    clock: then ``remaining`` days (in :attr:`counted_in`) are left, and an extension in another unit may be
    ``to_come`` after them. ``first_day`` is the first day that counted. A term is either reckoned
    (``duration``, ``start``, ``start_rule``) or printed (``fixed``).
    """

    due_on: dt.date | None
    duration: Duration | None = None
    start: dt.date | None = None
    start_rule: StartRule | None = None
    fixed: FixedDate | None = None
    first_day: dt.date | None = None
    counted: int = 0
    remaining: int = 0
    skipped: tuple[SkippedDay, ...] = ()
    makeup: tuple[dt.date, ...] = ()
    pauses: tuple[AppliedPause, ...] = ()
    extension: Duration | None = None
    to_come: Duration | None = None
    roll: bool = False
    rolled_from: dt.date | None = None
    rolled_over: Name | None = None
    clause: str = ""
    provisional_years: tuple[int, ...] = ()
    calendar: str = ""

    def __post_init__(self) -> None:
        reckoned = self.duration is not None and self.start is not None and self.start_rule is not None
        if reckoned == (self.fixed is not None):
            raise TermError("a term is either reckoned from a start or printed as a date")
        if (self.due_on is None) != (self.open_pause is not None):
            raise TermError("a term has no due date while, and only while, an open pause holds its clock")

    @property
    def due_at(self) -> dt.datetime | None:
        """The UTC instant from which it is too late: the start of the next day in Shanghai (half-open)."""
        return clock.end_of(self.due_on) if self.due_on else None

    @property
    def provisional(self) -> bool:
        """Whether it rests on a year whose holidays are not published, and may change."""
        return bool(self.provisional_years)

    @property
    def counted_in(self) -> Unit:
        """What ``counted``, ``remaining`` and overdue days are: working days or days."""
        return self.duration.unit.counted_in if self.duration else Unit.DAY

    @property
    def open_pause(self) -> Pause | None:
        """The pause that holds the clock and has no end yet."""
        return next(
            (each.pause for each in self.pauses if each.pause.until is None and each.run_before is not None),
            None,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, dates in ISO 8601; ``due_at`` and ``provisional`` are for other readers."""
        stored: dict[str, Any] = _adapter.dump_python(self, mode="json")
        due_at = self.due_at.isoformat() if self.due_at else None
        return stored | {"due_at": due_at, "provisional": self.provisional}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Term:
        """The term that :meth:`to_json` wrote; TermError if it was not, or contradicts itself."""
        parts = dict(stored)
        due_at, provisional = parts.pop("due_at", None), parts.pop("provisional", None)
        try:
            term = _adapter.validate_python(parts)
        except ValueError as error:
            raise TermError(str(error)) from error
        again = term.to_json()
        if (again["due_at"], again["provisional"]) != (due_at, provisional):
            raise TermError(f"due_at {due_at} or provisional {provisional} does not follow from the term")
        return term


def civil_day(value: dt.date | dt.datetime) -> dt.date:
    """The civil date in Asia/Shanghai; TermError for a naive moment (which day it is cannot be told)."""
    if not isinstance(value, dt.datetime):
        return value
    if value.tzinfo is None:
        raise TermError(f"an aware moment is needed: {value!r}")
    return clock.local(value).date()


_adapter = TypeAdapter(Term)
