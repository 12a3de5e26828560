"""Lengths of time between two dates, for expressions: whole years, whole calendar months, days. 日期间隔

Counted as people count terms: from 29 February a year is full on 28 February; a month from the 31st is full on the last day
of a shorter month. The second date before the first gives a negative number.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from rule_engine.builtins import Builtins
from rule_engine.types import DataType

from audit.clock import SHANGHAI


def _day(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.astimezone(SHANGHAI).date() if value.tzinfo else value.date()
    if isinstance(value, dt.date):
        return value
    raise ValueError("not a date")


def _months(first: dt.date, last: dt.date) -> int:
    """Whole calendar months from ``first`` to ``last``, neither before the other."""
    months = (last.year - first.year) * 12 + last.month - first.month
    length = calendar.monthrange(last.year, last.month)[1]
    return months - 1 if last.day < min(first.day, length) else months


def months_between(a: Any, b: Any) -> Decimal:
    """Whole calendar months from ``a`` to ``b``; negative when ``b`` is the earlier one."""
    first, last = _day(a), _day(b)
    return Decimal(_months(first, last) if first <= last else -_months(last, first))


def years_between(a: Any, b: Any) -> Decimal:
    """Whole years from ``a`` to ``b``; negative when ``b`` is the earlier one."""
    months = int(months_between(a, b))
    return Decimal(months // 12 if months >= 0 else -(-months // 12))


def days_between(a: Any, b: Any) -> Decimal:
    """Days from ``a`` to ``b``: 1 for the next day; negative when ``b`` is the earlier one."""
    return Decimal((_day(b) - _day(a)).days)


FUNCTIONS: dict[str, Callable[[Any, Any], Decimal]] = {
    "years_between": years_between,
    "months_between": months_between,
    "days_between": days_between,
}
"""Written with ``$`` before the name, as ``$sum`` is."""


def with_dates() -> Builtins:
    """The engine's own functions and these, typed: two dates in, a number out."""
    dates = (DataType.DATETIME, DataType.DATETIME)
    types = {
        name: DataType.FUNCTION(name, return_type=DataType.FLOAT, argument_types=dates) for name in FUNCTIONS
    }
    return Builtins.from_defaults(values=FUNCTIONS, value_types=types, timezone=SHANGHAI)
