"""Five experts and a withdrawal at the same moment: whatever the order, one consistent end."""

from __future__ import annotations

import random
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import Refusal
from audit.models import Entry
from cases.models import Case
from tests.factories.cases import World
from tests.faults.at_once import at_once
from tests.faults.conftest import Anew
from tests.faults.invariants import check
from workflows import engine
from workflows.engine import Result
from workflows.models import StageRun

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 30


def sheets_of(world: World, case: Case) -> list[partial[Result]]:
    """One attempt for each expert on the panel: the whole sheet, from the page they have open."""
    seats = {item.assignee_id: item for item in case.items.filter(duty="score", status="open")}
    return [
        partial(
            engine.complete,
            seats[expert.user.pk].public_id,
            "submit_score",
            actor=expert,
            data={"sheet": world.sheet(), "comment": "建设成效明显。"},
            expected_version=seats[expert.user.pk].version,
        )
        for expert in world.experts
        if expert.user and expert.user.pk in seats
    ]


def test_five_experts_at_once_make_one_conclusion(anew: Anew) -> None:
    for _ in range(ROUNDS):
        world = anew()
        case = world.with_panel()
        outcomes = at_once(*sheets_of(world, case))
        assert [type(one) for one in outcomes] == [Result] * 5, outcomes
        assert check(case) == []
        assert world.items(case) == ["conclude"]
        assert case.items.filter(duty="conclude").count() == 1
        assert case.score_sheets.count() == 5


def test_a_withdrawal_among_the_experts_has_one_consistent_end(anew: Anew) -> None:
    dice = random.Random(20)
    lost = 0
    for _ in range(ROUNDS):
        world = anew()
        case = world.with_panel()
        withdrawal = partial(
            engine.command, case.public_id, "withdraw", actor=world.applicant, data={"reason": "条件变化。"}
        )
        attempts = sheets_of(world, case)
        attempts.insert(dice.randint(0, 5), withdrawal)
        outcomes = at_once(*attempts)
        assert check(case) == []
        stored = world.reread(case)
        # A withdrawal is possible at any moment of the review, so it always succeeds in the end.
        assert (stored.stage, stored.closure) == ("closed", "withdrawn")
        assert not case.items.filter(status="open").exists()
        assert not StageRun.objects.filter(case=case, finished__isnull=True).exists()
        refused = [one for one in outcomes if isinstance(one, Refusal)]
        assert all(one.code == "already_done" and "撤销" in str(one.message) for one in refused), refused
        assert case.score_sheets.count() == 5 - len(refused)
        scored = Entry.objects.filter(chain=case.chain_id, action="review.submit_score").count()
        assert scored == 5 - len(refused)
        assert case.items.filter(duty="conclude").count() == (0 if refused else 1)
        lost += bool(refused)
    assert lost, "no expert was ever too late: the withdrawal did not race them"


def test_the_case_is_locked_before_anything_of_it_is_read(anew: Anew) -> None:
    """What a decision rests on is read under the lock; the locking query itself finds which case it is."""
    world = anew()
    attempt = sheets_of(world, world.with_panel())[0]
    with CaptureQueriesContext(connection) as queries:
        attempt()
    statements = [query["sql"] for query in queries]
    locked = next(i for i, sql in enumerate(statements) if "FOR NO KEY UPDATE" in sql)
    assert [sql for sql in statements[:locked] if sql.startswith("SELECT")] == []
