"""Before anybody declares: the deciding questions of a programme, and what the rules say to the answers. 申报预审

The questions are the pack's (``eligibility.yaml``), the verdicts those of :mod:`programmes.rules` over what has been
answered so far: a rule whose inputs are not known yet is undecided, and never a pass. Nothing here knows a case.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal

from programmes.expressions import Undecided
from programmes.form_cells import Input, field_of, inputs_of
from programmes.form_values import typed_value
from programmes.rule_context import resolve_context
from programmes.rule_programs import closure, compiled_rules
from programmes.rules import Outcome, Verdict, evaluate_condition
from programmes.schema import Level, Pack, Question, Rule, Text
from programmes.scope import compiled, scope_of

WEIGHTS: Final[dict[Level, int]] = {"calc": 0, "info": 0, "warn": 1, "soft": 2, "hard": 3}
"""How much a level decides."""
FIRST_GATE: Final = "declare.submit"
YES_NO: Final = "boolean"


@dataclass(frozen=True, slots=True)
class Asked:
    """预审问题: a question as it is put. ``place`` is where the declaration asks the same (``FORM.field``), '' nowhere."""

    key: str
    question: Question
    entry: Input
    place: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of who asks, beside the answers: kind and region of the unit, the day, the round and its values."""

    today: dt.date
    kind: str = ""
    region: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)
    year: int | None = None

    def facts(self, pack: Pack) -> dict[str, Any]:
        """By names of the fact catalogue: what a case of this unit would begin with."""
        return {
            "today": self.today,
            "applicant.kind": self.kind or None,
            "applicant.region_code": self.region or None,
            "case.steps": [pack.programme.lifecycle.start],
            "round.year": self.year or self.today.year,
        }


@dataclass(frozen=True, slots=True)
class Condition:
    """预审条件: a rule and what it says so far, at the gate at which it is strictest."""

    rule: Rule
    gate: str
    verdict: Verdict
    asked: tuple[Asked, ...]

    @property
    def outcome(self) -> Outcome:
        """passed, failed, undecided or skipped (does not apply)."""
        return self.verdict.outcome

    @property
    def level(self) -> Level:
        """hard, soft, warn …: at :attr:`gate`."""
        return self.verdict.level


Overall = Literal["eligible", "excluded", "undecided"]


def asked_in(pack: Pack) -> tuple[Asked, ...]:
    """The questions of a pack in its order; one that names nothing is left out (the checks report it)."""
    found: tuple[Asked, ...] | None = pack._compiled.get("asked")
    if found is None:
        each = (_asked(pack, question) for question in pack.eligibility.questions)
        found = pack._compiled["asked"] = tuple(asked for asked in each if asked is not None)
    return found


def _asked(pack: Pack, question: Question) -> Asked | None:
    if not question.ask:
        return Asked(question.key or "", question, _entry(question, YES_NO), "") if question.key else None
    entry = input_at(pack, question.ask)
    if entry is not None:
        return Asked(question.ask, question, entry, question.ask)
    fact = pack.context.get(question.ask)
    return (
        None if fact is None else Asked(question.ask, question, _entry(question, fact.type, fact.title), "")
    )


def _entry(question: Question, kind: str, label: Text | None = None) -> Input:
    return Input(
        key=question.ask or question.key or "",
        cell="",
        label=label or question.text,
        type=kind,
        required=False,
        unit=question.unit,
        help=question.help,
        clause="",
        choices=(),
        minimum=Decimal(0) if kind in ("integer", "decimal") else None,
        maximum=None,
        max_length=200,
    )


def input_at(pack: Pack, place: str) -> Input | None:
    """The input at ``FORM.field`` (or a grid's cell); None when there is none, or it is a table's."""
    code, _dot, key = place.partition(".")
    form = pack.forms.get(code)
    if form is None or not key:
        return None
    direct = field_of(form, key)
    fields = [direct] if direct is not None else form.fields
    return next((entry for each in fields for entry in inputs_of(each) if entry.key == key), None)


def rules_asked(pack: Pack) -> tuple[Rule, ...]:
    """The rules that are answered beforehand, in the pack's order."""
    wanted = {name for asked in asked_in(pack) for name in asked.question.rules} | {*pack.eligibility.rules}
    return tuple(rule for rule in pack.rules.values() if rule.id in wanted)


def deciding_gate(rule: Rule) -> str:
    """Where a rule is strictest; handing in the declaration before other gates of the same level."""
    order = sorted(rule.levels, key=lambda gate: (-WEIGHTS[rule.levels[gate]], gate != FIRST_GATE))
    return order[0] if order else FIRST_GATE


