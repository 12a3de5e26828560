"""Facts of the applicant: its place in the tree, what it had before, who recommends it. 申报单位与推荐"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from cases.enums import Capacity, StandingStatus
from cases.facts.base import CaseReading
from cases.models import Standing
from cases.recommendations import rank_in_list
from cases.relations import parties_of
from cases.titles import accredited_before, family_withdrawn_on


class ApplicantFacts(CaseReading):
    """申报单位 and whoever recommends it."""

    def _above_applicant(self) -> list[Organisation]:
        """The units above the applicant, the nearest first. One query."""
        known: list[Organisation] | None = self.case.__dict__.get("_above_applicant")
        if known is None:
            lineage = self.case.applicant.lineage
            found = {unit.pk: unit for unit in Organisation.objects.filter(pk__in=lineage)}
            known = [found[pk] for pk in reversed(lineage) if pk in found]
            self.case.__dict__["_above_applicant"] = known
        return known

    def _city(self) -> str | None:
        city = (unit for unit in self._above_applicant() if unit.kind == OrganisationKind.CITY)
        return next((unit.name for unit in city), None)

    def _region_code(self) -> str | None:
        """The applicant's own, else that of the nearest unit above it."""
        return next((unit.region_code for unit in self._above_applicant() if unit.region_code), None)

    def _withdrawn_on(self) -> dt.date | None:
        """For a ban that follows a withdrawal: whichever of the applicant's cases in the programme it was."""
        rows = Standing.objects.filter(
            case__applicant=self.case.applicant_id,
            programme=self.case.programme_id,
            status=StandingStatus.WITHDRAWN,
        )
        return rows.order_by("-since").values_list("since", flat=True).first()

    def _recommendation(self) -> str:
        decision = self._last_action("declare", "recommend", "not_recommend", "return_to_applicant")
        names = {"recommend": "recommended", "not_recommend": "not_recommended"}
        return names.get(decision.action, "none") if decision else "none"

    def _recommender_level(self) -> str | None:
        units = (p.organisation for p in parties_of(self.case) if p.capacity == Capacity.RECOMMENDER)
        unit = next(units, None)
        if unit is None:
            return None
        return unit.parent.kind if unit.parent is not None else unit.kind


PROVIDERS: dict[str, Callable[[ApplicantFacts], Any]] = {
    "applicant.kind": lambda f: f.case.applicant.kind,
    "applicant.region_code": ApplicantFacts._region_code,
    "applicant.city": ApplicantFacts._city,
    "applicant.withdrawn_on": ApplicantFacts._withdrawn_on,
    "applicant.family_withdrawn_on": lambda f: family_withdrawn_on(f.case),
    "applicant.accredited_before": lambda f: accredited_before(f.case),
    "recommendation.result": ApplicantFacts._recommendation,
    "recommender.level": ApplicantFacts._recommender_level,
    "recommendation.rank": lambda f: rank_in_list(f.case),
}
