"""申报: filling in, recommendation, intake."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programmes.actions import CORRECTION, OPINION, REASON, Action, Ask, Duty, Procedure

DECLARE = Procedure(
    "declare",
    _("申报"),
    duties=(
        Duty(
            "draft",
            _("填报并提交申报材料"),
            "applicant",
            (
                Action(
                    "submit",
                    _("提交申报"),
                    "applicant",
                    outcome="submitted",
                    asks=(Ask("statement", _("本单位对申报材料的真实性、合法性负责"), "boolean"),),
                    done=_("提交了申报材料"),
                ),
            ),
        ),
        Duty(
            "recommend",
            _("审核并推荐"),
            "recommender",
            (
                Action(
                    "recommend",
                    _("推荐上报"),
                    "recommender",
                    outcome="submitted",
                    asks=(OPINION,),
                    done=pgettext_lazy("done", "推荐上报"),
                ),
                Action(
                    "return_to_applicant",
                    _("退回补正"),
                    "recommender",
                    asks=CORRECTION,
                    tone="neutral",
                    done=pgettext_lazy("done", "退回补正"),
                ),
                Action(
                    "not_recommend",
                    _("不予推荐"),
                    "recommender",
                    outcome="not_recommended",
                    asks=(REASON,),
                    tone="danger",
                    done=pgettext_lazy("done", "不予推荐"),
                ),
            ),
            param="recommendation",
        ),
        Duty(
            "intake",
            _("受理审查"),
            "officer",
            (
                Action(
                    "accept",
                    _("受理"),
                    "officer",
                    outcome="submitted",
                    asks=(OPINION,),
                    done=_("受理了申报"),
                ),
                Action(
                    "return_for_correction",
                    _("退回补正"),
                    "officer",
                    asks=CORRECTION,
                    tone="neutral",
                    done=pgettext_lazy("done", "退回补正"),
                ),
                Action(
                    "decline",
                    _("不予受理"),
                    "officer",
                    outcome="declined",
                    asks=(REASON,),
                    tone="danger",
                    done=pgettext_lazy("done", "不予受理"),
                ),
            ),
            param="intake",
        ),
    ),
    outcomes=("submitted", "not_recommended", "declined", "not_corrected"),
    params={
        "recommendation": False,
        "intake": False,
        "paper_copies": 1,
        "intake_corrected_by": "other_person",
        "ranking": False,
        "corrections": 0,
        "recommender_returns": 0,
    },
    system=(
        Action(
            "deem_accepted",
            _("逾期未告知，视为受理"),
            "system",
            outcome="submitted",
            done=_("逾期未告知补正或者不予受理，视为受理"),
        ),
        Action(
            "correction_lapsed",
            _("逾期未补正"),
            "system",
            outcome="not_corrected",
            done=_("补正期限届满，未补正"),
        ),
    ),
)