def values_of(pack: Pack, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the answers (stored, by question) stand for: typed values by ``FORM.field`` or context fact."""
    values: dict[str, Any] = {}
    for asked in asked_in(pack):
        value = typed_value(asked.entry, answers.get(asked.key))
        if value is None:
            continue
        if asked.question.ask:
            values[asked.question.ask] = value
        else:
            meant = asked.question.yes if value else asked.question.no
            values |= {name: stood_for(pack, name, given) for name, given in meant.items()}
    return values


def stood_for(pack: Pack, name: str, given: Any) -> Any:
    """A value that a yes or no stands for, with the type of what it is put in place of."""
    entry = input_at(pack, name)
    if entry is not None:
        value = typed_value(entry, given if isinstance(given, list | bool) else str(given))
        return given if value is None else value
    fact = pack.context.get(name)
    return Decimal(str(given)) if fact is not None and fact.type == "decimal" else given


def facts_for(pack: Pack, values: Mapping[str, Any], known: Known, names: Iterable[str]) -> dict[str, Any]:
    """The facts over which rules are asked that read ``names``: values given, derived, and computed from them."""
    given = _placed(pack, values)
    system = known.facts(pack)
    for place, text in pack.eligibility.derive.items():
        if place in values:
            continue
        expression = compiled(pack, text)
        value = expression.evaluate(_resolved(pack, given, system, known, expression.names))
        if not isinstance(value, Undecided) and value is not None:
            given = _placed(pack, {place: value}, given)
    return _resolved(pack, given, system, known, names)


def _resolved(
    pack: Pack, given: dict[str, Any], system: dict[str, Any], known: Known, names: Iterable[str]
) -> dict[str, Any]:
    context = [name for name in closure(pack, names) if name in pack.context and name not in given]
    computed = resolve_context(
        pack, form_data={}, system_facts=system, action_data={}, slots=known.slots, names=context, given=given
    )
    return computed | given


def _placed(pack: Pack, values: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Values as expressions read them: a form's under its code, a field's under its bare key where it has one."""
    placed: dict[str, Any] = dict(before or {})
    places = scope_of(pack).places
    for place, value in values.items():
        code, dot, key = place.partition(".")
        if not dot:
            placed[place] = value
            continue
        placed[code] = {**placed.get(code, {}), key: value}
        if places.get(key) == place:
            placed[key] = value
    return placed


def conditions(pack: Pack, answers: Mapping[str, Any], known: Known) -> list[Condition]:
    """What every rule that the questions are about says to the answers so far. Never raises."""
    values = values_of(pack, answers)
    return [_condition(pack, rule, values, known) for rule in rules_asked(pack)]


def judge(pack: Pack, rule: Rule, values: Mapping[str, Any], known: Known) -> Verdict:
    """One rule over values by place: the worst of its verdicts, where it has several."""
    reads = next(each.reads for each in compiled_rules(pack) if each.rule.id == rule.id)
    verdicts = evaluate_condition(pack, rule.id, deciding_gate(rule), facts_for(pack, values, known, reads))
    return min(verdicts, key=lambda verdict: OUTCOMES.index(verdict.outcome))


OUTCOMES: Final[tuple[Outcome, ...]] = ("failed", "undecided", "passed", "skipped")


def _condition(pack: Pack, rule: Rule, values: Mapping[str, Any], known: Known) -> Condition:
    asked = tuple(each for each in asked_in(pack) if rule.id in each.question.rules)
    return Condition(rule, deciding_gate(rule), judge(pack, rule, values, known), asked)


def overall(found: Iterable[Condition]) -> Overall:
    """Excluded when a hard condition fails; undecided while one is undecided. Soft ones ask for a reason later."""
    hard = {condition.outcome for condition in found if condition.level == "hard"}
    if "failed" in hard:
        return "excluded"
    return "undecided" if "undecided" in hard else "eligible"


def still_matter(pack: Pack, answers: Mapping[str, Any], known: Known) -> list[Asked]:
    """The questions without an answer that can still change what a rule says, the most deciding first.

    A question is worth the levels of the undecided rules it serves, each shared among what that rule still wants. Where
    it is not yet known whether a rule applies at all, only what tells that is asked for it.
    """
    open_rules = [each for each in conditions(pack, answers, known) if each.outcome == "undecided"]
    worth: dict[str, Decimal] = {}
    for condition in open_rules:
        wanted = [asked for asked in condition.asked if asked.key not in answers]
        telling = [asked for asked in wanted if tells_whether(pack, condition.rule, asked)]
        wanted = telling or wanted
        for asked in wanted:
            share = Decimal(1 + WEIGHTS[condition.level]) / len(wanted)
            worth[asked.key] = worth.get(asked.key, Decimal(0)) + share
    matter = [asked for asked in asked_in(pack) if asked.key in worth]
    return sorted(matter, key=lambda asked: -worth[asked.key])


def tells_whether(pack: Pack, rule: Rule, asked: Asked) -> bool:
    """Does the answer tell whether the rule applies at all (its ``when``)?"""
    if not rule.when:
        return False
    program = next(each for each in compiled_rules(pack) if each.rule.id == rule.id)
    return program.when is not None and bool(
        read_by(pack, program.when.names, rule.when) & set(stands_for(asked))
    )


def stands_for(asked: Asked) -> tuple[str, ...]:
    """The places and facts that an answer gives."""
    question = asked.question
    return (question.ask,) if question.ask else tuple(dict.fromkeys([*question.yes, *question.no]))


def read_by(pack: Pack, names: Iterable[str], *texts: str) -> set[str]:
    """Places (``FORM.field``) and facts behind the names of an expression, those of computed facts included."""
    scope, found = scope_of(pack), set()
    every = closure(pack, names)
    written = " ".join([*texts, *(pack.context[n].expr for n in every if n in pack.context)])
    for name in every:
        if name in pack.forms:
            found |= {f"{name}.{key}" for key in re.findall(rf"\b{name}\.([A-Za-z0-9_]+)", written)}
        else:
            found.add(scope.places.get(name, name))
    return found
