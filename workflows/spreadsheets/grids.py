"""How a printed grid (indicators × years) stands in a spreadsheet: a row an indicator, a column a printed blank. 指标表

Row labels stand level by level on every row, then the unit, then one column a blank; a blank that holds several numbers
has a column for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from programmes.form_cells import Input, inputs_of
from programmes.schema import Form, FormField
from workflows.spreadsheets.layout import SheetColumn

NEVER = "false"
"""The condition of a field that nobody is asked."""


@dataclass(frozen=True, slots=True)
class Grid:
    """指标表: rows of a form that stand side by side under the same columns; ``key`` is that of its first row."""

    key: str
    title: str
    fields: tuple[FormField, ...]
    columns: tuple[SheetColumn, ...]

    @property
    def depth(self) -> int:
        """How many levels its row labels have."""
        return max(len(labels_of(field)) for field in self.fields)

    @property
    def inputs(self) -> dict[str, Input]:
        """What may be filled in, by key; calculated rows are not."""
        return {
            entry.key: entry for field in self.fields if not field.calculated for entry in inputs_of(field)
        }

    @property
    def kinds(self) -> bool:
        """Whether it prints what kind of indicator each row is (定量, 定性)."""
        return any(field.indicator_kind for field in self.fields)


def grids_of(form: Form) -> tuple[Grid, ...]:
    """The printed grids of a form, in printed order."""
    found = []
    for fields in _groups(form):
        for _columns, alike in groupby(fields, key=_columns_named):
            rows = tuple(alike)
            found.append((rows, grid_columns(rows)))
    return tuple(Grid(rows[0].key, _title(form, rows, len(found)), rows, columns) for rows, columns in found)


def grid_of(form: Form, key: str) -> Grid | None:
    """The grid that has a row of this key."""
    return next((grid for grid in grids_of(form) if any(row.key == key for row in grid.fields)), None)


def labels_of(field: FormField) -> tuple[str, ...]:
    """The printed levels of a row."""
    return field.path or (str(field.label),)


def name_of(field: FormField) -> str:
    """A row in one line: 行业指标 / 主营业务收入 / 绝对值(万元)."""
    return " / ".join(labels_of(field))


def suffix_of(field: FormField, entry: Input) -> str:
    """The column in which an input of a row stands: 2020, 2020_senior."""
    return entry.key.removeprefix(f"{field.key}_")


def grid_columns(fields: tuple[FormField, ...]) -> tuple[SheetColumn, ...]:
    """The columns of values: every printed column with all parts that any row has there."""
    printed: dict[str, dict[str, SheetColumn]] = {}
    for field in fields:
        labels = {f"{field.key}_{column.key}": column for column in field.columns}
        for entry in inputs_of(field):
            column, suffix = labels[entry.cell], suffix_of(field, entry)
            part = entry.label if column.parts else None
            whole = entry.key == entry.cell
            texts = (str(column.label), column.label.zh, column.label.en or column.label.zh)
            parts = (str(part), part.zh, part.en or part.zh) if part is not None else ("", "", "")
            named = [f"{text}·{own}" for text, own in zip(texts, parts, strict=True) if own]
            names = tuple([*texts, *named] if whole else named)
            heading = texts[0] if whole else names[0]
            there = printed.setdefault(column.key, {})
            known = there.get(suffix)
            if known is None:
                there[suffix] = SheetColumn(suffix, heading, entry, names)
            else:
                more = tuple(dict.fromkeys((*known.names, *names)))
                there[suffix] = SheetColumn(suffix, known.heading, known.entry, more)
    return tuple(column for parts_of in printed.values() for column in parts_of.values())


def _groups(form: Form) -> Iterator[list[FormField]]:
    """Grid rows that follow one another, as the form is drawn: what stands under no heading first."""
    fields = {field.key: field for field in form.fields}
    grouped = {key for section in form.sections for key in section.fields}
    runs = [[field for field in form.fields if field.key not in grouped]]
    runs += [[fields[key] for key in section.fields if key in fields] for section in form.sections]
    for run in runs:
        asked = [field for field in run if (field.visible_when or "").strip() != NEVER]
        for grid, together in groupby(asked, key=lambda field: field.type == "grid"):
            if grid:
                yield list(together)


def _columns_named(field: FormField) -> list[tuple[str, str]]:
    return [(column.key, column.label.zh) for column in field.columns]


def _title(form: Form, rows: tuple[FormField, ...], count: int) -> str:
    if count == 1 and form.kind == "grid":
        return str(form.title)
    return labels_of(rows[0])[0]
