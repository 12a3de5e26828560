"""``approval.decision`` tells what the deciding body last did, or that it has the case before it."""

from __future__ import annotations

import pytest

from accounts.enums import Role
from cases.facts import CaseFacts
from cases.models import Case, Decision
from tests.factories.cases import World


def decide(case: Case, action: str) -> None:
    Decision.objects.create(
        case=case,
        run_no=case.run_no,
        procedure="accredit",
        action=action,
        role=Role.APPROVER.value,
        organisation=case.authority,
    )


@pytest.mark.parametrize(
    ("actions", "fact"),
    [
        ([], "none"),
        (["report_for_approval"], "pending"),
        (["report_for_approval", "approve"], "approved"),
        (["report_for_approval", "refuse_approval"], "refused"),
        (["report_for_approval", "return_for_rework"], "returned"),
        (["refuse_approval", "return_for_rework"], "returned"),
        (["report_for_approval", "return_for_rework", "report_for_approval"], "pending"),
        (["report_for_approval", "approve", "issue_plaque"], "approved"),
    ],
)
def test_approval_decision(world: World, actions: list[str], fact: str) -> None:
    case = world.draft()
    for action in actions:
        decide(case, action)
    assert CaseFacts(case)["approval.decision"] == fact
