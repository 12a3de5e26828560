"""Inputs of rules from outside, such as a JSON file: read by the types that the pack declares. 规则输入

What can be understood only one way is understood (``"300"`` where a number is declared, ``"2020-12-31"`` where a date
is); anything else is left as it is, and the rule that reads it is undecided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from audit.clock import SHANGHAI
from programmes.expression_types import Record, Rows, Type
from programmes.form_cells import row_inputs
from programmes.form_content import form_types
from programmes.form_values import DATES, FALSE, GROUPED, NUMBER, TRUE, normal
from programmes.rule_context import resolve_context
from programmes.rule_programs import CompiledRule, closure, table_of
from programmes.schema import Pack
from programmes.scope import scope_of
from programmes.slots import default_values

ITEMS: dict[str, Type] = {
    "list[text]": "text",
    "list[integer]": "integer",
    "list[decimal]": "decimal",
    "mapping[decimal]": "decimal",
}


def input_types(pack: Pack, compiled: CompiledRule) -> dict[str, Type]:
    """The types of what a rule may be given: its declared inputs, the columns it goes through, the pack's names."""
    table = table_of(pack, compiled.rule)
    types: dict[str, Type] = dict(scope_of(pack).types)
    if table is not None:
        rows = form_types(pack.forms[compiled.rule.each.form])[table.key] if compiled.rule.each else None
        types |= rows.columns if isinstance(rows, Rows) else {}
    declared = {name: kind for name, kind in compiled.rule.inputs.items() if kind != "table"}
    return {**dict.fromkeys(compiled.rule.inputs, "table"), **types, **declared}


def known_inputs(pack: Pack, compiled: CompiledRule) -> frozenset[str]:
    """The names that a rule can make something of: its inputs, what its expressions read, and what that is made from."""
    table = table_of(pack, compiled.rule)
    names = {entry.key for entry in row_inputs(table)} if table else set()
    for expression in (compiled.when, compiled.expr, compiled.award):
        names |= expression.names if expression else frozenset()
    known = closure(pack, names | compiled.rule.inputs.keys() | compiled.reads)
    known |= {counted for name in known & pack.context.keys() if (counted := pack.context[name].count_filled)}
    fields = {f"{code}.{key}" for code in known & pack.forms.keys() for key in form_types(pack.forms[code])}
    places = scope_of(pack).places
    return known | fields | {places[name] for name in known if name in places} | _bare(fields)


def _bare(fields: set[str]) -> set[str]:
    return {field.partition(".")[2] for field in fields}


