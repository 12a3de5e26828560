"""Time passes: everything that falls due in between is done at its own instant, in order. 时间推进"""

from __future__ import annotations

import datetime as dt

from audit import clock
from cases.enums import DeadlineStatus
from cases.models import Deadline
from workflows.dispatcher import run_once

MOST_ROUNDS = 100_000
"""More limits than any scenario has; a limit that never settles must not hold a rehearsal up for ever."""


def shanghai(moment: dt.datetime) -> dt.datetime:
    """A scenario's moment (naive, Shanghai time) as an instant."""
    return moment.replace(tzinfo=clock.SHANGHAI)


def advance(to: dt.datetime) -> None:
    """Move the clock to ``to`` (aware), letting every time limit fire at its due instant. Never moves it back."""
    for _round in range(MOST_ROUNDS):
        due = _next_due(to)
        if due is None:
            break
        clock.set_clock(max(due, clock.now()))
        _fire()
    clock.set_clock(to)
    _fire()


def _next_due(until: dt.datetime) -> dt.datetime | None:
    """The earliest instant at which a limit that nobody has tried yet is due."""
    waiting = Deadline.objects.filter(status=DeadlineStatus.RUNNING, due_at__lte=until, attempts=0)
    return waiting.order_by("due_at", "pk").values_list("due_at", flat=True).first()


def _fire() -> None:
    while run_once():
        continue


def stuck() -> list[tuple[str, str]]:
    """Limits that the system could not carry out: duty and what went wrong."""
    rows = Deadline.objects.filter(status=DeadlineStatus.RUNNING, attempts__gt=0).exclude(action="")
    return list(rows.order_by("due_at", "pk").values_list("duty", "last_error"))
