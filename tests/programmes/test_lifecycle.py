"""The legal superset of stage moves: complete, with reasons, drawn."""

from __future__ import annotations

import pytest

from programmes.lifecycle import LEGAL_EDGES, Stage, mermaid, sources_of, targets_of

TABLE = {
    "declare": "declare file build review publicize accredit in_force closed",
    "file": "declare file build review accredit in_force closed",
    "build": "file build review publicize accredit in_force closed",
    "review": "declare file build review publicize accredit in_force closed",
    "publicize": "build review publicize accredit in_force closed",
    "accredit": "file build review publicize accredit in_force closed",
    "in_force": "declare build review accredit in_force revoke closed",
    "revoke": "in_force revoke closed",
    "closed": "",
}
"""DESIGN §3, line by line, and what project libraries and collective decisions need beyond it (ARCHITECTURE.md)."""


@pytest.mark.parametrize(("stage", "targets"), TABLE.items())
def test_the_table_is_the_designs(stage: str, targets: str) -> None:
    assert targets_of(stage) == targets.split()


def test_every_stage_is_in_the_table() -> None:
    assert set(TABLE) == set(Stage.values)
    assert sum(len(targets.split()) for targets in TABLE.values()) == len(LEGAL_EDGES)


@pytest.mark.parametrize("stage", Stage.values)
def test_sources_are_the_targets_turned_round(stage: str) -> None:
    assert sources_of(stage) == [origin for origin in TABLE if stage in TABLE[origin].split()]
    assert sources_of(Stage(stage)) == sources_of(stage)


def test_every_move_has_a_reason_in_both_languages() -> None:
    for reason in LEGAL_EDGES.values():
        assert reason.zh and reason.en


def test_the_drawing_has_every_move_once() -> None:
    lines = mermaid().splitlines()
    assert lines[0] == "stateDiagram-v2"
    for origin, target in LEGAL_EDGES:
        found = [line for line in lines if line.strip().partition(":")[0] == f"{origin} --> {target}"]
        assert len(found) == (0 if origin == target else 1)
    assert all(line.count(":") <= 1 for line in lines)