def facts_of(pack: Pack, compiled: CompiledRule, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a rule's own expressions read, from ``inputs`` by name (``name`` or ``FORM.field``).

    Beside what is given of them, a value that a round may decide has its default, and what the context computes is
    computed. Everything else is missing, tables too, and all of it where nothing that the rule knows is given.
    Bindings and the rows of a table are not gone through.
    """
    types = input_types(pack, compiled)
    parts = nested(inputs)
    given = _between_forms(pack, {name: read_input(value, types.get(name)) for name, value in parts.items()})
    expressions = (compiled.when, compiled.expr, compiled.award)
    defaults = inputs.keys() & known_inputs(pack, compiled)
    names = compiled.rule.inputs.keys() | {name for e in expressions if e for name in e.names}
    return resolve_context(
        pack,
        form_data={code: form for code in pack.forms if isinstance(form := parts.get(code), Mapping)},
        system_facts={},
        action_data={},
        slots=default_values(pack.programme.slots) if defaults else {},
        names=names,
        given=_blank(pack) | dict.fromkeys(_from_nothing(pack, names, given)) | given,
    )


def _from_nothing(pack: Pack, names: Iterable[str], given: Collection[str]) -> Iterator[str]:
    """What the context would work out although nothing that goes into it is given: it is missing, like the rest."""
    for name in closure(pack, names) & pack.context.keys():
        spec = pack.context[name]
        read = (closure(pack, {name}) - {name}) | ({spec.count_filled} if spec.count_filled else set())
        decided = any(pack.context[other].slot for other in read & pack.context.keys())
        if read and not decided and read.isdisjoint(given):
            yield name


def _blank(pack: Pack) -> dict[str, Any]:
    """No form says anything: not even that a table has no rows."""
    bare = [name for name in scope_of(pack).places if "." not in name]
    return {**dict.fromkeys(bare), **{code: {} for code in pack.forms}}


def _between_forms(pack: Pack, given: dict[str, Any]) -> dict[str, Any]:
    """``ent_total`` also as ``GY_SUPP.ent_total``, and the other way round, whichever the expression reads."""
    complete = dict(given)
    for code, form in pack.forms.items():
        record = given.get(code)
        fields = dict(record) if isinstance(record, Mapping) else {}
        for key in form_types(form):
            if key in given and key not in fields:
                fields[key] = given[key]
            elif key in fields and scope_of(pack).places.get(key) == f"{code}.{key}":
                complete.setdefault(key, fields[key])
        if fields:
            complete[code] = fields
    return complete


def nested(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """``{"GY_SUPP.ent_total": 40}`` as ``{"GY_SUPP": {"ent_total": 40}}``."""
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        owner, _dot, key = name.partition(".")
        if not key:
            found[name] = value
        elif isinstance(found.setdefault(owner, {}), dict):
            found[owner][key] = value
    return found


def read_input(value: Any, kind: Type | None) -> Any:
    """``value`` as a fact of the type ``kind``: the value itself where it has that type or cannot be read as one."""
    match kind:
        case _ if value is None:
            return None
        case Record(fields=fields):
            return _row(value, fields) if isinstance(value, Mapping) else value
        case Rows(columns=columns):
            return [_row(row, columns) for row in value] if isinstance(value, list | tuple) else value
        case "table":
            return [_row(row, {}) for row in value] if isinstance(value, list | tuple) else value
        case "mapping[decimal]":
            return {k: _number(v) for k, v in value.items()} if isinstance(value, Mapping) else value
        case "list[text]" | "list[integer]" | "list[decimal]":
            items = value if isinstance(value, list | tuple) else [value]
            return [read_input(item, ITEMS[kind]) for item in items]
        case "text":
            return _text(value)
        case "integer" | "decimal":
            return _number(value)
        case "boolean":
            return _boolean(value)
        case "date":
            return _date(value)
        case "datetime":
            return _datetime(value)
    return value


def _row(row: Any, columns: Mapping[str, Type]) -> Any:
    """A row of a table; one that is no mapping counts as a row of which no cell is known."""
    if not isinstance(row, Mapping):
        return {}
    return {key: read_input(value, columns.get(key)) for key, value in row.items()}


def _text(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
    return value


def _number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = normal(value)
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    return Decimal(text) if NUMBER.fullmatch(text) else text or None


def _boolean(value: Any) -> Any:
    match value:
        case str():
            word = normal(value).lower()
            return word in TRUE if word in TRUE | FALSE else word or None
        case 0 | 1:
            return bool(value)
    return value


def _date(value: Any) -> Any:
    moment = _datetime(value)
    try:
        return moment.astimezone(SHANGHAI).date() if isinstance(moment, dt.datetime) else moment
    except OverflowError:  # before the year 1 or after 9999 in Shanghai
        return value


def _datetime(value: Any) -> Any:
    """A day stands for its beginning in Shanghai; a time without a zone is Shanghai's."""
    if not isinstance(value, str):
        return value
    text = normal(value.strip().replace(" ", "T", 1))
    day = next((found for pattern in DATES if (found := pattern.fullmatch(text))), None)
    try:
        if day is not None:
            return dt.datetime(int(day["y"]), int(day["m"]), int(day["d"]), tzinfo=SHANGHAI)
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text or None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
