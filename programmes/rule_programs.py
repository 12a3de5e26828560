"""A pack's rules, compiled once. 规则编译

In a rule's expressions a name is, in order: a column of the row (``each``), what a binding gives, an input declared by
the rule, or a name of the pack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from programmes.expression_types import ExpressionError, Rows, Type, fact_type_of
from programmes.expressions import Expression
from programmes.form_cells import field_of, row_inputs
from programmes.schema import Binding, FactType, FormField, Pack, Rule, Text
from programmes.scope import Scope, compile_in, compiled, scope_of


@dataclass(frozen=True, slots=True)
class BoundInputs:
    """One application of a rule: what each bound input is computed from. ``binding`` is None for the plain rule."""

    binding: Binding | None
    inputs: Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule ready to be evaluated. ``errors``: what does not compile, by the key it stands under."""

    rule: Rule
    when: Expression | None
    expr: Expression | None
    award: Expression | None
    bound: tuple[BoundInputs, ...]
    columns: frozenset[str]
    errors: tuple[tuple[str, ExpressionError], ...]

    @property
    def read_by_verdict(self) -> frozenset[str]:
        """The names in ``expr`` and ``award``, whatever gives them."""
        return frozenset().union(*(each.names for each in (self.expr, self.award) if each is not None))

    @property
    def reads(self) -> frozenset[str]:
        """The pack's names that this rule reads."""
        names: set[str] = set()
        for application in self.bound:
            own = self.columns | application.inputs.keys()
            for expression in (self.when, self.expr, self.award):
                names |= (expression.names if expression else frozenset()) - own
            for expression in application.inputs.values():
                names |= expression.names - self.columns
        if self.rule.each is not None:
            names.add(self.rule.each.form)
        return frozenset(names)


def compiled_rules(pack: Pack) -> tuple[CompiledRule, ...]:
    """All rules of a pack, in its order, compiled once."""
    rules = pack._compiled.get("rules")
    if not isinstance(rules, tuple):
        rules = pack._compiled["rules"] = tuple(compile_rule(pack, rule) for rule in pack.rules.values())
    return rules


def rules_at(pack: Pack, gate: str) -> list[CompiledRule]:
    """The rules that have a level at ``gate``."""
    return [rule for rule in compiled_rules(pack) if gate in rule.rule.levels]


def closure(pack: Pack, names: Iterable[str]) -> frozenset[str]:
    """``names``, with those that the expressions of context facts among them read in turn."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        fact = pack.context.get(name)
        if fact is not None and fact.expr:
            try:
                waiting.extend(compiled(pack, fact.expr, expects=fact.type).names)
            except ExpressionError:
                continue  # the checks report it; the fact is missing
    return frozenset(found)


def compile_rule(pack: Pack, rule: Rule) -> CompiledRule:
    """Compile one rule. Never raises: what is wrong is kept in ``errors`` and makes the rule undecided."""
    return _RuleCompiler(pack, rule).compile()


class _RuleCompiler:
    def __init__(self, pack: Pack, rule: Rule) -> None:
        self.scope: Scope = scope_of(pack)
        self.rule = rule
        self.errors: list[tuple[str, ExpressionError]] = []
        self.columns = self._columns(pack)
        self.local: dict[str, Type] = {**self.scope.types, **self.columns, **self._inputs()}

    def compile(self) -> CompiledRule:
        rule = self.rule
        return CompiledRule(
            rule=rule,
            when=self._expression("when", rule.when, self.local, "boolean"),
            expr=self._expression("expr", rule.expr, self.local, "boolean"),
            award=self._expression("award", rule.award, self.local, "decimal"),
            bound=self._bound(),
            columns=frozenset(self.columns),
            errors=tuple(self.errors),
        )

    def _columns(self, pack: Pack) -> dict[str, Type]:
        table = table_of(pack, self.rule)
        return {entry.key: fact_type_of(entry.type) for entry in row_inputs(table)} if table else {}

    def _inputs(self) -> dict[str, Type]:
        """The declared inputs; a plain ``table`` keeps the columns that the pack knows it has."""
        known = {**self.scope.types, **self.columns}
        return {
            name: known[name] if kind == "table" and isinstance(known.get(name), Rows) else kind
            for name, kind in self.rule.inputs.items()
        }

    def _bound(self) -> tuple[BoundInputs, ...]:
        if not self.rule.bindings:
            return (BoundInputs(None, {}),)
        outer: dict[str, Type] = {**self.scope.types, **self.columns}
        bound = []
        for number, binding in enumerate(self.rule.bindings):
            inputs = {}
            for name, text in binding.inputs.items():
                expression = self._expression(
                    f"bindings[{number + 1}].inputs.{name}", text, outer, self.rule.inputs.get(name)
                )
                if expression is not None:
                    inputs[name] = expression
            bound.append(BoundInputs(binding, inputs))
        return tuple(bound)

    def _expression(
        self, where: str, text: str, types: Mapping[str, Type], expects: FactType | None
    ) -> Expression | None:
        if not text:
            return None
        try:
            return compile_in(self.scope, text, types, None if expects == "table" else expects)
        except ExpressionError as error:
            self.errors.append((where, error))
            return None


def table_of(pack: Pack, rule: Rule) -> FormField | None:
    """The table that ``each`` goes through; None when there is no ``each`` or no such table."""
    if rule.each is None or rule.each.form not in pack.forms:
        return None
    table = field_of(pack.forms[rule.each.form], rule.each.table)
    return table if table is not None and table.type == "table" else None


BROKEN = Text(zh="规则的表达式有误", en="the rule's expression is faulty")
