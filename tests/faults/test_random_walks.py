"""Whatever people do in whatever order, every case stays whole."""

from __future__ import annotations

import pytest

from tests.factories.cases import World
from tests.faults.walk import Walk

STEPS = 180


@pytest.mark.parametrize("seed", range(5))
def test_walks_leave_every_case_whole(world: World, seed: int) -> None:
    cases = [
        world.fill(world.draft("甲基地")),
        world.with_panel(title="乙基地"),
        world.publicized(title="丙基地"),
        world.accredited(title="丁基地"),
    ]
    walk = Walk(world, cases, seed)
    walk.go(STEPS)
    assert len(walk.done) >= 22, f"the walk went nowhere: {sorted(walk.done)}"
    assert len(walk.refusals) >= 10, f"the walk met no resistance: {sorted(walk.refusals)}"
