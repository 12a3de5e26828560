"""Typed durations: a number and its unit, as policies write them: 5 工作日, 90 日, 3 个月, 3 年."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from .wording import is_chinese, write_count


class DurationError(ValueError):
    """A duration that cannot be read, or that no policy can mean."""


class Unit(StrEnum):
    """The unit of a term. Codes are stable; groups live here."""

    WORKING_DAY = "working_day"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"

    @property
    def by_calendar(self) -> bool:
        """Whether working days do not matter to it (日, 月, 年)."""
        return self is not Unit.WORKING_DAY

    @property
    def by_month(self) -> bool:
        """Whether it ends on the day with the same number (月, 年: 民法典 第二百零二条)."""
        return self in (Unit.MONTH, Unit.YEAR)

    @property
    def counted_in(self) -> Unit:
        """The unit of what has run, what remains and what is overdue: working days or days."""
        return Unit.DAY if self.by_calendar else Unit.WORKING_DAY

    def label(self, language: str) -> str:
        """The unit's name: ``工作日`` / ``working day``."""
        return _CHINESE[self][-1] if is_chinese(language) else self.value.replace("_", " ")

    def amount_label(self, amount: int, language: str) -> str:
        """``5个工作日`` / ``5 working days``, for any amount, 0 included."""
        if is_chinese(language):
            return f"{amount}{''.join(_CHINESE[self])}"
        return write_count(amount, self.label(language))


_CHINESE: dict[Unit, tuple[str, str]] = {
    Unit.WORKING_DAY: ("个", "工作日"),
    Unit.DAY: ("", "日"),
    Unit.MONTH: ("个", "月"),
    Unit.YEAR: ("", "年"),
}
_CENTURY = {Unit.WORKING_DAY: 25_000, Unit.DAY: 36_525, Unit.MONTH: 1_200, Unit.YEAR: 100}
_WRITTEN = re.compile(r"\s*([0-9]{1,9})\s+(working_day|day|month|year)s?\s*")


@dataclass(frozen=True, slots=True)
class Duration:
    """期限长度. ``amount`` whole units, at least one, at most a century (DurationError otherwise)."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise DurationError(f"期限的数量须为整数 (a whole number is needed): {self.amount!r}")
        if not isinstance(self.unit, Unit):
            raise DurationError(f"期限的单位有误 (not a Unit): {self.unit!r}")
        if not 1 <= self.amount <= _CENTURY[self.unit]:
            raise DurationError(
                f"期限应在1至{_CENTURY[self.unit]}之间 (out of range): {self.amount} {self.unit.value}"
            )

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read ``5 working_day``, ``90 days``, ``3 year``; DurationError says what is wrong."""
        written = _WRITTEN.fullmatch(text)
        if written is None:
            units = ", ".join(unit.value for unit in Unit)
            raise DurationError(
                f"期限应写作“数量 单位” (a number and one of {units}, like '5 working_day'): {text!r}"
            )
        return cls(int(written[1]), Unit(written[2]))

    def label(self, language: str) -> str:
        """``5个工作日``, ``90日``, ``3个月``, ``3年`` / ``5 working days``, ``90 days``, …"""
        return self.unit.amount_label(self.amount, language)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.value}"

    @property
    def months(self) -> int:
        """The length in months; ValueError for days."""
        if not self.unit.by_month:
            raise ValueError(f"{self} has no length in months")
        return self.amount * (12 if self.unit is Unit.YEAR else 1)

    def plus(self, other: Duration) -> Duration | None:
        """The sum where one unit can carry it (months and years); None where not (20 工作日 + 15 日)."""
        if self.unit is other.unit:
            return Duration(self.amount + other.amount, self.unit)
        if self.unit.by_month and other.unit.by_month:
            return Duration(self.months + other.months, Unit.MONTH)
        return None
