"""How fast a pack judges a whole declaration: rules a second, and the time of one check as the applicant sees it."""

from __future__ import annotations

import time

import pytest

from programmes import packs
from programmes.rules import evaluate, resolve_context
from programmes.specimens import specimen_declaration

pytestmark = pytest.mark.bench
SECONDS = 3.0
GATE = "declare.submit"


@pytest.mark.parametrize("name", ["gd-town-industry", "gy-cluster-base"])
def test_rules_over_a_declaration(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Contents typed from what is stored, context resolved, every rule of the gate judged, again and again."""
    pack = packs.parse_files(packs.read_directory(packs.packs_directory() / name))
    data = specimen_declaration(pack)
    fields = sum(len(form) for form in data.values())
    judged = rounds = 0
    began = time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        facts = resolve_context(pack, form_data=data, system_facts={}, action_data={}, slots={}, gate=GATE)
        judged += len(evaluate(pack, GATE, facts))
        rounds += 1
    spent = time.perf_counter() - began
    with capsys.disabled():
        print(f"\n{name}: {judged / spent:,.0f} rules a second; a declaration of {fields} fields, ", end="")
        print(f"{judged // rounds} rules, in {1000 * spent / rounds:.1f} ms")
    assert judged
