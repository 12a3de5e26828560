"""The table of all actions: a case that waits for each, who may do it, who may not, and a form that passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.actors import Actor
from cases.enums import StandingStatus
from cases.models import Case
from tests.factories.cases import World
from tests.factories.signing import make_signer, scan_data
from tests.workflows.pages import (
    Data,
    appraisal_checked,
    appraisal_sent,
    appraising,
    approved,
    asked_for_review,
    examined,
    failed,
    items_of_appraisal,
    objected,
    one_recused,
    recommender,
    rectified,
    rectifying,
    reported,
    revoking,
    sent_for_intake,
    sent_for_recommendation,
    sheet_data,
    suspected,
    waivable,
)


def _misconduct(world: World, case: Case) -> Data:
    return {"misconduct": str(case.misconducts.get().public_id), "reason": "经核查。"}


def _objection(world: World, case: Case) -> Data:
    return {"objection": case.objections.get().number, "reason": "经核查。"}


def _experts(world: World, case: Case) -> Data:
    return {"experts": [str(e.user.public_id) for e in world.experts[:5] if e.user]}


# -- the table -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """One action: a case that waits for it, who may, who may not (and how they are told), and a form that passes."""

    case: Callable[[World], Case]
    may: Callable[[World], Actor] | None
    may_not: Callable[[World], Actor]
    data: Data | Callable[[World, Case], Data] = field(default_factory=dict)
    status: int = 403
    """404 where the case is invisible to whoever may not."""

    def form(self, world: World, case: Case) -> Data:
        """What is sent."""
        return self.data(world, case) if callable(self.data) else self.data


@dataclass(frozen=True)
class Play:
    """The same for an action of another policy: a scenario of its pack brings the case there, and its cast acts."""

    pack: str
    steps: str
    may: str
    may_not: str
    data: Data | Callable[[dict[str, Actor], Case], Data] = field(default_factory=dict)
    status: int = 403
    at: str = ""
    """The moment, where it is not an hour after the last thing that happened."""

    def form(self, cast: dict[str, Actor], case: Case) -> Data:
        """What is sent."""
        return self.data(cast, case) if callable(self.data) else self.data


def applicant(world: World) -> Actor:
    return world.applicant


def officer(world: World) -> Actor:
    return world.officer


def approver(world: World) -> Actor:
    return world.approver


def supervisor(world: World) -> Actor:
    return world.supervisor


def stranger(world: World) -> Actor:
    return world.other_applicant


def expert(world: World) -> Actor:
    return world.experts[0]


def idle_expert(world: World) -> Actor:
    return world.experts[6]


REASON: Data = {"reason": "理由充分。"}
OPINION: Data = {"opinion": "同意。"}

CHECKING = """
steps:
  - {at: 2016-02-15 09:00, who: farmer, do: open_case, with: {title: “互联网+”现代农业}}
  - {who: farmer, do: fill, with: {forms: {YC_TASK: {task: t2_2, lead_unit: 市农业局, smart_farm_demo_count: 2}}}}
  - {at: 2016-02-15 10:00, who: farmer, do: submit}
  - {at: 2016-02-22, who: officer, do: file.file}
  - {at: 2016-02-23, who: officer, do: notify_filing}
  - {at: 2018-12-10, who: farmer, do: request_review, with: {explanations: {R-YC-20: 第三家年底投产。}}}
"""
REPORTED = """
steps:
  - {play: running}
  - at: 2017-02-06
    who: applicant
    do: command.raise_item
    with: {item: 网上办事服务规范, reason: 属于重大政策。, item_kind: major_policy, item_name: 网上办事服务规范}
  - {at: 2017-02-08, who: officer, do: report_for_approval}
"""
ASKED = """
steps:
  - {play: running}
  - at: 2017-03-01
    who: officer
    do: command.ask_opinions
    with: {units: [市发改局, 市经信局], question: 统一申办受理平台二期方案。}
