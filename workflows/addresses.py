"""Where a case, an item and an action are found. 办理地址

Rooms may be left out of an installation: an address that does not exist falls back to one of this room.
"""

from __future__ import annotations

import uuid

from django.urls import NoReverseMatch, reverse

from cases.models import Case, Decision
from programmes.procedures import COMMANDS, PROCEDURES, Action
from workflows.models import WorkItem


def address(name: str, *parts: object) -> str:
    """The address ``name``; '' when no room of this installation has it."""
    try:
        return reverse(name, args=parts)
    except NoReverseMatch:
        return ""


def of_case(case: Case) -> str:
    """The page of a case; the person's home where there is none."""
    return address("cases:detail", case.public_id) or reverse("workflows:home")


def of_action(case: Case, action: Action, name: str, item: WorkItem | None) -> str:
    """Where an action is done, at ``item`` when one is known."""
    if item is not None and is_sheet(action):
        return score(item.public_id)
    if own := own_page(case, name):
        return own
    page = reverse("workflows:act", args=[case.public_id, name])
    return f"{page}?item={item.public_id}" if item is not None else page


OWN_PAGES: dict[str, str] = {
    "declare.submit": "cases:submit",
    "command.request_signature": "cases:sign",
    "command.sign_declaration": "cases:sign",
}
"""Actions that have a page of their own."""


def own_page(case: Case, name: str) -> str:
    """The page of its own that an action has; '' for one that is done on the page of actions."""
    return address(OWN_PAGES[name], case.public_id) if name in OWN_PAGES else ""


def of_item(item: WorkItem) -> str:
    """Where an item is worked on: the declaration, the score page, its one action, else the case with its actions."""
    if (item.procedure, item.duty) == ("declare", "draft"):
        return address("cases:declaration", item.case.public_id) or of_case(item.case)
    if item.procedure == "command":
        return of_action(item.case, COMMANDS[item.duty], f"command.{item.duty}", None)
    duty = next(d for d in PROCEDURES[item.procedure].duties if d.code == item.duty)
    first = duty.actions[0]
    if len(duty.actions) == 1 or is_sheet(first):
        return of_action(item.case, first, f"{item.procedure}.{first.code}", item)
    return of_case(item.case)


def of_letter(decision: Decision) -> str:
    """Where the letter of a decision can be read; the case where letters have no page."""
    case = decision.case
    return address("cases:letter", case.public_id, decision.public_id) or of_case(case)


def score(item_id: uuid.UUID) -> str:
    """The page of a score sheet."""
    return reverse("workflows:score", args=[item_id])


def is_sheet(action: Action) -> bool:
    """Whether the action is a score sheet, which has a page of its own."""
    return any(ask.type == "sheet" for ask in action.asks)
