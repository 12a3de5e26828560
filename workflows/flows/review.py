"""评审: initial review → panel of experts, each with a seat → conclusion."""

from viewflow import this

from workflows.flows.base import CaseFlow
from workflows.nodes import Begin, Duty, Finish, Panel, Seat


class ReviewFlow(CaseFlow):
    """评审"""

    start = (
        Begin(this.begin_run)
        .To(this.initial, when="initial")
        .To(this.panel, when="same_panel")
        .To(this.assign, when="experts")
        .To(this.conclude)
    )
    initial = (
        Duty()
        .On("pass_initial", this.panel, when="same_panel")
        .On("pass_initial", this.assign, when="experts")
        .On("pass_initial", this.conclude)
        .On("fail_initial", this.end)
        .On("return_for_correction", this.end)
    )
    assign = Duty().On("assign_experts", this.panel)
    panel = Panel(this.score)
    score = Seat().On("submit_score", this.conclude)
    conclude = (
        Duty()
        .On("select", this.end)
        .On("reject", this.end)
        .On("send_back", this.end)
        .On("call_second_vote", this.end)
    )
    end = Finish()
