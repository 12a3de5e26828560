"""An edition as tables: steps with duties and limits, rules by gate, slots; each with clause and source. 版本内容"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.enums import Role
from audit.punctuation import listed
from cases.enums import Closure, StandingStatus
from programmes.calendar import Duration, DurationError
from programmes.lifecycle import Stage
from programmes.procedures import COMMANDS, PROCEDURES, Duty, action_of
from programmes.schema import Close, DeadlineSpec, Pack, Rule, SideProcedure, Slot, Step
from programmes.soundness import active_duties, side_duties, timed_actions

SOURCES: dict[str, str | Promise] = {
    "text": gettext_lazy("原文"),
    "implied": gettext_lazy("原文推知"),
    "proposed": gettext_lazy("建议值"),
}
LEVELS: dict[str, tuple[str | Promise, str]] = {
    "hard": (gettext_lazy("硬性"), "danger"),
    "soft": (gettext_lazy("须说明理由"), "warning"),
    "warn": (gettext_lazy("提醒"), "gold"),
    "info": (gettext_lazy("提示"), "info"),
    "calc": (gettext_lazy("测算"), "neutral"),
}
ROUND_GATE = "round.open"


@dataclass(frozen=True, slots=True)
class DutyRow:
    """待办: whose it is, and by when."""

    title: str
    role: str
    limit: str
    source: str
    clause: str
    when_needed: bool


@dataclass(frozen=True, slots=True)
class WayRow:
    """去向: an outcome or a command, and where it leads."""

    label: str
    target: str
    clause: str
    source: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """环节 (or a side procedure)."""

    code: str
    title: str
    stage: str
    rest: bool
    clause: str
    source: str
    duties: list[DutyRow]
    ways: list[WayRow]
    standings: list[str]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """规则 at one gate."""

    rule: Rule
    level: str
    tone: str
    source: str


@dataclass(frozen=True, slots=True)
class Gate:
    """关口: an action, and the rules asked there."""

    name: str
    title: str
    rows: list[RuleRow]


@dataclass(frozen=True, slots=True)
class SlotRow:
    """待定值 with the pack's default in words."""

    name: str
    slot: Slot
    default: str
    source: str


def steps_of(pack: Pack) -> list[StepRow]:
    """The lifecycle's steps, then the side procedures."""
    lifecycle = pack.programme.lifecycle.steps
    rows = [_step(pack, code, step) for code, step in lifecycle.items()]
    return rows + [_side(pack, code, side) for code, side in pack.programme.side.items()]


def gates_of(pack: Pack) -> list[Gate]:
    """The rules by the gate at which they are asked, in the order of the procedures."""
    by_gate: dict[str, list[RuleRow]] = {}
    for rule in pack.rules.values():
        for gate, level in rule.levels.items():
            label, tone = LEVELS[level]
            by_gate.setdefault(gate, []).append(RuleRow(rule, str(label), tone, str(SOURCES[rule.source])))
    order = {name: number for number, name in enumerate(_gate_order())}
    names = sorted(by_gate, key=lambda name: order.get(name, len(order)))
    return [Gate(name, gate_title(name), by_gate[name]) for name in names]


def slots_of(pack: Pack) -> list[SlotRow]:
    """The values that the policy leaves open."""
    return [
        SlotRow(name, slot, value_text(slot, slot.default), str(SOURCES[slot.source]))
        for name, slot in pack.programme.slots.items()
    ]


def gate_title(name: str) -> str:
    """评审：列入入选名单."""
    procedure, _sep, code = name.partition(".")
    if name == ROUND_GATE:
        return _("启动批次")
    if procedure == "command":
        return str(COMMANDS[code].label) if code in COMMANDS else name
    try:
        return f"{PROCEDURES[procedure].title}：{action_of(procedure, code).label}"
    except KeyError:
        return name


