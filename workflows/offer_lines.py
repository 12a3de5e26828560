"""What a case's page offers its reader to do, ready to be drawn as buttons. 可办理事项"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from cases.models import Case
from workflows import addresses, labels
from workflows.clause_links import clause_url
from workflows.explain import Offer

BUTTONS = {"primary": "primary", "neutral": "outline", "danger": "danger"}
"""An action's tone → the look of its button."""


@dataclass(frozen=True, slots=True)
class OfferLine:
    """可办理事项: a button that leads somewhere, or a disabled one with its reasons."""

    label: str
    url: str
    tone: str
    reason: str
    clause: str
    clause_url: str


def offer_lines(case: Case, offers: Iterable[Offer]) -> list[OfferLine]:
    """The buttons, what can be done now first; none for a case that has ended. No query."""
    lines = [_line(case, offer) for offer in offers if offer.code != "closed"]
    return sorted(lines, key=lambda line: not line.url)


def _line(case: Case, offer: Offer) -> OfferLine:
    run = offer.item.run if offer.item is not None else None
    label = labels.action_name(case, offer.name, run)
    tone = BUTTONS.get(offer.action.tone, "outline")
    if tone == "danger" and offer.item is None:
        tone = "outline-danger"  # possible at any time, asked for by nobody: it must not look like the thing to do
    if offer.allowed:
        return OfferLine(label, _address(case, offer), tone, "", "", "")
    reason = offer.reason.removesuffix(f"（{offer.clause}）")  # the clause stands beside it, as a link
    return OfferLine(label, "", tone, reason, offer.clause, clause_url(case, offer.clause))


def _address(case: Case, offer: Offer) -> str:
    """Sending and discarding a declaration have pages of their own."""
    match offer.name:
        case "declare.submit":
            return reverse("cases:submit", args=[case.public_id])
        case "command.discard":
            return reverse("cases:discard", args=[case.public_id])
    return addresses.of_action(case, offer.action, offer.name, offer.item)
