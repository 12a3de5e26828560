"""``applicant.withdrawn_on``: what a ban after a withdrawal is counted from."""

from __future__ import annotations

import datetime as dt

from accounts.enums import Role
from cases.enums import StandingStatus
from cases.facts import CaseFacts
from cases.models import Case, Decision, Standing
from tests.factories.cases import World


def withdraw(case: Case, on: dt.date, status: StandingStatus = StandingStatus.WITHDRAWN) -> None:
    decision = Decision.objects.create(
        case=case,
        run_no=case.run_no,
        procedure="revoke",
        action="agree_revocation",
        role=Role.APPROVER.value,
        organisation=case.authority,
    )
    Standing.objects.create(
        case=case,
        authority=case.authority,
        programme=case.programme,
        status=status,
        holder=case.applicant,
        since=on,
        decision=decision,
    )


def test_the_last_withdrawal_of_any_case_of_the_applicant_counts(world: World) -> None:
    first, second, now = world.draft("甲"), world.draft("乙"), world.draft("丙")
    assert CaseFacts(now)["applicant.withdrawn_on"] is None
    withdraw(first, dt.date(2018, 5, 1))
    withdraw(second, dt.date(2019, 5, 1))
    assert CaseFacts(now)["applicant.withdrawn_on"] == dt.date(2019, 5, 1)


def test_other_applicants_and_other_endings_do_not(world: World) -> None:
    withdraw(world.draft("甲", world.other_applicant), dt.date(2019, 5, 1))
    mine = world.draft("乙")
    withdraw(mine, dt.date(2019, 6, 1), StandingStatus.LAPSED)
    assert CaseFacts(world.draft("丙"))["applicant.withdrawn_on"] is None
