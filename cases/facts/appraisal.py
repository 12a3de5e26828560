"""Facts of appraisal and rectification, revocation and misconduct. 考核、整改与取消"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from cases.enums import AppraisalStatus, MisconductStatus, RectificationStatus, Stage
from cases.facts.base import CaseReading
from cases.models import Appraisal, Rectification
from cases.rankings import rank_of
from cases.titles import absences
from programmes.schema import side_with_flow


class AppraisalFacts(CaseReading):
    """考核、整改与取消: once a title is held."""

    def _deciding_appraisal(self) -> Appraisal | None:
        """The appraisal whose rectification counts: the one under way in this turn, else the newest with a result

        among the kinds that count. A later appraisal without a result hides nothing.
        """
        if self._appraisal_of_turn:
            return self._appraisal
        sides = self.case.edition.pack.programme.side.values()
        counted = {kind for side in sides for kind in side.counted}
        rows = self.case.appraisals.filter(kind__in=counted).exclude(result="")
        return rows.order_by("-period", "-pk").first()

    def _rectification(self) -> Rectification | None:
        appraisal = self._deciding_appraisal()
        return appraisal.rectifications.order_by("-pk").first() if appraisal else None

    def _acceptance(self) -> str:
        rectification = self._rectification()
        names = {RectificationStatus.ACCEPTED.value: "pass", RectificationStatus.FAILED.value: "fail"}
        return names.get(rectification.status, "none") if rectification else "none"

    def _rectification_due(self) -> dt.date | None:
        rectification = self._rectification()
        return rectification.due_on if rectification else None

    def _consecutive(self) -> int:
        sides = self.case.edition.pack.programme.side.values()
        counted = {kind for side in sides for kind in side.counted}
        rows = self.case.appraisals.filter(kind__in=counted).exclude(result__in=("", "absent"))
        run = 0
        for result in rows.order_by("-period", "-pk").values_list("result", flat=True):
            if result != "unqualified":
                break
            run += 1
        return run

    def _absences(self) -> int:
        programme = self.case.edition.pack.programme
        name = side_with_flow(programme, "appraise")
        side = programme.side.get(name)
        return absences(self.case, name, side) if side is not None else 0

    def _consent(self) -> str:
        decision = self._last_action("revoke", "agree_revocation", "refuse_revocation")
        if self.case.stage == Stage.REVOKE:
            return "pending"
        return (
            {"agree_revocation": "agreed", "refuse_revocation": "refused"}[decision.action]
            if decision
            else "none"
        )

    def _appraisals_this_year(self) -> int:
        appraisal = self.appraisal()
        if appraisal is None:
            return 0
        rows = self.case.appraisals.exclude(status=AppraisalStatus.CANCELLED)
        return rows.filter(period=appraisal.period, kind=appraisal.kind).count()

    def _appraisal_done(self, action: str) -> bool:
        """Whether this has been decided in the appraisal's own run since it began."""
        appraisal = self.appraisal()
        return appraisal is not None and any(
            d.procedure == "appraise" and d.action == action and d.decided_at >= appraisal.opened_at
            for d in self._decided()
        )

    def _rank(self) -> int | None:
        appraisal = self.appraisal()
        return rank_of(appraisal) if appraisal else None

    def _site_sheets(self) -> int:
        appraisal = self.appraisal()
        return appraisal.site_sheets.filter(voided_at__isnull=True).count() if appraisal else 0

    def _confirmed_misconducts(self) -> list[dt.datetime | None]:
        """When the liability inquiry of each confirmed misconduct was opened; read once for as long as the facts live."""
        if "_misconducts" not in self._known:
            confirmed = self.case.misconducts.filter(status=MisconductStatus.CONFIRMED)
            self._known["_misconducts"] = list(confirmed.values_list("liability_opened_at", flat=True))
        known: list[dt.datetime | None] = self._known["_misconducts"]
        return known

    def _liability_opened(self) -> bool:
        opened = self._confirmed_misconducts()
        return bool(opened) and None not in opened


def _appraisal_value(name: str, empty: Any) -> Callable[[AppraisalFacts], Any]:
    def read(facts: AppraisalFacts) -> Any:
        appraisal = facts.appraisal()
        return (getattr(appraisal, name) or empty) if appraisal else empty

    return read


PROVIDERS: dict[str, Callable[[AppraisalFacts], Any]] = {
    "appraisal.kind": _appraisal_value("kind", None),
    "appraisal.period": _appraisal_value("period", None),
    "appraisal.count_this_year": AppraisalFacts._appraisals_this_year,
    "appraisal.upper_check": lambda f: f._appraisal_done("pass_upper_check"),
    "appraisal.desk_review": lambda f: f._appraisal_done("check_appraisal"),
    "appraisal.site_sheets": AppraisalFacts._site_sheets,
    "appraisal.total": _appraisal_value("total", None),
    "appraisal.rank": AppraisalFacts._rank,
    "appraisal.items": lambda f: sorted(k for k, v in (_appraisal_value("items", {})(f)).items() if v),
    "appraisal.methods": _appraisal_value("methods", []),
    "appraisal.result": _appraisal_value("result", "none"),
    "appraisal.rectification_due": AppraisalFacts._rectification_due,
    "appraisal.acceptance": AppraisalFacts._acceptance,
    "appraisal.consecutive_unqualified": AppraisalFacts._consecutive,
    "appraisal.absences": AppraisalFacts._absences,
    "revocation.consent": AppraisalFacts._consent,
    "misconduct.confirmed": lambda f: bool(f._confirmed_misconducts()),
    "misconduct.liability_opened": AppraisalFacts._liability_opened,
}
