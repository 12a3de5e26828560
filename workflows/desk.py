"""The items on somebody's desk: with what a row shows of them, counted by urgency, narrowed. 办公桌"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from audit import clock
from workflows.due import soon_until
from workflows.models import WorkItem


def with_everything(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """Items with all that a row shows of them, the most urgent first (those without a day last)."""
    return (
        items.select_related(
            "case__programme",
            "case__applicant",
            "case__edition",
            "case__round",
            "run",
            "deadline",
            "organisation",
        )
        .defer("case__edition__source")
        .order_by(F("due_on").asc(nulls_last=True), "id")
    )


@dataclass(frozen=True, slots=True)
class Urgency:
    """Open items by urgency: the tiles of a desk."""

    late: int
    today: int
    soon: int
    other: int
    unopened: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.late + self.today + self.soon + self.other


def urgency_of(items: QuerySet[WorkItem]) -> Urgency:
    """How many are late, due today, due within three working days, and the rest. One query."""
    today = clock.today()
    soon = soon_until(today)
    counts = items.order_by().aggregate(
        late=Count("pk", filter=Q(due_on__lt=today)),
        today=Count("pk", filter=Q(due_on=today)),
        soon=Count("pk", filter=Q(due_on__gt=today, due_on__lte=soon)),
        other=Count("pk", filter=Q(due_on__gt=soon) | Q(due_on__isnull=True)),
        unopened=Count("pk", filter=Q(opened_at__isnull=True)),
    )
    return Urgency(**counts)
