"""公示: notice → window (its time limit ends it) ; objections are work items beside the window."""

from viewflow import this

from workflows.flows.base import CaseFlow
from workflows.nodes import Begin, Duty, Finish


class PublicizeFlow(CaseFlow):
    """公示"""

    start = Begin(this.begin_run).To(this.publish)
    publish = (
        Duty().On("publish_notice", this.window).On("announce", this.end).On("waive_publicity", this.end)
    )
    window = Duty().On("end_publicity", this.end)
    end = Finish()
