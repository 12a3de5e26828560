"""The round's row is taken first by whoever counts in it or changes it; moving a case does not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connections, transaction

from accounts.errors import Refusal
from audit.chain import open_chain
from cases.models import Case
from programmes.models import Round
from programmes.rounds import close_round, fill_slot
from programmes.slots import slot
from tests.factories.cases import World
from tests.faults.at_once import PATIENCE, at_once
from tests.faults.conftest import Anew
from tests.faults.invariants import check
from workflows import engine
from workflows.opening import open_case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def world(anew: Anew) -> World:
    world = anew()
    world.round.chain = open_chain(
        kind="round", key=str(world.round.public_id), authority=world.authority.code
    )
    world.round.save()
    return world


def opening(world: World) -> Callable[[], object]:
    return partial(open_case, round=world.round, applicant=world.zone, title="基地", actor=world.applicant)


def deciding(world: World) -> Callable[[], object]:
    return partial(
        fill_slot, round=world.round, name="panel_size", value="7", reason="纪要", actor=world.officer
    )


def closing(world: World) -> Callable[[], object]:
    return partial(close_round, round=world.round, actor=world.officer)


@pytest.mark.parametrize("door", [opening, deciding, closing])
def test_they_wait_for_the_rounds_row(world: World, door: Callable[[World], Callable[[], object]]) -> None:
    done: list[object] = []
    attempt = door(world)

    def go() -> None:
        try:
            done.append(attempt())
        finally:
            connections.close_all()

    with transaction.atomic():
        Round.objects.select_for_update().get(pk=world.round.pk)
        waiting = threading.Thread(target=go)
        waiting.start()
        waiting.join(0.7)
        assert waiting.is_alive(), "it did not wait for the round"
        assert not done
    waiting.join(PATIENCE)
    assert len(done) == 1


def test_moving_a_case_does_not_wait_for_the_round(world: World) -> None:
    case = world.in_review()
    experts = [str(expert.user.public_id) for expert in world.experts[:5] if expert.user]
    assign = partial(
        engine.act, case.public_id, "review.assign_experts", actor=world.officer, data={"experts": experts}
    )
    with transaction.atomic():
        Round.objects.select_for_update().get(pk=world.round.pk)
        (result,) = at_once(assign)
    assert not isinstance(result, Refusal)
    assert world.items(case) == ["score"] * 5


def test_no_draft_is_opened_in_a_round_that_was_closed_before_it(world: World) -> None:
    outcomes = at_once(*[opening(world)] * 3, closing(world), *[opening(world)] * 3)
    world.round.refresh_from_db()
    assert world.round.status == "closed"
    refused = {outcome.code for outcome in outcomes if isinstance(outcome, Refusal)}
    assert refused <= {"round_closed", "draft_limit"}
    cases = Case.objects.filter(round=world.round, applicant=world.zone)
    assert cases.count() == sum(isinstance(outcome, Case) for outcome in outcomes)
    (late,) = at_once(opening(world))
    assert isinstance(late, Refusal)
    assert late.code == "round_closed"


def test_a_panel_holds_one_of_the_two_values_that_were_decided_at_once(world: World) -> None:
    case = world.in_review()
    experts = [str(expert.user.public_id) for expert in world.experts[:7] if expert.user]
    assign = partial(
        engine.act, case.public_id, "review.assign_experts", actor=world.officer, data={"experts": experts}
    )
    outcomes = at_once(assign, deciding(world))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    held = case.runs.get(procedure="review").params["slots"]["panel_size"]
    assert held in (5, 7)
    assert slot(Round.objects.get(pk=world.round.pk), "panel_size").value == 7
    assert check(case) == []
