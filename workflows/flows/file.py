"""备案: examine → filed and notified → (the applicant begins to build) | returned | refused."""

from viewflow import this

from workflows.flows.base import CaseFlow
from workflows.nodes import Begin, Duty, Finish


class FileFlow(CaseFlow):
    """备案"""

    start = Begin(this.begin_run).To(this.examine)
    examine = (
        Duty().On("file", this.notify).On("return_for_correction", this.end).On("refuse_filing", this.end)
    )
    notify = Duty().On("notify_filing", this.begin, when="begin").On("notify_filing", this.end)
    begin = Duty().On("begin_construction", this.end)
    end = Finish()
