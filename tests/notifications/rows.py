"""Making and looking at messages."""

from __future__ import annotations

from typing import Any

from accounts.actors import Actor
from accounts.models import User
from cases.models import Case
from notifications.enums import Kind, Level
from notifications.models import Notification
from notifications.sentences import sentence_of
from workflows.models import Event


def user_of(actor: Actor) -> User:
    """The person behind an actor."""
    assert actor.user is not None
    return actor.user


def told(actor: Actor) -> list[tuple[str, str]]:
    """(kind, code) of the person's messages, in the order of the events."""
    rows = Notification.objects.filter(user=actor.user).order_by("event", "pk")
    return [(row.kind, row.data["code"]) for row in rows]


def sentences(actor: Actor) -> list[str]:
    """What the person reads, in the order of the events."""
    rows = Notification.objects.filter(user=actor.user).select_related("case").order_by("event", "pk")
    return [sentence_of(row) for row in rows]


def make_event(case: Case, action: str = "file.file") -> Event:
    """An event that nobody was told of."""
    return Event.objects.create(kind="case_acted", case=case, data={"action": action})


def make_message(case: Case, user: User, **fields: Any) -> Notification:
    """A message of an event of its own."""
    values = {"kind": Kind.APPLICANT, "level": Level.INFO, "data": {"code": "file.file"}, **fields}
    event = values.pop("event", None) or make_event(case)
    return Notification.objects.create(user=user, event=event, case=case, **values)
