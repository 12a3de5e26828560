"""A person's messages: counting, listing, reading. 我的消息"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import User
from audit import clock
from notifications.models import Notification
from workflows.enums import ItemStatus
from workflows.models import WorkItem


def unread_count(user: User | AnonymousUser) -> int:
    """How many messages the person has not read; 0 for visitors. One query, none for visitors."""
    if not isinstance(user, User):
        return 0
    return Notification.objects.filter(user=user, read_at__isnull=True).count()


def messages_of(user: User, *, unread_only: bool = False) -> QuerySet[Notification]:
    """The person's messages, the newest first, with what a list shows."""
    messages = Notification.objects.filter(user=user).select_related("case").order_by("-created_at", "-pk")
    return messages.filter(read_at__isnull=True) if unread_only else messages


def mark_read(*, message: Notification, actor: Actor) -> None:
    """The person has read the message; one of somebody else is left alone. One UPDATE, none when it was read."""
    if message.read_at is None and actor.user is not None:
        now = clock.now()
        if Notification.objects.filter(pk=message.pk, user=actor.user, read_at__isnull=True).update(
            read_at=now
        ):
            message.read_at = now


def newest_unread(user: User) -> Notification | None:
    """The message written last among those not read yet. One query."""
    return Notification.objects.filter(user=user, read_at__isnull=True).order_by("-pk").first()


def mark_all_read(*, newest: Notification | None, actor: Actor) -> int:
    """The person has read everything that was written up to ``newest`` (what came later was not on their page).

    None: everything. How many there were; one UPDATE.
    """
    unread = Notification.objects.filter(user=actor.user, read_at__isnull=True)
    if newest is not None:
        unread = unread.filter(pk__lte=newest.pk)
    return unread.update(read_at=clock.now())


def settled_items(messages: Iterable[Notification]) -> set[int]:
    """Keys of the work items named in the messages for which nobody waits any more. One query, or none."""
    named = {item["id"] for message in messages for item in message.data.get("items", ()) if "id" in item}
    if not named:
        return set()
    done = WorkItem.objects.filter(pk__in=named).exclude(status=ItemStatus.OPEN)
    return set(done.values_list("pk", flat=True))
