from __future__ import annotations

from tests.factories.cases import World


def test_a_base_lives_its_whole_life(world: World) -> None:
    case = world.accredited()
    assert (case.stage, case.step, case.closure) == ("in_force", "in_force", "")
    standing = case.standings.get(current=True)
    assert (standing.status, standing.tier) == ("accredited", "10e8")
    assert case.plaques.get().number == standing.number
