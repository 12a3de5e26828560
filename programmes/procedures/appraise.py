"""年度考核: report, check, visit on the spot, conclusion, rectification."""

from django.utils.translation import gettext_lazy as _

from programmes.actions import NOTE, OPINION, REASON, Action, Ask, Duty, Procedure

APPRAISE = Procedure(
    "appraise",
    _("年度考核"),
    duties=(
        Duty(
            "report_data",
            _("报送考评材料"),
            "applicant",
            (
                Action(
                    "submit_appraisal",
                    _("报送考评材料"),
                    "applicant",
                    asks=(Ask("items", _("考评内容"), "items"),),
                    done=_("报送了考评材料"),
                ),
            ),
        ),
        Duty(
            "upper_check",
            _("审核考评材料"),
            "recommender",
            (
                Action(
                    "pass_upper_check",
                    _("审核后上报"),
                    "recommender",
                    asks=(OPINION,),
                    done=_("审核上报了考评材料"),
                ),
                Action(
                    "return_from_upper_check",
                    _("退回补充"),
                    "recommender",
                    asks=(NOTE,),
                    tone="neutral",
                    done=_("退回补充考评材料"),
                ),
            ),
            param="upper_check",
        ),
        Duty(
            "check",
            _("核查考评材料"),
            "officer",
            (
                Action(
                    "check_appraisal",
                    _("核查通过"),
                    "officer",
                    asks=(Ask("methods", _("考评方式"), "multi_choice"), OPINION),
                    done=_("核查了考评材料"),
                ),
                Action(
                    "return_appraisal",
                    _("退回补充"),
                    "officer",
                    asks=(NOTE,),
                    tone="neutral",
                    done=_("退回补充材料"),
                ),
            ),
        ),
        Duty(
            "assign_site",
            _("组成现场考核专家组"),
            "officer",
            (
                Action(
                    "assign_site_experts",
                    _("确定专家组"),
                    "officer",
                    asks=(Ask("experts", _("专家"), "people"),),
                    done=_("组成了现场考核专家组"),
                ),
            ),
            param="panel",
        ),
        Duty(
            "site_score",
            _("现场评分"),
            "expert",
            (
                Action(
                    "submit_site_score",
                    _("提交现场评分"),
                    "expert",
                    asks=(
                        Ask("sheet", _("评分表"), "sheet"),
                        Ask("comment", _("考核意见"), "rich_text", required=False),
                    ),
                    done=_("提交了现场评分"),
                ),
            ),
            many=True,
            param="panel",
        ),
        Duty(
            "conclude",
            _("作出考评结论"),
            "officer",
            (
                Action(
                    "conclude_scored",
                    _("确认考核得分"),
                    "officer",
                    outcome="scored",
                    asks=(Ask("scores", _("分项得分"), "scores", required=False), OPINION),
                    done=_("确认了考核得分"),
                    param="!graded",
                ),
                Action(
                    "conclude_qualified",
                    _("综合考评合格"),
                    "officer",
                    outcome="qualified",
                    asks=(Ask("scores", _("分项得分"), "scores", required=False), OPINION),
                    done=_("考评合格，予以确认"),
                    param="graded",
                ),
                Action(
                    "conclude_unqualified",
                    _("综合考评不合格"),
                    "officer",
                    asks=(
                        Ask("scores", _("分项得分"), "scores", required=False),
                        REASON,
                        Ask("rectification_due", _("整改期限"), "date", required=False),
                    ),
                    tone="danger",
                    done=_("考评不合格，限期整改"),
                    param="graded",
                ),
            ),
        ),
        Duty(
            "rectify",
            _("限期整改并报送整改报告"),
            "applicant",
            (
                Action(
                    "submit_rectification",
                    _("报送整改报告"),
                    "applicant",
                    asks=(Ask("report", _("整改情况"), "rich_text"),),
                    done=_("报送了整改报告"),
                ),
            ),
            param="(unqualified)",
            unless="!graded",
        ),
        Duty(
            "acceptance",
            _("整改验收"),
            "officer",
            (
                Action(
                    "accept_rectification",
                    _("验收合格"),
                    "officer",
                    outcome="accepted",
                    asks=(OPINION,),
                    done=_("整改验收合格"),
                ),
                Action(
                    "fail_rectification",
                    _("验收不合格"),
                    "officer",
                    outcome="failed",
                    asks=(REASON,),
                    tone="danger",
                    done=_("整改验收不合格"),
                ),
            ),
            param="(unqualified)",
            unless="!graded",
        ),
    ),
    outcomes=("qualified", "accepted", "failed", "scored"),
    params={"graded": True, "upper_check": False, "panel": False},
    system=(Action("rectification_due", _("整改期限届满"), "system", done=_("整改期限届满")),),
)
