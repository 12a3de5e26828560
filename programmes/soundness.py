"""Is a pack's lifecycle sound? Every step can be reached and can end, nothing is mapped in vain. 环节健全性

The graph: steps are nodes; outcomes of the procedure, commands that move the case and deadlines that act are edges;
closures are ends. What a procedure can produce is read from its table (:mod:`programmes.procedures`) and the step's
parameters.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from programmes.lifecycle import LEGAL_EDGES, Stage
from programmes.problems import Problem, problem
from programmes.procedures import PROCEDURES, Action, Duty, Procedure
from programmes.schema import Close, Pack, SideProcedure, Step, Text

FILE = "programme.yaml"
ARROW = " → "
SYSTEM = "system"
"""The role of what happens by itself when time is up."""


@dataclass(frozen=True, slots=True)
class Move:
    """One way out of a step. ``target`` is a step, or None when the case ends there (``closure``)."""

    origin: str
    label: str
    target: str | None
    closure: str = ""


def check_soundness(pack: Pack) -> list[Problem]:
    """Everything unsound about the lifecycle, each with the offending path of steps. Empty: sound."""
    return list(_Graph(pack).problems())


def moves_of(name: str, step: Step) -> Iterator[Move]:
    """The ways out of a step that its pack gives: outcomes, then commands that move the case."""
    for outcome, target in step.next.items():
        yield _move(name, outcome, target)
    for command, spec in step.commands.items():
        if spec.to is not None:
            yield _move(name, command, spec.to)


def possible_outcomes(step: Step) -> frozenset[str]:
    """The outcomes that the step's procedure can produce under its parameters; none for a rest.

    A duty or action that a parameter switches off produces nothing; what the system does when time is up counts when
    the step gives the time. A review with grades ends with one of them instead of ``selected``.
    """
    procedure = PROCEDURES.get(step.procedure)
    if step.kind == "rest" or procedure is None:
        return frozenset()
    params = {**procedure.params, **step.params}
    found = {
        a.outcome
        for duty in active_duties(step)
        for a in duty.actions
        if a.outcome and a.role != SYSTEM and a.offered(params)
    }
    found |= {a.outcome for a in timed_actions(procedure, step) if a.outcome}
    if step.grades and procedure.code == "review":
        found = (found - {"selected"}) | {grade.code for grade in step.grades}
    return frozenset(found)


def timed_actions(procedure: Procedure, step: Step) -> list[Action]:
    """What the system does in this step when time is up: only where the step gives the time."""
    acting = {deadline.on_due for deadline in step.deadlines.values()}
    timed = [a for a in procedure.system if a.code in acting or "length" in step.params]
    for duty in active_duties(step):
        given = duty.code in step.deadlines or "length" in step.params
        timed += [a for a in duty.actions if a.role == SYSTEM and (given or a.code in acting)]
    return timed


def active_duties(step: Step) -> list[Duty]:
    """The duties that the step's procedure has under its parameters; none for a rest."""
    procedure = PROCEDURES.get(step.procedure)
    if step.kind == "rest" or procedure is None:
        return []
    params = {**procedure.params, **step.params}
    return [duty for duty in procedure.duties if duty.active(params)]


def side_duties(side: SideProcedure) -> list[Duty]:
    """The duties that a side procedure has under its parameters."""
    procedure = PROCEDURES[side.flow]
    params = {**procedure.params, **side.params}
    return [duty for duty in procedure.duties if duty.active(params)]


def _move(origin: str, label: str, target: str | Close) -> Move:
    if isinstance(target, Close):
        return Move(origin, label, None, target.close)
    return Move(origin, label, target)


