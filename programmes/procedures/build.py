"""建设: carried out by plan until review is asked for."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programmes.actions import REASON, Action, Ask, Duty, Procedure

BUILD = Procedure(
    "build",
    _("建设"),
    duties=(
        Duty(
            "construct",
            _("按方案建设，完成后申请评审"),
            "applicant",
            (
                Action(
                    "request_review",
                    _("申请评审"),
                    "applicant",
                    outcome="review_requested",
                    asks=(Ask("summary", _("建设完成情况"), "rich_text"),),
                    done=pgettext_lazy("done", "申请评审"),
                    param="requestable",
                ),
                Action(
                    "change_plan",
                    _("变更建设方案"),
                    "applicant",
                    outcome="plan_changed",
                    asks=(REASON,),
                    tone="neutral",
                    done=_("提出变更建设方案"),
                    param="changeable",
                ),
            ),
        ),
    ),
    outcomes=("review_requested", "plan_changed", "expired"),
    params={"requestable": True, "changeable": True},
    system=(Action("expire", _("建设期满"), "system", outcome="expired", done=_("建设期满")),),
)