"""
HELD = "steps: [{play: held}]"
ASSISTED = "steps: [{play: assisted}]"


def _appraised() -> tuple[str, ...]:
    """A town's yearly appraisal, brought further one action at a time."""
    form = "{appraisal_year: 2019, annual_investment_yi: 12, internet_output_this: 112000, internet_output_last: 100000}"
    lines = [
        f"{{at: 2019-12-02, who: county, do: submit_appraisal, with: {{appraised_codes: ['39'], form: {form}}}}}",
        "{at: 2019-12-10, who: city, do: pass_upper_check}",
        "{at: 2019-12-16, who: officer, do: check_appraisal, with: {methods: [on_site, documents]}}",
        "{at: 2019-12-17, who: officer, do: assign_site_experts, with: {experts: [expert1, expert2, expert3]}}",
        "{at: 2019-12-21, who: [expert1, expert2, expert3], do: submit_site_score,"
        " with: {sheet: {points: {enterprise: 16, facility: 15}}}}",
        "{at: 2019-12-26, who: officer, do: conclude_scored}",
    ]
    plan = "plan_years: 3, plan_items: [goal, total_investment, yearly_investment, key_projects, progress]"
    head = (
        "steps:\n  - {play: listed}\n"
        f"  - {{at: 2019-10-11, who: county, do: report_progress, with: {{{plan}}}}}\n"
        "  - {wait_until: 2019-12-01}\n"
    )
    return tuple(head + "".join(f"  - {line}\n" for line in lines[: n + 1]) for n in range(len(lines)))


APPRAISED = _appraised()
SLOT = "  - {{at: 2020-01-06, who: officer, do: fill_slot, with: {{round: round, name: {0}, value: {1}, reason: 年度考核奖励方案。}}}}\n"
REWARDED = APPRAISED[5] + SLOT.format("reward_top_n", 2) + SLOT.format("reward_amount", 500)


def _ids(cast: dict[str, Actor], *names: str) -> list[str]:
    return [str(cast[name].user.public_id) for name in names]  # type: ignore[union-attr]


def _units(cast: dict[str, Actor], *names: str) -> list[str]:
    return [str(cast[name].organisation.public_id) for name in names]  # type: ignore[union-attr]


UNSEALED = """
steps:
  - {at: 2018-08-10 09:00, who: county, do: open_case}
  - {do: fill, with: {seals: false}}
"""


def _signer(cast: dict[str, Actor], case: Case) -> Data:
    make_signer(case.applicant)
    return {"note": "请签章。"}


def _scan(cast: dict[str, Actor], case: Case) -> Data:
    return scan_data(case, cast["county"])