class _Graph:
    def __init__(self, pack: Pack) -> None:
        self.start = pack.programme.lifecycle.start
        self.steps = pack.programme.lifecycle.steps
        self.moves = {name: list(moves_of(name, step)) for name, step in self.steps.items()}

    def problems(self) -> Iterator[Problem]:
        if self.start not in self.steps:
            yield _unsound(
                "lifecycle.start",
                Text(zh=f"起始环节“{self.start}”不存在", en=f"the first step {self.start!r} does not exist"),
            )
            return
        unknown = list(self._unknown_targets())
        yield from unknown
        for name, step in self.steps.items():
            yield from self._outcome_problems(name, step)
        if not unknown:
            yield from self._path_problems()

    def _unknown_targets(self) -> Iterator[Problem]:
        for name, moves in self.moves.items():
            for move in moves:
                if move.target is not None and move.target not in self.steps:
                    yield _unsound(
                        f"lifecycle.steps.{name}.{move.label}",
                        Text(
                            zh=f"指向的环节“{move.target}”不存在",
                            en=f"leads to {move.target!r}, which does not exist",
                        ),
                        path=(name, move.target),
                    )

    def _outcome_problems(self, name: str, step: Step) -> Iterator[Problem]:
        where = f"lifecycle.steps.{name}.next"
        possible = possible_outcomes(step)
        for outcome in sorted(possible - step.next.keys()):
            yield _unsound(
                where,
                Text(zh=f"结果“{outcome}”没有去向", en=f"the outcome {outcome!r} leads nowhere"),
                Text(zh=f"请在 next 中写明 {outcome} 的去向", en=f"say under next where {outcome} leads"),
                self._path(name),
            )
        for outcome in sorted(step.next.keys() - possible):
            yield _unsound(
                where,
                Text(
                    zh=f"该环节按其参数不会产生结果“{outcome}”",
                    en=f"with its parameters the step never has the outcome {outcome!r}",
                ),
                Text(
                    zh="请删去该去向，或者调整环节参数、期限",
                    en="remove it, or change the parameters or deadlines",
                ),
                self._path(name),
            )

    def _path_problems(self) -> Iterator[Problem]:
        ending = self._can_end()
        for name, step in self.steps.items():
            where = f"lifecycle.steps.{name}"
            path = self._path(name)
            if not path:
                yield _unsound(
                    where,
                    Text(zh="没有通往该环节的路径", en="no path leads to this step"),
                    Text(
                        zh="请在其他环节的 next 或者 commands 中指向该环节，或者删去",
                        en="lead to it, or remove it",
                    ),
                    (self.start, "…", name),
                )
                continue
            if step.kind == "rest" and not self.moves[name]:
                yield _unsound(
                    where,
                    Text(zh="等待环节没有出口", en="a wait without an exit"),
                    Text(
                        zh="请在 commands 中给出离开该环节的命令（to）",
                        en="give a command with “to” that leaves it",
                    ),
                    path,
                )
            elif name not in ending:
                yield _unsound(
                    where,
                    Text(zh="从该环节出发无法办结", en="from this step no end can be reached"),
                    Text(zh="请给出通往办结（close）的去向", en="give a way that leads to a closure"),
                    path,
                )
            yield from self._illegal_edges(name, step, path)

    def _illegal_edges(self, name: str, step: Step, path: tuple[str, ...]) -> Iterator[Problem]:
        for move in self.moves[name]:
            target = Stage.CLOSED.value if move.target is None else self.steps[move.target].stage
            if (step.stage, target) not in LEGAL_EDGES:
                yield _unsound(
                    f"lifecycle.steps.{name}.{move.label}",
                    Text(
                        zh=f"不允许从“{step.stage}”阶段转到“{target}”阶段",
                        en=f"no case moves from stage {step.stage!r} to {target!r}",
                    ),
                    Text(
                        zh="允许的转移见 programmes/lifecycle.py",
                        en="programmes/lifecycle.py lists the legal moves",
                    ),
                    (*path, move.target or f"close: {move.closure}"),
                )

    def _path(self, name: str) -> tuple[str, ...]:
        """A shortest path from the start to ``name``; empty when there is none."""
        before: dict[str, str | None] = {self.start: None}
        waiting = deque([self.start])
        while waiting:
            current = waiting.popleft()
            for move in self.moves[current]:
                if move.target in self.steps and move.target not in before:
                    assert move.target is not None
                    before[move.target] = current
                    waiting.append(move.target)
        if name not in before:
            return ()
        path = [name]
        while (previous := before[path[-1]]) is not None:
            path.append(previous)
        return tuple(reversed(path))

    def _can_end(self) -> set[str]:
        """Steps from which a closure can be reached, or a rest that somebody can leave again."""
        ending = {
            name
            for name, moves in self.moves.items()
            if any(move.target is None for move in moves) or (self.steps[name].kind == "rest" and moves)
        }
        while True:
            more = {
                name
                for name, moves in self.moves.items()
                if name not in ending and any(move.target in ending for move in moves)
            }
            if not more:
                return ending
            ending |= more


def _unsound(where: str, message: Text, hint: Text | None = None, path: tuple[str, ...] = ()) -> Problem:
    return problem(FILE, where, message, hint, path)
