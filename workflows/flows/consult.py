"""征求意见 (a side run): every unit that was asked answers; the last answer ends it."""

from viewflow import this

from workflows.flows.base import CaseFlow
from workflows.nodes import Begin, Finish, UnitPanel, UnitSeat


class ConsultFlow(CaseFlow):
    """征求意见"""

    start = Begin(this.begin_run).To(this.panel)
    panel = UnitPanel(this.answer)
    answer = UnitSeat().On("give_opinion", this.end)
    end = Finish()
