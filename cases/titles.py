"""Titles counted and told: how many were given this year or round, until when one holds, what an applicant had before. 称号

Read by :mod:`cases.facts` and by the engine's count of places (:mod:`workflows.places`): both must count the same.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Max, Min, Q, QuerySet

from audit import clock
from cases.enums import AppraisalStatus, DeadlineStatus, StandingStatus
from cases.models import Case, Deadline, Standing
from programmes.calendar import Duration, WorkCalendar, compute
from programmes.models import Programme
from programmes.schema import SideProcedure

TERM = "end_term"
"""The command that ends a title when its term is over."""


def _accredited() -> QuerySet[Standing]:
    return Standing.objects.filter(status=StandingStatus.ACCREDITED)


def accredited_in_round(case: Case, tier: str = "") -> int:
    """Other cases of the round that are accredited now (of that tier). One query."""
    rows = _accredited().filter(case__round=case.round_id, current=True).exclude(case=case)
    return (rows.filter(tier=tier) if tier else rows).count()


def accredited_in_year(case: Case, year: int, tier: str = "") -> int:
    """Other cases of the programme that were accredited (in that tier) for the first time in the year. One query.

    A renewal or a change of holder is no new recognition; an upgrade counts for the tier that it reaches. What was
    withdrawn later has been given all the same.
    """
    rows = _accredited().filter(programme=case.programme_id).exclude(case=case)
    rows = rows.filter(tier=tier) if tier else rows
    firsts = rows.values("case").annotate(first=Min("since"))
    return firsts.filter(first__year=year).count()


def first_accredited_on(case: Case, tier: str = "") -> dt.date | None:
    """When the case itself was first accredited (in that tier); None: never. One query."""
    rows = _accredited().filter(case=case)
    found: dt.date | None = (rows.filter(tier=tier) if tier else rows).aggregate(first=Min("since"))["first"]
    return found


def accredited_before(case: Case) -> bool:
    """Whether another case of the applicant in the programme was ever accredited, held or declared by it. One query."""
    rows = _accredited().filter(programme=case.programme_id).exclude(case=case)
    return rows.filter(_of(case)).exists()


def _of(case: Case) -> Q:
    return Q(holder=case.applicant_id) | Q(case__applicant=case.applicant_id)


def family_withdrawn_on(case: Case) -> dt.date | None:
    """The last day on which a title of the applicant was withdrawn, in any programme of the family. A query for each

    programme of the authority, and one.
    """
    rows = Standing.objects.filter(_of(case), programme__in=_family(case), status=StandingStatus.WITHDRAWN)
    found: dt.date | None = rows.aggregate(last=Max("since"))["last"]
    return found


def _family(case: Case) -> list[int]:
    """The programmes of the authority whose newest edition names the same family; at least the case's own."""
    family = case.edition.pack.programme.family
    found = [case.programme_id]
    if not family:
        return found
    for programme in Programme.objects.filter(authority=case.authority_id).exclude(pk=case.programme_id):
        newest = programme.editions.defer("source").order_by("-pk").first()
        if newest is not None and newest.pack.programme.family == family:
            found.append(programme.pk)
    return found


def term_of(case: Case) -> Deadline | None:
    """The newest reckoning of the title's term: running, or kept while the case is away from its rest. One query."""
    kept = (DeadlineStatus.RUNNING, DeadlineStatus.PAUSED, DeadlineStatus.CANCELLED)
    rows = Deadline.objects.filter(case=case, run_key__startswith="rest:", duty=TERM, status__in=kept)
    return rows.order_by("-pk").first()


def standing_until(case: Case) -> dt.date | None:
    """The last day of the title's term; None where it has none, or has ended. One query."""
    term = term_of(case) if not case.closure else None
    return term.due_on if term is not None else None


def absences(case: Case, name: str, side: SideProcedure) -> int:
    """How often the unit was absent from the appraisals of this side procedure within its window that ends today. One query."""
    rows = case.appraisals.filter(side=name, status=AppraisalStatus.ABSENT)
    days = rows.order_by("pk").values_list("concluded_at", flat=True)
    return sum(1 for at in days if at is not None and _within(clock.local(at).date(), side.absence_window))


def _within(day: dt.date, window: str) -> bool:
    """Whether the window that began on ``day`` is still open today."""
    if not window:
        return True
    term = compute(
        start=day, duration=Duration.parse(window), calendar=WorkCalendar.load(), start_rule="next_day"
    )
    return term.due_on is not None and clock.today() <= term.due_on
