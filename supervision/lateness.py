"""Who is late, and who is about to be: open work items against their due days. 逾期与临期

Red card 红牌: past due. Yellow card 黄牌: due within what :data:`workflows.due.SOON` looks ahead. Places use the colours
differently; ``settings.CARD_COLOURS`` may exchange them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from cases import policy
from workflows.due import soon_until
from workflows.enums import ItemStatus
from workflows.models import WorkItem


class Lateness(StrEnum):
    """What a card stands for. Codes are stable; the colour is configuration."""

    LATE = "late"
    SOON = "soon"

    @property
    def colour(self) -> str:
        """``red`` or ``yellow``."""
        colours: dict[str, str] = getattr(settings, "CARD_COLOURS", {})
        return colours.get(self.value, "red" if self is Lateness.LATE else "yellow")

    @property
    def label(self) -> str:
        """红牌（已逾期）."""
        card = _("红牌") if self.colour == "red" else _("黄牌")
        return (
            _("%(card)s（已逾期）") % {"card": card}
            if self is Lateness.LATE
            else _("%(card)s（即将到期）") % {"card": card}
        )

    @property
    def tone(self) -> str:
        """The badge's tone."""
        return "danger" if self.colour == "red" else "warning"


@dataclass(frozen=True, slots=True)
class UnitCards:
    """红黄牌 of a unit: how many of its items are late, and how many are about to be."""

    name: str
    late: int
    soon: int


def watched_items(actor: Actor) -> QuerySet[WorkItem]:
    """Open items that somebody must act on, in the cases the actor may see."""
    items = WorkItem.objects.filter(status=ItemStatus.OPEN, case__in=policy.visible(actor))
    return items.exclude(role="system")


def of_lateness(items: QuerySet[WorkItem], lateness: Lateness | None, today: dt.date) -> QuerySet[WorkItem]:
    """``items`` of one card, or of both; the most late first."""
    match lateness:
        case Lateness.LATE:
            items = items.filter(due_on__lt=today)
        case Lateness.SOON:
            items = items.filter(due_on__range=(today, soon_until(today)))
        case None:
            items = items.filter(due_on__lte=soon_until(today))
    return items.order_by("due_on", "id")


def shown(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """``items`` with what a list names of them. One query."""
    related = ("case__edition", "case__programme", "organisation", "assignee", "deadline", "run")
    return items.select_related(*related).defer("case__edition__source", "deadline__last_error")


def lateness_of(item: WorkItem, today: dt.date) -> Lateness:
    """Which card an item of :func:`of_lateness` has."""
    return Lateness.LATE if item.due_on is not None and item.due_on < today else Lateness.SOON


def by_unit(items: QuerySet[WorkItem], today: dt.date) -> list[UnitCards]:
    """Cards by unit, the most late first; experts, who act for themselves, are one line. One query."""
    late = Q(due_on__lt=today)
    soon = Q(due_on__range=(today, soon_until(today)))
    rows: Any = (
        items.filter(late | soon)
        .values(unit=F("organisation__name"), expert=Q(role=Role.EXPERT.value))
        .annotate(late=Count("pk", filter=late), soon=Count("pk", filter=soon))
        .order_by("-late", "-soon", "unit")
    )
    return [UnitCards(row["unit"] or _("评审专家"), row["late"], row["soon"]) for row in rows]
