"""建设: carried out by the plan until the applicant asks for review, the plan changes or the term ends."""

from viewflow import this

from workflows.flows.base import CaseFlow
from workflows.nodes import Begin, Duty, Finish


class BuildFlow(CaseFlow):
    """建设"""

    start = Begin(this.begin_run).To(this.construct)
    construct = Duty().On("request_review", this.end).On("change_plan", this.end).On("expire", this.end)
    end = Finish()
