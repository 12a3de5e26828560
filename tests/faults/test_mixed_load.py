"""Everybody does everything at once: nothing locks up, and every case stays whole."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from audit import clock
from tests.faults.at_once import at_once
from tests.faults.conftest import START, Anew
from tests.faults.invariants import check
from tests.faults.walk import Walk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
PEOPLE, ENOUGH = 8, 36
MOST = 90
"""Steps of one person: several times what it takes, so that only a standstill runs out of them."""


def test_eight_people_rush_over_six_cases(anew: Anew) -> None:
    """A deadlock is an OperationalError in one of the threads, and ends the test."""
    world, other = anew(), anew()
    cases = [
        world.fill(world.draft()),
        world.submitted(),
        world.with_panel(),
        world.publicized(),
        other.scored(),
        other.accredited(),
    ]
    clock.set_clock(START + dt.timedelta(days=12))
    walks = [Walk(world if seed % 3 else other, cases, seed) for seed in range(PEOPLE)]

    def done() -> list[str]:
        return [attempt.name for walk in walks for attempt in list(walk.attempts) if not attempt.refused]

    at_once(*(partial(walk.rush, MOST, lambda: len(done()) >= ENOUGH) for walk in walks), patience=240)
    assert [check(case) for case in cases] == [[]] * len(cases)
    assert len(done()) >= ENOUGH, f"at a standstill after {done()}"
    idle = [walk.seed for walk in walks if not walk.attempts]
    assert not idle, f"{idle} never came to anything: the others were not beside them"
