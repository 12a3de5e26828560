"""Values of slots that a run holds from the moment they begin to count. 锁定的待定值

What an office decides for its round while a panel is scoring, or while an appraisal is under way, counts for the next
one: the run keeps in its ``params`` what held when the panel was formed or the appraisal began.
"""

from __future__ import annotations

from collections.abc import Iterable

from cases.models import Case
from programmes.slot_types import SlotContent, read_slot, stored
from programmes.slots import slot_values
from workflows.models import StageRun

KEY = "slots"
"""Where a run's ``params`` keep them: slot name → value as stored."""
Values = dict[str, SlotContent]


def hold(case: Case, names: Iterable[str]) -> dict[str, object]:
    """What to put into a run's ``params``: the values of ``names`` as they are decided now. One query, or none."""
    wanted = sorted(set(names))
    values = slot_values(case.round) if wanted else {}
    return {KEY: {name: stored(values[name]) for name in wanted}}


def holds(run: StageRun) -> bool:
    """Whether the run has begun to hold values."""
    return KEY in run.params


def of_run(case: Case, run: StageRun) -> Values:
    """The values that the run holds, typed. No query."""
    specs = case.edition.pack.programme.slots
    held = run.params.get(KEY, {}).items()
    return {name: read_slot(specs[name], value) for name, value in held if name in specs}


def values_of(case: Case, run: StageRun | None) -> Values:
    """Every slot's value: as the run holds it, else as the round has decided. One query."""
    return slot_values(case.round) | (of_run(case, run) if run is not None else {})
