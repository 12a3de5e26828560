"""Checks of the procedures beside the main line: the annual appraisal. 政策包检查：旁线程序"""

from __future__ import annotations

from collections.abc import Iterator

from programmes.check_codes import (
    FILE,
    action_codes,
    asks_problems,
    deadline_problems,
    duration_problems,
    system_actions,
    unknown_codes,
)
from programmes.problems import Problem, problem
from programmes.procedures import PROCEDURES
from programmes.schema import Pack, SideProcedure, Text

STARTING = "start_appraisal"
"""The command that starts a side run; it may have a letter, a clause and a label of its own."""


def check(pack: Pack, where: str, side: SideProcedure) -> Iterator[Problem]:
    """Problems with one side procedure."""
    kinds = {kind.code for kind in side.kinds}
    steps = pack.programme.lifecycle.steps
    yield from unknown_codes(f"{where}.during", side.during, steps, "环节", "step")
    yield from unknown_codes(f"{where}.counted", side.counted, kinds, "考评类别", "kind")
    yield from unknown_codes(f"{where}.items", side.items, kinds, "考评类别", "kind")
    if side.form:
        yield from unknown_codes(f"{where}.form", [side.form], pack.forms, "表单", "form")
    yield from _scored_items(pack, where, side)
    if side.flow == "appraise":
        yield from _fillable(where, side)
    for name, text in (("every", side.every), ("rectify_within", side.rectify_within)):
        if text:
            yield from duration_problems(pack.programme.slots, f"{where}.{name}", text)
    yield from _pass_mark(pack, f"{where}.pass_mark", side.pass_mark)
    yield from _codes(pack, where, side)
    if side.escalate_to:
        yield from _escalation(pack, where, side)


def _codes(pack: Pack, where: str, side: SideProcedure) -> Iterator[Problem]:
    procedure = PROCEDURES[side.flow]
    actions = action_codes(procedure) | {STARTING}
    yield from unknown_codes(f"{where}.params", side.params, procedure.params, "参数", "parameter")
    yield from asks_problems(f"{where}.asks", side.asks, action_codes(procedure))
    duties = {duty.code for duty in procedure.duties}
    system = system_actions(procedure)
    yield from unknown_codes(f"{where}.letters", side.letters, actions, "动作", "action")
    yield from unknown_codes(f"{where}.letters", side.letters.values(), pack.letters, "文书", "letter")
    yield from unknown_codes(f"{where}.clauses", side.clauses, actions, "动作", "action")
    yield from unknown_codes(
        f"{where}.labels", side.labels, actions | duties, "动作或者待办", "action or duty"
    )
    yield from deadline_problems(
        pack.programme.slots, f"{where}.deadlines", side.deadlines, duties | system, system
    )


def _scored_items(pack: Pack, where: str, side: SideProcedure) -> Iterator[Problem]:
    """The items of each kind are what the rubric scores."""
    if not side.rubric:
        return
    yield from unknown_codes(f"{where}.rubric", [side.rubric], pack.rubrics, "评分表", "rubric")
    if side.rubric in pack.rubrics:
        scored = {indicator.key for indicator in pack.rubrics[side.rubric].indicators}
        for kind, items in side.items.items():
            yield from unknown_codes(f"{where}.items.{kind}", items, scored, "评分项", "scored item")


def _fillable(where: str, side: SideProcedure) -> Iterator[Problem]:
    """What the unit reports and how it is checked are asked for: there must be something to choose from."""
    for kind in side.kinds:
        if not side.form and not side.items.get(kind.code):
            yield problem(
                FILE,
                f"{where}.items.{kind.code}",
                Text(zh="没有需要报送的考评内容", en="there is nothing that the unit could report"),
                Text(zh="请写明 items，或者 form", en="give items, or a form"),
            )
    if not side.methods:
        yield problem(
            FILE,
            f"{where}.methods",
            Text(zh="没有可选的考评方式", en="there is no method to choose from"),
            Text(zh="请写明 methods", en="give methods"),
        )


def _pass_mark(pack: Pack, where: str, text: str) -> Iterator[Problem]:
    slot = pack.programme.slots.get(text)
    number = text.replace(".", "", 1).isdigit()
    if text and not number and (slot is None or slot.type not in ("integer", "decimal")):
        yield problem(
            FILE,
            where,
            Text(zh=f"“{text}”不是分数，也不是数值型待定值", en=f"{text!r} is no number and no such slot"),
        )


def _escalation(pack: Pack, where: str, side: SideProcedure) -> Iterator[Problem]:
    steps = pack.programme.lifecycle.steps
    for name in side.during:
        if name in steps and side.escalate_to not in steps[name].commands:
            yield problem(
                FILE,
                f"{where}.escalate_to",
                Text(
                    zh=f"环节“{name}”没有命令“{side.escalate_to}”",
                    en=f"the step {name!r} has no command {side.escalate_to!r}",
                ),
            )
