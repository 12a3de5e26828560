"""One picture of a form for screen, print and export: sections, rows, cells. 表单呈现

Nothing here is HTML. A template draws :class:`RenderForm`; the official Word form, the Excel sheet and the review page
are filled from the same cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programmes import form_values
from programmes.form_cells import Input, inputs_of, row_inputs
from programmes.form_content import visible_fields
from programmes.schema import Choice, Column, Form, FormField, Source, Text

SPARE_ROW = "__row__"
"""Stands for the row number in the keys of the spare row, from which a page makes further ones."""


@dataclass(frozen=True, slots=True)
class RenderCell:
    """An input: ``key`` is its name in a posted form, ``value`` as stored (or as typed, if unreadable), ``display`` for
    reading. ``cell`` groups the parts of one printed cell."""

    key: str
    cell: str
    label: Text
    type: str
    value: Any
    display: str
    required: bool
    unit: str
    help: Text | None
    clause: str
    choices: tuple[Choice, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int = 0
    read_only: bool = False
    error: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class RenderLevel:
    """One printed level (一级指标…) of an indicator; ``rowspan`` 0 when the cell above covers it."""

    text: str
    rowspan: int


@dataclass(frozen=True, slots=True)
class RenderRow:
    """A field. ``cells`` of a simple field or grid; ``lines`` of a table, ``spare`` to copy for a further line."""

    key: str
    kind: str
    label: Text
    required: bool
    visible: bool
    help: Text | None
    clause: str
    origin: str
    source: Source
    number: int | None
    indicator_kind: str
    levels: tuple[RenderLevel, ...]
    columns: tuple[Column, ...]
    cells: tuple[RenderCell, ...]
    lines: tuple[tuple[RenderCell, ...], ...] = ()
    count: int = 0
    """Lines of a table that are filled in; ``lines`` are fewer where :func:`render` was asked for no more."""
    spare: tuple[RenderCell, ...] = ()
    links: tuple[str, ...] = ()
    printed_rows: int = 0
    max_rows: int = 0
    error: str = ""

    @property
    def rowspan(self) -> int:
        """Rows of a table as printed: what is filled in, and at least the printed ones."""
        return max(self.count, self.printed_rows)


@dataclass(frozen=True, slots=True)
class RenderSection:
    """A printed heading with its rows; the title is None for what stands under no heading."""

    title: Text | None
    help: Text | None
    rows: tuple[RenderRow, ...]


@dataclass(frozen=True, slots=True)
class RenderForm:
    """A form with its content."""

    code: str
    title: Text
    clause: str
    kind: str
    origin: str
    note: Text | None
    sections: tuple[RenderSection, ...]

    @property
    def rows(self) -> Iterator[RenderRow]:
        """All rows in printed order."""
        return (row for section in self.sections for row in section.rows)

    @property
    def cells(self) -> Iterator[RenderCell]:
        """All cells in printed order, those of tables included."""
        for row in self.rows:
            yield from row.cells
            for line in row.lines:
                yield from line


class FlatField(NamedTuple):
    """A field with its printed levels and the inputs behind it (of one row, for a table)."""

    field: FormField
    label: Text
    path: tuple[str, ...]
    inputs: tuple[Input, ...]


def fields_flat(form: Form) -> Iterator[FlatField]:
    """Every field of a form in order, with what is asked in it: for headers, imports and comparisons."""
    for field in form.fields:
        inputs = row_inputs(field) if field.type == "table" else tuple(inputs_of(field))
        yield FlatField(field, field.label, field.path, inputs)


def render(
    form: Form,
    data: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    warnings: Mapping[str, str] | None = None,
    *,
    most: int | None = None,
) -> RenderForm:
    """The picture of ``form`` with stored ``data``; ``errors`` and ``warnings`` (by path) stand at their cells.

    ``most``: so many lines of each table; None for all of them.
    """
    visible = {field.key for field in visible_fields(form, data)}
    painter = _Painter(data, errors or {}, warnings or {}, visible, most)
    fields = {field.key: field for field in form.fields}
    sections = [
        RenderSection(
            section.title,
            section.help,
            painter.rows([fields[key] for key in section.fields if key in fields]),
        )
        for section in form.sections
    ]
    grouped = {key for section in form.sections for key in section.fields}
    loose = [field for field in form.fields if field.key not in grouped]
    if loose:
        sections.insert(0, RenderSection(None, None, painter.rows(loose)))
    return RenderForm(form.code, form.title, form.clause, form.kind, form.origin, form.note, tuple(sections))


def render_line(
    field: FormField,
    values: Mapping[str, Any],
    place: int,
    errors: Mapping[str, str],
    warnings: Mapping[str, str],
) -> tuple[RenderCell, ...]:
    """One line of a table, the ``place``-th counted from 0."""
    return _Painter({}, errors, warnings, set(), None).line(field, values, str(place))


class _Painter:
    def __init__(
        self,
        data: Mapping[str, Any],
        errors: Mapping[str, str],
        warnings: Mapping[str, str],
        visible: set[str],
        most: int | None,
    ) -> None:
        self.data = data
        self.errors = errors
        self.warnings = warnings
        self.visible = visible
        self.most = most

    def rows(self, fields: list[FormField]) -> tuple[RenderRow, ...]:
        levels = _levels([field.path for field in fields])
        return tuple(self.row(field, level) for field, level in zip(fields, levels, strict=True))

    def row(self, field: FormField, levels: tuple[RenderLevel, ...]) -> RenderRow:
        table = field.type == "table"
        stored = self.data.get(field.key) or () if table else ()
        return RenderRow(
            key=field.key,
            kind=field.type,
            label=field.label,
            required=field.required,
            visible=field.key in self.visible,
            help=field.help,
            clause=field.clause,
            origin=field.origin,
            source=field.source,
            number=field.number,
            indicator_kind=field.indicator_kind,
            levels=levels,
            columns=field.columns,
            cells=() if table else tuple(self.cell(e, self.data, e.key, field) for e in inputs_of(field)),
            lines=tuple(self.line(field, row, str(number)) for number, row in enumerate(stored[: self.most])),
            count=len(stored),
            spare=self.line(field, {}, SPARE_ROW) if table else (),
            links=field.links,
            printed_rows=field.printed_rows,
            max_rows=field.max_rows,
            error=self.errors.get(field.key, ""),
        )

    def line(self, field: FormField, row: Mapping[str, Any], number: str) -> tuple[RenderCell, ...]:
        return tuple(
            self.cell(entry, row, f"{field.key}.{number}.{entry.key}", field) for entry in row_inputs(field)
        )

    def cell(self, entry: Input, values: Mapping[str, Any], key: str, field: FormField) -> RenderCell:
        value = values.get(entry.key)
        return RenderCell(
            key=key,
            cell=entry.cell,
            label=entry.label,
            type=entry.type,
            value=value,
            display=display_value(entry, value),
            required=entry.required,
            unit=entry.unit,
            help=entry.help,
            clause=entry.clause,
            choices=entry.choices,
            minimum=entry.minimum,
            maximum=entry.maximum,
            max_length=entry.max_length,
            read_only=bool(field.calculated),
            error=self.errors.get(key, ""),
            warning=self.warnings.get(key, ""),
        )


def _levels(paths: list[tuple[str, ...]]) -> list[tuple[RenderLevel, ...]]:
    """Printed levels with merged cells: a level is merged with the one above when it and all before it are the same."""
    merged: list[tuple[RenderLevel, ...]] = []
    for place, path in enumerate(paths):
        levels = []
        for depth, text in enumerate(path):
            prefix = path[: depth + 1]
            if place and paths[place - 1][: depth + 1] == prefix:
                levels.append(RenderLevel(text, 0))
                continue
            span = 1
            while place + span < len(paths) and paths[place + span][: depth + 1] == prefix:
                span += 1
            levels.append(RenderLevel(text, span))
        merged.append(tuple(levels))
    return merged


def display_value(entry: Input, stored: Any) -> str:
    """A stored value for reading: labels of choices, 年月日 dates, grouped thousands; unreadable text as it was typed."""
    if stored is None or stored == "" or stored == []:
        return ""
    value = form_values.typed_value(entry, stored)
    if value is None:
        return str(stored)
    match value:
        case bool():
            return _("是") if value else _("否")
        case Decimal() | int():
            return _number(entry, Decimal(value))
        case dt.date():
            return _date(value)
        case list():
            return _list(entry, value)
    if entry.type == "choice":
        return _label(entry, value)
    return str(value)


def _number(entry: Input, number: Decimal) -> str:
    """Amounts are grouped; what has no unit may be a year or a serial number and is not."""
    grouped = entry.unit and entry.unit != "年"
    return format(number, ",f") if grouped else format(number, "f")


def _date(day: dt.date) -> str:
    if (get_language() or "").startswith("en"):
        return day.isoformat()
    return f"{day.year}年{day.month}月{day.day}日"


def _list(entry: Input, values: list[str]) -> str:
    if entry.type == "files":
        return _("%(count)s个文件") % {"count": len(values)}
    separator = ", " if (get_language() or "").startswith("en") else "、"
    return separator.join(_label(entry, value) for value in values)


def _label(entry: Input, code: str) -> str:
    return next((str(choice.label) for choice in entry.choices if choice.code == code), code)
