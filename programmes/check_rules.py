"""Checks of the rules: gates, types, bindings, fields. 政策包检查：规则"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from programmes.check_reach import ROUND_GATE, used_gates
from programmes.expression_types import Rows, Type
from programmes.form_cells import field_of, inputs_of, row_inputs
from programmes.problems import Problem, problem
from programmes.procedures import gates
from programmes.rule_context import needed_facts
from programmes.rule_programs import CompiledRule, compiled_rules, table_of
from programmes.schema import Pack, Rule, Text
from programmes.scope import scope_of

NUMBERS = frozenset({"integer", "decimal"})
ROUND_FACTS = ("round.", "today")
"""What is known when a round opens: no case exists yet."""


def check(pack: Pack) -> list[Problem]:
    """Problems with rules.yaml."""
    found: list[Problem] = []
    used = used_gates(pack)
    for rule in compiled_rules(pack):
        found += _rule(pack, rule, used)
    found += _round_rules(pack)
    return found


def _rule(pack: Pack, compiled_rule: CompiledRule, used: frozenset[str]) -> Iterator[Problem]:
    rule = compiled_rule.rule
    report = partial(problem, "rules.yaml")
    for gate in rule.levels:
        if gate not in gates():
            yield report(
                f"{rule.id}.levels",
                Text(zh=f"没有名为“{gate}”的关口", en=f"no gate named {gate!r}"),
                GATE_HINT,
            )
        elif gate not in used:
            yield report(
                f"{rule.id}.levels.{gate}",
                Text(zh=f"本项目不会走到关口“{gate}”", en=f"this lifecycle never comes to {gate!r}"),
                Text(
                    zh="请删去该关口，或者调整环节参数、增加环节",
                    en="remove the gate, or switch its action on, or add the step",
                ),
            )
    if not rule.levels:
        yield report(
            f"{rule.id}.levels", Text(zh="规则不在任何关口生效", en="the rule holds at no gate"), GATE_HINT
        )
    if not rule.expr and not rule.award:
        yield report(rule.id, Text(zh="缺少 expr", en="there is no expr"))
    if ("calc" in rule.levels.values()) != bool(rule.award):
        yield report(f"{rule.id}.award", Text(zh="calc 级别与 award 应同时使用", en="calc goes with award"))
    for where, error in compiled_rule.errors:
        place = f"（第{error.column}字）" if error.column else ""
        at = f" (character {error.column})" if error.column else ""
        yield report(
            f"{rule.id}.{where}", Text(zh=f"{error.message.zh}{place}", en=f"{error.message.en}{at}")
        )
    yield from _inputs(pack, rule)
    yield from _undeclared(pack, compiled_rule)
    yield from _each(pack, rule)
    for path in rule.fields:
        if not _is_place(pack, path):
            yield report(f"{rule.id}.fields", Text(zh=f"没有表单项“{path}”", en=f"no field {path!r}"))


GATE_HINT = Text(
    zh="关口写作“程序.动作”，例如 declare.submit；全部关口见 programmes/procedures/",
    en="a gate is written procedure.action, such as declare.submit; programmes/procedures/ has them all",
)


def _inputs(pack: Pack, rule: Rule) -> Iterator[Problem]:
    """Every declared input comes from somewhere, with the type it is declared with."""
    table = table_of(pack, rule)
    columns = {entry.key: entry.type for entry in row_inputs(table)} if table else {}
    types = scope_of(pack).types
    for name, kind in rule.inputs.items():
        if rule.bindings and all(name in binding.inputs for binding in rule.bindings):
            continue
        where = f"{rule.id}.inputs.{name}"
        if name in columns:
            continue
        if name not in types:
            yield problem(
                "rules.yaml",
                where,
                Text(zh="没有来源", en="comes from nowhere"),
                Text(
                    zh="请在 context.yaml、表单或者 bindings 中给出",
                    en="give it in context.yaml, a form or a binding",
                ),
            )
        elif not _agree(kind, types[name]):
            yield problem(
                "rules.yaml",
                where,
                Text(
                    zh=f"声明为 {kind}，来源为 {types[name]}", en=f"declared {kind}, comes as {types[name]}"
                ),
            )
    for binding in rule.bindings:
        for name in binding.inputs:
            if name not in rule.inputs:
                yield problem(
                    "rules.yaml",
                    f"{rule.id}.bindings.{name}",
                    Text(zh=f"“{name}”未在 inputs 中声明", en=f"{name!r} is not declared under inputs"),
                )


def _undeclared(pack: Pack, compiled_rule: CompiledRule) -> Iterator[Problem]:
    """What ``expr`` and ``award`` read stands under ``inputs``: readers and examples go by it."""
    rule, read = compiled_rule.rule, compiled_rule.read_by_verdict
    for name in sorted(read - rule.inputs.keys() - compiled_rule.columns - pack.forms.keys()):
        kind = scope_of(pack).types.get(name)
        yield problem(
            "rules.yaml",
            f"{rule.id}.inputs",
            Text(
                zh=f"表达式用到“{name}”，但未在 inputs 中声明",
                en=f"the expression reads {name!r}, which is not declared under inputs",
            ),
            Text(
                zh=f"请在 inputs 中写明 {name}: {kind if isinstance(kind, str) else 'table'}",
                en=f"write {name}: {kind if isinstance(kind, str) else 'table'} under inputs",
            ),
        )


def _agree(declared: str, actual: Type) -> bool:
    if isinstance(actual, Rows):
        return declared == "table"
    return declared == actual or {declared, str(actual)} <= NUMBERS


def _each(pack: Pack, rule: Rule) -> Iterator[Problem]:
    if rule.each is None:
        return
    table = table_of(pack, rule)
    if table is None:
        yield problem(
            "rules.yaml",
            f"{rule.id}.each",
            Text(
                zh=f"没有表格“{rule.each.form}.{rule.each.table}”",
                en=f"no table {rule.each.form}.{rule.each.table}",
            ),
        )
    elif rule.each.label and rule.each.label not in {entry.key for entry in row_inputs(table)}:
        yield problem(
            "rules.yaml",
            f"{rule.id}.each.label",
            Text(zh=f"表格没有列“{rule.each.label}”", en=f"the table has no column {rule.each.label!r}"),
        )


def _is_place(pack: Pack, path: str) -> bool:
    """``FORM.field``, ``FORM.table.column`` or a grid's stored cell."""
    code, _dot, rest = path.partition(".")
    key, _dot, column = rest.partition(".")
    form = pack.forms.get(code)
    if form is None:
        return False
    field = field_of(form, key)
    if column:
        return field is not None and column in {entry.key for entry in row_inputs(field)}
    return field is not None or any(key == entry.key for f in form.fields for entry in inputs_of(f))


def _round_rules(pack: Pack) -> Iterator[Problem]:
    """Rules at the opening of a round read nothing of a case, for there is none."""
    for compiled_rule in compiled_rules(pack):
        rule = compiled_rule.rule
        if ROUND_GATE in rule.levels and rule.subject not in ("round", "batch"):
            yield problem("rules.yaml", f"{rule.id}.subject", Text(zh="应为 round", en="should be round"))
        if ROUND_GATE in rule.levels and rule.each is not None:
            yield problem("rules.yaml", f"{rule.id}.each", NO_CASE)
    for name in sorted(needed_facts(pack, ROUND_GATE)):
        if not name.startswith(ROUND_FACTS):
            yield problem(
                "rules.yaml", ROUND_GATE, Text(zh=f"{NO_CASE.zh}：{name}", en=f"{NO_CASE.en}: {name}")
            )


NO_CASE = Text(zh="启动批次时还没有案件可供读取", en="when a round opens there is no case to read")
