"""Results of an appraisal put in order. 考核排名

Ranked together are the cases of a programme, or of every programme that draws on the same quota, in one authority and
for one year. Equal totals share a place (1, 2, 2, 4).
"""

from __future__ import annotations

from django.db.models import QuerySet

from cases.enums import AppraisalStatus
from cases.models import Appraisal, Case
from programmes.models import Programme
from programmes.schema import Ranking


def ranked_with(case: Case, ranking: Ranking, period: int, kind: str) -> QuerySet[Appraisal]:
    """The appraisals of the year that are ranked together with the case's, concluded or not."""
    rows = Appraisal.objects.filter(period=period, kind=kind, case__authority=case.authority_id)
    return rows.exclude(status=AppraisalStatus.CANCELLED).filter(
        case__programme__in=_programmes(case, ranking)
    )


def _programmes(case: Case, ranking: Ranking) -> list[int]:
    quota = case.edition.pack.programme.quota
    if ranking.within == "programme" or quota is None:
        return [case.programme_id]
    family = []
    for programme in Programme.objects.filter(authority=case.authority_id):
        newest = programme.editions.order_by("-pk").first()
        own = newest.pack.programme.quota if newest is not None else None
        if own is not None and own.key == quota.key:
            family.append(programme.pk)
    return family


def rank_of(appraisal: Appraisal) -> int | None:
    """The place of a concluded appraisal; None while it has no total, or where nothing is ranked."""
    side = appraisal.case.edition.pack.programme.side.get(appraisal.side)
    if side is None or side.ranking is None or appraisal.total is None or not appraisal.result:
        return None
    others = ranked_with(appraisal.case, side.ranking, appraisal.period, appraisal.kind)
    return others.filter(total__gt=appraisal.total).exclude(result="").count() + 1
