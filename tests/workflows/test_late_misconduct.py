"""评审违纪 found out once the case is approved: responsibility is taken up, the accreditation stands."""

from __future__ import annotations

import pytest

from cases import policy
from cases.enums import Part
from cases.errors import NotAllowed
from cases.facts import CaseFacts
from cases.models import Case
from tests.factories.cases import World
from tests.faults.invariants import check
from tests.workflows.pages import approved, post


def report(world: World, case: Case) -> tuple[Case, str]:
    expert = world.experts[0].user
    assert expert is not None
    case = world.do(case, "command.report_misconduct", expert=[str(expert.public_id)], reason="收受礼金。")
    return case, str(case.misconducts.get().public_id)


def test_confirmed_in_force_it_opens_the_inquiry_and_moves_nothing(world: World) -> None:
    case, key = report(world, world.accredited())
    before = (case.stage, case.step, case.run_no, case.standings.get(current=True).pk)
    case = world.do(
        case, "command.confirm_misconduct", misconduct=key, reason="查证属实。", reference="有关规定"
    )
    assert (case.stage, case.step, case.run_no, case.standings.get(current=True).pk) == before
    row = case.misconducts.get()
    assert (row.status, row.liability_reference) == ("confirmed", "有关规定")
    assert row.liability_opened_at is not None
    assert case.score_sheets.filter(voided_at__isnull=True).count() == 5
    facts = CaseFacts(case)
    assert (facts["review.expert"], facts["misconduct.liability_opened"]) == ("pass", True)
    assert case.participations.filter(user=world.experts[0].user, capacity=Part.RECUSED).exists()
    assert not policy.can_see(world.experts[0], case)
    assert world.items(case) == []
    assert check(case) == []


def test_before_the_accreditation_it_still_undoes_the_review(world: World) -> None:
    case, key = report(world, world.do(world.in_approval(), "accredit.report_for_approval"))
    case = world.do(case, "command.confirm_misconduct", misconduct=key, reason="查证属实。")
    assert (case.stage, CaseFacts(case)["review.expert"]) == ("review", "none")


def test_between_approval_and_plaque_it_waits(world: World) -> None:
    case, key = report(world, approved(world))
    with pytest.raises(NotAllowed) as caught:
        world.do(case, "command.confirm_misconduct", misconduct=key, reason="查证属实。")
    assert caught.value.code == "already_accredited"
    case = world.do(case, "accredit.issue_plaque")
    case = world.do(case, "command.confirm_misconduct", misconduct=key, reason="查证属实。")
    assert (case.stage, case.standings.get(current=True).status) == ("in_force", "accredited")


def test_unfounded_in_force_it_changes_nothing(world: World) -> None:
    case, key = report(world, world.accredited())
    case = world.do(case, "command.clear_misconduct", misconduct=key, reason="不属实。")
    assert (case.misconducts.get().status, case.stage) == ("cleared", "in_force")


def test_over_the_pages(world: World) -> None:
    case, key = report(world, world.accredited())
    data = {"misconduct": key, "reason": "查证属实。"}
    assert post(world.officer, case, "command.confirm_misconduct", data).status_code == 403
    assert post(world.supervisor, case, "command.confirm_misconduct", data).status_code == 302
    assert case.misconducts.get().status == "confirmed"
