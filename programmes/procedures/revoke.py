"""取消授牌: the approving body agrees to a withdrawal, or does not."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programmes.actions import REASON, Action, Duty, Procedure

REVOKE = Procedure(
    "revoke",
    _("取消授牌"),
    duties=(
        Duty(
            "consent",
            _("审批取消授牌"),
            "approver",
            (
                Action(
                    "agree_revocation",
                    _("同意取消授牌"),
                    "approver",
                    outcome="agreed",
                    asks=(REASON,),
                    tone="danger",
                    done=pgettext_lazy("done", "同意取消授牌"),
                ),
                Action(
                    "refuse_revocation",
                    _("不同意取消授牌"),
                    "approver",
                    outcome="refused",
                    asks=(REASON,),
                    tone="neutral",
                    done=pgettext_lazy("done", "不同意取消授牌"),
                ),
            ),
        ),
    ),
    outcomes=("agreed", "refused"),
    params={"on_refused": ""},
)
