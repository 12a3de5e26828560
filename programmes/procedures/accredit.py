"""认定授牌: put to the approving body, decided, plaque issued."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programmes.actions import OPINION, REASON, Action, Duty, Procedure

ACCREDIT = Procedure(
    "accredit",
    _("认定授牌"),
    duties=(
        Duty(
            "report",
            _("报请审批"),
            "officer",
            (
                Action(
                    "report_for_approval",
                    _("报请审批"),
                    "officer",
                    asks=(OPINION,),
                    done=pgettext_lazy("done", "报请审批"),
                ),
            ),
            param="report",
        ),
        Duty(
            "approve",
            _("审批认定"),
            "approver",
            (
                Action(
                    "approve",
                    _("批准认定"),
                    "approver",
                    outcome="approved",
                    asks=(OPINION,),
                    done=pgettext_lazy("done", "批准认定"),
                ),
                Action(
                    "refuse_approval",
                    _("不予认定"),
                    "approver",
                    outcome="refused",
                    asks=(REASON,),
                    tone="danger",
                    done=pgettext_lazy("done", "不予认定"),
                ),
                Action(
                    "return_for_rework",
                    _("退回重新研究"),
                    "approver",
                    outcome="returned",
                    asks=(REASON,),
                    tone="neutral",
                    done=pgettext_lazy("done", "退回重新研究"),
                    param="returnable",
                ),
            ),
        ),
        Duty(
            "plaque",
            _("授牌"),
            "officer",
            (
                Action(
                    "issue_plaque",
                    _("登记授牌"),
                    "officer",
                    outcome="approved",
                    asks=(OPINION,),
                    done=_("授牌"),
                ),
            ),
            param="plaque",
        ),
    ),
    outcomes=("approved", "refused", "returned"),
    params={"plaque": True, "report": True, "returnable": False},
)
