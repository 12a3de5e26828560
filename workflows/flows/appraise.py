"""年度考核 (a side run): data → check → conclusion → (rectification → acceptance)."""

from viewflow import this

from workflows.flows.base import CaseFlow
from workflows.nodes import Begin, Duty, Finish, Panel, Seat


class AppraiseFlow(CaseFlow):
    """年度考核"""

    start = Begin(this.begin_run).To(this.report_data)
    report_data = (
        Duty().On("submit_appraisal", this.upper_check, when="upper_check").On("submit_appraisal", this.check)
    )
    upper_check = Duty().On("pass_upper_check", this.check).On("return_from_upper_check", this.report_data)
    check = (
        Duty()
        .On("check_appraisal", this.assign_site, when="panel")
        .On("check_appraisal", this.conclude)
        .On("return_appraisal", this.report_data)
    )
    assign_site = Duty().On("assign_site_experts", this.panel)
    panel = Panel(this.site_score)
    site_score = Seat().On("submit_site_score", this.conclude)
    conclude = (
        Duty()
        .On("conclude_scored", this.end)
        .On("conclude_qualified", this.end)
        .On("conclude_unqualified", this.rectify)
    )
    rectify = Duty().On("submit_rectification", this.acceptance).On("rectification_due", this.acceptance)
    acceptance = Duty().On("accept_rectification", this.end).On("fail_rectification", this.end)
    end = Finish()
