"""Lists of cases: what somebody may see, searched and narrowed, each with what it waits for. 案件列表"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet

from accounts.actors import Actor
from audit import clock
from cases import policy
from cases.models import Case, Standing
from cases.relations import remember_parties
from cases.search import containing
from programmes.models import Programme
from workflows.enums import ItemStatus
from workflows.models import WorkItem
from workflows.stepper import Position, position_of
from workflows.waiting import Waiting, most_urgent, waiting_of

PAGE = 30
CAP = 1000
"""So many cases a list leads to; who needs more narrows the search."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; '' everywhere: everything."""

    text: str = ""
    programme: str = ""
    stage: str = ""
    standing: str = ""
    late: bool = False

    def __bool__(self) -> bool:
        return bool(self.text or self.programme or self.stage or self.standing or self.late)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the list."""

    case: Case
    position: Position
    waiting: Waiting | None
    others: int


class CappedPaginator(Paginator[Case]):
    """Counts no further than CAP: what lies behind is found by searching, not by turning pages."""

    object_list: QuerySet[Case]

    @cached_property
    def count(self) -> int:
        """How many there are, CAP at most. One query."""
        return self.object_list[:CAP].count()

    @property
    def capped(self) -> bool:
        """Whether there may be more."""
        return self.count >= CAP


def find_cases(actor: Actor, wanted: Wanted) -> QuerySet[Case]:
    """The cases that ``actor`` sees and looks for, the last moved first."""
    cases = policy.visible(actor)
    if wanted.text:
        cases = containing(cases, wanted.text.strip())
    if wanted.programme:
        cases = cases.filter(programme__code=wanted.programme)
    if wanted.stage:
        cases = cases.filter(stage=wanted.stage)
    if wanted.standing:
        now = Standing.objects.filter(case=OuterRef("pk"), current=True, status=wanted.standing)
        cases = cases.filter(Exists(now))
    if wanted.late:
        late = WorkItem.objects.filter(case=OuterRef("pk"), status=ItemStatus.OPEN, due_on__lt=clock.today())
        cases = cases.filter(Exists(late))
    return (
        cases.select_related("programme", "applicant", "edition")
        .defer("edition__source")
        .order_by("-moved_at", "-id")
    )


def rows_of(cases: Iterable[Case], actor: Actor) -> list[CaseRow]:
    """The lines for these cases. One query for what all of them wait for, one for their parties where it matters."""
    listed = list(cases)
    if actor.role in policy.BY_CAPACITY:
        remember_parties(listed)
    items: dict[int, list[WorkItem]] = defaultdict(list)
    waiting = WorkItem.objects.filter(case__in=listed, status=ItemStatus.OPEN)
    for item in waiting.select_related("organisation", "assignee", "deadline", "run").order_by("id"):
        items[item.case_id].append(item)
    return [_row(case, items[case.pk], actor) for case in listed]


def _row(case: Case, items: list[WorkItem], actor: Actor) -> CaseRow:
    waiting = waiting_of(case, items, actor, policy.fields(actor, case))
    urgent = most_urgent(waiting)
    others = sum(each.count for each in waiting) - urgent.count if urgent else 0
    return CaseRow(case, position_of(case), urgent, others)


def programmes_of(actor: Actor) -> QuerySet[Programme]:
    """The programmes that a list may be narrowed to. One query."""
    programmes = Programme.objects.order_by("code")
    if actor.programme_code:
        programmes = programmes.filter(code=actor.programme_code)
    if actor.authority_id is not None:
        programmes = programmes.filter(authority_id=actor.authority_id)
    return programmes
