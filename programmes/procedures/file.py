"""备案: examined, notified, and construction begun."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programmes.actions import CORRECTION, OPINION, REASON, Action, Duty, Procedure

FILE = Procedure(
    "file",
    _("备案"),
    duties=(
        Duty(
            "examine",
            _("备案审核"),
            "officer",
            (
                Action(
                    "file", _("准予备案"), "officer", asks=(OPINION,), done=pgettext_lazy("done", "准予备案")
                ),
                Action(
                    "return_for_correction",
                    _("退回补正"),
                    "officer",
                    outcome="returned",
                    asks=CORRECTION,
                    tone="neutral",
                    done=pgettext_lazy("done", "退回补正"),
                ),
                Action(
                    "refuse_filing",
                    _("不予备案"),
                    "officer",
                    outcome="refused",
                    asks=(REASON,),
                    tone="danger",
                    done=pgettext_lazy("done", "不予备案"),
                ),
            ),
        ),
        Duty(
            "notify",
            _("通知备案情况"),
            "officer",
            (
                Action(
                    "notify_filing",
                    _("发出备案通知"),
                    "officer",
                    outcome="filed",
                    asks=(OPINION,),
                    done=_("通知了备案情况"),
                ),
            ),
        ),
        Duty(
            "begin",
            _("启动建设"),
            "applicant",
            (
                Action(
                    "begin_construction",
                    _("启动建设"),
                    "applicant",
                    outcome="filed",
                    asks=(OPINION,),
                    done=_("启动了建设"),
                ),
            ),
            param="begin",
        ),
    ),
    outcomes=("filed", "returned", "refused"),
    params={"begin": True, "corrections": 0},
)
