"""公示: shown to the public, objections looked into; or announced."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programmes.actions import REASON, Action, Ask, Duty, Procedure

PUBLICIZE = Procedure(
    "publicize",
    _("公示"),
    duties=(
        Duty(
            "publish",
            _("发布公示"),
            "officer",
            (
                Action(
                    "publish_notice",
                    _("发布公示"),
                    "officer",
                    asks=(Ask("body", _("公示内容"), "rich_text", required=False),),
                    done=_("发布了公示"),
                    param="!announcement",
                ),
                Action(
                    "announce",
                    _("向社会公布"),
                    "officer",
                    outcome="announced",
                    asks=(Ask("body", _("公布内容"), "rich_text", required=False),),
                    done=_("向社会公布了结果"),
                    param="announcement",
                ),
                Action(
                    "waive_publicity",
                    _("免予公示"),
                    "officer",
                    outcome="waived",
                    asks=(REASON,),
                    tone="neutral",
                    done=_("决定免予公示"),
                    param="waivable",
                ),
            ),
        ),
        Duty(
            "window",
            _("公示期内，接受社会监督"),
            "system",
            (
                Action(
                    "end_publicity",
                    _("公示期满"),
                    "system",
                    outcome="cleared",
                    done=_("公示期满，无未处理异议"),
                ),
            ),
            param="!announcement",
        ),
        Duty(
            "handle",
            _("核查处理异议"),
            "officer",
            (
                Action(
                    "uphold_objection",
                    _("异议成立"),
                    "officer",
                    outcome="upheld",
                    asks=(
                        Ask("objection", _("异议编号"), required=False),
                        Ask("reason", _("核查情况与处理意见"), "rich_text"),
                    ),
                    tone="danger",
                    done=pgettext_lazy("done", "异议成立"),
                ),
                Action(
                    "dismiss_objection",
                    _("异议不成立"),
                    "officer",
                    asks=(
                        Ask("objection", _("异议编号"), required=False),
                        Ask("reason", _("核查情况与处理意见"), "rich_text"),
                    ),
                    done=pgettext_lazy("done", "异议不成立"),
                ),
            ),
            param="(objection)",
            unless="announcement",
        ),
    ),
    outcomes=("cleared", "upheld", "announced", "waived"),
    params={"length": "", "start": "same_day", "announcement": False, "waivable": False},
)
