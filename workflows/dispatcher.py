"""Firing time limits. 时限调度

Rows that are running and due go through the door one by one, each in its own transaction; a refusal or an error rolls
that one back, is tried again later (1, 2, 4 … 60 minutes) and announced. Limits without an action turn red once.
Several dispatchers may run: the case lock and the row's status let each limit fire once.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import F, Q

from audit import clock
from cases.enums import DeadlineStatus
from cases.models import Deadline
from workflows import engine
from workflows.enums import ItemStatus
from workflows.events import DEADLINE_FAILED, ITEM_DUE_SOON, ITEM_OVERDUE, write_event
from workflows.models import WorkItem
from workflows.scans import look_after_files
from workflows.sealed_limits import follow_rounds

logger = logging.getLogger(__name__)
BATCH = 100


def due_now() -> list[int]:
    """Ids of the limits with an action that are due and not waiting for another try."""
    now = clock.now()
    rows = Deadline.objects.filter(status=DeadlineStatus.RUNNING, due_at__lte=now).exclude(action="")
    rows = rows.filter(Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now))
    return list(rows.order_by("due_at", "id").values_list("id", flat=True)[:BATCH])


def run_once() -> int:
    """Fire everything that is due; returns how many limits were dealt with."""
    fired = _beside(follow_rounds, "limits do not follow their rounds")
    for deadline_id in due_now():
        try:
            engine.due(deadline_id)
        except Exception as error:
            logger.warning("time limit %s was not carried out: %s", deadline_id, error)
            _try_later(deadline_id, error)
        fired += 1
    return (
        fired
        + announce_due_soon()
        + announce_overdue()
        + _beside(look_after_files, "uploaded files were not looked after")
    )


def _beside(work: Callable[[], int], trouble: str) -> int:
    """What is done on the way; what fails there never holds a time limit up."""
    try:
        return work()
    except Exception:
        logger.exception(trouble)
        return 0


def _try_later(deadline_id: int, error: Exception) -> None:
    """Remember the failure, wait twice as long as before, tell the offices."""
    with transaction.atomic():
        # The limit's row alone: the door locks the case before its limits, never the other way round.
        held = Deadline.objects.select_for_update(of=("self",)).select_related("case")
        deadline = held.get(pk=deadline_id)
        if deadline.status != DeadlineStatus.RUNNING:
            return
        wait = dt.timedelta(minutes=min(60, 2**deadline.attempts))
        Deadline.objects.filter(pk=deadline_id).update(
            attempts=F("attempts") + 1,
            next_attempt_at=clock.now() + wait,
            last_error=f"{type(error).__name__}: {error}"[:200],
        )
        write_event(
            kind=DEADLINE_FAILED,
            case=deadline.case,
            data={"duty": deadline.duty, "action": deadline.action, "attempts": deadline.attempts + 1},
        )


def announce_due_soon() -> int:
    """Remind, once each, of the work items whose limit is near (``warn_before`` of the edition)."""
    rows = Deadline.objects.filter(
        status=DeadlineStatus.RUNNING,
        warned_at__isnull=True,
        warn_on__lte=clock.today(),
        due_at__gt=clock.now(),
    )
    return sum(
        _announce_once(row, ITEM_DUE_SOON) for row in rows.select_related("case").order_by("warn_on")[:BATCH]
    )


def _announce_once(deadline: Deadline, kind: str) -> int:
    with transaction.atomic():
        free = Deadline.objects.filter(pk=deadline.pk, status=DeadlineStatus.RUNNING)
        taken = (
            free.filter(warned_at__isnull=True).update(warned_at=clock.now())
            if kind == ITEM_DUE_SOON
            else free.filter(attempts=0).update(attempts=1)
        )
        if not taken:
            return 0
        item = WorkItem.objects.filter(deadline=deadline, status=ItemStatus.OPEN).first()
        write_event(
            kind=kind,
            case=deadline.case,
            data={"duty": deadline.duty, "due_on": str(deadline.due_on), "items": [item.pk] if item else []},
            opened=(item,) if item else (),
        )
        return 1


def announce_overdue() -> int:
    """Announce, once each, the work items whose limit has passed. Limits that only turn red are settled here."""
    rows = Deadline.objects.filter(
        status=DeadlineStatus.RUNNING, due_at__lte=clock.now(), action="", attempts=0
    )
    return sum(
        _announce_once(row, ITEM_OVERDUE) for row in rows.select_related("case").order_by("due_at")[:BATCH]
    )
