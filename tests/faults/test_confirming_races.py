"""A number confirmed while colleagues change it, save beside it and send: what is kept was seen, and what is sent is whole."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.errors import Refusal
from audit.models import Entry
from cases.cells import mark
from cases.confirmations import Confirmed, confirm_figures, count_questions
from cases.drafting import Edits
from cases.models import Declaration, DeclarationForm
from cases.saving import save_cells
from tests.faults.at_once import at_once
from tests.faults.conftest import Anew
from tests.faults.invariants import check
from workflows import engine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 6
CODE, CELL, BESIDE = "GY_OVERALL", "fixed_investment_2020", "fixed_investment_2021"
SHOWN, OTHER = "12000000", "13000000"


def test_only_the_value_that_was_seen_is_confirmed_and_no_save_is_lost(anew: Anew) -> None:
    for _round in range(ROUNDS):
        world = anew()
        case = world.fill(world.draft(), {CODE: {CELL: SHOWN}})
        change = partial(save_cells, case=case, form_code=CODE, actor=world.applicant)
        confirm = partial(
            confirm_figures, case=case, form_code=CODE, seen={CELL: mark(SHOWN)}, actor=world.applicant
        )
        outcomes = at_once(
            confirm,
            partial(change, edits=Edits(None, {CELL: OTHER})),
            partial(change, edits=Edits(None, {BESIDE: "7"})),
            confirm,
        )
        assert not [one for one in outcomes if isinstance(one, Refusal)]
        row = DeclarationForm.objects.get(declaration__case=case, form_code=CODE)
        assert (row.data[CELL], row.data[BESIDE]) == (OTHER, "7")
        confirmed = [one for one in outcomes if isinstance(one, Confirmed)]
        for one in confirmed:
            assert one.changed or CELL in one.row.confirmed
        assert (CELL in row.confirmed) == any(not one.changed for one in confirmed)
        assert all(held["value"] == SHOWN for held in row.confirmed.values())
        assert check(case) == []


def test_what_is_recorded_at_sending_is_what_the_version_has(anew: Anew) -> None:
    for number in range(ROUNDS):
        world = anew()
        case = world.fill(world.draft(), {CODE: {CELL: SHOWN}})
        at_once(
            partial(
                engine.act,
                case.public_id,
                "declare.submit",
                actor=world.applicant,
                data={"statement": True},
                idempotency_key=f"send-{number}",
            ),
            partial(
                confirm_figures, case=case, form_code=CODE, seen={CELL: mark(SHOWN)}, actor=world.applicant
            ),
        )
        version = Declaration.objects.prefetch_related("forms").get(case=case)
        assert version.submitted_at is not None
        entry = Entry.objects.get(chain=case.chain_id, action="declare.submit")
        assert entry.content["data"]["questions"] == count_questions(case.edition.pack, version)
        assert check(case) == []
