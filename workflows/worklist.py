"""The worklist: everything that waits for somebody, narrowed and paged. 待办清单"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit import clock
from programmes.procedures import COMMANDS, duty_of
from workflows.desk import with_everything
from workflows.items import items_for
from workflows.models import WorkItem

PAGE = 30
LATE, WEEK = "late", "week"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; '' everywhere: everything."""

    programme: str = ""
    duty: str = ""
    """``<procedure>.<duty>``."""
    due: str = ""
    """``late`` or ``week``."""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Wanted:
        """From a query string; what is not understood is left out."""
        due = query.get("due", "")
        return cls(query.get("programme", ""), query.get("duty", ""), due if due in (LATE, WEEK) else "")

    def __bool__(self) -> bool:
        return bool(self.programme or self.duty or self.due)

    def address(self, **changed: str) -> str:
        """The query string with these values changed, on the first page."""
        values = {"programme": self.programme, "duty": self.duty, "due": self.due} | changed
        return "?" + urlencode({key: value for key, value in values.items() if value})


@dataclass(frozen=True, slots=True)
class Worklist:
    """待办清单: a page of items, and what it can be narrowed to (only what the actor has)."""

    page: Page[WorkItem]
    wanted: Wanted
    programmes: dict[str, str] = field(default_factory=dict)
    duties: dict[str, str] = field(default_factory=dict)


def worklist(actor: Actor, wanted: Wanted, page: str) -> Worklist:
    """The page asked for (the nearest one there is). Three queries."""
    mine = items_for(actor)
    kinds = mine.order_by().values_list(
        "programme__code", "programme__title_zh", "programme__title_en", "procedure", "duty"
    )
    english = (get_language() or "").startswith("en")
    programmes: dict[str, str] = {}
    duties: dict[str, str] = {}
    for code, zh, en, procedure, duty in kinds.distinct():
        programmes[code] = (en if english else "") or zh
        duties[f"{procedure}.{duty}"] = duty_label(procedure, duty)
    paginator = Paginator(with_everything(_narrowed(mine, wanted)), PAGE)
    return Worklist(
        paginator.get_page(page), wanted, dict(sorted(programmes.items())), dict(sorted(duties.items()))
    )


def duty_label(procedure: str, duty: str) -> str:
    """The generic name of a duty: a list over many editions cannot use the wording of one."""
    return str(COMMANDS[duty].label if procedure == "command" else duty_of(procedure, duty).title)


def _narrowed(items: QuerySet[WorkItem], wanted: Wanted) -> QuerySet[WorkItem]:
    today = clock.today()
    if wanted.programme:
        items = items.filter(programme__code=wanted.programme)
    if wanted.duty:
        procedure, _sep, duty = wanted.duty.partition(".")
        items = items.filter(procedure=procedure, duty=duty)
    if wanted.due == LATE:
        items = items.filter(due_on__lt=today)
    elif wanted.due == WEEK:
        items = items.filter(due_on__lte=today + dt.timedelta(days=6 - today.weekday()))
    return items


def due_choices() -> dict[str, str]:
    """The choices of urgency."""
    return {LATE: _("已逾期"), WEEK: _("本周到期（含逾期）")}
