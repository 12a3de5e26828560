"""Every edge of every pack's lifecycle deleted, redirected and duplicated: the checker against a naive search.

The search below knows nothing of ``programmes.soundness``. It plays: a token goes through the duties of a step to see
how the step can end, a case walks from step to step along whatever is mapped, and the state machine of the case itself
says which stages may follow each other.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cases.models import Case
from programmes import packs
from programmes.procedures import COMMANDS, PROCEDURES, Action, Duty
from programmes.schema import Close, CommandSpec, Lifecycle, Pack, Step
from programmes.soundness import check_soundness

FOLDERS = [
    *sorted(path.parent for path in packs.packs_directory().glob("*/programme.yaml")),
    *sorted((Path(__file__).parent / "packs").glob("zj-*")),
]
NOWHERE = "a_step_that_does_not_exist"
CLOSED = Close(close="completed")
Target = str | Close


@functools.cache
def pack_of(folder: Path) -> Pack:
    return packs.parse_files(packs.read_directory(folder))


# -- the mutants ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edge:
    """A way out of a step: an outcome under ``next``, or a command that moves the case."""

    step: str
    label: str
    command: bool
    target: Target


@dataclass(frozen=True)
class Mutant:
    """A lifecycle with one edge changed; ``name`` says how."""

    name: str
    lifecycle: Lifecycle


def edges_of(lifecycle: Lifecycle) -> Iterator[Edge]:
    for name, step in lifecycle.steps.items():
        for outcome, target in step.next.items():
            yield Edge(name, outcome, command=False, target=target)
        for command, spec in step.commands.items():
            if spec.to is not None:
                yield Edge(name, command, command=True, target=spec.to)


def mutants_of(lifecycle: Lifecycle) -> Iterator[Mutant]:
    for edge in edges_of(lifecycle):
        what = f"{edge.step}.{edge.label}"
        yield Mutant(f"{what} deleted", _changed(lifecycle, edge, None))
        for target in [*lifecycle.steps, CLOSED, NOWHERE]:
            if target != edge.target:
                yield Mutant(f"{what} redirected to {target}", _changed(lifecycle, edge, target))
        yield Mutant(f"{what} duplicated as an outcome", _doubled(lifecycle, edge, command=False))
        yield Mutant(f"{what} duplicated as a command", _doubled(lifecycle, edge, command=True))


def _changed(lifecycle: Lifecycle, edge: Edge, target: Target | None) -> Lifecycle:
    step = lifecycle.steps[edge.step]
    if edge.command:
        spec = step.commands[edge.label].model_copy(update={"to": target})
        return _with(lifecycle, edge.step, commands=_put(step.commands, edge.label, target and spec))
    return _with(lifecycle, edge.step, next=_put(step.next, edge.label, target))


def _doubled(lifecycle: Lifecycle, edge: Edge, *, command: bool) -> Lifecycle:
    step = lifecycle.steps[edge.step]
    if command:
        free = next(code for code in COMMANDS if code not in step.commands)
        return _with(lifecycle, edge.step, commands={**step.commands, free: CommandSpec(to=edge.target)})
    return _with(lifecycle, edge.step, next={**step.next, f"{edge.label}_again": edge.target})


def _put(mapping: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    return {k: v for k, v in {**mapping, key: value}.items() if v is not None}


def _with(lifecycle: Lifecycle, name: str, **changes: object) -> Lifecycle:
    step = lifecycle.steps[name].model_copy(update=changes)
    return lifecycle.model_copy(update={"steps": {**lifecycle.steps, name: step}})


# -- the naive search ----------------------------------------------------------------------------------------------------


class Search:
    """Judges one lifecycle by playing it. ``blamed`` are the steps at which something is wrong."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.steps = lifecycle.steps
        self.start = lifecycle.start

    def blamed(self) -> set[str]:
        broken = {name for name in self.steps if self._ends_badly(name)}
        lost = {name for name in self.steps if NOWHERE in self._ways(name)}
        if lost:
            return broken | lost
        visited = self._walk_from(self.start)
        unreached = set(self.steps) - visited
        stuck = {name for name in visited if not self._comes_to_rest_or_end(name)}
        forbidden = {
            name for name in visited if any(not self._may_follow(name, to) for to in self._ways(name))
        }
        return broken | unreached | stuck | forbidden

    def _ways(self, name: str) -> list[Target]:
        step = self.steps[name]
        return [*step.next.values(), *(spec.to for spec in step.commands.values() if spec.to is not None)]

    def _ends_badly(self, name: str) -> bool:
        """An end of the procedure that leads nowhere, or a way out that no end of it takes."""
        return ends_of(self.steps[name]) != set(self.steps[name].next)

    def _walk_from(self, name: str) -> set[str]:
        """Every step that some walk comes to: one step further each time, as often as there are steps."""
        seen = {name}
        for _round in self.steps:
            seen |= {to for one in seen for to in self._ways(one) if isinstance(to, str)}
        return seen

    def _comes_to_rest_or_end(self, name: str) -> bool:
        """From here some walk closes the case, or comes to a wait that can be left again."""
        return any(self._is_harbour(one) for one in self._walk_from(name))

    def _is_harbour(self, name: str) -> bool:
        ways = self._ways(name)
        return any(isinstance(to, Close) for to in ways) or (self.steps[name].kind == "rest" and bool(ways))

    def _may_follow(self, name: str, target: Target) -> bool:
        to = "closed" if isinstance(target, Close) else self.steps[target].stage
        return (self.steps[name].stage, to) in moves_of_the_machine()


