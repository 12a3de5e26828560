"""What ends with a review, and with a case: experts' parts, a filing that came to nothing, appraisals under way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from audit import clock
from cases import policy
from cases.enums import Part
from cases.facts import CaseFacts
from cases.models import Case, Recorded
from programmes import packs
from tests.factories.cases import GY_DIRECTORY, World
from tests.faults.invariants import check
from tests.workflows.pages import failed, objected, rectifying, reported, suspected
from workflows.panel import panel_of


def seated(case: Case) -> int:
    return case.participations.filter(
        capacity=Part.EXPERT, until__isnull=True, voided_at__isnull=True
    ).count()


# -- the panel -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("review.select", {}),
        ("review.reject", {"reason": "未达到合格线。"}),
        ("command.withdraw", {"reason": "条件变化。"}),
    ],
)
def test_experts_lose_sight_of_the_case_when_the_review_is_over(
    world: World, action: str, data: dict[str, Any]
) -> None:
    case = world.scored()
    user = world.experts[0].user
    assert user is not None
    assert policy.can_see(world.experts[0], case)
    assert user.has_perm("cases.view_case", case)
    case = world.do(case, action, **data)
    for expert in world.experts[:5]:
        assert not policy.can_see(expert, case)
        assert case not in policy.visible(expert)
    assert not type(user).objects.get(pk=user.pk).has_perm("cases.view_case", case)
    part = case.participations.get(user=user, capacity=Part.EXPERT)
    assert part.until is not None
    assert (part.reason, part.voided_at) == ("评审已结束", None)
    assert case.score_sheets.filter(voided_at__isnull=True).count() == 5


def test_a_repeated_review_seats_a_panel_of_its_own(world: World) -> None:
    case = suspected(world)
    row = case.misconducts.get()
    case = world.do(case, "command.confirm_misconduct", misconduct=str(row.public_id), reason="属实。")
    assert seated(case) == 0
    assert not any(policy.can_see(expert, case) for expert in world.experts)
    chosen = [str(e.user.public_id) for e in world.experts[1:6] if e.user]
    case = world.do(case, "review.assign_experts", experts=chosen)
    assert [policy.can_see(e, case) for e in world.experts] == [False, *[True] * 5, False]


def test_the_office_still_reads_who_scored(world: World) -> None:
    case = world.do(world.with_panel(), "review.recuse", world.experts[0], reason="有合作。")
    replacement = world.experts[5].user
    assert replacement is not None
    case = world.do(case, "review.replace_expert", experts=[str(replacement.public_id)])
    for expert in world.experts[1:6]:
        case = world.score(case, expert)
    case = world.do(case, "review.select")
    view = panel_of(case, world.officer, policy.fields(world.officer, case))
    assert view is not None
    assert {(seat.name, seat.submitted) for seat in view.seats} == {
        (expert.user.name, True) for expert in world.experts[1:6] if expert.user
    }


# -- the filing ------------------------------------------------------------------------------------------------------


def refused_approval(world: World) -> Case:
    return world.do(reported(world), "accredit.refuse_approval", reason="布局需要论证。")


ENDINGS = {
    "withdrawn while building": lambda w: w.do(w.building(), "command.withdraw", reason="条件变化。"),
    "not selected": lambda w: w.do(w.scored(share=0.5), "review.reject", reason="未达标。"),
    "objection upheld": lambda w: w.do(objected(w), "publicize.uphold_objection", reason="属实。"),
    "approval refused": refused_approval,
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_filing_that_comes_to_nothing_ends_with_the_case(world: World, ending: str) -> None:
    case = ENDINGS[ending](world)
    assert case.stage == "closed"
    filed, ended = case.standings.order_by("pk")
    assert (filed.status, filed.current, filed.until) == ("filed", False, clock.today())
    assert (ended.status, ended.current, ended.since) == ("lapsed", True, clock.today())
    decision = case.decisions.order_by("-pk").first()
    assert decision is not None
    assert (ended.decision, ended.clause) == (decision, decision.clause)
    assert decision.clause
    last = case.chain.entries.order_by("-seq").first()
    assert last is not None
    assert last.content["data"]["standing"] == {"status": "lapsed", "since": clock.today().isoformat()}
    assert last.content["data"]["decision"] == str(decision.public_id)


def test_what_was_never_filed_ends_nothing(world: World) -> None:
    case = world.do(world.submitted(), "file.refuse_filing", reason="不可实施。")
    assert case.standings.count() == 0


def test_a_changed_plan_that_is_refused_ends_the_earlier_filing(world: World) -> None:
    case = world.do(world.building(), "build.change_plan", reason="新增二期。")
    assert CaseFacts(case)["standing.status"] == "filed"
    case = world.do(case, "file.refuse_filing", reason="变更后不可实施。")
    assert case.standings.get(current=True).status == "lapsed"


def test_an_accreditation_is_not_touched_by_this(world: World) -> None:
    case = world.accredited()
    assert [s.status for s in case.standings.order_by("pk")] == ["filed", "accredited"]


# -- an end that the edition writes --------------------------------------------------------------------------------------


def under(world: World, number: str, *changes: tuple[str, str]) -> None:
    """From now on people declare under an edition with these wordings changed."""
    files = packs.read_directory(GY_DIRECTORY)
    text = files["programme.yaml"].decode()
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    world.declare_under(files | {"programme.yaml": text.encode()}, number=number, name=f"试验批次{number}")


WITHDRAWABLE = (
    "      standing: {file: filed}\n",
    "      standing: {file: filed, withdraw: lapsed}\n"
    "      asks: {withdraw: [{key: letter_no, label: {zh: 来函文号}, type: text, clause: 003·附件6·第四条(二)}]}\n",
)
WITHDRAWAL = {"reason": "条件变化。", "letter_no": "来函〔2021〕1号"}


def test_a_first_application_that_is_withdrawn_ends_no_title(world: World) -> None:
    """Nothing lapses that never was: no entry of the register, and no ban that would follow from it."""
    under(world, "2020.8", WITHDRAWABLE)
    case = world.do(world.submitted(), "command.withdraw", **WITHDRAWAL)
    assert (case.stage, case.closure) == ("closed", "withdrawn")
    assert case.standings.count() == 0
    assert not case.decisions.filter(action="withdraw").exists()
    last = case.chain.entries.order_by("-seq").first()
    assert last is not None and "standing" not in last.content["data"]


def test_a_withdrawal_by_the_unit_ends_what_stands_and_is_kept_as_the_decision(world: World) -> None:
    """The applicant's act is no decision elsewhere; here it is, and what was asked with it belongs to it."""
    under(world, "2020.8", WITHDRAWABLE)
    case = world.do(world.do(world.submitted(), "file.file"), "command.withdraw", **WITHDRAWAL)
    filed, ended = case.standings.order_by("pk")
    assert (filed.status, filed.current, ended.status, ended.current) == ("filed", False, "lapsed", True)
    decision = case.decisions.get(action="withdraw")
    assert (ended.decision, decision.role, decision.reason) == (decision, "applicant", "条件变化。")
    recorded = Recorded.objects.get(case=case, gate="command.withdraw")
    assert (recorded.decision, recorded.data["letter_no"]) == (decision, "来函〔2021〕1号")