def value_text(slot: Slot, value: object) -> str:
    """A slot's value in words: 5个工作日, 60, 是; — for none."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if slot.type == "duration":
        return duration_text(value if isinstance(value, Duration) else str(value))
    return next((str(choice.label) for choice in slot.choices if choice.code == value), str(value))


def duration_text(value: Duration | str) -> str:
    """5 working_day → 5个工作日. What is no duration is shown as it stands."""
    if isinstance(value, str):
        try:
            value = Duration.parse(value)
        except DurationError:
            return str(value)
    return value.label("en" if (get_language() or "").startswith("en") else "zh")


def _gate_order() -> Iterator[str]:
    yield ROUND_GATE
    for procedure in PROCEDURES.values():
        for duty in procedure.duties:
            yield from (f"{procedure.code}.{action.code}" for action in duty.actions)
        yield from (f"{procedure.code}.{action.code}" for action in procedure.system)
    yield from (f"command.{code}" for code in COMMANDS)


def _step(pack: Pack, code: str, step: Step) -> StepRow:
    outcomes = [
        WayRow(outcome_label(step, outcome), _target(pack, target), "", "")
        for outcome, target in step.next.items()
    ]
    commands = [
        WayRow(
            str(step.labels.get(name) or COMMANDS[name].label),
            _target(pack, command.to) if command.to is not None else _("不改变环节"),
            command.clause,
            str(SOURCES[command.source]),
        )
        for name, command in step.commands.items()
    ]
    return StepRow(
        code=code,
        title=str(step.title),
        stage=str(Stage(step.stage).label),
        rest=step.kind == "rest",
        clause=step.clause,
        source=str(SOURCES[step.source]),
        duties=[] if step.kind == "rest" else [_duty(pack, step, duty) for duty in active_duties(step)],
        ways=outcomes + commands,
        standings=[str(StandingStatus(status).label) for status in step.standing.values()],
    )


def _side(pack: Pack, code: str, side: SideProcedure) -> StepRow:
    return StepRow(
        code=code,
        title=str(side.title),
        stage=_("并行程序"),
        rest=False,
        clause=side.clause,
        source=str(SOURCES[side.source]),
        duties=[_duty(pack, side, duty) for duty in side_duties(side)],
        ways=[],
        standings=[],
    )


def outcome_label(step: Step, outcome: str) -> str:
    """An outcome by the actions that bring it about: 准予备案、启动建设. A grade by its own name; else its code."""
    grade = next((grade for grade in step.grades if grade.code == outcome), None)
    if grade is not None:
        return str(grade.label)
    procedure = PROCEDURES.get(step.procedure)
    if procedure is None:
        return outcome
    duties = list(active_duties(step))
    codes = {duty.code for duty in duties}
    actions = [action for duty in duties for action in duty.actions]
    actions += [action for action in timed_actions(procedure, step) if action in procedure.system]
    labels = [
        str((None if action.code in codes else step.labels.get(action.code)) or action.label)
        for action in actions
        if action.outcome == outcome
    ]
    return listed(dict.fromkeys(labels)) or outcome


def _duty(pack: Pack, owner: Step | SideProcedure, duty: Duty) -> DutyRow:
    spec = owner.deadlines.get(duty.code)
    return DutyRow(
        title=str(owner.labels.get(duty.code) or duty.title),
        role=str(Role(duty.role).label) if duty.role in Role.values else _("系统"),
        limit=_limit(pack, spec) if spec is not None else "",
        source=str(SOURCES[spec.source]) if spec is not None else "",
        clause=spec.clause if spec is not None else "",
        when_needed=duty.param.startswith("("),
    )


def _limit(pack: Pack, spec: DeadlineSpec) -> str:
    slot = pack.programme.slots.get(spec.within)
    if slot is None:
        return duration_text(spec.within)
    return f"{slot.title}：{value_text(slot, slot.default)}"


def _target(pack: Pack, target: str | Close) -> str:
    if isinstance(target, Close):
        return _("办结（%(how)s）") % {"how": Closure(target.close).label}
    step = pack.programme.lifecycle.steps.get(target)
    return str(step.title) if step is not None else target
