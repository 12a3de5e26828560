"""The event catalogue: for each thing that happens, who must know, and in which words. 事件目录

Beside these tellings, whoever must act next gets a to-do by the work items that the event opened. A person gets one
message for an event: the to-do where there is one, with the sentence of their side in front.

A new kind of event, or a new action, belongs either in :data:`TELLINGS` or in :data:`SILENT`; a test sees to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from notifications.enums import Group, Kind, Level
from programmes.procedures import CONSULT
from workflows.events import (
    CASE_ACTED,
    CASE_NOMINATED,
    DEADLINE_FAILED,
    ITEM_DUE_SOON,
    ITEM_OVERDUE,
    MATERIAL_INFECTED,
)
from workflows.models import Event

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

OBJECTION_LODGED: Final = "objection_lodged"
OBJECTION_RECORDED: Final = "objection_recorded"
"""Code of an anonymous objection, which is recorded and not accepted."""

OPINION_OVERDUE: Final = "opinion_overdue"
"""Code of a limit that passed before a unit gave the opinion it was asked for: the applicant waits for it as well."""

ROUND_OPENED: Final = "round_opened"
"""A round takes declarations: of no case, and told to whoever has asked for it (:mod:`notifications.subscriptions`)."""

REGISTERED: Final = "command.register_objection"
"""The office has entered an objection that reached it on paper; the office itself gets the work item."""

TELL_EVERY: Final = 24
"""A time limit that keeps failing is tried again each hour at last: told at the first failure, then about daily."""


@dataclass(frozen=True, slots=True)
class Telling:
    """告知: one side of an event. ``text`` may use %(case)s, %(objection)s, %(action)s and %(attempts)s; that of a

    nomination %(unit)s, who nominated.
    """

    kind: Kind
    text: _StrPromise
    level: Level = Level.INFO
    group: Group = Group.PROGRESS


def _applicant(text: _StrPromise, level: Level = Level.INFO) -> Telling:
    return Telling(Kind.APPLICANT, text, level)


def _recommender(text: _StrPromise, level: Level = Level.INFO) -> Telling:
    return Telling(Kind.RECOMMENDER, text, level)


def _nominator(text: _StrPromise, level: Level = Level.INFO) -> Telling:
    return Telling(Kind.NOMINATOR, text, level)


def _officers(text: _StrPromise, level: Level = Level.INFO, group: Group = Group.PROGRESS) -> Telling:
    return Telling(Kind.OFFICERS, text, level, group)


def _supervisors(text: _StrPromise) -> Telling:
    return Telling(Kind.SUPERVISORS, text, Level.WARN, Group.ALERT)


_FAILED = _("“%(case)s”的“%(action)s”未能按期自动办理（已尝试%(attempts)s次），系统将继续尝试，请核实原因。")
_OVERDUE = _("“%(case)s”的“%(duties)s”超过办理期限（%(due)s），尚未办结。")

_OBJECTED = _("“%(case)s”在公示期内收到异议，主管部门正在核查，公示暂停计时。")

LEADS: Final[Mapping[str, _StrPromise]] = {
    "consult.answer": _("主管部门就“%(case)s”征求贵单位意见。"),
}
"""By ``procedure.duty``: what stands in front of a to-do of people who are on no side of the case."""

TELLINGS: Final[Mapping[str, tuple[Telling, ...]]] = {
    # 申报
    CASE_NOMINATED: (
        _applicant(_("%(unit)s提名贵单位申报“%(case)s”，请填报申报材料；不接受提名的，可以谢绝。")),
    ),
    "declare.submit": (
        _applicant(_("“%(case)s”的申报材料已提交。")),
        _nominator(_("贵单位提名的“%(case)s”，被提名单位已提交申报材料。")),
    ),
    "declare.recommend": (_applicant(_("推荐单位已审核并推荐上报“%(case)s”。")),),
    "declare.return_to_applicant": (
        _applicant(_("“%(case)s”的申报材料由推荐单位退回，请按补正意见修改后重新提交。"), Level.WARN),
    ),
    "declare.not_recommend": (
        _applicant(_("推荐单位对“%(case)s”不予推荐，理由见办理结果。"), Level.WARN),
        _nominator(_("贵单位提名的“%(case)s”，推荐单位不予推荐。"), Level.WARN),
    ),
    "declare.accept": (
        _applicant(_("“%(case)s”的申报已受理。")),
        _recommender(_("贵单位推荐的“%(case)s”已受理。")),
    ),
    "declare.deem_accepted": (
        _applicant(_("“%(case)s”逾期未告知补正或者不予受理，视为受理。")),
        _recommender(_("贵单位推荐的“%(case)s”视为受理。")),
        _officers(_("“%(case)s”办理期限届满，视为受理。"), Level.WARN),
    ),
    "declare.correction_lapsed": (
        _applicant(_("“%(case)s”逾期未补正，结果见办理结果。"), Level.WARN),
        _recommender(_("贵单位推荐的“%(case)s”逾期未补正。"), Level.WARN),
        _officers(_("“%(case)s”补正期限届满，申报单位未补正。")),
        _nominator(_("贵单位提名的“%(case)s”逾期未补正。"), Level.WARN),
    ),
    "command.register_intake": (_applicant(_("“%(case)s”报送的材料已登记收件，登记情况可在案件页查看。")),),
    "command.correct_intake": (_applicant(_("“%(case)s”的收件登记已更正，理由见收件登记。"), Level.WARN),),
    "declare.return_for_correction": (
        _applicant(_("“%(case)s”的申报材料退回补正，请按一次性告知的补正意见修改后重新提交。"), Level.WARN),
    ),
    "declare.decline": (
        _applicant(_("“%(case)s”的申报不予受理，理由见办理结果。"), Level.WARN),
        _recommender(_("贵单位推荐的“%(case)s”不予受理。"), Level.WARN),
        _nominator(_("贵单位提名的“%(case)s”不予受理。"), Level.WARN),
    ),
    MATERIAL_INFECTED: (
        _applicant(
            _("“%(case)s”的一个材料文件检出病毒，已从申报材料中移除，请查杀病毒后重新上传。"), Level.WARN
        ),
    ),
    # 备案
    "file.file": (
        _applicant(_("“%(case)s”已准予备案。")),
        _recommender(_("贵单位推荐的“%(case)s”已准予备案。")),
        _nominator(_("贵单位提名的“%(case)s”已准予备案。")),
    ),
    "file.return_for_correction": (
        _applicant(_("“%(case)s”的备案材料退回补正，请按一次性告知的补正意见修改后重新提交。"), Level.WARN),
    ),
    "file.refuse_filing": (
        _applicant(_("“%(case)s”不予备案，理由见办理结果。"), Level.WARN),
        _recommender(_("贵单位推荐的“%(case)s”不予备案。"), Level.WARN),
        _nominator(_("贵单位提名的“%(case)s”不予备案。"), Level.WARN),
    ),
    "file.notify_filing": (_applicant(_("“%(case)s”的备案通知已发出，请登录查看。")),),
    "file.begin_construction": (_applicant(_("“%(case)s”已启动建设。")),),
    # 建设
    "build.request_review": (_applicant(_("“%(case)s”已申请评审。")),),
    "build.change_plan": (_applicant(_("“%(case)s”已提出变更建设方案。")),),
    "build.expire": (
        _applicant(_("“%(case)s”的建设期已满。"), Level.WARN),
        _officers(_("“%(case)s”的建设期已满。")),
    ),
    # 评审: who sits on the panel, and who has scored, is nobody's business but the office's
    "review.pass_initial": (_applicant(_("“%(case)s”已通过初审。")),),
    "review.fail_initial": (
        _applicant(_("“%(case)s”初审未通过，理由见办理结果。"), Level.WARN),
        _recommender(_("贵单位推荐的“%(case)s”初审未通过。"), Level.WARN),
        _nominator(_("贵单位提名的“%(case)s”初审未通过。"), Level.WARN),
    ),
    "review.return_for_correction": (
        _applicant(
            _("“%(case)s”的申报材料在初审中退回补正，请按一次性告知的补正意见修改后重新提交。"), Level.WARN
        ),
    ),
    "review.send_back": (
        _applicant(_("“%(case)s”经评审退回继续建设，请按评审意见完善后再申请评审。"), Level.WARN),
        _recommender(_("贵单位推荐的“%(case)s”经评审退回继续建设。"), Level.WARN),
    ),
    "review.call_second_vote": (_applicant(_("“%(case)s”将进行下一轮专家表决。")),),
    "review.assign_experts": (_applicant(_("“%(case)s”已进入专家评审。")),),
    "review.recuse": (_officers(_("“%(case)s”有一名评审专家申请回避。")),),
    "review.select": (
        _applicant(_("“%(case)s”评审通过，已列入入选名单。")),
        _recommender(_("贵单位推荐的“%(case)s”评审通过，已列入入选名单。")),
        _nominator(_("贵单位提名的“%(case)s”评审通过，已列入入选名单。")),
    ),
    "review.reject": (
        _applicant(_("“%(case)s”评审未通过，理由见办理结果。"), Level.WARN),
        _recommender(_("贵单位推荐的“%(case)s”评审未通过。"), Level.WARN),
        _nominator(_("贵单位提名的“%(case)s”评审未通过。"), Level.WARN),
    ),
    # 公示: objections are told without a word of who objected
    "publicize.publish_notice": (_applicant(_("“%(case)s”已开始公示。")),),
    OBJECTION_LODGED: (
        _officers(_("“%(case)s”在公示期内收到异议（编号%(objection)s）。"), Level.WARN, Group.ALERT),
        _applicant(_OBJECTED, Level.WARN),
    ),
    REGISTERED: (_applicant(_OBJECTED, Level.WARN),),
    OBJECTION_RECORDED: (
        _officers(_("“%(case)s”在公示期内收到匿名异议（编号%(objection)s），依规定不予受理，已登记备查。")),
    ),
    "publicize.dismiss_objection": (_applicant(_("“%(case)s”在公示期内收到的一件异议经核查不成立。")),),
    "publicize.uphold_objection": (
        _applicant(_("“%(case)s”在公示期内收到的异议经核查成立，已移出入选名单。"), Level.WARN),
        _recommender(_("贵单位推荐的“%(case)s”因公示异议成立，已移出入选名单。"), Level.WARN),
        _nominator(_("贵单位提名的“%(case)s”因公示异议成立，已移出入选名单。"), Level.WARN),
    ),
    "publicize.announce": (
        _applicant(_("“%(case)s”的办理结果已向社会公布。")),
        _recommender(_("贵单位推荐的“%(case)s”的办理结果已向社会公布。")),
        _nominator(_("贵单位提名的“%(case)s”的办理结果已向社会公布。")),
    ),
    "publicize.waive_publicity": (
        _applicant(_("“%(case)s”免予公示，理由见办理结果。")),
        _supervisors(_("经办单位决定对“%(case)s”免予公示，请核查理由是否成立。")),
    ),
    "publicize.end_publicity": (_applicant(_("“%(case)s”公示期满，无未处理异议。")),),
    # 认定授牌
    "accredit.report_for_approval": (_applicant(_("“%(case)s”已报请审批。")),),
    "accredit.approve": (
        _applicant(_("“%(case)s”已批准认定。")),
        _officers(_("审批机关已批准认定“%(case)s”。")),
        _recommender(_("贵单位推荐的“%(case)s”已批准认定。")),
        _nominator(_("贵单位提名的“%(case)s”已批准认定。")),
    ),
    "accredit.refuse_approval": (
        _applicant(_("“%(case)s”不予认定，理由见办理结果。"), Level.WARN),
        _officers(_("审批机关对“%(case)s”不予认定。")),
        _recommender(_("贵单位推荐的“%(case)s”不予认定。"), Level.WARN),
        _nominator(_("贵单位提名的“%(case)s”不予认定。"), Level.WARN),
    ),
    "accredit.return_for_rework": (
        _applicant(_("审批机关将“%(case)s”退回重新研究，理由见办理结果。"), Level.WARN),
        _officers(_("审批机关将“%(case)s”退回重新研究。"), Level.WARN),
        _recommender(_("审批机关将贵单位推荐的“%(case)s”退回重新研究。"), Level.WARN),
    ),
    "accredit.issue_plaque": (_applicant(_("“%(case)s”已授牌。")),),
    # 年度考核
    "command.start_appraisal": (_applicant(_("“%(case)s”的年度考评已启动。")),),
    "appraise.submit_appraisal": (_applicant(_("“%(case)s”的考评材料已报送。")),),
    "appraise.pass_upper_check": (_applicant(_("“%(case)s”的考评材料已由推荐单位审核上报。")),),
    "appraise.return_from_upper_check": (
        _applicant(_("“%(case)s”的考评材料由推荐单位退回补充，请按意见修改后重新报送。"), Level.WARN),
    ),
    "appraise.check_appraisal": (_applicant(_("“%(case)s”的考评材料已核查。")),),
    "appraise.return_appraisal": (
        _applicant(_("“%(case)s”的考评材料退回补充，请按意见修改后重新报送。"), Level.WARN),
    ),
    "appraise.assign_site_experts": (_applicant(_("“%(case)s”的考评已进入现场评分。")),),
    "appraise.conclude_scored": (
        _applicant(_("“%(case)s”的年度考核得分已确认。")),
        _recommender(_("贵单位推荐的“%(case)s”的年度考核得分已确认。")),
    ),
    "appraise.conclude_qualified": (
        _applicant(_("“%(case)s”综合考评合格。")),
        _recommender(_("贵单位推荐的“%(case)s”综合考评合格。")),
    ),
    "appraise.conclude_unqualified": (
        _applicant(_("“%(case)s”综合考评不合格，须限期整改。"), Level.WARN),
        _recommender(_("贵单位推荐的“%(case)s”综合考评不合格，须限期整改。"), Level.WARN),
    ),
    "appraise.submit_rectification": (_applicant(_("“%(case)s”的整改报告已报送。")),),
    "appraise.rectification_due": (
        _applicant(_("“%(case)s”的整改期限已届满。"), Level.WARN),
        _officers(_("“%(case)s”的整改期限已届满。")),
    ),
    "appraise.accept_rectification": (_applicant(_("“%(case)s”整改验收合格。")),),
    "appraise.fail_rectification": (_applicant(_("“%(case)s”整改验收不合格。"), Level.WARN),),
    # 取消授牌
    "command.propose_revocation": (_applicant(_("主管部门已提请取消“%(case)s”的授牌。"), Level.WARN),),
    "revoke.agree_revocation": (
        _applicant(_("“%(case)s”已被取消授牌，理由见办理结果。"), Level.WARN),
        _officers(_("审批机关已同意取消“%(case)s”的授牌。")),
        _recommender(_("贵单位推荐的“%(case)s”已被取消授牌。"), Level.WARN),
        _nominator(_("贵单位提名的“%(case)s”已被取消授牌。"), Level.WARN),
    ),
    "revoke.refuse_revocation": (
        _applicant(_("审批机关不同意取消“%(case)s”的授牌。")),
        _officers(_("审批机关不同意取消“%(case)s”的授牌。")),
    ),
    # 补助与奖励: whoever recommended learns that, not how much
    "award.pass_assessment": (_applicant(_("“%(case)s”已通过资格审核。")),),
    "award.return_for_correction": (
        _applicant(_("“%(case)s”的申请材料退回补正，请按一次性告知的补正意见修改后重新提交。"), Level.WARN),
    ),
    "award.refuse_claim": (
        _applicant(_("“%(case)s”资格审核未通过，不予支持，理由见办理结果。"), Level.WARN),
        _recommender(_("贵单位推荐的“%(case)s”资格审核未通过，不予支持。"), Level.WARN),
        _nominator(_("贵单位提名的“%(case)s”资格审核未通过，不予支持。"), Level.WARN),
    ),
    "award.grant": (
        _applicant(_("“%(case)s”的补助（奖励）已审定，金额见办理结果。")),
        _officers(_("审批机关已审定“%(case)s”的补助（奖励）金额。")),
        _recommender(_("贵单位推荐的“%(case)s”已审定给予补助（奖励）。")),
        _nominator(_("贵单位提名的“%(case)s”已审定给予补助（奖励）。")),
    ),
    "award.refuse_grant": (
        _applicant(_("“%(case)s”经审定不予支持，理由见办理结果。"), Level.WARN),
        _officers(_("审批机关审定对“%(case)s”不予支持。")),
        _recommender(_("贵单位推荐的“%(case)s”经审定不予支持。"), Level.WARN),
        _nominator(_("贵单位提名的“%(case)s”经审定不予支持。"), Level.WARN),
    ),
    "award.record_payment": (_applicant(_("“%(case)s”的补助（奖励）资金已拨付，请注意查收。")),),
    "award.send_to_province": (_applicant(_("“%(case)s”已上报省级主管部门，等待省级决定。")),),
    "award.record_provincial_grant": (
        _applicant(_("“%(case)s”已获省级同意，核定金额见办理结果。")),
        _recommender(_("贵单位推荐的“%(case)s”已获省级同意。")),
        _nominator(_("贵单位提名的“%(case)s”已获省级同意。")),
    ),
    "award.record_provincial_refusal": (
        _applicant(_("“%(case)s”未获省级同意，理由见办理结果。"), Level.WARN),
        _recommender(_("贵单位推荐的“%(case)s”未获省级同意。"), Level.WARN),
        _nominator(_("贵单位提名的“%(case)s”未获省级同意。"), Level.WARN),
    ),
    # 征求意见: the units asked have a to-do (LEADS)
    "command.ask_opinions": (_applicant(_("主管部门已就“%(case)s”征求有关单位意见。")),),
    "consult.give_opinion": (_officers(_("有单位反馈了对“%(case)s”的意见。")),),
    # 入库项目与任务
    "command.select_project": (
        _applicant(_("“%(case)s”已选定实施。")),
        _recommender(_("贵单位推荐的“%(case)s”已选定实施。")),
        _nominator(_("贵单位提名的“%(case)s”已选定实施。")),
    ),
    "command.adjust_entry": (_applicant(_("“%(case)s”已作动态调整，调整理由见办理结果。")),),
    "command.exit_library": (
        _applicant(_("“%(case)s”已退出项目库，理由见办理结果。"), Level.WARN),
        _recommender(_("贵单位推荐的“%(case)s”已退出项目库。"), Level.WARN),
        _nominator(_("贵单位提名的“%(case)s”已退出项目库。"), Level.WARN),
    ),
    "command.raise_item": (
        _applicant(_("“%(case)s”的有关事项已提请集体审议。")),
        _officers(_("“%(case)s”有事项提请集体审议。")),
    ),
    "command.publish_progress": (_applicant(_("“%(case)s”的进展情况已向社会公开。")),),
    "command.request_award": (
        _applicant(_("“%(case)s”的补助申请已提交。")),
        _officers(_("“%(case)s”提交了补助申请。")),
    ),
    "command.grant_reward": (
        _applicant(_("“%(case)s”已按考核排名给予奖励，金额见办理结果。")),
        _recommender(_("贵单位推荐的“%(case)s”已按考核排名给予奖励。")),
    ),
    # 称号
    "command.request_renewal": (
        _applicant(_("“%(case)s”的延续申请已提交。")),
        _officers(_("“%(case)s”提交了延续申请。")),
    ),
    "command.request_upgrade": (
        _applicant(_("“%(case)s”的晋级申请已提交，批准前原等级继续有效。")),
        _officers(_("“%(case)s”提交了晋级申请。")),
    ),
    "command.transfer_holder": (
        _applicant(_("“%(case)s”的持有单位已变更，现由贵单位持有，理由和依据见办理结果。")),
        _recommender(_("贵单位推荐的“%(case)s”已变更持有单位。")),
    ),
    "command.record_absence": (
        _applicant(_("“%(case)s”逾期未报送考评材料，已记为缺席。"), Level.WARN),
        _recommender(_("贵单位推荐的“%(case)s”逾期未报送考评材料，已记为缺席。"), Level.WARN),
    ),
    "command.file_supervision_report": (_officers(_("监察员已就“%(case)s”提交监督报告。")),),
    "command.end_term": (
        _applicant(_("“%(case)s”期限届满或已终止，予以办结。"), Level.WARN),
        _officers(_("“%(case)s”期限届满或已终止，予以办结。")),
        _recommender(_("贵单位推荐的“%(case)s”期限届满或已终止，予以办结。")),
        _nominator(_("贵单位提名的“%(case)s”期限届满或已终止，予以办结。")),
    ),
    # 指令
    "command.sign_declaration": (_applicant(_("“%(case)s”的申报材料已签章。")),),
    "command.discard": (
        _applicant(_("“%(case)s”的申报草稿已作废。")),
        _nominator(_("贵单位提名的“%(case)s”，被提名单位已谢绝提名。"), Level.WARN),
    ),
    "command.withdraw": (
        _applicant(_("“%(case)s”的申报已撤回。")),
        _officers(_("申报单位已撤回“%(case)s”的申报，相关待办事项已撤销。")),
        _recommender(_("申报单位已撤回“%(case)s”的申报。")),
        _nominator(_("贵单位提名的“%(case)s”，申报已撤回。")),
    ),
    "command.report_progress": (
        _applicant(_("“%(case)s”的建设进展已报送。")),
        _officers(_("“%(case)s”报送了建设进展。")),
    ),
    "command.publish_case_study": (_applicant(_("“%(case)s”已作为典型案例发布。")),),
    # 评审违纪: nobody is named, and the applicant learns only what happens to the case
    "command.report_misconduct": (_supervisors(_("“%(case)s”有一条评审违纪线索待核查。")),),
    "command.confirm_misconduct": (
        _officers(_("“%(case)s”的评审违纪线索已查证属实，原评分作废。"), Level.WARN, Group.ALERT),
        _applicant(_("“%(case)s”将重新组织专家评审。")),
    ),
    "command.clear_misconduct": (_officers(_("“%(case)s”的评审违纪线索经核查不属实。")),),
    # 时限
    ITEM_OVERDUE: (_supervisors(_OVERDUE),),
    OPINION_OVERDUE: (_supervisors(_OVERDUE), _applicant(_OVERDUE, Level.WARN)),
    DEADLINE_FAILED: (_officers(_FAILED, Level.WARN, Group.ALERT), _supervisors(_FAILED)),
}

SILENT: Final = frozenset(
    {
        "review.submit_score",  # the last sheet opens the office's next item; the others concern nobody
        "review.replace_expert",  # the new expert's seat is a work item
        "command.request_signature",  # whoever is asked to sign has a work item
        "appraise.submit_site_score",  # as a sheet of the review
        "command.log_work",  # the office's own note
        ITEM_DUE_SOON,  # the holders are reminded; nothing is late yet
    }
)
"""Nobody must know beyond those whose work item it opens."""


def code_of(event: Event) -> str:
    """Under which code of this catalogue an event stands: its action, or its kind."""
    if event.kind == CASE_ACTED:
        return str(event.data["action"])
    if event.kind == OBJECTION_LODGED and not event.data.get("accepted", True):
        return OBJECTION_RECORDED
    if event.kind == ITEM_OVERDUE and event.data.get("duty") == CONSULT.duties[0].code:
        return OPINION_OVERDUE
    return event.kind


def tellings_for(event: Event) -> tuple[Telling, ...]:
    """Who must know of ``event`` beside those who must act; empty for what nobody must know."""
    if event.kind == DEADLINE_FAILED and (int(event.data.get("attempts", 1)) - 1) % TELL_EVERY:
        return ()
    code = code_of(event)
    if code == REGISTERED and not event.data.get("items"):  # an anonymous one: recorded, nothing is examined
        return ()
    return TELLINGS.get(code, ())


def telling(kind: str, code: str) -> Telling | None:
    """What is told under ``code`` to the people of ``kind``; None when nothing is."""
    return next((one for one in TELLINGS.get(code, ()) if one.kind == kind), None)


def group_of(kind: str, code: str) -> Group:
    """The preference group of a message."""
    match kind:
        case Kind.TODO:
            return Group.TODO
        case Kind.DUE_SOON | Kind.OVERDUE:
            return Group.ALERT
        case Kind.SUBSCRIBER:
            return Group.ROUNDS
        case _:
            found = telling(kind, code)
            return found.group if found else Group.PROGRESS
