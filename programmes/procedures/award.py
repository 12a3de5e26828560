"""补助与奖励: assessed, decided and paid, or sent to the province and decided there."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programmes.actions import CORRECTION, OPINION, REASON, Action, Ask, Duty, Procedure

AWARD = Procedure(
    "award",
    _("补助与奖励"),
    duties=(
        Duty(
            "assess",
            _("资格审核"),
            "officer",
            (
                Action("pass_assessment", _("审核通过"), "officer", asks=(OPINION,), done=_("资格审核通过")),
                Action(
                    "return_for_correction",
                    _("退回补正"),
                    "officer",
                    outcome="returned",
                    asks=CORRECTION,
                    tone="neutral",
                    done=pgettext_lazy("done", "退回补正"),
                    param="returnable",
                ),
                Action(
                    "refuse_claim",
                    _("不予支持"),
                    "officer",
                    outcome="refused",
                    asks=(REASON,),
                    tone="danger",
                    done=_("审核未通过，不予支持"),
                ),
            ),
        ),
        Duty(
            "decide",
            _("审定金额"),
            "approver",
            (
                Action(
                    "grant",
                    _("同意给予"),
                    "approver",
                    outcome="awarded",
                    asks=(Ask("amount", _("金额（万元）"), "decimal", required=False), OPINION),
                    done=_("同意给予补助或奖励"),
                ),
                Action(
                    "refuse_grant",
                    _("不予支持"),
                    "approver",
                    outcome="refused",
                    asks=(REASON,),
                    tone="danger",
                    done=_("审定不予支持"),
                ),
            ),
            param="!province",
        ),
        Duty(
            "pay",
            _("拨付资金"),
            "officer",
            (
                Action(
                    "record_payment",
                    _("登记拨付"),
                    "officer",
                    outcome="awarded",
                    asks=(Ask("paid_on", _("拨付日期"), "date"), Ask("voucher", _("拨付凭证号"))),
                    done=_("登记了资金拨付"),
                ),
            ),
            param="pay",
        ),
        Duty(
            "send",
            _("报送省级主管部门"),
            "officer",
            (
                Action(
                    "send_to_province",
                    _("上报省级"),
                    "officer",
                    asks=(Ask("document_no", _("上报文号")), OPINION),
                    done=_("已上报省级，等待决定"),
                ),
            ),
            param="province",
        ),
        Duty(
            "await_province",
            _("已上报省级，等待决定"),
            "officer",
            (
                Action(
                    "record_provincial_grant",
                    _("登记省级决定（同意）"),
                    "officer",
                    outcome="awarded",
                    asks=(
                        Ask("amount", _("省级核定金额（万元）"), "decimal"),
                        Ask("granted_on", _("省级决定日期"), "date"),
                        Ask("document_no", _("省级文号"), required=False),
                    ),
                    done=_("登记了省级同意决定"),
                ),
                Action(
                    "record_provincial_refusal",
                    _("登记省级决定（不同意）"),
                    "officer",
                    outcome="refused",
                    asks=(REASON,),
                    tone="danger",
                    done=_("登记了省级不同意决定"),
                ),
            ),
            param="province",
        ),
    ),
    outcomes=("awarded", "refused", "returned"),
    params={"returnable": True, "province": False, "pay": True, "corrections": 0},
)
