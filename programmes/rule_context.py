"""The facts that a gate's rules read: from forms, the system, the action and the round. 规则取值"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from programmes.calendar import Duration
from programmes.expressions import Undecided
from programmes.facts import RECORDED_PREFIX
from programmes.form_content import count_filled, form_types, typed
from programmes.rule_programs import closure, rules_at
from programmes.schema import ContextFact, Pack
from programmes.scope import compiled, scope_of

MATERIALS_FACT = "materials.numbers"
"""The catalogue's list of materials that are there; ``material_present`` asks for one of them."""


def supplied_by(pack: Pack, gate: str) -> frozenset[str]:
    """The context facts that the action at ``gate`` itself supplies: asked with it, and not known before."""
    return frozenset(
        name
        for name, spec in pack.context.items()
        if spec.data or (spec.recorded and spec.recorded.rpartition(".")[0] == gate)
    )


def needed_names(pack: Pack, gate: str) -> frozenset[str]:
    """What the rules at ``gate`` read, directly or through a context fact's expression: facts, fields and forms."""
    return closure(pack, {name for rule in rules_at(pack, gate) for name in rule.reads})


def needed_facts(pack: Pack, gate: str) -> frozenset[str]:
    """The names of the system's catalogue that the rules at ``gate`` read: nothing else need be looked up."""
    specs = [pack.context[name] for name in needed_names(pack, gate) if name in pack.context]
    facts = {spec.fact for spec in specs if spec.fact}
    facts |= {f"{RECORDED_PREFIX}{spec.recorded}" for spec in specs if spec.recorded}
    return frozenset(facts | ({MATERIALS_FACT} if any(spec.material_present for spec in specs) else set()))


def reads_forms(pack: Pack, gate: str) -> bool:
    """Do the rules at ``gate`` read anything filled in on a form? Else the declaration need not be loaded for them."""
    names, scope = needed_names(pack, gate), scope_of(pack)
    counted = any(pack.context[name].count_filled for name in names if name in pack.context)
    return counted or any(name in pack.forms or name in scope.places for name in names)


def reads_slots(pack: Pack, gate: str) -> bool:
    """Do the rules at ``gate`` read a value that the policy left open? Else the round's decisions need not be loaded."""
    return any(pack.context[name].slot for name in needed_names(pack, gate) if name in pack.context)


def resolve_context(
    pack: Pack,
    *,
    form_data: Mapping[str, Mapping[str, Any]],
    system_facts: Mapping[str, Any],
    action_data: Mapping[str, Any],
    slots: Mapping[str, Any],
    gate: str | None = None,
    names: Collection[str] | None = None,
    given: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything that expressions may read, by name: form contents (typed) and the pack's context.

    ``form_data`` is stored data by form code; ``slots`` are typed values. ``system_facts`` may look each name up in the
    database when asked for it: with ``gate`` only what that gate's rules read is asked and typed, with ``names`` only
    those. A fact that nobody gave is None. ``given`` are typed values by name that go before wherever the pack has them from.
    """
    if names is not None:
        wanted: frozenset[str] | None = closure(pack, names)
    else:
        wanted = needed_names(pack, gate) if gate is not None else None
    values = _contents(pack, form_data, wanted) | dict(given or {})
    resolver = _Resolver(pack, form_data, system_facts, action_data, slots, values, gate or "")
    for name in pack.context:
        if wanted is None or name in wanted:
            resolver.resolve(name)
    return values


def _contents(
    pack: Pack, form_data: Mapping[str, Mapping[str, Any]], wanted: frozenset[str] | None
) -> dict[str, Any]:
    """The content of each form under its code, and its fields under their bare keys where the scope has them."""
    values: dict[str, Any] = {}
    bare = _bare_keys(pack)
    for code, form in pack.forms.items():
        keys = bare[code]
        if wanted is not None:
            keys &= wanted
        if wanted is None or code in wanted or keys:
            content = typed(form, form_data.get(code) or {})
            values |= {key: content[key] for key in keys} | {code: content}
    return values


def _bare_keys(pack: Pack) -> dict[str, frozenset[str]]:
    """Form → those of its fields that expressions may name by their bare key; worked out once."""
    known: dict[str, frozenset[str]] | None = pack._compiled.get("bare_keys")
    if known is None:
        places = scope_of(pack).places
        known = pack._compiled["bare_keys"] = {
            code: frozenset(key for key in form_types(form) if places.get(key) == f"{code}.{key}")
            for code, form in pack.forms.items()
        }
    return known


def _in_years(value: Any) -> Any:
    """A length of time as expressions read it: 3 年 is 3, 18 个月 is 1.5; None in days, which make no whole years."""
    if not isinstance(value, Duration):
        return value
    return Decimal(value.months) / 12 if value.unit.by_month else None


class _Resolver:
    def __init__(
        self,
        pack: Pack,
        form_data: Mapping[str, Mapping[str, Any]],
        system_facts: Mapping[str, Any],
        action_data: Mapping[str, Any],
        slots: Mapping[str, Any],
        values: dict[str, Any],
        gate: str,
    ) -> None:
        self.gate = gate
        self.pack = pack
        self.form_data = form_data
        self.system_facts = system_facts
        self.action_data = action_data
        self.slots = slots
        self.values = values

    def resolve(self, name: str) -> None:
        """Give ``name`` its value, after those its expression reads. A circle of expressions ends in None."""
        if name in self.values:
            return
        self.values[name] = None
        self.values[name] = self._value(self.pack.context[name])

    def _value(self, spec: ContextFact) -> Any:
        if spec.fact:
            return self.system_facts.get(spec.fact)
        if spec.data:
            return self.action_data.get(spec.data)
        if spec.recorded:
            return self._recorded(spec.recorded)
        if spec.slot:
            return _in_years(self.slots.get(spec.slot))
        if spec.count_filled:
            form = self.pack.forms.get(spec.count_filled)
            return count_filled(form, self.form_data.get(form.code) or {}) if form else None
        if spec.material_present:
            return self._material_present(spec.material_present)
        return self._computed(spec)

    def _recorded(self, name: str) -> Any:
        """What is being recorded now with the action under way, else what was recorded last."""
        gate, _dot, key = name.rpartition(".")
        if gate == self.gate and key in self.action_data:
            return self.action_data[key]
        return self.system_facts.get(f"{RECORDED_PREFIX}{name}")

    def _material_present(self, key: str) -> bool | None:
        numbers = self.system_facts.get(MATERIALS_FACT)
        number = next(
            (field.number for form in self.pack.forms.values() for field in form.fields if field.key == key),
            None,
        )
        return None if numbers is None or number is None else number in numbers

    def _computed(self, spec: ContextFact) -> Any:
        expression = compiled(self.pack, spec.expr, expects=spec.type)
        for name in expression.names & self.pack.context.keys():
            self.resolve(name)
        value = expression.evaluate(self.values)
        return None if isinstance(value, Undecided) else value
