"""取消授牌: the approving body agrees or refuses."""

from viewflow import this

from workflows.flows.base import CaseFlow
from workflows.nodes import Begin, Duty, Finish


class RevokeFlow(CaseFlow):
    """取消授牌"""

    start = Begin(this.begin_run).To(this.consent)
    consent = Duty().On("agree_revocation", this.end).On("refuse_revocation", this.end)
    end = Finish()
