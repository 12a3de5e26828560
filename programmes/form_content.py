"""What stored form data say: their types and values, which fields are asked, what is still missing. 表单内容"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from programmes import form_values
from programmes.expression_types import Rows, Type, fact_type_of
from programmes.expressions import Expression, compile_expression
from programmes.form_cells import FILES, UNSTORED, Input, inputs_of, row_inputs
from programmes.schema import Form, FormField


class MissingCell(NamedTuple):
    """A required cell that is blank or not readable."""

    path: str
    label: str


def typed(form: Form, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Stored data as facts: Decimal, int, date, bool, str, lists, tables as lists of such; None where nothing is there.

    Each is read when it is first asked for: what the condition of a field asks is seldom in its long table.
    """
    return _Typed(form, data)


class _Typed(Mapping[str, Any]):
    def __init__(self, form: Form, data: Mapping[str, Any]) -> None:
        self.data = data
        self.inputs = {cell.key: cell for entry in form.fields for cell in inputs_of(entry)}
        self.tables = {entry.key: row_inputs(entry) for entry in form.fields if entry.type == "table"}
        self.known: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key not in self.known:
            self.known[key] = self._table(key) if key in self.tables else self._value(key)
        return self.known[key]

    def __iter__(self) -> Iterator[str]:
        yield from self.inputs
        yield from self.tables

    def __len__(self) -> int:
        return len(self.inputs) + len(self.tables)

    def _value(self, key: str) -> Any:
        return form_values.typed_value(self.inputs[key], self.data.get(key))

    def _table(self, key: str) -> list[dict[str, Any]]:
        cells = self.tables[key]
        return [
            {cell.key: form_values.typed_value(cell, row.get(cell.key)) for cell in cells}
            for row in self.data.get(key) or ()
        ]


def form_types(form: Form) -> dict[str, Type]:
    """The types of :func:`typed`'s facts, for expressions over this form."""
    types: dict[str, Type] = {}
    for entry in form.fields:
        if entry.type == "table":
            columns: dict[str, Type] = {cell.key: fact_type_of(cell.type) for cell in row_inputs(entry)}
            types[entry.key] = Rows(f"{form.code}.{entry.key}", columns)
        else:
            types.update({cell.key: fact_type_of(cell.type) for cell in inputs_of(entry)})
    return types


def visible_fields(form: Form, data: Mapping[str, Any]) -> list[FormField]:
    """The fields to show, given what is filled in: ``visible_when`` holds, or cannot be told yet."""
    return [entry for entry, shown in _asked(form, data) if shown is not False]


def _asked(form: Form, data: Mapping[str, Any]) -> list[tuple[FormField, bool | None]]:
    """Each field, and whether it is asked: None when that depends on something not filled in yet."""
    if not any(entry.visible_when for entry in form.fields):
        return [(entry, True) for entry in form.fields]
    facts = typed(form, data)
    asked: list[tuple[FormField, bool | None]] = []
    for entry in form.fields:
        holds = compiled(form, entry.visible_when).evaluate(facts) if entry.visible_when else True
        asked.append((entry, holds if isinstance(holds, bool) else None))
    return asked


def count_filled(
    form: Form,
    data: Mapping[str, Any],
    *,
    attached: Collection[str] = (),
    faulty: Collection[str] | None = None,
) -> int:
    """How many printed cells are filled in: a field is one, a grid cell is one (all its parts), a table's every cell.

    ``faulty``: the paths that hold something unreadable, where the data have just been read; then nothing is read again.
    """
    return sum(
        1
        for entry in visible_fields(form, data)
        for cells in _cells(entry, data)
        if not any(_lacks(cell, value, where, attached, faulty) for cell, value, where in cells)
    )


def is_complete(
    form: Form,
    data: Mapping[str, Any],
    *,
    attached: Collection[str] = (),
    faulty: Collection[str] | None = None,
) -> list[MissingCell]:
    """What is still missing: required cells that are blank or not readable, with path and label. Empty: complete.

    A required table needs a row. Files in ``attached`` (field keys) count as there; links to other forms are not asked,
    nor is a field whose condition cannot be told yet (what the condition reads is asked). ``faulty`` as above.
    """
    return list(missing_cells(form, data, attached=attached, faulty=faulty))


def missing_cells(
    form: Form,
    data: Mapping[str, Any],
    *,
    attached: Collection[str] = (),
    faulty: Collection[str] | None = None,
) -> Iterator[MissingCell]:
    """:func:`is_complete` one after another, for whoever wants to know only whether there are any."""
    for entry in (entry for entry, asked in _asked(form, data) if asked):
        if entry.type == "table" and entry.required and not data.get(entry.key):
            yield MissingCell(entry.key, str(entry.label))
        if entry.calculated:
            continue
        for cells in _cells(entry, data):
            for cell, value, where in cells:
                if cell.required and _lacks(cell, value, where, attached, faulty):
                    path = f"{where}{cell.key}"
                    yield MissingCell(path, _label(entry, cell, path))


Placed = tuple[Input, Any, str]
"""An input, what is stored for it, and what its path begins with: a table has too many cells to spell each path out."""


def _cells(entry: FormField, data: Mapping[str, Any]) -> Iterator[list[Placed]]:
    """The printed cells of a field, each with the inputs it holds."""
    if entry.type == "table":
        printed = _printed(row_inputs(entry))
        for number, row in enumerate(data.get(entry.key) or ()):
            where = f"{entry.key}.{number}."
            for inputs in printed:
                yield [(cell, row.get(cell.key), where) for cell in inputs]
    elif entry.type not in UNSTORED:
        for inputs in _printed(inputs_of(entry)):
            yield [(cell, data.get(cell.key), "") for cell in inputs]


def _printed(inputs: Iterable[Input]) -> list[list[Input]]:
    """The inputs by the printed cell that they stand in."""
    return [list(parts) for _cell, parts in groupby(inputs, key=lambda entry: entry.cell)]


def _lacks(
    cell: Input, value: Any, where: str, attached: Collection[str], faulty: Collection[str] | None
) -> bool:
    if cell.type in FILES and f"{where}{cell.key}" in attached:
        return False
    if faulty is not None:
        return value is None or value in ("", []) or (bool(faulty) and f"{where}{cell.key}" in faulty)
    reading = form_values.read(cell, value)
    return bool(reading.error) or reading.value is None


def label_of(form: Form, path: str) -> str:
    """What the cell at ``path`` is called, in a table with its line; the path itself where there is none."""
    key = path.partition(".")[0]
    for entry in form.fields:
        table = entry.type == "table"
        for cell in row_inputs(entry) if table else inputs_of(entry):
            if path == cell.key if not table else entry.key == key and path.endswith(f".{cell.key}"):
                return _label(entry, cell, path)
    return path


def _label(entry: FormField, cell: Input, path: str) -> str:
    if entry.type == "table":
        row = int(path.split(".")[1]) + 1
        return _("%(table)s第%(row)s行“%(column)s”") % {
            "table": entry.label,
            "row": row,
            "column": cell.label,
        }
    return f"{entry.label} {cell.label}" if entry.type == "grid" else str(cell.label)


def compiled(form: Form, text: str) -> Expression:
    """An expression over the form's own fields, compiled once. Raises ExpressionError (the checks report it)."""
    expression = form._compiled.get(text)
    if expression is None:
        expression = form._compiled[text] = compile_expression(text, form_types(form))
    return expression
