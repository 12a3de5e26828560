"""The unhappy paths, told as stories (scenarios S12, S14–S17, S19)."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.errors import Refusal
from audit import clock
from cases.errors import Conflict, Gate, NotAllowed
from cases.models import Case, ScoreSheet
from tests.factories.cases import World
from workflows import engine
from workflows.objections import lodge_objection


def at(year: int, month: int, day: int, hour: int = 10) -> None:
    clock.set_clock(dt.datetime(year, month, day, hour, tzinfo=clock.SHANGHAI))


def refused(world: World, case: Case, action: str, **kw: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        world.do(case, action, **kw)  # type: ignore[arg-type]
    return caught.value


def test_incomplete_declaration_is_refused_with_every_reason(world: World) -> None:
    case = world.fill(world.draft(), {"GY_PLAN": {"p5": None}}, skip=("m9_evidence",))
    refusal = refused(world, case, "declare.submit", statement=True)
    assert isinstance(refusal, Gate)
    assert {v.rule_id for v in refusal.verdicts} == {"R-GY-03", "R-GY-04"}  # type: ignore[attr-defined]
    assert world.reread(case).is_draft
    case = world.do(world.fill(case), "declare.submit", statement=True)
    assert case.stage == "file"


def test_building_waits_for_filing_and_notice(world: World) -> None:
    case = world.submitted()
    assert refused(world, case, "file.begin_construction").code == "R-GY-21"
    case = world.do(case, "file.return_for_correction", reason="请补充第九项佐证材料明细。")
    assert (case.stage, world.items(case)) == ("declare", ["draft"])
    assert case.declarations.count() == 2
    case = world.do(case, "declare.submit", statement=True)
    case = world.do(case, "file.file")
    assert refused(world, case, "file.begin_construction").code == "R-GY-22"
    case = world.do(case, "file.notify_filing")
    case = world.do(case, "file.begin_construction")
    assert case.stage == "build"
    assert case.standings.get(current=True).status == "filed"


def test_filing_refused_ends_the_case(world: World) -> None:
    case = world.do(world.submitted(), "file.refuse_filing", reason="建设方案不具备可实施性。")
    assert (case.stage, case.closure) == ("closed", "declined")
    assert world.items(case) == []


def test_withdrawn(world: World) -> None:
    case = world.do(world.submitted(), "command.withdraw", reason="申报条件发生变化。")
    assert (case.stage, case.closure) == ("closed", "withdrawn")
    assert refused(world, case, "file.file").code == "closed"


def test_plan_change_is_filed_again(world: World) -> None:
    case = world.do(world.building(), "build.change_plan", reason="新增二期建设内容。")
    assert (case.stage, world.items(case)) == ("file", ["examine"])


def test_objection_dismissed_resumes_the_clock(world: World) -> None:
    case = world.selected()
    at(2021, 3, 8)
    case = world.do(case, "publicize.publish_notice")
    notice = case.notices.get()
    assert notice.deadline and notice.deadline.due_on == dt.date(2021, 3, 12)
    at(2021, 3, 10)
    lodge_objection(notice=notice, kind="unit", name="某公司", contact="0851-12345678", content="数据不实。")
    assert world.items(case) == ["window", "handle"]
    at(2021, 3, 12)
    assert refused(world, case, "accredit.report_for_approval").code == "R-GY-24"
    world.let_time_pass(dt.date(2021, 3, 16))
    assert world.reread(case).stage == "publicize"
    at(2021, 3, 17)
    case = world.do(case, "publicize.dismiss_objection", reason="经核查，数据属实。")
    notice.refresh_from_db()
    notice.deadline.refresh_from_db()
    assert notice.deadline.due_on == dt.date(2021, 3, 22)
    world.let_time_pass(dt.datetime(2021, 3, 22, 23, 59, tzinfo=clock.SHANGHAI))
    assert refused(world, case, "accredit.report_for_approval").code == "R-GY-24"
    world.let_time_pass(dt.date(2021, 3, 23))
    case = world.do(case, "accredit.report_for_approval")
    assert (case.stage, world.items(case)) == ("accredit", ["approve"])


def test_objection_upheld_leaves_the_list(world: World) -> None:
    case = world.publicized()
    lodge_objection(
        notice=case.notices.get(), kind="person", name="李某", contact="138", content="不符合条件。"
    )
    case = world.do(case, "publicize.uphold_objection", reason="经核查属实。")
    assert (case.stage, case.closure, case.notices.get().status) == ("closed", "not_selected", "stopped")


def test_anonymous_objection_is_recorded_only(world: World) -> None:
    case = world.publicized()
    lodged = lodge_objection(
        notice=case.notices.get(), kind="anonymous", name="", contact="", content="有问题。"
    )
    assert not lodged.accepted
    assert world.items(case) == ["window"]


def test_not_selected_by_the_panel(world: World) -> None:
    case = world.scored(share=0.5)
    assert refused(world, case, "review.select").code == "panel_not_passed"
    case = world.do(case, "review.reject", reason="专家评审未达到合格线。")
    assert (case.stage, case.closure) == ("closed", "not_selected")


def test_thresholds_are_hard_at_review(world: World) -> None:
    case = world.do(
        world.fill(world.draft(), {"GY_SUPP": {"bigdata_ent_count": "19", "ent_total": "38"}}),
        "declare.submit",
        statement=True,
    )
    for action in ("file.file", "file.notify_filing", "file.begin_construction"):
        case = world.do(case, action)
    case = world.do(case, "build.request_review", summary="完成。")
    case = world.do(case, "review.pass_initial")
    case = world.do(
        case, "review.assign_experts", experts=[str(e.user.public_id) for e in world.experts[:5] if e.user]
    )
    for expert in world.experts[:5]:
        case = world.score(case, expert)
    assert refused(world, case, "review.select").code == "R-GY-12"


def test_approval_refused(world: World) -> None:
    case = world.do(world.in_approval(), "accredit.report_for_approval")
    assert refused(world, case, "accredit.approve", actor=world.officer).code == "wrong_role"
    case = world.do(case, "accredit.refuse_approval", reason="布局需要进一步论证。")
    assert (case.stage, case.closure, case.plaques.count()) == ("closed", "not_selected", 0)
    assert not case.standings.filter(status="accredited").exists()
    assert case.decisions.get(action="refuse_approval").reason == "布局需要进一步论证。"


def appraise(world: World, case: Case, year: int, *, qualified: bool) -> Case:
    case = world.do(case, "command.start_appraisal", period=year, kind="composite")
    items = world.edition.pack.programme.side["appraisal"].items["composite"]
    case = world.do(case, "appraise.submit_appraisal", items=dict.fromkeys(items, "进展良好。"))
    case = world.do(case, "appraise.check_appraisal", methods=["info_report", "site_visit"])
    if qualified:
        return world.do(case, "appraise.conclude_qualified")
    return world.do(case, "appraise.conclude_unqualified", reason="多项指标未达标。")


def test_unqualified_rectified_kept(world: World) -> None:
    at(2021, 3, 1)
    case = world.accredited()
    at(2022, 4, 15)
    case = appraise(world, case, 2022, qualified=False)
    rectification = case.appraisals.get().rectifications.get()
    assert rectification.due_on == dt.date(2022, 7, 14)
    at(2022, 7, 10)
    case = world.do(case, "appraise.submit_rectification", report="已全部整改。")
    case = world.do(case, "appraise.accept_rectification")
    assert case.appraisals.get().status == "accepted"
    assert case.standings.get(current=True).status == "accredited"
    assert refused(world, case, "command.propose_revocation", reason="x").code == "R-GY-34"


def failed_rectification(world: World) -> Case:
    at(2021, 3, 1)
    case = world.accredited()
    at(2022, 4, 15)
    case = appraise(world, case, 2022, qualified=False)
    at(2022, 7, 14)
    case = world.do(case, "appraise.submit_rectification", report="部分整改。")
    case = world.do(case, "appraise.fail_rectification", reason="整改未到位。")
    assert world.items(case) == ["propose_revocation"]
    at(2022, 7, 18)
    return world.do(case, "command.propose_revocation", reason="整改验收仍不合格。")


def test_revoked_only_with_consent(world: World) -> None:
    case = failed_rectification(world)
    assert (case.stage, case.standings.get(current=True).status) == ("revoke", "accredited")
    assert (
        refused(world, case, "revoke.agree_revocation", actor=world.officer, reason="x").code == "wrong_role"
    )
    at(2022, 7, 29)
    case = world.do(case, "revoke.agree_revocation", reason="同意。")
    assert (case.stage, case.closure) == ("closed", "revoked")
    standing = case.standings.get(current=True)
    assert (standing.status, standing.since) == ("withdrawn", dt.date(2022, 7, 29))
    assert case.plaques.get().withdrawn_on == dt.date(2022, 7, 29)
    assert world.items(case) == []


def test_revocation_refused_goes_back_to_rectification(world: World) -> None:
    case = failed_rectification(world)
    at(2022, 7, 29)
    case = world.do(case, "revoke.refuse_revocation", reason="再给予一次整改机会。")
    assert (case.stage, world.items(case)) == ("in_force", ["rectify"])
    assert case.standings.get(current=True).status == "accredited"
    assert case.appraisals.get().status == "rectifying"
    assert case.plaques.get().withdrawn_on is None


def test_two_unqualified_in_a_row(world: World) -> None:
    at(2021, 3, 1)
    case = world.accredited()
    at(2022, 4, 15)
    case = appraise(world, case, 2022, qualified=False)
    case = world.do(case, "appraise.submit_rectification", report="已整改。")
    case = world.do(case, "appraise.accept_rectification")
    at(2023, 4, 15)
    case = appraise(world, case, 2023, qualified=False)
    assert set(world.items(case)) >= {"rectify", "propose_revocation"}
    case = world.do(case, "command.propose_revocation", reason="连续两次考评不合格。")
    case = world.do(case, "revoke.agree_revocation", reason="同意。")
    assert case.closure == "revoked"
    assert world.items(case) == []
    assert not case.deadlines.filter(status__in=("running", "paused")).exists()


def test_appraisal_starts_by_the_calendar(world: World) -> None:
    at(2021, 4, 2)
    case = world.accredited()
    day = case.deadlines.get(duty="side:appraisal", status="running").due_on
    assert day is not None
    world.let_time_pass(day + dt.timedelta(days=1))
    assert case.appraisals.get().period == day.year
    assert world.items(case) == ["report_data"]
    assert case.deadlines.filter(duty="side:appraisal", status="running").count() == 1


def test_confirmed_misconduct_repeats_the_review(world: World) -> None:
    case = world.selected()
    expert = world.experts[0].user
    assert expert is not None
    case = world.do(
        case, "command.report_misconduct", expert=[str(expert.public_id)], reason="持有申报企业股份。"
    )
    assert ScoreSheet.objects.filter(voided_at__isnull=False).count() == 0
    assert case.stage == "publicize"
    row = case.misconducts.get()
    case = world.do(case, "command.confirm_misconduct", misconduct=str(row.public_id), reason="查证属实。")
    row.refresh_from_db()
    assert row.liability_opened_at is not None
    assert ScoreSheet.objects.get(expert=expert).voided_at is not None
    assert (case.stage, world.items(case)) == ("review", ["assign"])
    assert refused(world, case, "publicize.publish_notice").code == "R-GY-23"
    ids = [str(e.user.public_id) for e in world.experts[:5] if e.user]
    assert refused(world, case, "review.assign_experts", experts=ids).code == "bad_panel"
    ids = [str(e.user.public_id) for e in world.experts[1:6] if e.user]
    case = world.do(case, "review.assign_experts", experts=ids)
    for actor in world.experts[1:6]:
        case = world.score(case, actor)
    case = world.do(world.do(case, "review.select"), "publicize.publish_notice")
    assert case.stage == "publicize"


def test_recused_expert_is_replaced(world: World) -> None:
    case = world.with_panel()
    case = world.do(case, "review.recuse", world.experts[0], reason="与申报单位有合作。")
    with pytest.raises(Refusal) as caught:
        world.score(case, world.experts[0])
    assert caught.value.code == "invisible"
    replacement = world.experts[6].user
    assert replacement is not None
    case = world.do(case, "review.replace_expert", experts=[str(replacement.public_id)])
    for actor in [*world.experts[1:5], world.experts[6]]:
        case = world.score(case, actor)
    assert world.items(case) == ["conclude"]


def test_a_second_officer_reads_who_was_faster(world: World) -> None:
    case = world.submitted()
    item = case.items.get(status="open")
    engine.complete(item.public_id, "file", actor=world.officer)
    with pytest.raises(Conflict) as caught:
        engine.complete(item.public_id, "refuse_filing", actor=world.officer2, data={"reason": "x"})
    assert caught.value.code == "already_done"
    assert world.officer.user and world.officer.user.name in str(caught.value.message)


def test_the_same_button_twice_happens_once(world: World) -> None:
    case = world.submitted()
    item = case.items.get(status="open")
    first = engine.complete(item.public_id, "file", actor=world.officer, idempotency_key="k1")
    again = engine.complete(item.public_id, "file", actor=world.officer, idempotency_key="k1")
    assert (first.replayed, again.replayed) == (False, True)
    assert case.decisions.filter(action="file").count() == 1


def test_a_drafter_does_not_decide(world: World) -> None:
    from accounts.actors import actor_for
    from accounts.enums import Role
    from tests.factories.accounts import make_assignment

    case = world.submitted()
    turncoat = actor_for(make_assignment(Role.OFFICER, world.bureau, user=world.applicant.user))
    with pytest.raises(NotAllowed) as caught:
        engine.act(case.public_id, "file.file", actor=turncoat)
    assert caught.value.code == "separation_of_duties"
