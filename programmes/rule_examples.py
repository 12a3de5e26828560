"""A rule's own examples: the last value that passes and the first that does not. 规则样例"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from programmes.expression_types import Record, Rows, Type
from programmes.expressions import Undecided, Value
from programmes.problems import Problem, problem
from programmes.rule_inputs import known_inputs
from programmes.rule_programs import CompiledRule, compiled_rules
from programmes.schema import Example, Pack, Rule, Text
from programmes.scope import scope_of

FILE = "rules.yaml"


def check_examples(pack: Pack) -> list[Problem]:
    """Problems with the examples: an ``ok`` that does not pass, a ``bad`` that does, an award that differs, none given.

    Examples are evaluated on their inputs alone, without bindings and without the system.
    """
    return [
        found for compiled in compiled_rules(pack) if not compiled.errors for found in _check(pack, compiled)
    ]


def _check(pack: Pack, compiled: CompiledRule) -> Iterator[Problem]:
    rule = compiled.rule
    types: dict[str, Type] = {**scope_of(pack).types, **rule.inputs}
    if not rule.ok:
        yield _problem(rule, "ok", Text(zh="缺少应通过的样例", en="there is no example that passes"))
    if not rule.bad and not rule.award:
        yield _problem(rule, "bad", Text(zh="缺少应不通过的样例", en="there is no example that fails"))
    known = known_inputs(pack, compiled)
    for wanted, examples in ((True, rule.ok), (False, rule.bad)):
        for number, example in enumerate(examples, 1):
            where = f"{'ok' if wanted else 'bad'}[{number}]"
            for name in sorted(example.inputs.keys() - known):
                yield _problem(
                    rule,
                    where,
                    Text(zh=f"规则未用到输入项“{name}”", en=f"the rule makes nothing of {name!r}"),
                    Text(zh="请删除该项，或者更正名称", en="remove it, or mend its name"),
                )
            yield from _check_one(compiled, example, where, wanted, types)


def _check_one(
    compiled: CompiledRule, example: Example, where: str, wanted: bool, types: Mapping[str, Type]
) -> Iterator[Problem]:
    try:
        facts = {name: _typed(value, types.get(name)) for name, value in _nested(example.inputs).items()}
    except (ValueError, AttributeError):
        yield _problem(
            compiled.rule,
            where,
            Text(
                zh="本例的数据与 inputs 声明的类型不符",
                en="the data are not of the types that inputs declares",
            ),
            Text(
                zh='日期写作 "2020-06-12"，时间写作 "2020-06-12T09:00"，表格为逐行的列表',
                en='write dates as "2020-06-12", times as "2020-06-12T09:00", tables as a list of rows',
            ),
        )
        return
    if compiled.when is not None and compiled.when.evaluate(facts) is False:
        yield _problem(
            compiled.rule,
            where,
            Text(zh="本例不适用该规则（when 不成立）", en="the rule does not apply here"),
        )
        return
    holds = compiled.expr.evaluate(facts) if compiled.expr else True
    if compiled.expr:
        yield from _check_holds(compiled.rule, holds, where, wanted)
    if compiled.award is not None and example.award is not None:
        yield from _check_award(compiled.rule, amount_of(compiled, facts, holds), where, example.award)


def amount_of(
    compiled: CompiledRule, facts: Mapping[str, Any], holds: Value | Undecided
) -> Decimal | Undecided:
    """金额 (万元): what a rule with a formula awards over ``facts``, given what its condition came to.

    0 where the rule does not say yes, unless it is about the amount itself (``award_when: always``); Undecided when
    the formula lacks an input.
    """
    assert compiled.award is not None
    if compiled.rule.award_when == "passed" and holds is not True:
        return Decimal(0)
    amount = compiled.award.evaluate(facts)
    return amount if isinstance(amount, Undecided) else Decimal(str(amount))


def _check_holds(rule: Rule, holds: Value | Undecided, where: str, wanted: bool) -> Iterator[Problem]:
    if isinstance(holds, Undecided):
        yield _problem(
            rule,
            where,
            Text(zh=f"本例无法判定：{holds.reason.zh}", en=f"undecided: {holds.reason.en}"),
            Text(zh="请补充本例的 inputs", en="complete the inputs"),
        )
    elif holds is not wanted:
        yield _problem(
            rule,
            where,
            Text(zh="本例应通过，实为不通过", en="should pass and fails")
            if wanted
            else Text(zh="本例应不通过，实为通过", en="should fail and passes"),
            Text(
                zh="请核对表达式与界限值（以上含本数，超过不含）", en="check the expression and its boundary"
            ),
        )


def _check_award(rule: Rule, amount: Decimal | Undecided, where: str, expected: Decimal) -> Iterator[Problem]:
    if isinstance(amount, Undecided):
        yield _problem(
            rule, where, Text(zh=f"金额无法计算：{amount.reason.zh}", en=f"no amount: {amount.reason.en}")
        )
    elif amount != expected:
        yield _problem(
            rule,
            where,
            Text(zh=f"金额应为{expected}，实为{amount}", en=f"should award {expected}, awards {amount}"),
            Text(
                zh="不符合条件的金额为 0；规则针对金额本身（封顶、分担）的，标注 award_when: always",
                en="where a rule says no the amount is 0; mark a rule about the amount itself award_when: always",
            ),
        )


def _nested(inputs: Mapping[str, object]) -> dict[str, Any]:
    """``{"GY_SUPP.ent_total": 40}`` as ``{"GY_SUPP": {"ent_total": 40}}``."""
    nested: dict[str, Any] = {}
    for name, value in inputs.items():
        owner, _dot, key = name.partition(".")
        if key:
            nested.setdefault(owner, {})[key] = value
        else:
            nested[name] = value
    return nested


def _typed(value: Any, kind: Type | None) -> Any:
    """An example's value as a fact: dates are written as text."""
    match kind:
        case Record(fields=fields) if isinstance(value, Mapping):
            return {key: _typed(item, fields.get(key)) for key, item in value.items()}
        case Rows(columns=columns) if isinstance(value, list):
            return [{key: _typed(item, columns.get(key)) for key, item in row.items()} for row in value]
        case "date" if isinstance(value, str):
            return dt.date.fromisoformat(value)
        case "datetime" if isinstance(value, str):
            return dt.datetime.fromisoformat(value)
    return value


def _problem(rule: Rule, where: str, message: Text, hint: Text | None = None) -> Problem:
    return problem(FILE, f"{rule.id}.{where}", message, hint)
