"""The State Council's yearly holiday notices 放假通知 as files; what cannot be right is refused.

One file is one notice year. It may reach into the December before (2018-12-29 was made a working day by the
notice for 2019), so that a new year is imported by adding a file and never by editing an old one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from .wording import Name

FIRST_LABOUR_DAY_OF_TWO = 2025


class CalendarError(ValueError):
    """A calendar file that is missing, unreadable or contradicts itself or the statute; names the file."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Notice(_Record):
    """放假通知: its document number, title and date."""

    number: Annotated[str, Field(min_length=1)]
    title: Annotated[str, Field(min_length=1)]
    dated: dt.date


class Holiday(_Record):
    """节假日: days off from/until (both included) and the weekend days worked in exchange 调休上班."""

    name: Name
    first: Annotated[dt.date, Field(alias="from")]
    last: Annotated[dt.date, Field(alias="until")]
    makeup: tuple[dt.date, ...] = ()

    def days(self) -> Iterator[dt.date]:
        """Every day off, in order."""
        for offset in range((self.last - self.first).days + 1):
            yield self.first + dt.timedelta(days=offset)


class NoticeYear(_Record):
    """One year's arrangement, with the notices it comes from."""

    year: int
    notices: Annotated[tuple[Notice, ...], Field(min_length=1)]
    holidays: Annotated[tuple[Holiday, ...], Field(min_length=1)]


def fixed_holidays(year: int) -> dict[dt.date, Name]:
    """Statutory days off whose Gregorian date the law itself fixes (全国年节及纪念日放假办法).

    1 January, 1 May (and 2 May since 2025), 1 to 3 October. Festivals of the lunar calendar and 清明 are not
    here: without a notice nobody can say which days around them are worked.
    """
    new_year, labour = Name("元旦", "New Year's Day"), Name("劳动节", "Labour Day")
    national = Name("国庆节", "National Day")
    days = {dt.date(year, 1, 1): new_year, dt.date(year, 5, 1): labour}
    if year >= FIRST_LABOUR_DAY_OF_TWO:
        days[dt.date(year, 5, 2)] = labour
    return days | {dt.date(year, 10, day): national for day in (1, 2, 3)}


def read_notice_years(directory: Path) -> dict[int, NoticeYear]:
    """Every ``<year>.yaml`` in ``directory``; CalendarError names the file and what is wrong with it."""
    if not directory.is_dir():
        raise CalendarError(f"{directory}: no such directory of holiday notices")
    found = {}
    for path in sorted(directory.glob("*.yaml")):
        read = _read(path)
        found[read.year] = read
    return found


def _read(path: Path) -> NoticeYear:
    try:
        read = NoticeYear.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValueError) as error:  # an impossible date is a bare ValueError, not a YAMLError
        raise CalendarError(f"{path}: {error}") from error
    fault = next(_faults(read, path.stem), None)
    if fault:
        raise CalendarError(f"{path}: {fault}")
    return read


def _faults(read: NoticeYear, stem: str) -> Iterator[str]:
    """What a slip of the pen looks like; the checks catch wrong months and years, not a wrong notice."""
    if stem != str(read.year):
        yield f"the file is named {stem} but speaks of {read.year}"
    off: set[dt.date] = set()
    worked: set[dt.date] = set()
    for holiday in read.holidays:
        if holiday.last < holiday.first or (holiday.last - holiday.first).days > 31:
            yield f"{holiday.name.zh}: {holiday.first} to {holiday.last} is not a holiday's length"
            return
        for days, seen in ((holiday.days(), off), (holiday.makeup, worked)):
            for day in days:
                if day in seen:
                    yield f"{holiday.name.zh}: {day} is there twice"
                seen.add(day)
    yield from (f"{day} is both off and worked" for day in sorted(off & worked))
    yield from (
        f"{day} is not in {read.year}" for day in sorted(off | worked) if not _belongs(day, read.year)
    )
    yield from (f"{day} is worked anyway, it is no weekend" for day in sorted(worked) if day.weekday() < 5)
    yield from (f"{day} is off by statute and missing" for day in fixed_holidays(read.year) if day not in off)


def _belongs(day: dt.date, year: int) -> bool:
    return day.year == year or (day.year == year - 1 and day.month == 12)
