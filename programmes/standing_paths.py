"""What may stand when a case comes to a step, and after each way out of it. 各环节上可能的结果状态

Read from the pack alone: every action that is offered is followed from the first step on, with what it writes
(``standing``). Rules, which may forbid a way, are not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from programmes.actions import Action, Duty
from programmes.procedures import PROCEDURES
from programmes.schema import Close, Pack, Step
from programmes.soundness import active_duties, timed_actions

NOTHING: Final = "nothing"
FILED: Final = "filed"
TITLE: Final = "title"
"""A title that is held, or an entry that stands."""
OVER: Final = "over"
KINDS: Final = {"filed": FILED, "withdrawn": OVER, "lapsed": OVER}
"""By status; what is not named here is a title."""

States = frozenset[str]


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a step: what ends it, the action that does so, and what may stand afterwards."""

    label: str
    action: str
    target: str | Close
    after: States


def states_at(pack: Pack) -> dict[str, States]:
    """Step → what may stand when a case comes to it; steps that no case comes to are left out."""
    lifecycle = pack.programme.lifecycle
    found: dict[str, States] = {lifecycle.start: frozenset({NOTHING})}
    waiting = [lifecycle.start]
    while waiting:
        name = waiting.pop()
        step = lifecycle.steps.get(name)
        for way in ways(step, found[name]) if step is not None else ():
            if isinstance(way.target, str) and not way.after <= found.get(way.target, frozenset()):
                found[way.target] = found.get(way.target, frozenset()) | way.after
                waiting.append(way.target)
    return found


def during(step: Step, states: States) -> States:
    """What may stand at any time while a case that came with ``states`` is in the step: actions that lead out count not."""
    duties = active_duties(step)
    staying = [
        a.code for number, duty in enumerate(duties) for a in duty.actions if not _ends(a, duties, number)
    ]
    staying += [code for code, spec in step.commands.items() if spec.to is None]
    for code in staying:
        states |= written(step, code, states)
    return states


def _ends(action: Action, duties: list[Duty], number: int) -> bool:
    """Whether an action at this duty ends the procedure: it has an outcome that no later duty brings yet."""
    later = (a.outcome for after in duties[number + 1 :] for a in after.actions)
    return bool(action.outcome) and action.outcome not in later


def written(step: Step, action: str, states: States) -> States:
    """What may stand after an action. What nobody holds does not end."""
    status = step.standing.get(action)
    if status is None or not states:
        return states
    kind = KINDS.get(status, TITLE)
    if kind != OVER:
        return frozenset({kind})
    return frozenset(OVER if state in (TITLE, FILED) else state for state in states)


def ways(step: Step, states: States) -> Iterator[Way]:
    """The ways out of a step for a case that came with ``states``, action by action."""
    anytime = during(step, states)
    for action, before in _endings(step, states, anytime):
        after = written(step, action.code, before)
        for outcome in _outcomes(step, action):
            yield Way(outcome, action.code, step.next[outcome], after)
    for code, spec in step.commands.items():
        if spec.to is not None:
            yield Way(code, code, spec.to, written(step, code, anytime))


def _endings(step: Step, states: States, anytime: States) -> Iterator[tuple[Action, States]]:
    """The actions that end the procedure of the step, with what may stand before each: duty after duty, and beside."""
    procedure = PROCEDURES.get(step.procedure)
    if step.kind == "rest" or procedure is None:
        return
    params = {**procedure.params, **step.params}
    duties = active_duties(step)
    for code in step.commands:
        if step.commands[code].to is None:
            states |= written(step, code, states)
    for number, duty in enumerate(duties):
        beside = duty.param.startswith("(")
        before, onward = (anytime if beside else states), frozenset[str]()
        for action in duty.actions:
            if action.role != "system" and not action.offered(params):
                continue
            if _ends(action, duties, number):
                yield action, before
            else:
                onward |= written(step, action.code, before)
        if not beside:
            states = onward or states
    for action in timed_actions(procedure, step):
        if action.outcome and action in procedure.system:
            yield action, anytime


def _outcomes(step: Step, action: Action) -> list[str]:
    """What is mapped for the outcome of an action; a review with grades ends with one of them."""
    graded = [grade.code for grade in step.grades] if action.outcome == "selected" else []
    return [outcome for outcome in graded or [action.outcome] if outcome in step.next]
