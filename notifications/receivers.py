"""Listening: what the door announces becomes messages, in the transaction of the change. 接收

The announcement runs in a savepoint: whatever fails here is logged and undone alone, the decision stands, and
``manage.py reap`` makes up for the messages.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from notifications import hints
from notifications.catalogue import tellings_for
from notifications.messages import messages_to_holders
from notifications.models import Notification
from notifications.tasks import expand_event
from workflows.events import Happened


def on_happened(sender: object, *, payload: Happened, **kwargs: Any) -> None:
    """Write the to-dos of those for whom work was opened, and leave the wider circle to a task.

    Statements: at most three for each unit item opened, one INSERT for all to-dos, one INSERT for the task; none at all when
    nothing was opened and nobody must know.
    """
    event, case = payload.event, payload.case
    if case is None:
        return
    messages = messages_to_holders(event, case, payload.opened)
    if messages:
        Notification.objects.bulk_create(messages)
    elif not tellings_for(event):
        return
    expand_event.enqueue(event.pk)  # a row of the same transaction: no commit, no task
    transaction.on_commit(hints.give, robust=True)
