"""Checks of eligibility.yaml: every question exists, is read, and every rule it names can be decided by it. 政策包检查：预审"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from accounts.enums import OrganisationKind
from programmes.eligibility import (
    Asked,
    Known,
    asked_in,
    input_at,
    judge,
    read_by,
    rules_asked,
    stands_for,
    values_of,
)
from programmes.eligibility_changes import candidates_for
from programmes.expression_types import ExpressionError
from programmes.form_cells import FILES
from programmes.problems import Problem, problem
from programmes.rule_programs import compiled_rules
from programmes.schema import Pack, Question, Rule, Text
from programmes.scope import compiled, scope_of
from programmes.slots import default_values

FILE: Final = "eligibility.yaml"
ASKABLE: Final = frozenset(
    {"text", "integer", "decimal", "percent", "boolean", "date", "choice", "multi_choice"}
)
FACTS: Final = frozenset({"integer", "decimal", "boolean", "date", "text"})
GIVEN: Final = frozenset({"today", "applicant.kind", "applicant.region_code", "case.steps", "round.year"})
"""Facts that are known of anybody who asks."""
LATER: Final = frozenset({"award.amount", "plaque.tier"})
"""Facts that cannot be there yet; a rule has to do without them (``??``)."""
TRIALS: Final = 400
DAY: Final = dt.date(2020, 6, 15)
"""Some day: rules over ages are tried from it."""


def check(pack: Pack) -> list[Problem]:
    """Problems with eligibility.yaml."""
    found = [*_questions(pack), *_derived(pack)]
    for code in pack.eligibility.rules:
        found += _rule(pack, code, "rules")
    if found:
        return found
    for rule in rules_asked(pack):
        found += _decided(pack, rule)
    return found


def _where(pack: Pack, rule: Rule) -> str:
    """Where the file names a rule: at the first question that does, else under ``rules``."""
    numbers = (n for n, q in enumerate(pack.eligibility.questions, 1) if rule.id in q.rules)
    number = next(numbers, 0)
    return f"questions[{number}].rules" if number else "rules"


def _questions(pack: Pack) -> Iterator[Problem]:
    keys = Counter(question.ask or question.key or "" for question in pack.eligibility.questions)
    for number, question in enumerate(pack.eligibility.questions, 1):
        where = f"questions[{number}]"
        if keys[question.ask or question.key or ""] > 1:
            yield _at(where, f"“{question.ask or question.key}”问了两遍", "is asked twice")
        yield from _asks(pack, question, where)
        for code in question.rules:
            yield from _rule(pack, code, f"{where}.rules")
        if not question.rules:
            yield _at(f"{where}.rules", "没有写明该问题用于哪条规则", "names no rule that it decides")


def _rule(pack: Pack, code: str, where: str) -> Iterator[Problem]:
    rule = pack.rules.get(code)
    if rule is None:
        yield _at(where, f"没有规则“{code}”", f"no rule {code!r}")
    elif rule.each is not None or rule.subject != "case":
        yield _at(
            where,
            f"规则“{code}”逐行适用或者不以案件为对象，不能预审",
            f"{code!r} goes through rows, or is not about a case: nothing to ask beforehand",
        )


def _asks(pack: Pack, question: Question, where: str) -> Iterator[Problem]:
    if bool(question.ask) == bool(question.key):
        yield _at(where, "ask 与 key 应写且只写一个", "give either ask or key")
        return
    if question.ask:
        if question.yes or question.no:
            yield _at(where, "ask 的问题不写 yes、no", "yes and no go with key")
        entry, fact = input_at(pack, question.ask), pack.context.get(question.ask)
        kind = entry.type if entry is not None else fact.type if fact is not None else ""
        if not kind:
            yield _at(
                f"{where}.ask",
                f"没有名为“{question.ask}”的表单项或者数据",
                f"no field or fact {question.ask!r}",
            )
        elif kind not in (ASKABLE if entry is not None else FACTS) or kind in FILES:
            yield _at(
                f"{where}.ask",
                f"“{question.ask}”的类型不能预审",
                f"{question.ask!r} cannot be asked beforehand",
            )
        return
    if not question.yes or question.yes.keys() != question.no.keys():
        yield _at(where, "yes 与 no 应给出相同的各项", "yes and no give the same names")
    for name in dict.fromkeys([*question.yes, *question.no]):
        if input_at(pack, name) is None and name not in pack.context:
            yield _at(where, f"没有名为“{name}”的表单项或者数据", f"no field or fact {name!r}")


def _derived(pack: Pack) -> Iterator[Problem]:
    for name, text in pack.eligibility.derive.items():
        if input_at(pack, name) is None and name not in pack.context:
            yield _at(f"derive.{name}", f"没有名为“{name}”的表单项或者数据", f"no field or fact {name!r}")
        try:
            compiled(pack, text)
        except ExpressionError as error:
            yield _at(f"derive.{name}", error.message.zh, error.message.en)


def _decided(pack: Pack, rule: Rule) -> Iterator[Problem]:
    """The rule reads what is asked, nothing that stays unknown, and its questions can make it say yes and no."""
    asked = [each for each in asked_in(pack) if rule.id in each.question.rules]
    program = next(each for each in compiled_rules(pack) if each.rule.id == rule.id)
    if program.errors or not rule.levels:
        return  # told by the check of rules
    read = read_by(pack, _names(pack, rule), rule.expr, rule.when)
    for each in asked:
        if not read & set(stands_for(each)):
            where = f"questions[{_number(pack, each)}]"
            yield _at(where, f"规则“{rule.id}”不读取该项，问了也不起作用", f"{rule.id!r} does not read it")
            return
    known = {name for each in asked for name in stands_for(each)} | pack.eligibility.derive.keys()
    for name in sorted(read - known):
        if not _comes_by_itself(pack, name, known):
            label = scope_of(pack).label(name)
            yield _at(
                _where(pack, rule),
                f"规则“{rule.id}”还读取“{label.zh}”（{name}），预审没有问到",
                f"{rule.id!r} also reads {name!r}, which is not asked",
            )
            return
    yield from _both_ways(pack, rule, asked)


def _names(pack: Pack, rule: Rule) -> frozenset[str]:
    """What the rule reads, without the formula of an amount."""
    program = next(each for each in compiled_rules(pack) if each.rule.id == rule.id)
    own = program.columns | {name for bound in program.bound for name in bound.inputs}
    names = set().union(*(each.names for each in (program.when, program.expr) if each)) - own
    return frozenset(names.union(*(text.names for bound in program.bound for text in bound.inputs.values())))


def _comes_by_itself(pack: Pack, name: str, known: set[str]) -> bool:
    fact = pack.context.get(name)
    if fact is None:
        return False
    return bool(fact.expr or fact.slot or fact.recorded or fact.fact in GIVEN | LATER or name in known)


def _both_ways(pack: Pack, rule: Rule, asked: list[Asked]) -> Iterator[Problem]:
    """Answers are tried until the rule has passed and failed."""
    seen: set[str] = set()
    for answers, known in _trials(pack, rule, asked):
        seen.add(judge(pack, rule, values_of(pack, answers), known).outcome)
        if {"passed", "failed"} <= seen:
            return
    where = _where(pack, rule)
    if not seen & {"passed", "failed"}:
        yield _at(where, f"所问各项不能判定规则“{rule.id}”", f"the questions do not decide {rule.id!r}")
    elif "failed" not in seen:
        yield _at(where, f"无论如何回答，规则“{rule.id}”都不会不符合", f"no answer makes {rule.id!r} fail")
    else:
        yield _at(where, f"无论如何回答，规则“{rule.id}”都不会符合", f"no answer makes {rule.id!r} pass")


def _trials(pack: Pack, rule: Rule, asked: list[Asked]) -> Iterator[tuple[dict[str, Any], Known]]:
    """Answers to a rule's questions: all of them where they are few, else some, the same every time."""
    kinds = [kind for kind in pack.programme.applicant.kinds if kind in OrganisationKind.values] or [""]
    defaults = default_values(pack.programme.slots)
    told = {
        name: {"boolean": True, "text": "x"}.get(spec.type) for name, spec in pack.programme.slots.items()
    }
    decided = {**defaults, **{name: value for name, value in told.items() if value is not None}}
    known = [
        Known(DAY, kind=kind, region="000000", slots=slots)
        for slots in (defaults, decided)
        for kind in kinds[:3]
    ]
    lists = [list(candidates_for(pack, rule, each, known[0])) or [None] for each in asked]
    total = len(known)
    for values in lists:
        total *= len(values)
    if total <= TRIALS:
        for who, values in itertools.product(known, itertools.product(*lists)):
            yield {each.key: value for each, value in zip(asked, values, strict=True)}, who
        return
    chance = random.Random(0)
    for _trial in range(TRIALS):
        yield (
            {each.key: chance.choice(values) for each, values in zip(asked, lists, strict=True)},
            chance.choice(known),
        )


def _number(pack: Pack, asked: Asked) -> int:
    return pack.eligibility.questions.index(asked.question) + 1


def _at(where: str, zh: str, en: str) -> Problem:
    return problem(FILE, where, Text(zh=zh, en=en))
