"""Telling everybody who must know of an event, after it was committed. 展开

Idempotent: whoever has a message keeps that one, a letter has one key, and an event is marked once it is done. What
the receiver wrote (or failed to write) in the transaction of the change is made complete here.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction

from audit import clock
from cases.models import Case
from notifications import hints
from notifications.catalogue import tellings_for
from notifications.letters import queue_letters
from notifications.messages import group_of, messages_to_holders, messages_to_sides
from notifications.models import Expansion, Notification
from notifications.preferences import choices_of
from workflows.enums import ItemStatus
from workflows.models import Event, WorkItem

logger = logging.getLogger(__name__)

LOOK_BACK = dt.timedelta(days=3)
SETTLE = dt.timedelta(minutes=2)
"""How old an event must be before the sweep takes it for forgotten: its task may be on its way."""
SWEPT = 1000
"""How many unmarked events one sweep looks at, the newest; the silent ones among them stay unmarked."""


def expand(event_id: int) -> bool:
    """Write to everybody who must know of the event, inside and outside the system; False when it had been done.

    The reading comes first and the writing in one short transaction.
    """
    event = Event.objects.select_related("case__programme", "case__authority").get(pk=event_id)
    if event.case is None or Expansion.objects.filter(pk=event_id).exists():
        return False
    messages, held = _audience(event, event.case)
    choices = choices_of(held | {message.user_id for message in messages})
    shown = [message for message in messages if choices.in_app(message.user_id, group_of(message))]
    muted = [message for message in messages if not choices.in_app(message.user_id, group_of(message))]
    with transaction.atomic():
        _marked, first = Expansion.objects.get_or_create(event=event)
        if not first:
            return False
        Notification.objects.bulk_create(shown, ignore_conflicts=True)
        stored = Notification.objects.filter(event=event).select_related("case").order_by("pk")
        queue_letters(event, [*stored, *muted], choices)
        transaction.on_commit(hints.give, robust=True)
    return True


def _audience(event: Event, case: Case) -> tuple[list[Notification], set[int]]:
    """Messages yet to be written (some may be there already), and who holds one from the receiver."""
    items = list(WorkItem.objects.filter(pk__in=event.data.get("items", ())).order_by("pk"))
    waiting = [item for item in items if item.status == ItemStatus.OPEN]
    messages = messages_to_holders(event, case, waiting)
    held = set(Notification.objects.filter(event=event).values_list("user_id", flat=True))
    spoken_to = held | {message.user_id for message in messages}
    sides = messages_to_sides(event, case, items)
    return [*messages, *(one for one in sides if one.user_id not in spoken_to)], held


def expand_forgotten() -> int:
    """Expand the recent events whose task was lost, or whose announcement failed; how many there were."""
    now, done = clock.now(), 0
    unmarked = Event.objects.filter(expansion__isnull=True, case__isnull=False).order_by("-pk")[:SWEPT]
    for event in reversed(unmarked):
        if not now - LOOK_BACK <= event.at < now - SETTLE or not concerns_anybody(event):
            continue
        try:
            done += expand(event.pk)
        except Exception:
            logger.exception("event %s could not be expanded", event.pk)
    return done


def concerns_anybody(event: Event) -> bool:
    """Whether the event opened work, or the catalogue names somebody. No query."""
    return bool(event.data.get("items")) or bool(tellings_for(event))