@functools.cache
def moves_of_the_machine() -> frozenset[tuple[str, str]]:
    """What the protected field of a case lets happen: (stage, next stage)."""
    transitions = Case._meta.get_field("stage").get_all_transitions(Case)
    return frozenset((str(one.source), str(one.target)) for one in transitions)


def ends_of(step: Step) -> set[str]:
    """How the step's procedure can end: a token is carried from duty to duty, and every action is tried at each.

    An action without an outcome goes on to the next duty, and so does one whose outcome a later duty still brings.
    What is opened beside the way (in brackets) can end the procedure as soon as the token has set out.
    """
    if step.kind == "rest":
        return set()
    procedure = PROCEDURES[step.flow or step.stage]
    settings = {**procedure.params, **step.params}
    there = [
        duty for duty in procedure.duties if _there(duty.param, settings) and not _ruled_out(duty, settings)
    ]
    way = [duty for duty in there if not duty.param.startswith("(")]
    ends: set[str] = set()
    for place, duty in enumerate(way):
        later = {a.outcome for after in way[place + 1 :] for a in after.actions if _there(a.param, settings)}
        tried = {a.outcome for a in _tried(duty, step, settings)}
        ends |= tried - later - {""}
        if not tried & (later | {""}):
            break
    beside = [duty for duty in there if duty not in way]
    ends |= {a.outcome for duty in beside for a in _tried(duty, step, settings) if a.outcome}
    ends |= {a.outcome for a in procedure.system if a.outcome and _sets_off(a.code, step)}
    if step.grades and "selected" in ends:
        ends = ends - {"selected"} | {grade.code for grade in step.grades}
    return ends


def _tried(duty: Duty, step: Step, settings: Mapping[str, object]) -> list[Action]:
    """What can be done at a duty: what people are offered, and what time does where the step gives it."""
    timed = duty.code in step.deadlines
    offered = [action for action in duty.actions if _there(action.param, settings)]
    return [a for a in offered if a.role != "system" or timed or _sets_off(a.code, step)]


def _sets_off(code: str, step: Step) -> bool:
    return "length" in step.params or any(limit.on_due == code for limit in step.deadlines.values())


def _ruled_out(duty: Duty, settings: Mapping[str, object]) -> bool:
    return bool(duty.unless) and _there(duty.unless, settings)


def _there(param: str, settings: Mapping[str, object]) -> bool:
    """``name``, ``!name``; what stands in brackets is opened beside the way and may always come."""
    if param == "" or param[0] == "(":
        return True
    return not settings.get(param[1:]) if param[0] == "!" else bool(settings.get(param))


# -- they agree ----------------------------------------------------------------------------------------------------------


def blamed_by_the_checker(pack: Pack, lifecycle: Lifecycle) -> set[str]:
    programme = pack.programme.model_copy(update={"lifecycle": lifecycle})
    found = check_soundness(pack.model_copy(update={"programme": programme}))
    return {problem.where.split(".")[2] for problem in found}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_checker_and_search_agree_on_every_mutant(folder: Path) -> None:
    pack = pack_of(folder)
    lifecycle = pack.programme.lifecycle
    assert blamed_by_the_checker(pack, lifecycle) == Search(lifecycle).blamed() == set()
    mutants = list(mutants_of(lifecycle))
    differ = [
        (mutant.name, checker, search)
        for mutant in mutants
        if (checker := blamed_by_the_checker(pack, mutant.lifecycle))
        != (search := Search(mutant.lifecycle).blamed())
    ]
    assert differ == []


def test_enough_of_the_mutants_are_unsound() -> None:
    """Were all of them sound, or nearly all unsound for one reason, agreement would prove little."""
    told = [
        (bool(Search(mutant.lifecycle).blamed()), mutant.name.split()[1])
        for folder in FOLDERS
        for mutant in mutants_of(pack_of(folder).programme.lifecycle)
    ]
    for kind in ("deleted", "redirected", "duplicated"):
        verdicts = [unsound for unsound, how in told if how == kind]
        assert any(verdicts) and not all(verdicts), kind
    assert len(told) > 50 * len(FOLDERS)
