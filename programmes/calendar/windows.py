"""Windows 窗口期: from a first day to a last day, both included. Quarters, months, or dates as printed."""

from __future__ import annotations

import calendar as gregorian
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from audit import clock

from .terms import TermError, civil_day
from .wording import write_range
from .workdays import ONE_DAY, require_date


class WindowStatus(StrEnum):
    """Where a moment lies."""

    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Window:
    """窗口期. ``opens`` and ``closes`` are civil days in Asia/Shanghai and both belong to it."""

    opens: dt.date
    closes: dt.date

    def __post_init__(self) -> None:
        if require_date(self.closes) < require_date(self.opens):
            raise TermError(f"a window cannot open on {self.opens} and close on {self.closes}")

    @classmethod
    def between(cls, opens: dt.date, closes: dt.date, *, inclusive: bool = True) -> Window:
        """From ``opens`` to ``closes``; not ``inclusive``: the printed last day is outside already."""
        return cls(opens, closes if inclusive else closes - ONE_DAY)

    @classmethod
    def of_month(cls, year: int, month: int, *, months: int = 1) -> Window:
        """One whole month, or several from it on within the year."""
        last = month + months - 1
        if not (1 <= month <= last <= 12):
            raise TermError(f"no {months} months from month {month} in one year")
        return cls(dt.date(year, month, 1), dt.date(year, last, gregorian.monthrange(year, last)[1]))

    @classmethod
    def of_quarter(cls, year: int, quarter: int) -> Window:
        """一季度 to 四季度: ``quarter`` 1 is 1 January to 31 March."""
        if quarter not in (1, 2, 3, 4):
            raise TermError(f"a year has quarters 1 to 4, not {quarter!r}")
        return cls.of_month(year, quarter * 3 - 2, months=3)

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any], *, year: int) -> Window:
        """What a pack writes as ``{quarter: 1}``, ``{month: 6}`` or ``{from: "03-02", until: "03-31"}``.

        ``until`` before ``from`` lies in the next year; ``inclusive: false`` may stand with it. TermError if
        it is none of these.
        """
        match dict(spec):
            case {"quarter": int(quarter), **rest} if not rest:
                return cls.of_quarter(year, quarter)
            case {"month": int(month), **rest} if not rest:
                return cls.of_month(year, month)
            case {"from": str(first), "until": str(last), **rest} if set(rest) <= {"inclusive"}:
                opens, closes = _in_year(first, year), _in_year(last, year)
                if closes < opens:
                    closes = _in_year(last, year + 1)
                return cls.between(opens, closes, inclusive=rest.get("inclusive", True))
            case other:
                raise TermError(f"not a window: {other!r}")

    @property
    def opens_at(self) -> dt.datetime:
        """The first instant, in UTC."""
        return clock.start_of(self.opens)

    @property
    def closes_at(self) -> dt.datetime:
        """The instant, in UTC, from which it is closed (half-open)."""
        return clock.end_of(self.closes)

    def status_at(self, moment: dt.date | dt.datetime) -> WindowStatus:
        """Whether the civil day of ``moment`` lies before, in or after it; TermError for a naive moment."""
        day = civil_day(moment)
        if day < self.opens:
            return WindowStatus.UPCOMING
        return WindowStatus.OPEN if day <= self.closes else WindowStatus.CLOSED

    def label(self, language: str) -> str:
        """``2021年1月1日至3月31日`` / ``1 January 2021 to 31 March 2021``."""
        return write_range(self.opens, self.closes, language)

    def to_json(self) -> dict[str, str]:
        """ISO dates."""
        return {"opens": self.opens.isoformat(), "closes": self.closes.isoformat()}

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> Window:
        """The window that :meth:`to_json` wrote."""
        return cls(dt.date.fromisoformat(stored["opens"]), dt.date.fromisoformat(stored["closes"]))


def _in_year(month_day: str, year: int) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{year:04}-{month_day}")
    except ValueError as error:
        raise TermError(f"not a day of the year, expected MM-DD: {month_day!r}") from error
