"""The supervisor's first question: who is late, who did what. 监察首页"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

from accounts.actors import Actor
from audit import clock
from supervision.entries import Found, entries_seen_by, with_cases
from supervision.lateness import Lateness, UnitCards, by_unit, of_lateness, shown, watched_items
from workflows.due import SOON
from workflows.models import WorkItem

ITEMS_SHOWN = 8
ENTRIES_SHOWN = 10
UNITS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Home:
    """What the home shows: cards in all and by unit, the most pressing items, the latest entries."""

    late: int
    soon: int
    units: list[UnitCards]
    late_items: list[WorkItem]
    soon_items: list[WorkItem]
    recent: list[Found]

    @property
    def late_card(self) -> Lateness:
        """The card of what is late."""
        return Lateness.LATE

    @property
    def soon_card(self) -> Lateness:
        """The card of what is about to be."""
        return Lateness.SOON

    @property
    def soon_within(self) -> str:
        """How far ahead is looked, in words: 3个工作日."""
        return SOON.label("en" if (get_language() or "").startswith("en") else "zh")


def home_for(actor: Actor) -> Home:
    """Everything on the supervisor's home. Five queries, whatever there is to watch."""
    today = clock.today()
    items = watched_items(actor)
    units = by_unit(items, today)
    return Home(
        late=sum(unit.late for unit in units),
        soon=sum(unit.soon for unit in units),
        units=units[:UNITS_SHOWN],
        late_items=list(shown(of_lateness(items, Lateness.LATE, today))[:ITEMS_SHOWN]),
        soon_items=list(shown(of_lateness(items, Lateness.SOON, today))[:ITEMS_SHOWN]),
        recent=with_cases(entries_seen_by(actor)[:ENTRIES_SHOWN]),
    )
