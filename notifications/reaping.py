"""Making up for what was cut short: tasks whose worker died, events whose task was lost. 清理

A worker that is killed in the middle of a task leaves it marked as running for ever. Every task of the product may run
twice, so it is simply queued again; one that keeps killing its worker is given up.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any, Final

from django.db.models import QuerySet
from django.db.models.functions import Now
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

STALE: Final = dt.timedelta(minutes=30)
"""How long the longest task may take before it is taken for dead."""
MOST_STARTS: Final = 5
"""A task that was begun so often and never ended is not begun again."""


class WorkerDied(RuntimeError):
    """The worker was gone before the task had ended, as often as it was tried."""


def reap(older_than: dt.timedelta = STALE) -> int:
    """Queue the tasks again that have been running for longer than ``older_than``; how many there were.

    By the database's clock, which is also the workers': a rehearsal moves neither.
    """
    return _queue_again(_running().filter(started_at__lt=Now() - older_than))


def reap_worker(worker_id: str) -> int:
    """Queue the tasks again that the worker of this name was running when it died; how many there were.

    For a worker that starts again under its old name: whatever is marked as running there cannot be.
    """
    mine = [row.pk for row in _running() if row.worker_ids and row.worker_ids[-1] == worker_id]
    return _queue_again(_running().filter(pk__in=mine))


def _running() -> QuerySet[DBTaskResult[Any, Any]]:
    return DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)


def _queue_again(stale: Iterable[DBTaskResult[Any, Any]]) -> int:
    """The UPDATE names the start it has seen, so that a task begun anew meanwhile is left alone."""
    count = 0
    for row in stale:
        if len(row.worker_ids) >= MOST_STARTS:
            logger.error(
                "task %s (%s) was begun %s times and is given up", row.pk, row.task_path, MOST_STARTS
            )
            row.set_failed(WorkerDied(f"begun {len(row.worker_ids)} times, never ended"))
            continue
        same = _running().filter(pk=row.pk, started_at=row.started_at)
        if same.update(status=TaskResultStatus.READY, started_at=None):
            logger.warning("task %s (%s) was cut short and is queued again", row.pk, row.task_path)
            count += 1
    return count
