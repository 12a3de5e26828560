"""China's working days as dated data: which days are worked, why not, and how far that is known."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from .notices import CalendarError, Notice, NoticeYear, fixed_holidays, read_notice_years
from .wording import Name

DATA = Path(__file__).parent / "data"
ONE_DAY = dt.timedelta(days=1)


class DayKind(StrEnum):
    """What kind of day it is; codes are stable."""

    WORKING = "working"
    MAKEUP = "makeup"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"

    @property
    def worked(self) -> bool:
        """Whether offices work."""
        return self in (DayKind.WORKING, DayKind.MAKEUP)


@dataclass(frozen=True, slots=True)
class Day:
    """A civil day: its kind, and the festival it belongs to (for holidays and make-up days)."""

    on: dt.date
    kind: DayKind
    name: Name | None = None


def require_date(value: dt.date) -> dt.date:
    """``value`` itself; TypeError for a datetime (a ``date`` to Python, but its day needs a zone)."""
    if isinstance(value, dt.datetime):
        raise TypeError(f"a civil date is needed, not the moment {value!r}")
    return value


class WorkCalendar:
    """工作日历. Immutable; ``digest`` tells deadlines against which arrangement they were computed.

    A year without a published notice is *provisional*: weekdays less the days that the statute itself fixes.
    The last days of December belong to the next year's notice too and may still change with it: recompute on
    import.
    """

    def __init__(self, years: Iterable[NoticeYear]) -> None:
        """Notices in any order; where two speak of the same day, the later year's holds."""
        ordered = sorted(years, key=lambda each: each.year)
        days: dict[dt.date, Day] = {}
        for year in ordered:
            for holiday in year.holidays:
                days |= {on: Day(on, DayKind.HOLIDAY, holiday.name) for on in holiday.days()}
                days |= {on: Day(on, DayKind.MAKEUP, holiday.name) for on in holiday.makeup}
        self._days: Mapping[dt.date, Day] = MappingProxyType(days)
        self._notices = MappingProxyType({each.year: each.notices for each in ordered})
        content = json.dumps(
            [each.model_dump(mode="json") for each in ordered], ensure_ascii=False, sort_keys=True
        )
        self.digest = hashlib.sha256(content.encode()).hexdigest()

    @classmethod
    def load(cls, directory: Path | None = None) -> WorkCalendar:
        """The calendar in force, read once: the packaged years, and over them those of ``directory``.

        Without ``directory``, the one named by :func:`use_notices_from` applies, if any. CalendarError if a
        file is wrong.
        """
        return _load(directory or _own_directory)

    @property
    def years(self) -> tuple[int, ...]:
        """The years whose notice is published, in order."""
        return tuple(self._notices)

    def notices(self, year: int) -> tuple[Notice, ...]:
        """The notices that arranged ``year``; empty when it is provisional."""
        return self._notices.get(year, ())

    def day(self, on: dt.date) -> Day:
        """What kind of day it is."""
        known = self._days.get(require_date(on))
        if known is not None:
            return known
        if self.is_provisional(on) and (name := fixed_holidays(on.year).get(on)):
            return Day(on, DayKind.HOLIDAY, name)
        return Day(on, DayKind.WEEKEND if on.weekday() >= 5 else DayKind.WORKING)

    def is_working_day(self, on: dt.date) -> bool:
        """Whether offices work on that day."""
        return self.day(on).kind.worked

    def is_provisional(self, on: dt.date) -> bool:
        """Whether the year's notice is not published, so that the answer may change."""
        return on.year not in self._notices

    def next_working_day(self, on: dt.date) -> dt.date:
        """``on`` itself if it is worked, else the first working day after it."""
        while not self.is_working_day(on):
            on += ONE_DAY
        return on

    def add_working_days(self, on: dt.date, count: int) -> dt.date:
        """The ``count``-th working day after ``on`` (before it, if negative); 0 gives ``on`` itself."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        left = abs(count)
        require_date(on)
        while left:
            on += step
            left -= self.is_working_day(on)
        return on

    def count_working_days(self, after: dt.date, until: dt.date) -> int:
        """How many working days lie after ``after``, up to and with ``until``; 0 when none can."""
        span = (require_date(until) - require_date(after)).days
        return sum(self.is_working_day(after + dt.timedelta(days=offset)) for offset in range(1, span + 1))


_own_directory: Path | None = None
_loaded: dict[Path | None, WorkCalendar] = {}


def use_notices_from(directory: Path | None) -> None:
    """Name the office's own directory of notices (a new year needs no release) and read all afresh.

    Call it when the process starts, and again after a file was added. CalendarError if a file is wrong; then
    the calendar in force stays.
    """
    global _own_directory
    fresh = _read(directory)
    _loaded.clear()
    _loaded[directory] = fresh
    _own_directory = directory


def _load(directory: Path | None) -> WorkCalendar:
    if directory not in _loaded:
        _loaded[directory] = _read(directory)
    return _loaded[directory]


def _read(directory: Path | None) -> WorkCalendar:
    years = read_notice_years(DATA)
    if not years:
        raise CalendarError(f"{DATA}: no holiday notices")
    if directory is not None:
        years |= read_notice_years(directory)
    return WorkCalendar(years.values())
