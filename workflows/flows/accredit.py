"""认定授牌: reported → approved by the approving body → plaque | refused."""

from viewflow import this

from workflows.flows.base import CaseFlow
from workflows.nodes import Begin, Duty, Finish


class AccreditFlow(CaseFlow):
    """认定授牌"""

    start = Begin(this.begin_run).To(this.report, when="report").To(this.approve)
    report = Duty().On("report_for_approval", this.approve)
    approve = (
        Duty()
        .On("approve", this.plaque, when="plaque")
        .On("approve", this.end)
        .On("refuse_approval", this.end)
        .On("return_for_rework", this.end)
    )
    plaque = Duty().On("issue_plaque", this.end)
    end = Finish()
