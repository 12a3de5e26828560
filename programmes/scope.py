"""The names that a pack's expressions may use, their types and what people call them. 取值范围

In order: the pack's context; every form under its code (``GY_KEY_ENT.as_of_date``); and a form's field by its bare key
when no other form and no context fact has that key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from programmes.expression_types import ExpressionError, Record, Type
from programmes.expressions import Expression, compile_expression
from programmes.form_cells import inputs_of
from programmes.form_content import form_types
from programmes.schema import FactType, Form, FormField, Pack, Text


@dataclass(frozen=True, slots=True)
class Scope:
    """``types`` and ``labels`` by name; ``ambiguous``: bare keys that several forms have, with those forms' codes;
    ``places``: where on a form a name is filled in (``FORM.key``), for names that are."""

    types: Mapping[str, Type]
    labels: Mapping[str, Text]
    ambiguous: Mapping[str, tuple[str, ...]]
    places: Mapping[str, str]

    def label(self, name: str) -> Text:
        """What people call ``name``; the name itself when nobody does (a row of a table)."""
        return self.labels.get(name) or Text(zh=name, en=name)


def scope_of(pack: Pack) -> Scope:
    """The names of a pack, worked out once."""
    scope = pack._compiled.get("scope")
    if not isinstance(scope, Scope):
        scope = pack._compiled["scope"] = _scope(pack)
    return scope


def compiled(pack: Pack, text: str, *, expects: FactType | None = None) -> Expression:
    """An expression over a pack's names, compiled once. Raises ExpressionError (the checks report it)."""
    key = f"expression:{expects}:{text}"
    expression = pack._compiled.get(key)
    if not isinstance(expression, Expression):
        expression = pack._compiled[key] = compile_in(scope_of(pack), text, scope_of(pack).types, expects)
    return expression


AWARD = "award"
"""In the formula of a share: the sum that is granted."""


def compiled_share(pack: Pack, text: str) -> Expression:
    """The formula of a payer's share: over the pack's names and the sum granted. Raises ExpressionError."""
    key = f"share:{text}"
    expression = pack._compiled.get(key)
    if not isinstance(expression, Expression):
        scope = scope_of(pack)
        types: dict[str, Type] = {**scope.types, AWARD: "decimal"}
        expression = pack._compiled[key] = compile_in(scope, text, types, "decimal")
    return expression


def compile_in(scope: Scope, text: str, types: Mapping[str, Type], expects: FactType | None) -> Expression:
    """Compile against ``types``; an unknown name that several forms have is answered with how to write it."""
    try:
        return compile_expression(text, types, expects=expects)
    except ExpressionError as error:
        name = error.unknown_name
        if name not in scope.ambiguous:
            raise
        owners = [f"{code}.{name}" for code in scope.ambiguous[name]]
        raise ExpressionError(
            Text(
                zh=f"多张表单都有“{name}”，请写明是哪一张：{'、'.join(owners)}",
                en=f"{name!r} is in several forms; write one of {', '.join(owners)}",
            ),
            place=error.place,
            text=text,
        ) from None


def _scope(pack: Pack) -> Scope:
    types: dict[str, Type] = {}
    labels: dict[str, Text] = {}
    owners: dict[str, list[str]] = {}
    for form in pack.forms.values():
        fields = form_types(form)
        for key, kind in fields.items():
            owners.setdefault(key, []).append(form.code)
            types[key] = kind
        for key, label in _labels(form).items():
            labels[key] = label
            labels[f"{form.code}.{key}"] = Text(
                zh=f"{form.title.zh}：{label.zh}", en=f"{form.title.en}: {label.en}"
            )
    ambiguous = {key: tuple(codes) for key, codes in owners.items() if len(codes) > 1}
    for key in ambiguous:
        del types[key]
    for form in pack.forms.values():
        types[form.code] = Record(form.code, form_types(form))
        labels[form.code] = form.title
    for name, fact in pack.context.items():
        types[name] = fact.type
        labels[name] = fact.title or Text(zh=name, en=name)
    free = {key: codes for key, codes in ambiguous.items() if key not in pack.context}
    return Scope(types, labels, free, _places(pack, owners))


def _places(pack: Pack, owners: Mapping[str, list[str]]) -> dict[str, str]:
    places = {f"{code}.{key}": f"{code}.{key}" for key, codes in owners.items() for code in codes}
    for key, codes in owners.items():
        if len(codes) == 1 and key not in pack.context:
            places[key] = f"{codes[0]}.{key}"
    return places


def _labels(form: Form) -> dict[str, Text]:
    return {key: label for field in form.fields for key, label in _field_labels(field)}


def _field_labels(field: FormField) -> list[tuple[str, Text]]:
    if field.type != "grid":
        return [(field.key, field.label)]
    return [
        (
            entry.key,
            Text(
                zh=f"{field.label.zh}，{entry.label.zh}",
                en=f"{field.label.en or field.label.zh}, {entry.label.en or entry.label.zh}",
            ),
        )
        for entry in inputs_of(field)
    ]
