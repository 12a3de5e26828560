"""Announcing: one Event row in the transaction of the change, then a signal with a frozen payload. 事件

Receivers may add rows of their own in the same transaction; they never compute a rule, and what they fail at never
undoes a decision (they run in a savepoint, errors are logged).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from cases.models import Case
from workflows.models import Event, WorkItem

logger = logging.getLogger(__name__)

CASE_ACTED = "case_acted"
ITEM_DUE_SOON = "item_due_soon"
ITEM_OVERDUE = "item_overdue"
DEADLINE_FAILED = "deadline_failed"
MATERIAL_INFECTED = "material_infected"
"""A virus was found in a file of a draft after it had come."""

CASE_NOMINATED = "case_nominated"
"""Another unit has put the applicant forward: a draft waits for its people."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What receivers are told: the row, the case, and the work items that this change opened."""

    event: Event
    case: Case | None
    opened: tuple[WorkItem, ...] = field(default=())


happened = Signal()
"""Sent inside the transaction with ``payload: Happened``."""


def write_event(
    *, kind: str, case: Case | None, data: Mapping[str, Any], opened: tuple[WorkItem, ...] = ()
) -> Event:
    """Write one event and tell the receivers, inside the caller's transaction."""
    event = Event.objects.create(kind=kind, case=case, data=dict(data))
    payload = Happened(event, case, opened)
    _tell(payload)
    return event


def _tell(payload: Happened) -> None:
    if not happened.has_listeners(Event):
        return
    try:
        with transaction.atomic():
            happened.send(sender=Event, payload=payload)
    except Exception:
        logger.exception("announcing event %s failed; the decision stands", payload.event.pk)
