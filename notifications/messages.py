"""Making messages of an event: unsaved rows, for the receiver (to-dos) and the expansion (everybody). 消息生成"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cases.models import Case
from notifications import catalogue
from notifications.audience import holders_of, people_of
from notifications.catalogue import Telling, code_of, tellings_for
from notifications.enums import Group, Kind, Level
from notifications.models import Notification
from workflows.events import CASE_NOMINATED, ITEM_DUE_SOON, ITEM_OVERDUE
from workflows.models import Event, WorkItem

REMINDERS = {ITEM_DUE_SOON: Kind.DUE_SOON, ITEM_OVERDUE: Kind.OVERDUE}
"""Events that open nothing and name the item they are about."""

SIDE_OF_ROLE = {
    "applicant": Kind.APPLICANT,
    "operator": Kind.APPLICANT,
    "recommender": Kind.RECOMMENDER,
    "officer": Kind.OFFICERS,
    "chief": Kind.OFFICERS,
}


def group_of(message: Notification) -> Group:
    """The preference group of a message."""
    return catalogue.group_of(message.kind, str(message.data.get("code", "")))


def messages_to_holders(event: Event, case: Case, items: Iterable[WorkItem]) -> list[Notification]:
    """A to-do (or a reminder of an item that is due soon, or overdue) for each person for whom one of ``items`` waits.

    At most three queries for each unit item, none for an assigned one.
    """
    waiting: dict[int, list[WorkItem]] = {}
    for item in items:
        for user_id in sorted(holders_of(item, case)):
            waiting.setdefault(user_id, []).append(item)
    kind = REMINDERS.get(event.kind, Kind.TODO)
    return [
        Notification(
            user_id=user_id,
            event=event,
            kind=kind,
            case=case,
            data=_todo_data(event, held),
            level=Level.TODO if kind == Kind.TODO else Level.WARN,
            created_at=event.at,
        )
        for user_id, held in waiting.items()
    ]


def _todo_data(event: Event, items: list[WorkItem]) -> dict[str, Any]:
    first = items[0]
    side = None if f"{first.procedure}.{first.duty}" in catalogue.LEADS else SIDE_OF_ROLE.get(first.role)
    return {
        "code": code_of(event),
        "items": [item_data(item) for item in items],
        **_parameters(event, side),
        **({"side": side.value} if side else {}),
    }


def item_data(item: WorkItem) -> dict[str, Any]:
    """What a sentence needs of a work item."""
    return {
        "id": item.pk,
        "procedure": item.procedure,
        "duty": item.duty,
        "due": item.due_on.isoformat() if item.due_on else "",
    }


def messages_to_sides(event: Event, case: Case, items: list[WorkItem]) -> list[Notification]:
    """A message for everybody whom the catalogue names, once each. Two queries a side, a few more for drafters."""
    told: dict[int, Telling] = {}
    for telling in tellings_for(event):
        for user_id in sorted(people_of(telling.kind, case)):
            told.setdefault(user_id, telling)
    return [
        Notification(
            user_id=user_id,
            event=event,
            kind=telling.kind,
            case=case,
            data=_told_data(event, telling, items),
            level=telling.level,
            created_at=event.at,
        )
        for user_id, telling in told.items()
    ]


def _told_data(event: Event, telling: Telling, items: list[WorkItem]) -> dict[str, Any]:
    data = {"code": code_of(event), **_parameters(event, telling.kind)}
    if event.kind == ITEM_OVERDUE:
        data["items"] = [item_data(item) for item in items] or [_lapsed(event.data)]
    return data


def _lapsed(data: Mapping[str, Any]) -> dict[str, Any]:
    """A limit that hangs on no work item."""
    return {"procedure": "", "duty": data.get("duty", ""), "due": data.get("due_on", "")}


def _parameters(event: Event, side: Kind | None) -> dict[str, Any]:
    """The event's parameters that this side may read. People's names never: events carry the actor's, messages do not."""
    data: dict[str, Any] = {}
    if event.kind == CASE_NOMINATED:
        data["unit"] = event.data["unit"]
    if side == Kind.OFFICERS and "objection" in event.data:
        data["objection"] = event.data["objection"]
    if "attempts" in event.data:
        data |= {"action": event.data.get("action", ""), "attempts": event.data["attempts"]}
    return data
