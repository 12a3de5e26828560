"""What the live socket reads: the newest ids, what somebody missed, and messages as they are sent. 实时消息

Plain database code; the socket calls it in a thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Max, Q
from django.utils import translation

from notifications.links import message_address
from notifications.models import Notification
from notifications.sentences import sentence_of

LOOK_BACK: Final = 2000
"""How many ids below the newest one a starting tail takes as known: what commits late among them is new."""
MOST: Final = 200
"""How many missed messages are sent one by one; the page has the rest."""

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Missed:
    """What a client that connects again has missed: the newest last. ``last``: its new mark."""

    unread: int
    last: int
    messages: list[Payload]
    more: bool


def newest(floor: int | None) -> list[tuple[int, int]]:
    """(id, user) of the rows above ``floor``; None: of the last :data:`LOOK_BACK` ids. One query, two to start."""
    if floor is None:
        floor = (Notification.objects.aggregate(top=Max("id"))["top"] or 0) - LOOK_BACK
    return list(Notification.objects.filter(pk__gt=floor).order_by("pk").values_list("pk", "user_id"))


def pushes(ids: Iterable[int], languages: Mapping[int, set[str]]) -> dict[tuple[int, str], Payload]:
    """Messages as they are pushed, by user and language, oldest first within the dict. Two queries.

    Closed accounts get nothing, whatever is still connected.
    """
    rows = Notification.objects.filter(pk__in=list(ids), user__is_active=True).select_related("case")
    found = list(rows.order_by("pk"))
    unread = _unread_by_user({row.user_id for row in found})
    result = {}
    for row in found:
        for language in languages.get(row.user_id, ()):
            with translation.override(language):
                result[row.pk, language] = payload(row) | {"unread": unread.get(row.user_id, 0)}
    return result


def missed(*, user_id: int, language: str, since: int, seen: list[int]) -> Missed:
    """What the user has got after the message ``since``; with 0, what is unread. Four queries.

    ``seen`` lists the ids that the client has got of late: what lies between the oldest of them and ``since`` and is
    not among them took its id earlier and became visible later, and was missed as well.
    """
    mine = Notification.objects.filter(user_id=user_id)
    late = Q(pk__gt=min(seen), pk__lt=since) if seen else Q(pk__in=[])
    newer = Q(pk__gt=since) | late if since else Q(read_at__isnull=True)
    rows = list(mine.filter(newer).exclude(pk__in=seen).select_related("case").order_by("-pk")[: MOST + 1])
    with translation.override(language):
        messages = [payload(row) | {"missed": True} for row in reversed(rows[:MOST])]
    return Missed(
        unread=mine.filter(read_at__isnull=True).count(),
        last=max(since, mine.aggregate(top=Max("pk"))["top"] or 0),
        messages=messages,
        more=len(rows) > MOST,
    )


def _unread_by_user(user_ids: set[int]) -> dict[int, int]:
    rows = Notification.objects.filter(user_id__in=user_ids, read_at__isnull=True).order_by()
    return dict(rows.values_list("user_id").annotate(n=Count("pk")))


def payload(message: Notification) -> Payload:
    """One message for the client, in the active language. No query when ``case`` is loaded."""
    return {
        "type": "notification",
        "id": message.pk,
        "kind": message.kind,
        "level": message.level,
        "text": sentence_of(message),
        "url": message_address(message),
        "at": message.created_at.isoformat(),
        "read": message.read_at is not None,
    }
