"""From what was typed into a form to what is stored. 表单校验"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from programmes import form_values
from programmes.expressions import Undecided
from programmes.form_cells import Input, inputs_of, row_inputs
from programmes.form_content import compiled, is_complete, typed
from programmes.plausibility import questions
from programmes.schema import Form, FormField

IGNORED = re.compile(r"_.*|csrfmiddlewaretoken")
"""What browsers and pages send along; no field of a form begins with an underscore."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``data`` for storage (a bad cell keeps the typed text); messages by path (``rows.0.name``), ready to show."""

    data: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """May this be handed in? Warnings do not matter."""
        return not self.errors


def clean_form(
    form: Form, raw: Mapping[str, Any], *, partial: bool, attached: Collection[str] = ()
) -> Cleaned:
    """Read what was typed into ``form``.

    ``raw`` is nested JSON or a flat posted form (``rows.0.name``; a ``QueryDict`` gives its lists). With ``partial`` (a
    draft) blanks are no errors. ``attached`` names the file fields for which files lie elsewhere. Never raises.
    """
    result = Cleaned({})
    values = _Posted(raw)
    for entry in form.fields:
        if entry.type == "table":
            _clean_table(entry, values.rows(entry.key, [cell.key for cell in row_inputs(entry)]), result)
            continue
        values.take(entry.key, many=False)  # a link or a grid has no value of its own, but its name is known
        for cell in inputs_of(entry):
            typed_in = values.take(cell.key, many=cell.type in MANY)
            if not entry.calculated:
                _clean_cell(cell, typed_in, result.data, "", result)
    _calculate(form, result)
    for path, question in questions(form, result.data, faulty=result.errors).items():
        if path not in result.errors:
            result.warnings.setdefault(path, question)
    for name in values.unknown():
        result.errors[name] = _("表单中没有此项")
    if not partial:
        for path, _label in is_complete(form, result.data, attached=attached):
            result.errors.setdefault(path, _("请填写本项"))
    return result


UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MANY = frozenset({"multi_choice", "files"})


class _Posted:
    """Typed-in values by key, nested or flat, and which of them no field asked for."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.left = {str(name) for name in raw if not IGNORED.fullmatch(str(name))}

    def take(self, key: str, *, many: bool) -> Any:
        self.left.discard(key)
        getlist: Callable[[str], list[Any]] | None = getattr(self.raw, "getlist", None)
        return getlist(key) if many and getlist is not None else self.raw.get(key)

    def rows(self, key: str, columns: list[str]) -> list[dict[str, Any]]:
        nested = self.raw.get(key)
        self.left.discard(key)
        if isinstance(nested, list):
            return [self._nested_row(key, number, row, columns) for number, row in enumerate(nested)]
        flat: dict[int, dict[str, Any]] = {}
        pattern = re.compile(rf"{re.escape(key)}\.([0-9]{{1,5}})\.({'|'.join(map(re.escape, columns))})")
        for name in list(self.left):
            match = pattern.fullmatch(name)
            if match:
                flat.setdefault(int(match[1]), {})[match[2]] = self.take(name, many=False)
        return [flat[number] for number in sorted(flat)]

    def _nested_row(self, key: str, number: int, row: Any, columns: list[str]) -> dict[str, Any]:
        if not isinstance(row, Mapping):
            self.left.add(f"{key}.{number}")
            return {}
        self.left |= {f"{key}.{number}.{name}" for name in row if name not in columns}
        return {name: row[name] for name in columns if name in row}

    def unknown(self) -> list[str]:
        return sorted(self.left)


def _clean_cell(entry: Input, raw: Any, into: dict[str, Any], where: str, result: Cleaned) -> None:
    """Read ``raw`` into its place; ``where`` is what the path of the cell begins with."""
    reading = form_values.read(entry, raw)
    if reading.error:
        into[entry.key] = [_as_typed(each) for each in raw] if isinstance(raw, list) else _as_typed(raw)
        result.errors[f"{where}{entry.key}"] = reading.error
    elif reading.value is not None:
        into[entry.key] = reading.value
    if reading.warning:
        result.warnings[f"{where}{entry.key}"] = reading.warning


def _as_typed(raw: Any) -> str:
    """The text as somebody typed it, without what can neither be seen nor stored."""
    return UNSTORABLE.sub("", str(raw))


def _clean_table(table: FormField, posted: list[dict[str, Any]], result: Cleaned) -> None:
    """Rows that are blank throughout fall away; paths count the rows that stay, as the data do."""
    rows: list[dict[str, Any]] = []
    entries = row_inputs(table)
    for values in posted:
        if all(_blank(value) for value in values.values()):
            continue
        row: dict[str, Any] = {}
        where = f"{table.key}.{len(rows)}."
        for entry in entries:
            _clean_cell(entry, values.get(entry.key), row, where, result)
        rows.append(row)
    if len(rows) > table.max_rows:
        result.errors[table.key] = _("不得超过%(limit)s行，现为%(count)s行") % {
            "limit": table.max_rows,
            "count": len(rows),
        }
    if rows:
        result.data[table.key] = rows


def _blank(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _calculate(form: Form, result: Cleaned) -> None:
    """Calculated fields come from the others; what cannot be computed stays blank."""
    for entry in form.fields:
        if not entry.calculated:
            continue
        value = compiled(form, entry.calculated).evaluate(typed(form, result.data))
        for cell in inputs_of(entry):
            _clean_cell(cell, None if isinstance(value, Undecided) else value, result.data, "", result)
