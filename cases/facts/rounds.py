"""Facts of the round: its dates, how many passed or hold a title, the quota. 批次与名额"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef

from audit import clock
from cases.enums import Stage
from cases.facts.titles import TitleFacts
from cases.models import Decision
from cases.quotas import used_by_others
from cases.titles import accredited_in_round, accredited_in_year, first_accredited_on


class RoundFacts(TitleFacts):
    """批次: what is counted over its cases and those of the year."""

    def _round_accredited(self, tier: str = "") -> int:
        deciding = self._decided_on() and tier in ("", self._tier_decided())
        return accredited_in_round(self.case, tier) + int(deciding)

    def _year_accredited(self, tier: str = "") -> int:
        """A case counts in the year of its first recognition (in that tier), or while that is being decided."""
        year, first = clock.today().year, first_accredited_on(self.case, tier)
        own = first.year == year if first is not None else self._decided_on()
        return accredited_in_year(self.case, year, tier) + int(own and tier in ("", self._tier_decided()))

    def _decided_on(self) -> bool:
        return self.case.stage in (Stage.ACCREDIT, Stage.IN_FORCE, Stage.REVOKE)

    def _tier_decided(self) -> str:
        """The tier that the action under way gives, else the one that the case has."""
        pending = self._known.get("plaque.tier") or self._known.get("review.grade")
        return str(pending) if pending not in (None, "none") else self._standing_tier() or ""

    def _round_passed(self) -> int:
        later = Decision.objects.filter(
            case=OuterRef("case"),
            procedure="review",
            action__in=("reject", "fail_initial"),
            pk__gt=OuterRef("pk"),
        )
        passed = Decision.objects.filter(case__round=self.case.round_id, procedure="review", action="select")
        return passed.exclude(Exists(later)).values("case").distinct().count()

    def _opened_this_year(self) -> int:
        """Rounds of the programme opened for the same year before this one."""
        rounds = self.case.round.programme.rounds.filter(year=self.case.round.year, opened_at__isnull=False)
        return rounds.exclude(pk=self.case.round_id).count()

    def _quota_used(self) -> int | None:
        spec = self.case.edition.pack.programme.quota
        return used_by_others(self.case, spec) if spec else None


PROVIDERS: dict[str, Callable[[RoundFacts], Any]] = {
    "round.year": lambda f: f.case.round.year,
    "round.opens_month": lambda f: f.case.round.opens_on.month,
    "round.opens_on": lambda f: f.case.round.opens_on,
    "round.accredited_count": RoundFacts._round_accredited,
    "round.passed_review_count": RoundFacts._round_passed,
    "round.opened_this_year": RoundFacts._opened_this_year,
    "programme.accredited_this_year": RoundFacts._year_accredited,
    "quota.used": RoundFacts._quota_used,
}
