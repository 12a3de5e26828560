"""Numbers and limits that many reach for at once: no number twice, none left out, no limit passed."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest

from accounts.errors import Refusal
from audit.chain import append
from audit.models import Chain, Entry
from cases.models import Case
from tests.faults.at_once import at_once
from tests.faults.conftest import Anew
from tests.faults.invariants import check
from workflows import engine
from workflows.engine import Result
from workflows.opening import open_case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


class PowerCut(RuntimeError):
    """The last step of somebody's sending fails."""


def sending(case: Case, world_applicant: object) -> Callable[[], Result | PowerCut]:
    def attempt() -> Result | PowerCut:
        try:
            return engine.act(
                case.public_id,
                "declare.submit",
                actor=world_applicant,  # type: ignore[arg-type]
                data={"statement": True},
            )
        except PowerCut as error:
            return error

    return attempt


def test_first_submissions_at_once_are_numbered_without_gaps(
    anew: Anew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that fail after they were given a number give it back."""
    worlds = [anew() for _ in range(10)]
    cases = [world.fill(world.draft()) for world in worlds]
    unlucky = {case.chain_id for case in cases[::4]}

    def failing(*, chain: Chain, **fields: object) -> Entry:
        if chain.pk in unlucky:
            raise PowerCut
        return append(chain=chain, **fields)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "append", failing)
    outcomes = at_once(*(sending(case, world.applicant) for world, case in zip(worlds, cases, strict=True)))
    assert [isinstance(one, PowerCut) for one in outcomes] == [case.chain_id in unlucky for case in cases]
    unlucky.clear()
    at_once(*(sending(case, world.applicant) for world, case in list(zip(worlds, cases, strict=True))[::4]))
    numbers = [world.reread(case).case_no for world, case in zip(worlds, cases, strict=True)]
    assert sorted(int(re.sub(r".*-", "", number)) for number in numbers) == list(range(1, 11))
    assert [check(case) for case in cases] == [[]] * 10


def test_a_unit_opens_no_more_drafts_than_the_round_allows(anew: Anew) -> None:
    world = anew()
    limit = world.edition.pack.programme.round.drafts_per_applicant
    assert limit > 1
    opening = partial(
        open_case, round=world.round, applicant=world.zone, title="示范基地", actor=world.applicant
    )
    outcomes = at_once(*[opening] * (limit + 4))
    assert sum(isinstance(one, Case) for one in outcomes) == limit
    assert [one.code for one in outcomes if isinstance(one, Refusal)] == ["draft_limit"] * 4
    drafts = Case.objects.filter(round=world.round, applicant=world.zone)
    assert drafts.count() == limit
    assert [check(case) for case in drafts] == [[]] * limit


def test_two_clicks_at_once_begin_one_draft(anew: Anew) -> None:
    for _number in range(5):
        world = anew()
        click = partial(
            open_case,
            round=world.round,
            applicant=world.zone,
            title="基地",
            actor=world.applicant,
            clicked=True,
        )
        outcomes = at_once(click, click, click)
        assert len({one.pk for one in outcomes if isinstance(one, Case)}) == 1, outcomes
        drafts = Case.objects.filter(round=world.round, applicant=world.zone)
        assert [check(case) for case in drafts] == [[]]
