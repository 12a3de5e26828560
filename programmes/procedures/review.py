"""评审: first examination, panel of experts, conclusion."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programmes.actions import CORRECTION, OPINION, REASON, Action, Ask, Duty, Procedure

REVIEW = Procedure(
    "review",
    _("评审"),
    duties=(
        Duty(
            "initial",
            _("初审"),
            "officer",
            (
                Action(
                    "pass_initial",
                    _("初审通过"),
                    "officer",
                    asks=(OPINION,),
                    done=pgettext_lazy("done", "初审通过"),
                ),
                Action(
                    "fail_initial",
                    _("初审不通过"),
                    "officer",
                    outcome="not_selected",
                    asks=(REASON,),
                    tone="danger",
                    done=pgettext_lazy("done", "初审未通过"),
                ),
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
            ),
            param="initial",
        ),
        Duty(
            "assign",
            _("组成评审专家组"),
            "officer",
            (
                Action(
                    "assign_experts",
                    _("确定专家组"),
                    "officer",
                    asks=(Ask("experts", _("专家"), "people"),),
                    done=_("组成了评审专家组"),
                ),
            ),
            param="experts",
            unless="same_panel",
        ),
        Duty(
            "score",
            _("专家评分"),
            "expert",
            (
                Action(
                    "submit_score",
                    _("提交评分"),
                    "expert",
                    asks=(
                        Ask("sheet", _("评分表"), "sheet"),
                        Ask("comment", _("评审意见"), "rich_text", required=False),
                    ),
                    done=_("提交了评分"),
                ),
                Action(
                    "recuse",
                    _("申请回避"),
                    "expert",
                    asks=(REASON,),
                    tone="neutral",
                    done=pgettext_lazy("done", "申请回避"),
                ),
            ),
            many=True,
            param="experts",
        ),
        Duty(
            "replace",
            _("更换专家"),
            "officer",
            (
                Action(
                    "replace_expert",
                    _("确定接替专家"),
                    "officer",
                    asks=(Ask("experts", _("接替专家"), "people"),),
                    done=_("更换了专家"),
                ),
            ),
            param="(recusal)",
        ),
        Duty(
            "conclude",
            _("形成评审结论"),
            "officer",
            (
                Action(
                    "select",
                    _("列入入选名单"),
                    "officer",
                    outcome="selected",
                    asks=(OPINION,),
                    done=_("评审通过，列入入选名单"),
                ),
                Action(
                    "reject",
                    _("不予入选"),
                    "officer",
                    outcome="not_selected",
                    asks=(REASON,),
                    tone="danger",
                    done=_("评审未通过"),
                ),
                Action(
                    "send_back",
                    _("退回继续建设"),
                    "officer",
                    outcome="rework",
                    asks=(REASON,),
                    tone="neutral",
                    done=pgettext_lazy("done", "退回继续建设"),
                    param="reworkable",
                ),
                Action(
                    "call_second_vote",
                    _("进行下一轮表决"),
                    "officer",
                    outcome="revote",
                    asks=(OPINION,),
                    tone="neutral",
                    done=_("本轮未达到规定票数，进行下一轮表决"),
                    param="revote",
                ),
            ),
        ),
    ),
    outcomes=("selected", "not_selected", "returned", "rework", "revote"),
    params={
        "initial": True,
        "experts": True,
        "returnable": False,
        "reworkable": False,
        "corrections": 0,
        "revote": False,
        "same_panel": False,
    },
)
