"""The one module that reads the system clock. 时钟

All civil dates are in Asia/Shanghai. A rehearsal (its own scratch database, ``REHEARSAL = True``) sets the
clock; production has no way to move it: :func:`set_clock` refuses.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings

SHANGHAI = ZoneInfo("Asia/Shanghai")

_fixed: dt.datetime | None = None


class ClockRefused(RuntimeError):
    """Somebody tried to move the clock outside a rehearsal."""


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return _fixed if _fixed is not None else dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The present civil date in Asia/Shanghai."""
    return local(now()).date()


def local(moment: dt.datetime) -> dt.datetime:
    """``moment`` as Shanghai local time."""
    return moment.astimezone(SHANGHAI)


def start_of(day: dt.date) -> dt.datetime:
    """The first instant of ``day`` in Asia/Shanghai, in UTC."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=SHANGHAI).astimezone(dt.UTC)


def end_of(day: dt.date) -> dt.datetime:
    """The instant at which ``day`` is over (half-open), in UTC."""
    return start_of(day + dt.timedelta(days=1))


def set_clock(moment: dt.datetime | None) -> None:
    """Fix the clock at ``moment`` (None: let it run again); ClockRefused unless ``settings.REHEARSAL``.

    The demonstration's seeding runs as a rehearsal in its own process (``manage.py demo``).
    """
    if not getattr(settings, "REHEARSAL", False):
        raise ClockRefused("the clock moves only in a rehearsal")
    if moment is not None and moment.tzinfo is None:
        raise ClockRefused("the moment must be aware")
    global _fixed
    _fixed = moment.astimezone(dt.UTC) if moment is not None else None
