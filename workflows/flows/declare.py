"""申报: drafting → (recommendation by the upper level) → (intake check)."""

from viewflow import this

from workflows.flows.base import CaseFlow
from workflows.nodes import Begin, Duty, Finish


class DeclareFlow(CaseFlow):
    """申报"""

    start = Begin(this.begin_run).To(this.draft)
    draft = (
        Duty()
        .On("submit", this.recommend, when="recommendation")
        .On("submit", this.intake, when="intake")
        .On("submit", this.end)
        .On("correction_lapsed", this.end)
    )
    recommend = (
        Duty()
        .On("recommend", this.intake, when="intake")
        .On("recommend", this.end)
        .On("return_to_applicant", this.draft)
        .On("not_recommend", this.end)
    )
    intake = (
        Duty()
        .On("accept", this.end)
        .On("return_for_correction", this.draft)
        .On("decline", this.end)
        .On("deem_accepted", this.end)
    )
    end = Finish()
