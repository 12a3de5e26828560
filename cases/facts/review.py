"""Facts of filing, review, publicity and approval. 备案、评审、公示、审批"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from audit import clock
from cases.enums import NoticeKind, NoticeStatus, ObjectionStatus
from cases.facts.base import CaseReading
from cases.models import ScoreSheet
from cases.sheets import review_sheets
from programmes.schema import Rubric


class ReviewFacts(CaseReading):
    """备案、评审、公示、审批: what was decided there, and on which sheets."""

    def _filing_status(self) -> str:
        decision = self._last_action("file", "file", "return_for_correction", "refuse_filing")
        names = {"file": "filed", "return_for_correction": "returned", "refuse_filing": "refused"}
        return names[decision.action] if decision else "none"

    def _notified_on(self) -> dt.date | None:
        decision = self._last_action("file", "notify_filing", "return_for_correction")
        return (
            clock.local(decision.decided_at).date()
            if decision and decision.action == "notify_filing"
            else None
        )

    def _review_initial(self) -> str:
        decision = self._last_action("review", "pass_initial", "fail_initial")
        return {"pass_initial": "pass", "fail_initial": "fail"}[decision.action] if decision else "none"

    def _review_grade(self) -> str:
        return self._recorded("review.select.grade") or "none"

    def _review_expert(self) -> str:
        """A confirmed misconduct undoes a passed review until it has been repeated; not once it led to an approval."""
        result, approved = "none", False
        for decision in reversed(self._decided()):
            match decision.procedure, decision.action:
                case "review", "select" | "reject" | "assign_experts" as action:
                    result, approved = {"select": "pass", "reject": "fail"}.get(action, "none"), False
                case "accredit", "approve":
                    approved = True
                case "command", "confirm_misconduct" if not approved:
                    result = "none"
        return result

    def sheets(self) -> list[ScoreSheet]:
        """The valid score sheets of the newest panel."""
        sheets = [sheet for sheet in review_sheets(self.case) if sheet.voided_at is None]
        newest = next(iter(sheets), None)
        return [sheet for sheet in sheets if newest and sheet.run_no == newest.run_no]

    def _average(self) -> Any:
        from programmes.rubrics import aggregate

        sheets = self.sheets()
        rubric = self._rubric_of(sheets[0]) if sheets else None
        return aggregate(rubric, [s.total for s in sheets]).value if rubric is not None else None

    def _votes(self) -> int | None:
        """How many sheets of the newest panel are at or above the pass mark; None without a mark."""
        sheets = self.sheets()
        rubric = self._rubric_of(sheets[0]) if sheets else None
        mark = rubric.pass_mark if rubric is not None else None
        return sum(1 for sheet in sheets if sheet.total >= mark) if mark is not None else None

    def _rubric_of(self, sheet: ScoreSheet) -> Rubric | None:
        """The rubric of the step in which the sheet was handed in; where all reviews have the same one, no query."""
        pack = self.case.edition.pack
        rubrics = {name: step.rubric for name, step in pack.programme.lifecycle.steps.items() if step.rubric}
        named = next(iter(rubrics.values()), None)
        if len(set(rubrics.values())) > 1:
            named = rubrics.get(dict(self._moves_on_record()).get(sheet.run_no, self.case.step), named)
        return pack.rubrics[named] if named else None

    def _question(self, key: str) -> bool | None:
        answers = [sheet.answers.get(key) for sheet in self.sheets()]
        given = [answer for answer in answers if answer is not None]
        return sum(map(bool, given)) * 2 > len(given) if given else None

    def _publicity_ended(self) -> bool:
        notice = self.case.notices.filter(kind=NoticeKind.PUBLICITY).order_by("-pk").first()
        return notice is not None and notice.status == NoticeStatus.ENDED

    def _approval(self) -> str:
        names = {
            "report_for_approval": "pending",
            "approve": "approved",
            "refuse_approval": "refused",
            "return_for_rework": "returned",
        }
        decision = self._last_action("accredit", *names)
        return names[decision.action] if decision else "none"


PROVIDERS: dict[str, Callable[[ReviewFacts], Any]] = {
    "filing.status": ReviewFacts._filing_status,
    "filing.notified_on": ReviewFacts._notified_on,
    "review.initial": ReviewFacts._review_initial,
    "review.expert": ReviewFacts._review_expert,
    "review.grade": ReviewFacts._review_grade,
    "review.average": ReviewFacts._average,
    "review.sheets": lambda f: len(f.sheets()),
    "review.votes": ReviewFacts._votes,
    "publicity.ended": ReviewFacts._publicity_ended,
    "publicity.open_objections": lambda f: f.case.objections.filter(status=ObjectionStatus.OPEN).count(),
    "approval.decision": ReviewFacts._approval,
}
