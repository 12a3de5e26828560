"""Judging data from a file by a programme's rules: every verdict at a gate, at a stage, or at all of them. 规则评估

The data name forms by their codes and everything else that rules read by its context name::

    {"forms": {"GY_SUPP": {"ent_total": 40}}, "context": {"filing_status": "filed"}, "slots": {"pass_mark": 60}}

The three parts may be left out: ``GY_SUPP``, ``GY_SUPP.ent_total``, ``ent_total`` and ``filing_status`` are understood
at the top as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from audit import clock
from audit.punctuation import listed
from programmes.exact_json import DataError
from programmes.expression_types import Rows
from programmes.facts import fact_type
from programmes.form_content import form_types
from programmes.lifecycle import STRAIGHT_LINE, Stage
from programmes.procedures import PROCEDURES, gates
from programmes.rule_context import MATERIALS_FACT, resolve_context
from programmes.rule_inputs import read_input
from programmes.rules import Verdict, evaluate
from programmes.schema import Form, Pack
from programmes.slot_types import SlotError, read_slot
from programmes.slots import default_values

PARTS = ("forms", "context", "slots")


@dataclass(slots=True)
class Data:
    """数据: what was given, by where the pack has it. ``unknown``: names that the pack does not have."""

    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    slots: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """关口判定: what a rule says, and at which gate."""

    gate: str
    verdict: Verdict


def read_data(pack: Pack, content: Any) -> Data:
    """What ``content`` says, sorted by form, context, slot and system fact. DataError when it is no JSON object."""
    if not isinstance(content, Mapping):
        raise DataError(_("数据应为对象：{表单或者取值名称: 值}。"))
    return _Sorter(pack).sort(content)


class _Sorter:
    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.data = Data()

    def sort(self, content: Mapping[str, Any]) -> Data:
        for name, value in content.items():
            if name in PARTS and isinstance(value, Mapping) and name not in self.pack.context:
                for inner, item in value.items():
                    self._put(inner, item)
            else:
                self._put(name, value)
        return self.data

    def _put(self, name: str, value: Any) -> None:
        if name in self.pack.context:
            self.data.context[name] = read_input(value, self.pack.context[name].type)
        elif name in self.pack.forms:
            if not isinstance(value, Mapping):
                raise DataError(_("“%(name)s”应为对象：{字段: 值}。") % {"name": name})
            for key, item in value.items():
                self._put_field(name, key, item, f"{name}.{key}")
        elif name in self.pack.programme.slots:
            self._put_slot(name, value)
        elif (kind := fact_type(name)) is not None:
            self.data.facts[name] = read_input(value, kind)
        elif owners := self._owners(name):
            for code, key in owners:
                self._put_field(code, key, value, name)
        else:
            self.data.unknown.append(name)

    def _owners(self, name: str) -> list[tuple[str, str]]:
        """The forms that have a field ``FORM.key`` or ``key``: the same value goes to all that have it."""
        code, dot, key = name.partition(".")
        if dot:
            return [(code, key)] if code in self.pack.forms else []
        return [(form.code, name) for form in self.pack.forms.values() if name in _keys(form)]

    def _put_field(self, code: str, key: str, value: Any, name: str) -> None:
        form = self.pack.forms[code]
        if key in _keys(form):
            rows = isinstance(form_types(form).get(key), Rows) and value is not None
            self.data.forms.setdefault(code, {})[key] = _rows(value, name) if rows else _as_typed_in(value)
        else:
            self.data.unknown.append(name)

    def _put_slot(self, name: str, value: Any) -> None:
        try:
            self.data.slots[name] = read_slot(self.pack.programme.slots[name], value)
        except SlotError as error:
            raise DataError(f"{name}: {error.text}") from None


def _keys(form: Form) -> frozenset[str]:
    return frozenset(form_types(form)) | {field.key for field in form.fields}


def _rows(value: Any, name: str) -> list[Any]:
    """The lines of a table; DataError where the value is no list of them."""
    if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
        raise DataError(_("“%(name)s”是表格，应为各行的列表：[{列: 值}, …]。") % {"name": name})
    return [_as_typed_in(row) for row in value]


def _as_typed_in(value: Any) -> Any:
    """A value as forms store it: exact fractions as plain text."""
    match value:
        case Decimal():
            return format(value, "f")
        case list() | tuple():
            return [_as_typed_in(item) for item in value]
        case Mapping():
            return {key: _as_typed_in(item) for key, item in value.items()}
    return value


def gates_of(pack: Pack, stage: str) -> list[str]:
    """The gates of this pack's rules that ``stage`` means: a gate, a stage or procedure (code or Chinese name), a step,
    ``command`` or ``round``; '' for all. In the order of the lifecycle. DataError when it means nothing.
    """
    present = sorted({gate for rule in pack.rules.values() for gate in rule.levels}, key=_order)
    if not stage or stage in gates():
        return [gate for gate in present if not stage or gate == stage]
    owners = _owners_of(pack, stage)
    if not owners:
        raise DataError(
            _("没有名为“%(stage)s”的阶段、环节或者关口。可用：%(gates)s")
            % {"stage": stage, "gates": listed(present)}
        )
    return [gate for gate in present if gate.partition(".")[0] in owners]


def _owners_of(pack: Pack, stage: str) -> set[str]:
    """The procedures that a name stands for."""
    steps = pack.programme.lifecycle.steps
    named = {code for code, procedure in PROCEDURES.items() if stage in (code, str(procedure.title))}
    stages = {choice.value for choice in Stage if stage in (choice.value, str(choice.label))}
    named |= stages | {step.procedure for step in steps.values() if step.stage in stages}
    if stage in steps:
        named.add(steps[stage].procedure)
    return named | ({stage} & {"command", "round"})


def _order(gate: str) -> tuple[int, int, str]:
    """Rounds first, then stage after stage and action after action, then what runs beside; commands last."""
    owner, _dot, action = gate.partition(".")
    line = ["round", *(stage.value for stage in STRAIGHT_LINE), *PROCEDURES]
    place = line.index(owner) if owner in line else len(line)
    if owner not in PROCEDURES:
        return place, 0, action
    actions = [a.code for duty in PROCEDURES[owner].duties for a in duty.actions]
    return place, actions.index(action) if action in actions else len(actions), action


def verdicts(pack: Pack, data: Data, *, stage: str = "") -> Iterator[GateVerdict]:
    """Every verdict about ``data`` at the gates that ``stage`` means (:func:`gates_of`), gate by gate.

    Slots that are not given have their defaults; today is today unless given. Raises DataError for an unknown stage.
    """
    chosen = gates_of(pack, stage)
    facts = resolve_context(
        pack,
        form_data=data.forms,
        system_facts={"today": clock.today(), **_materials(pack, data), **data.facts},
        action_data={},
        slots={**default_values(pack.programme.slots), **data.slots},
        given=data.context,
    )
    for gate in chosen:
        for subject in ("case", "task"):
            for verdict in evaluate(pack, gate, facts, subject=subject):
                yield GateVerdict(gate, verdict)


def _materials(pack: Pack, data: Data) -> dict[str, Any]:
    """The numbers of the materials that the data tick, when they speak of materials at all."""
    lists = [form for form in pack.forms.values() if form.kind == "materials" and form.code in data.forms]
    numbers = [
        entry.number
        for form in lists
        for entry in form.fields
        if entry.number is not None and data.forms[form.code].get(entry.key)
    ]
    return {MATERIALS_FACT: numbers} if lists else {}


def as_json(found: GateVerdict) -> dict[str, Any]:
    """A verdict for machines. Amounts are text, so that nothing rounds them."""
    verdict = found.verdict
    reason, label = verdict.reason_undecided, verdict.label
    return {
        "id": verdict.rule_id,
        "gate": found.gate,
        "clause": verdict.clause,
        "level": verdict.level,
        "verdict": verdict.outcome,
        "message_zh": verdict.message.zh,
        "message_en": verdict.message.en,
        "reason_zh": reason.zh if reason else "",
        "reason_en": reason.en if reason else "",
        "label_zh": label.zh if label else "",
        "label_en": label.en if label else "",
        "fields": list(verdict.fields),
        "award": None if verdict.award is None else format(verdict.award, "f"),
    }
