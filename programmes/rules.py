"""Evaluating the rules of a pack at a gate. 规则

A gate is where something is about to be done (``review.select``, ``round.open``). Each rule with a level there says
passed, failed, undecided (an input is missing; never a pass) or skipped (it does not apply).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from programmes.expressions import Undecided
from programmes.form_cells import row_inputs
from programmes.rule_context import needed_facts, resolve_context
from programmes.rule_examples import check_examples
from programmes.rule_programs import BROKEN, BoundInputs, CompiledRule, rules_at, table_of
from programmes.schema import Level, Pack, Subject, Text
from programmes.scope import Scope, scope_of

__all__ = [
    "Blocking",
    "Outcome",
    "Verdict",
    "blocking",
    "check_examples",
    "evaluate",
    "evaluate_condition",
    "needed_facts",
    "resolve_context",
]

Outcome = Literal["passed", "failed", "undecided", "skipped"]

WITHIN: dict[Subject, frozenset[Subject]] = {
    "case": frozenset({"case", "round", "batch"}),
    "round": frozenset({"round", "batch"}),
    "batch": frozenset({"round", "batch"}),
    "task": frozenset({"task"}),
}
"""Which rules are asked for a subject: a case meets those of its round and batch too."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """判定: what one rule said, or one row or binding of it (``label``).

    ``fields`` are paths ``FORM.field`` at which a form shows the message; ``binding`` is the label's part that is the
    same in every row; ``award`` is the amount of a ``calc`` rule.
    """

    rule_id: str
    outcome: Outcome
    level: Level
    message: Text
    clause: str
    reason_undecided: Text | None = None
    label: Text | None = None
    fields: tuple[str, ...] = ()
    binding: Text | None = None
    award: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Blocking:
    """Verdicts by consequence: ``refused`` stops, ``needs_reason`` goes on with a recorded reason, ``shown`` is told."""

    refused: tuple[Verdict, ...]
    needs_reason: tuple[Verdict, ...]
    shown: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row that a rule is applied to; ``number`` is None for a rule without ``each``."""

    number: int | None
    values: Mapping[str, Any]


def evaluate(
    pack: Pack,
    gate: str,
    facts: Mapping[str, Any],
    *,
    subject: Subject = "case",
    only: Collection[str] | None = None,
) -> list[Verdict]:
    """What the pack's rules say at ``gate`` about ``facts`` (of :func:`resolve_context`). Never raises.

    ``only`` names the rules that are asked (None: all of them). One verdict a rule; a rule with bindings or ``each``
    gives one for every binding or row that does not pass, or a single passed one.
    """
    verdicts: list[Verdict] = []
    for rule in rules_at(pack, gate):
        if rule.rule.subject in WITHIN[subject] and (only is None or rule.rule.id in only):
            verdicts.extend(_Judge(pack, rule, rule.rule.levels[gate], facts).verdicts())
    return verdicts


def evaluate_condition(pack: Pack, rule_id: str, gate: str, facts: Mapping[str, Any]) -> list[Verdict]:
    """What one rule says at ``gate``, its formula of an amount left aside. At least one verdict; never raises."""
    rule = next(each for each in rules_at(pack, gate) if each.rule.id == rule_id)
    judge = _Judge(pack, replace(rule, award=None), rule.rule.levels[gate], facts)
    return judge.verdicts()


def blocking(verdicts: Iterable[Verdict]) -> Blocking:
    """Sort verdicts by consequence: hard refuses, soft asks for a reason, warn and info are shown.

    An undecided verdict weighs like a failed one. Passed and skipped ones have no consequence.
    """
    refused, needs_reason, shown = [], [], []
    for verdict in verdicts:
        if verdict.outcome in ("passed", "skipped"):
            continue
        match verdict.level:
            case "hard":
                refused.append(verdict)
            case "soft":
                needs_reason.append(verdict)
            case "warn" | "info" | "calc":
                shown.append(verdict)
    return Blocking(tuple(refused), tuple(needs_reason), tuple(shown))