TRIALS: dict[str, Trial | Play] = {
    "declare.submit": Trial(lambda w: w.fill(w.draft()), applicant, stranger, {"statement": "on"}, 404),
    "declare.recommend": Trial(sent_for_recommendation, recommender, applicant, OPINION),
    "declare.return_to_applicant": Trial(sent_for_recommendation, recommender, applicant, REASON),
    "declare.not_recommend": Trial(sent_for_recommendation, recommender, applicant, REASON),
    "declare.accept": Trial(sent_for_intake, officer, applicant, OPINION),
    "declare.return_for_correction": Trial(sent_for_intake, officer, applicant, REASON),
    "declare.decline": Trial(sent_for_intake, officer, recommender, REASON),
    "file.file": Trial(lambda w: w.submitted(), officer, applicant, OPINION),
    "file.return_for_correction": Trial(lambda w: w.submitted(), officer, applicant, REASON),
    "file.refuse_filing": Trial(lambda w: w.submitted(), officer, stranger, REASON, 404),
    "file.notify_filing": Trial(examined, officer, applicant, OPINION),
    "file.begin_construction": Trial(lambda w: w.filed(), applicant, officer, OPINION),
    "build.request_review": Trial(lambda w: w.building(), applicant, officer, {"summary": "已建成。"}),
    "build.change_plan": Trial(lambda w: w.building(), applicant, officer, REASON),
    "review.pass_initial": Trial(asked_for_review, officer, applicant, OPINION),
    "review.fail_initial": Trial(asked_for_review, officer, applicant, REASON),
    "review.return_for_correction": Play(
        "yc-rd-support", "steps: [{play: declared}]", "officer", "applicant", REASON
    ),
    "review.assign_experts": Trial(lambda w: w.in_review(), officer, applicant, _experts),
    "review.submit_score": Trial(lambda w: w.with_panel(), expert, officer, lambda w, c: sheet_data(w)),
    "review.recuse": Trial(lambda w: w.with_panel(), expert, idle_expert, REASON, 404),
    "review.replace_expert": Trial(
        one_recused,
        officer,
        applicant,
        lambda w, c: {"experts": [str(w.experts[5].user.public_id)]},  # type: ignore[union-attr]
    ),
    "review.select": Trial(lambda w: w.scored(), officer, applicant, OPINION),
    "review.reject": Trial(lambda w: w.scored(), officer, expert, REASON),
    "review.send_back": Play("yc-plan-tasks", CHECKING, "officer", "farmer", REASON),
    "review.call_second_vote": Play("zj-teams", "steps: [{play: three_of_five}]", "officer", "applicant"),
    "publicize.publish_notice": Trial(lambda w: w.selected(), officer, applicant, {"body": "特此公示。"}),
    "publicize.announce": Play(
        "gd-town-industry",
        "steps:\n  - {play: scored}\n"
        "  - {at: 2018-11-20, who: officer, do: review.select, with: {grade: creation_list}}\n",
        "officer",
        "county",
    ),
    "publicize.waive_publicity": Trial(waivable, officer, applicant, REASON),
    "publicize.end_publicity": Trial(lambda w: w.publicized(), None, officer),
    "publicize.uphold_objection": Trial(objected, officer, applicant, _objection),
    "publicize.dismiss_objection": Trial(objected, officer, supervisor, _objection),
    "accredit.report_for_approval": Trial(lambda w: w.in_approval(), officer, approver, OPINION),
    "accredit.approve": Trial(reported, approver, officer, OPINION),
    "accredit.refuse_approval": Trial(reported, approver, applicant, REASON),
    "accredit.return_for_rework": Play("dg-plan-tasks", REPORTED, "approver", "officer", REASON),
    "accredit.issue_plaque": Trial(approved, officer, approver, OPINION),
    "appraise.submit_appraisal": Trial(
        appraising,
        applicant,
        officer,
        lambda w, c: {f"items.{key}": "已完成。" for key in items_of_appraisal(w)},
    ),
    "appraise.pass_upper_check": Play("gd-town-industry", APPRAISED[0], "city", "officer", OPINION),
    "appraise.return_from_upper_check": Play("gd-town-industry", APPRAISED[0], "city", "county", REASON),
    "appraise.check_appraisal": Trial(
        appraisal_sent, officer, applicant, {"methods": ["doc_check", "site_visit"]}
    ),
    "appraise.return_appraisal": Trial(appraisal_sent, officer, applicant, REASON),
    "appraise.assign_site_experts": Play(
        "gd-town-industry",
        APPRAISED[2],
        "officer",
        "city",
        lambda cast, c: {"experts": _ids(cast, "expert1", "expert2", "expert3")},
    ),
    "appraise.submit_site_score": Play(
        "gd-town-industry",
        APPRAISED[3],
        "expert1",
        "officer",
        {"points.enterprise": "16", "points.facility": "15", "comment": "进展良好。"},
    ),
    "appraise.conclude_scored": Play("gd-town-industry", APPRAISED[4], "officer", "county", OPINION),
    "appraise.conclude_qualified": Trial(appraisal_checked, officer, applicant, OPINION),
    "appraise.conclude_unqualified": Trial(
        appraisal_checked, officer, applicant, REASON | {"rectification_due": "2020-12-31"}
    ),
    "appraise.submit_rectification": Trial(rectifying, applicant, officer, {"report": "已整改。"}),
    "appraise.accept_rectification": Trial(rectified, officer, applicant, OPINION),
    "appraise.fail_rectification": Trial(rectified, officer, applicant, REASON),
    "revoke.agree_revocation": Trial(revoking, approver, officer, REASON),
    "revoke.refuse_revocation": Trial(revoking, approver, applicant, REASON),
    "award.pass_assessment": Play(
        "gz-rd-subsidy",
        "steps: [{play: sent}]",
        "officer",
        "approver",
        OPINION | {"recorded.audit_report_no": "黔审字1号"},
    ),
    "award.return_for_correction": Play(
        "gz-rd-subsidy", "steps: [{play: sent}]", "officer", "applicant", REASON
    ),
    "award.refuse_claim": Play("gz-rd-subsidy", "steps: [{play: sent}]", "officer", "neighbour", REASON, 404),
    "award.grant": Play(
        "gz-rd-subsidy", "steps: [{play: assessed}]", "approver", "officer", {"amount": "100"}
    ),
    "award.refuse_grant": Play("gz-rd-subsidy", "steps: [{play: assessed}]", "approver", "applicant", REASON),
    "award.record_payment": Play(
        "gz-rd-subsidy",
        "steps: [{play: granted}]",
        "chief",
        "applicant",
        {"paid_on": "2017-03-15", "voucher": "2017-0001"},
    ),
    "award.send_to_province": Play(
        "yc-platform-subsidy",
        "steps:\n  - {play: declared}\n"
        "  - {at: 2016-03-15, who: officer, do: pass_assessment, with: {qualified: true}}\n",
        "officer",
        "applicant",
        {"document_no": "宜发改〔2016〕18号"},
    ),
    "award.record_provincial_grant": Play(
        "yc-platform-subsidy",
        "steps: [{play: sent}]",
        "officer",
        "applicant",
        {"amount": "300", "granted_on": "2016-03-18"},
    ),
    "award.record_provincial_refusal": Play(
        "yc-platform-subsidy", "steps: [{play: sent}]", "officer", "applicant", REASON
    ),
    "consult.give_opinion": Play(
        "dg-plan-tasks", ASKED, "economy_officer", "applicant", {"opinion": "同意。"}
    ),
    "command.register_intake": Play(
        "gd-town-industry",
        "steps: [{play: recommended}]",
        "officer",
        "county",
        {"kind": "paper", "copies": "2", "size": "A4", "bound": "yes"},
    ),
    "command.correct_intake": Play(
        "gd-town-industry",
        "steps: [{play: recommended}, {play: delivered}]",
        "chief",
        "county",
        REASON | {"entry": "SJ2018-00001", "copies": "1", "evidence": "签收簿第3页"},
    ),
    "command.discard": Trial(lambda w: w.draft(), applicant, officer, {}, 404),
    "command.request_signature": Play("gd-town-industry", UNSEALED, "county", "officer", _signer, 404),
    "command.sign_declaration": Play("gd-town-industry", UNSEALED, "county", "officer", _scan, 404),
    "command.withdraw": Trial(lambda w: w.submitted(), applicant, officer, REASON),
    "command.report_progress": Trial(
        lambda w: w.building(), applicant, officer, {"period": "2020年上半年", "content": "主体完工。"}
    ),
    "command.select_project": Play(
        "dg-project-library", "steps: [{play: listed}]", "officer", "applicant", REASON
    ),
    "command.adjust_entry": Play(
        "gz-project-library",
        "steps: [{play: chosen}]",
        "officer",
        "applicant",
        REASON
        | {"recorded.status_changed_by": "coordinator", "recorded.adjustment": "建设地点调整为贵安新区。"},
    ),
    "command.exit_library": Play(
        "dg-project-library", "steps: [{play: listed}]", "officer", "applicant", REASON
    ),
    "command.log_work": Play(
        "yc-maker-space",
        "steps: [{play: filed}]",
        "officer",
        "applicant",
        {
            "content": "组织创业导师驻点辅导。",
            "recorded.assistance_kind": "training",
            "recorded.assisted_on": "2016-03-16",
            "recorded.assisting_unit": "市人社局",
        },
    ),
    "command.raise_item": Play(
        "dg-plan-tasks",
        "steps: [{play: running}]",
        "applicant",
        "officer",
        REASON
        | {"item": "平台建设资金安排", "recorded.item_kind": "funding", "recorded.item_name": "平台建设资金"},
    ),
    "command.ask_opinions": Play(
        "dg-plan-tasks",
        "steps: [{play: running}]",
        "officer",
        "applicant",
        lambda cast, c: {
            "units": _units(cast, "reform_officer", "economy_officer"),
            "question": "二期方案。",
        },
    ),
    "command.publish_progress": Play(
        "dg-plan-tasks",
        "steps: [{play: running}]",
        "officer",
        "applicant",
        {"title": "政务服务进展", "body": "一门式受理平台上线。"},
    ),
    "command.request_award": Play(
        "yc-maker-space",
        ASSISTED,
        "applicant",
        "officer",
        {
            "statement": "on",
            "recorded.amount_wan": "20",
            "recorded.use_of_money": "设备购置。",
            "recorded.bank_name": "工行",
            "recorded.bank_account": "1001",
        },
    ),
    "command.grant_reward": Play("gd-town-industry", REWARDED, "chief", "county", {"period": "2019"}),
    "command.request_renewal": Play(
        "zj-specialised", HELD, "applicant", "officer", {"statement": "on"}, at="2026-02-12 10:00"
    ),
    "command.request_upgrade": Play("zj-specialised", HELD, "applicant", "officer", {"statement": "on"}),
    "command.transfer_holder": Play(
        "zj-specialised", HELD, "officer", "applicant", REASON | {"holder": "精铸智造有限公司"}
    ),
    "command.record_absence": Play(
        "zj-specialised",
        "round: {year: 2023, opens_on: 2023-03-01, slots: {growing_places: 2, evaluation_every: 1 year}}\n"
        "steps: [{play: held}, {wait_until: 2024-06-27}]",
        "officer",
        "applicant",
        REASON,
        at="2024-06-27 10:00",
    ),
    "command.file_supervision_report": Play(
        "zj-specialised",
        "steps: [{play: published}, {wait_until: 2023-04-03}]",
        "supervisor",
        "officer",
        REASON | {"recorded.finding": "fair"},
    ),
    "command.end_term": Play("gd-town-industry", "steps: [{play: listed}]", "officer", "county", OPINION),
    "command.register_objection": Trial(
        lambda w: w.publicized(),
        officer,
        applicant,
        {"kind": "unit", "name": "某公司", "contact": "0851-12345678", "content": "数据不实。"},
    ),
    "command.start_appraisal": Trial(
        lambda w: w.accredited(), officer, applicant, {"period": "2020", "kind": "composite"}
    ),
    "command.propose_revocation": Trial(failed, officer, approver, REASON),
    "command.report_misconduct": Trial(
        lambda w: w.scored(),
        officer,
        applicant,
        lambda w, c: {"expert": str(w.experts[0].user.public_id), "reason": "与申报单位有往来。"},  # type: ignore[union-attr]
    ),
    "command.confirm_misconduct": Trial(suspected, supervisor, officer, _misconduct),
    "command.clear_misconduct": Trial(suspected, supervisor, officer, _misconduct),
    "command.publish_case_study": Trial(
        lambda w: w.accredited(), officer, applicant, {"title": "典型做法", "body": "链式招商。"}
    ),
}

LEGAL = {
    "file.file": StandingStatus.FILED,
    "publicize.announce": StandingStatus.LISTED_CREATION,
    "accredit.approve": StandingStatus.ACCREDITED,
    "revoke.agree_revocation": StandingStatus.WITHDRAWN,
}
"""Actions of this programme with a legal effect."""