def test_a_title_ends_once(world: World) -> None:
    """Withdrawn when it is proposed, and agreed to afterwards: the register has one end, with its day and decision."""
    rest = "      letters: {start_appraisal: appraisal_reminder}\n"
    under(world, "2020.8", (rest, f"{rest}      standing: {{propose_revocation: withdrawn}}\n"))
    case = world.do(failed(world), "command.propose_revocation", reason="整改未到位。")
    ended = case.standings.get(current=True)
    assert (ended.status, ended.decision.action) == ("withdrawn", "propose_revocation")
    case = world.do(case, "revoke.agree_revocation", reason="同意。")
    assert case.closure == "revoked"
    assert case.standings.get(current=True) == ended
    assert case.standings.filter(status="withdrawn").count() == 1


# -- appraisals --------------------------------------------------------------------------------------------------------


def test_no_appraisal_of_a_closed_case_is_still_being_rectified(world: World) -> None:
    case = rectifying(world)
    case = world.do(case, "appraise.submit_rectification", report="已整改。")
    case = world.do(case, "appraise.accept_rectification")
    clock.set_clock(dt.datetime(2021, 5, 10, 10, tzinfo=clock.SHANGHAI))
    case = world.do(case, "command.start_appraisal", period=2021, kind="composite")
    items = world.edition.pack.programme.side["appraisal"].items["composite"]
    case = world.do(case, "appraise.submit_appraisal", items=dict.fromkeys(items, "本年度工作。"))
    case = world.do(case, "appraise.check_appraisal", methods=["doc_check"])
    case = world.do(case, "appraise.conclude_unqualified", reason="连续不合格。")
    case = world.do(case, "command.propose_revocation", reason="连续两次不合格。")
    case = world.do(case, "revoke.agree_revocation", reason="同意。")
    second = case.appraisals.get(period=2021)
    assert (second.status, second.result) == ("cancelled", "unqualified")
    assert second.rectifications.get().status == "cancelled"
    assert CaseFacts(case)["appraisal.consecutive_unqualified"] == 2
    assert check(case) == []
