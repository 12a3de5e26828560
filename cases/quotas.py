"""Quotas as they stand: whose, of which period, how much of it is used. 名额"""

from __future__ import annotations

from accounts.models import Organisation
from cases.enums import Capacity
from cases.models import Case, QuotaUse
from cases.relations import parties_of
from programmes.schema import QuotaSpec


def quota_unit(case: Case, spec: QuotaSpec) -> Organisation | None:
    """Whose quota the case draws on: its recommender's, its applicant's or the authority's. None: no recommender yet."""
    match spec.per:
        case "recommender":
            parties = (p.organisation for p in parties_of(case) if p.capacity == Capacity.RECOMMENDER)
            return next(parties, None)
        case "applicant":
            return case.applicant
    return case.authority


def quota_period(case: Case, spec: QuotaSpec) -> str:
    """The period that counts: the round's year, or the round."""
    return str(case.round.year) if spec.period == "year" else f"round:{case.round_id}"


def used_by_others(case: Case, spec: QuotaSpec) -> int:
    """How many places other cases have taken. One query (two before the parties are known)."""
    unit = quota_unit(case, spec)
    rows = QuotaUse.objects.filter(key=spec.key, unit=unit, period=quota_period(case, spec))
    return rows.exclude(case=case).count()
