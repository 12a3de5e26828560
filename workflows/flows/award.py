"""补助与奖励: assessed → decided by the payer and paid | sent to the province and decided there."""

from viewflow import this

from workflows.flows.base import CaseFlow
from workflows.nodes import Begin, Duty, Finish


class AwardFlow(CaseFlow):
    """补助与奖励"""

    start = Begin(this.begin_run).To(this.assess)
    assess = (
        Duty()
        .On("pass_assessment", this.send, when="province")
        .On("pass_assessment", this.decide)
        .On("return_for_correction", this.end)
        .On("refuse_claim", this.end)
    )
    decide = Duty().On("grant", this.pay, when="pay").On("grant", this.end).On("refuse_grant", this.end)
    pay = Duty().On("record_payment", this.end)
    send = Duty().On("send_to_province", this.await_province)
    await_province = Duty().On("record_provincial_grant", this.end).On("record_provincial_refusal", this.end)
    end = Finish()
