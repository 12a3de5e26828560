"""Where a case stands on the way that its edition lays down. 办理进程"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.enums import Closure
from cases.models import Case
from programmes.schema import Step

UNHAPPY = frozenset(
    {
        Closure.WITHDRAWN,
        Closure.DECLINED,
        Closure.REFUSED,
        Closure.NOT_SELECTED,
        Closure.REVOKED,
        Closure.EXITED,
        Closure.LAPSED,
        Closure.DISCARDED,
    }
)
"""Ends at which the step that the case stood in was not completed."""


@dataclass(frozen=True, slots=True)
class StepMark:
    """进程节点: one step as the stepper draws it; ``status``: done, current, paused, failed or upcoming."""

    key: str
    label: str
    status: str
    date: dt.datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a case stands, for a row of a list: the marks, and the same in words."""

    marks: tuple[StepMark, ...]
    label: str
    place: int

    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self.marks)


def way_of(case: Case, entered: Collection[str] = ()) -> dict[str, Step]:
    """The steps that the stepper shows, in the policy's own order: what the case came through (``entered``, and what

    every way here passes), where it is, and what every way on passes. Of two lists that a review may end with neither
    is promised; revocation is shown only for a case that came to it.
    """
    steps = case.edition.pack.programme.lifecycle.steps
    shown = {key: step for key, step in steps.items() if step.stage != "revoke" or key == case.step}
    if case.step not in shown:
        return shown
    onward = {key: _onward(key, list(shown), shown) for key in shown}
    resting = frozenset(key for key, step in shown.items() if step.kind == "rest")
    start = case.edition.pack.programme.lifecycle.start
    before = _passed(case.step, start, onward)
    after = _to_pass(case.step, onward, resting)
    place = list(shown).index(case.step)
    return {
        key: step
        for number, (key, step) in enumerate(shown.items())
        if (number <= place and (key in before or key in entered)) or (number > place and key in after)
    }


def _onward(key: str, order: list[str], steps: Mapping[str, Step]) -> list[str]:
    """The later steps that an outcome or a command of this one leads to."""
    step = steps[key]
    targets: list[object] = [*step.next.values(), *(command.to for command in step.commands.values())]
    later = order[order.index(key) + 1 :]
    return [name for name in dict.fromkeys(t for t in targets if isinstance(t, str)) if name in later]


def _to_pass(key: str, onward: Mapping[str, list[str]], resting: frozenset[str]) -> frozenset[str]:
    """The step with all that every way on from it passes; from a rest nothing has to follow."""
    ways = [_to_pass(target, onward, resting) for target in onward[key]] if key not in resting else []
    return frozenset({key}).union(frozenset.intersection(*ways) if ways else frozenset())


def _passed(key: str, start: str, onward: Mapping[str, list[str]]) -> frozenset[str]:
    """The step with all that every way from the start to it passes."""
    passed: dict[str, frozenset[str]] = {start: frozenset({start})}
    for name in onward:  # in the policy's order: every step after those that lead to it
        ways = [passed[other] for other, targets in onward.items() if name in targets and other in passed]
        if ways and name != start:
            passed[name] = frozenset.intersection(*ways) | {name}
    return passed.get(key, frozenset({key}))


def marks_of(
    case: Case, *, entered: Mapping[str, dt.datetime] | None = None, paused: bool = False
) -> tuple[StepMark, ...]:
    """The case's steps with what became of each. ``entered``: when a step was entered (latest). No query."""
    dates = entered or {}
    way = way_of(case, dates)
    keys = list(way)
    here = keys.index(case.step) if case.step in keys else 0
    return tuple(
        StepMark(
            key,
            str(way[key].title),
            _status(case, place, here, paused=paused),
            dates.get(key) if place <= here else None,
            _note(case) if place == here else "",
        )
        for place, key in enumerate(keys)
    )


def position_of(case: Case) -> Position:
    """The short form for lists. No query while the edition's pack is cached."""
    marks = marks_of(case)
    place = next((n for n, mark in enumerate(marks, 1) if mark.key == case.step), 1)
    label = marks[place - 1].label if not case.closure else str(Closure(case.closure).label)
    return Position(marks, label, place)


def _status(case: Case, place: int, here: int, *, paused: bool) -> str:
    if place < here:
        return "done"
    if place > here:
        return "upcoming"
    if case.closure:
        return "failed" if case.closure in UNHAPPY else "done"
    return "paused" if paused else "current"


def _note(case: Case) -> str:
    if case.closure:
        return str(Closure(case.closure).label)
    return _("尚未提交") if case.is_draft else ""