class _Judge:
    """Applies one rule."""

    def __init__(self, pack: Pack, compiled: CompiledRule, level: Level, facts: Mapping[str, Any]) -> None:
        self.pack = pack
        self.compiled = compiled
        self.facts = dict(facts)
        self.scope: Scope = scope_of(pack)
        rule = compiled.rule
        self.plain = Verdict(
            rule.id, "passed", level, message=rule.message, clause=rule.clause, fields=rule.fields
        )

    def verdicts(self) -> list[Verdict]:
        if self.compiled.errors:
            return [self._undecided(BROKEN)]
        rows = self._rows()
        if rows is None:
            assert self.compiled.rule.each is not None
            return [self._undecided(self._lacking(self.compiled.rule.each.form))]
        found = [(row, bound, self._apply(row, bound)) for row in rows for bound in self.compiled.bound]
        telling = [each for each in found if len(found) == 1 or each[2].outcome in ("failed", "undecided")]
        if telling:
            return [self._placed(row, bound, verdict) for row, bound, verdict in telling]
        applied = any(verdict.outcome == "passed" for _row, _bound, verdict in found) or not found
        return [self.plain if applied else replace(self.plain, outcome="skipped")]

    def _rows(self) -> list[_Row] | None:
        each = self.compiled.rule.each
        if each is None:
            return [_Row(None, {})]
        content = self.facts.get(each.form)
        rows = content.get(each.table) if isinstance(content, Mapping) else None
        if rows is None:
            return None
        return [_Row(number, row) for number, row in enumerate(rows)]

    def _row_label(self, row: _Row) -> Text | None:
        each = self.compiled.rule.each
        if each is None or row.number is None:
            return None
        name = row.values.get(each.label) if each.label else None
        suffix = f"：{name}" if name else ""
        return Text(
            zh=f"第{row.number + 1}行{suffix}", en=f"row {row.number + 1}{f': {name}' if name else ''}"
        )

    def _apply(self, row: _Row, bound: BoundInputs) -> Verdict:
        """One row under one binding."""
        local = ChainMap(dict(row.values), self.facts)
        reasons: dict[str, Undecided] = {}
        given: dict[str, Any] = {}
        for name, expression in bound.inputs.items():
            value = expression.evaluate(local)
            if isinstance(value, Undecided):
                reasons[name] = value
                given[name] = None
            else:
                given[name] = value
        return self._judge(local.new_child(given), reasons)

    def _placed(self, row: _Row, bound: BoundInputs, verdict: Verdict) -> Verdict:
        """The verdict with the row and binding that it is about."""
        if row.number is None and bound.binding is None:
            return verdict
        binding = bound.binding.label if bound.binding else None
        return replace(
            verdict, label=self._label(row, bound), fields=tuple(self._fields(row, bound)), binding=binding
        )

    def _judge(self, facts: Mapping[str, Any], reasons: Mapping[str, Undecided]) -> Verdict:
        applies = self.compiled.when.evaluate(facts) if self.compiled.when else True
        if isinstance(applies, Undecided):
            return self._undecided(self._reason(applies, reasons))
        if applies is not True:
            return replace(self.plain, outcome="skipped")
        holds = self.compiled.expr.evaluate(facts) if self.compiled.expr else True
        if isinstance(holds, Undecided):
            return self._undecided(self._reason(holds, reasons))
        verdict = self.plain if holds is True else replace(self.plain, outcome="failed")
        if self.compiled.award is None or (holds is not True and self.compiled.rule.award_when == "passed"):
            return verdict
        award = self.compiled.award.evaluate(facts)
        if isinstance(award, Undecided):
            return self._undecided(self._reason(award, reasons))
        return replace(verdict, award=award if isinstance(award, Decimal) else None)

    def _undecided(self, reason: Text) -> Verdict:
        return replace(self.plain, outcome="undecided", reason_undecided=reason)

    def _reason(self, undecided: Undecided, reasons: Mapping[str, Undecided]) -> Text:
        """The reason in people's words: what a binding lacked, or the label of what is missing."""
        if not undecided.inputs:
            return undecided.reason
        name = undecided.inputs[0]
        if name in reasons:
            return self._reason(reasons[name], {})
        if not undecided.missing:
            return undecided.reason
        return self._lacking(name)

    def _lacking(self, name: str) -> Text:
        label = self._column_label(name) or self.scope.label(name)
        return Text(zh=f"缺少“{label.zh}”", en=f"{label.en or label.zh} is missing")

    def _column_label(self, name: str) -> Text | None:
        table = table_of(self.pack, self.compiled.rule)
        if table is None:
            return None
        return next((entry.label for entry in row_inputs(table) if entry.key == name), None)

    def _label(self, row: _Row, bound: BoundInputs) -> Text:
        both = (self._row_label(row), bound.binding.label if bound.binding else None)
        parts = [label for label in both if label]
        return Text(
            zh="，".join(part.zh for part in parts), en=", ".join(part.en or part.zh for part in parts)
        )

    def _fields(self, row: _Row, bound: BoundInputs) -> Iterator[str]:
        """Where to show it: the cells this binding reads; ``FORM.table`` and its columns get the row's number."""
        fields = self._bound_fields(bound)
        each = self.compiled.rule.each
        if each is None or row.number is None:
            yield from fields
            return
        table = f"{each.form}.{each.table}"
        for path in fields or (table,):
            inside = path == table or path.startswith(f"{table}.")
            yield f"{table}.{row.number}{path.removeprefix(table)}" if inside else path

    def _bound_fields(self, bound: BoundInputs) -> tuple[str, ...]:
        """Of the rule's fields, those that the binding reads; all of them when that cannot be told."""
        fields = self.compiled.rule.fields
        if bound.binding is None:
            return fields
        places = (self.scope.places.get(text.strip(), "") for text in bound.binding.inputs.values())
        read = (place for place in places if any(place == f or place.startswith(f"{f}_") for f in fields))
        return tuple(read) or fields
