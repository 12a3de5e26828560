"""Quotas as people read them: whose, of which period, how many places are used and left. 名额"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Organisation
from cases.models import Case, QuotaUse
from cases.quotas import quota_period, quota_unit
from programmes.schema import QuotaSpec
from programmes.slots import slot


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """名额: ``limit`` is None while the round has not decided it; ``mine``: the case itself holds a place."""

    unit: str
    period: str
    used: int
    limit: int | None
    clause: str
    mine: bool

    @property
    def left(self) -> int | None:
        """How many places are left; None while the limit is undecided."""
        return max(self.limit - self.used, 0) if self.limit is not None else None

    @property
    def spent(self) -> bool:
        """Whether no place is left."""
        return self.left == 0


def quota_line(case: Case) -> QuotaLine | None:
    """The quota that the case draws on; None without one, or before it is known whose. Three queries at most."""
    spec = case.edition.pack.programme.quota
    unit = quota_unit(case, spec) if spec is not None else None
    if spec is None or unit is None:
        return None
    return _line(case, spec, unit)


def _line(case: Case, spec: QuotaSpec, unit: Organisation) -> QuotaLine:
    period = quota_period(case, spec)
    users = list(
        QuotaUse.objects.filter(key=spec.key, unit=unit, period=period).values_list("case_id", flat=True)
    )
    return QuotaLine(
        unit.name,
        _("%(year)s年度") % {"year": period} if period.isdecimal() else _("本批次"),
        len(users),
        _limit(case, spec),
        spec.clause,
        case.pk in users,
    )


def _limit(case: Case, spec: QuotaSpec) -> int | None:
    if spec.limit not in case.edition.pack.programme.slots:
        return int(spec.limit)
    value = slot(case.round, spec.limit).value
    return int(str(value)) if value is not None else None
