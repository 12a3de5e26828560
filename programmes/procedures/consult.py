"""征求意见: several units are asked side by side."""

from django.utils.translation import gettext_lazy as _

from programmes.actions import Action, Ask, Duty, Procedure

CONSULT = Procedure(
    "consult",
    _("征求意见"),
    duties=(
        Duty(
            "answer",
            _("反馈意见"),
            "officer",
            (
                Action(
                    "give_opinion",
                    _("反馈意见"),
                    "officer",
                    outcome="answered",
                    asks=(Ask("opinion", _("意见"), "rich_text"),),
                    done=_("反馈了意见"),
                ),
            ),
            many=True,
        ),
    ),
    outcomes=("answered",),
)
