"""Making .xlsx files: the template of a table or a grid, either as it is now, a whole form. 导出"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from programmes.form_cells import Input, inputs_of
from programmes.form_content import visible_fields
from programmes.schema import Form, FormField
from workflows.forms_ui import kinds_name, level_names
from workflows.spreadsheets.cells import BOOLEANS, DATE_FORMAT, NUMBERS, TEXT_FORMAT, put
from workflows.spreadsheets.grids import Grid, grid_columns, grids_of, labels_of, suffix_of
from workflows.spreadsheets.guide import write_guide
from workflows.spreadsheets.layout import (
    CHOICES_SHEET,
    MARKS_SHEET,
    SheetColumn,
    columns_of,
    sheet_title,
    tables_of,
)
from workflows.spreadsheets.reading import MARK_WORD

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADING = PatternFill("solid", fgColor="EAF1FB")
NO_BLANK = PatternFill("solid", fgColor="E6E8EB")
"""Where a row of a grid has no blank to be filled in."""
LINE = Border(bottom=Side(style="thin", color="8FA3BF"))
BOLD = Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")
CENTRED = Alignment(wrap_text=True, vertical="center", horizontal="center")
COLUMN_FORMATS = {"date": DATE_FORMAT, "datetime": f"{DATE_FORMAT} hh:mm", "integer": "General"}
WIDTHS = {"rich_text": 40, "text": 22, "choice": 18, "multi_choice": 24}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file's content comes from, for its title and its mark."""

    form: Form
    programme: str
    edition: str
    digest: str


def table_file(source: Source, field: FormField, rows: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """A table with these rows; without any, the template. Imported again, it gives the same rows."""
    book = Book(source)
    book.table(field, rows)
    book.guide([field], [])
    return book.saved()


def grid_file(source: Source, grid: Grid, data: Mapping[str, Any] | None = None) -> bytes:
    """A printed grid with its row labels, columns and units; with ``data`` as it is filled in, else the template."""
    book = Book(source)
    book.grid(grid, data or {}, _("指标"))
    book.guide([], [grid])
    return book.saved()


def form_file(source: Source, data: Mapping[str, Any]) -> bytes:
    """A whole form: its single items, its printed grid, and every table on a sheet of its own."""
    book = Book(source)
    shown = {field.key for field in visible_fields(source.form, data)}
    single = [
        f for f in source.form.fields if f.type not in ("table", "grid", "form_link") and f.key in shown
    ]
    grids = [grid for whole in grids_of(source.form) if (grid := _of(whole, shown)) is not None]
    if single:
        book.items(single, data)
    for grid in grids:
        book.grid(grid, data, _("指标") if len(grids) == 1 else grid.title)
    tables = [field for field in tables_of(source.form) if field.key in shown or data.get(field.key)]
    for field in tables:
        book.table(field, data.get(field.key) or ())
    if tables or grids:
        book.guide(tables, grids)
    return book.saved()


def _of(grid: Grid, shown: set[str]) -> Grid | None:
    """The grid with the rows that are asked; None without any."""
    fields = tuple(field for field in grid.fields if field.key in shown)
    return replace(grid, fields=fields, columns=grid_columns(fields)) if fields else None


class Book:
    """A workbook in the making: its sheets, the lists of its choices, the marks by which it is known again."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.book = Workbook()
        self.first: Worksheet | None = self.book.active
        self.marks: list[tuple[str, str, str]] = []
        self.choices: list[tuple[str, ...]] = []

    def sheet(self, label: str) -> Worksheet:
        """A new sheet, called so as far as Excel takes it."""
        title = sheet_title(label, frozenset(self.book.sheetnames))
        if self.first is None:
            return self.book.create_sheet(title)
        sheet, self.first = self.first, None
        sheet.title = title
        return sheet

    def table(self, field: FormField, rows: Sequence[Mapping[str, Any]]) -> None:
        """Headings, rows, and what may be typed into the columns."""
        sheet, columns = self.sheet(str(field.label)), columns_of(field)
        self.marks.append((sheet.title, self.source.form.code, field.key))
        self.columns(sheet, columns, field.max_rows)
        for number, row in enumerate(rows, start=2):
            for place, column in enumerate(columns, start=1):
                cell = sheet.cell(number, place)
                put(cell, column.entry, row.get(column.key))
                if column.entry.type == "rich_text":
                    cell.alignment = WRAPPED

    def columns(self, sheet: Worksheet, columns: Sequence[SheetColumn], rows: int) -> None:
        """The headings, and what may be typed below them in so many rows."""
        for place, column in enumerate(columns, start=1):
            self._head(sheet, place, column)
            self._validate(sheet, place, column, rows)
        sheet.freeze_panes = "A2"
        sheet.row_dimensions[1].height = 32

    def _head(self, sheet: Worksheet, place: int, column: SheetColumn) -> None:
        cell = sheet.cell(1, place)
        text(cell, column.heading)
        cell.font, cell.fill, cell.border, cell.alignment = BOLD, HEADING, LINE, CENTRED
        dimension = sheet.column_dimensions[get_column_letter(place)]
        kind = column.entry.type
        dimension.width = max(WIDTHS.get(kind, 14), min(30, 2 * len(column.heading) + 2))
        numeric = "General" if kind in NUMBERS else TEXT_FORMAT
        dimension.number_format = COLUMN_FORMATS.get(kind, numeric)

    def _validate(self, sheet: Worksheet, place: int, column: SheetColumn, max_rows: int) -> None:
        rule = self._rule(column.entry)
        if rule is None:
            return
        letter = get_column_letter(place)
        rule.allow_blank = True
        rule.showErrorMessage = True
        rule.add(f"{letter}2:{letter}{max_rows + 1}")
        sheet.add_data_validation(rule)

    def _rule(self, entry: Input) -> DataValidation | None:
        """Choices are enforced; numbers and days are warned about, since what is typed is kept in any case."""
        if entry.type in ("choice", "boolean"):
            labels = (
                tuple(BOOLEANS.values())
                if entry.type == "boolean"
                else tuple(str(c.label) for c in entry.choices)
            )
            rule = DataValidation(type="list", formula1=self.choice_list(labels))
            rule.error = _("请从下拉列表中选择。")
        elif entry.type in NUMBERS:
            low, high = entry.minimum, entry.maximum
            kind = "whole" if entry.type == "integer" else "decimal"
            rule = DataValidation(
                type=kind,
                operator="between",
                formula1=str(low if low is not None else -(10**15)),
                formula2=str(high if high is not None else 10**15),
                errorStyle="warning",
            )
            rule.error = _("本列应填数字，不带单位。")
        elif entry.type in ("date", "datetime"):
            rule = DataValidation(type="date", operator="greaterThan", formula1="1", errorStyle="warning")
            rule.error = _("本列应填日期，如2020-12-31。")
        else:
            return None
        rule.errorTitle = str(entry.label)[:30]
        return rule

    def choice_list(self, labels: tuple[str, ...]) -> str:
        """A reference to the hidden sheet of choices: lists there may be long, and may hold commas."""
        if labels not in self.choices:
            self.choices.append(labels)
        letter = get_column_letter(self.choices.index(labels) + 1)
        return f"'{CHOICES_SHEET}'!${letter}$1:${letter}${len(labels)}"

    def items(self, fields: Sequence[FormField], data: Mapping[str, Any]) -> None:
        """Single items, one a row."""
        sheet = self.sheet(_("单项内容"))
        self._headings(sheet, [_("项目"), _("内容"), _("单位")], [40, 60, 12])
        for number, field in enumerate(fields, start=2):
            entry = next(inputs_of(field))
            text(sheet.cell(number, 1), " / ".join(field.path) or str(field.label))
            put(sheet.cell(number, 2), entry, data.get(entry.key))
            text(sheet.cell(number, 3), field.unit)
            for place in (1, 2):
                sheet.cell(number, place).alignment = WRAPPED

    def grid(self, grid: Grid, data: Mapping[str, Any], label: str) -> None:
        """The printed grid: levels of the indicators, their unit, a column a blank, the kind of each indicator."""
        sheet, depth = self.sheet(label), grid.depth
        self.marks.append((sheet.title, self.source.form.code, grid.key))
        heads = [column.heading for column in grid.columns]
        kinds = [kinds_name()] if grid.kinds else []
        widths = [18] * (depth - 1) + [30, 8] + [16] * len(heads) + [10] * len(kinds)
        self._headings(sheet, [*level_names(depth), _("单位"), *heads, *kinds], widths)
        sheet.freeze_panes = sheet.cell(2, depth + 2)
        for number, field in enumerate(grid.fields, start=2):
            for place, level in enumerate(labels_of(field), start=1):
                text(sheet.cell(number, place), level)
                sheet.cell(number, place).alignment = WRAPPED
            text(sheet.cell(number, depth + 1), field.unit)
            self._blanks(sheet, number, grid, field, data)
            if kinds:
                text(sheet.cell(number, depth + 2 + len(heads)), field.indicator_kind)

    def _blanks(
        self, sheet: Worksheet, number: int, grid: Grid, field: FormField, data: Mapping[str, Any]
    ) -> None:
        """One row's blanks; grey where other rows have more of them."""
        entries = {suffix_of(field, entry): entry for entry in inputs_of(field)}
        for place, column in enumerate(grid.columns, start=grid.depth + 2):
            entry, cell = entries.get(column.key), sheet.cell(number, place)
            if entry is None:
                cell.fill = NO_BLANK
                continue
            put(cell, entry, data.get(entry.key))
            rule = None if field.calculated else self._rule(entry)
            if rule is not None:
                rule.allow_blank = True
                rule.showErrorMessage = True
                rule.add(cell.coordinate)
                sheet.add_data_validation(rule)

    def _headings(self, sheet: Worksheet, heads: Sequence[str], widths: Sequence[int]) -> None:
        for place, (head, width) in enumerate(zip(heads, widths, strict=True), start=1):
            cell = sheet.cell(1, place)
            text(cell, head)
            cell.font, cell.fill, cell.border, cell.alignment = BOLD, HEADING, LINE, CENTRED
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.freeze_panes = "A2"

    def guide(self, fields: Sequence[FormField], grids: Sequence[Grid]) -> None:
        """The sheet that says how to fill the others in."""
        source = self.source
        write_guide(self.book, source.form, fields, grids, source.programme, source.edition)

    def saved(self, title: str = "") -> bytes:
        """The file; without a ``title`` it is called as the form is."""
        self._hide(CHOICES_SHEET, list(zip(*_padded(self.choices), strict=True)) if self.choices else [])
        marks = [(MARK_WORD, *mark, self.source.digest) for mark in self.marks]
        self._hide(MARKS_SHEET, marks)
        self.book.properties.creator = _("历程")
        self.book.properties.title = title or str(self.source.form.title)
        held = io.BytesIO()
        self.book.save(held)
        return held.getvalue()

    def _hide(self, title: str, rows: Sequence[Sequence[str]]) -> None:
        if not rows:
            return
        sheet = self.book.create_sheet(title)
        sheet.sheet_state = "veryHidden"
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row, start=1):
                text(sheet.cell(number, place), value)


def text(cell: Cell, value: str) -> None:
    """A text of ours, or of a pack: never a formula either."""
    if value:
        cell.value, cell.data_type = value, "s"


def _padded(lists: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    longest = max(map(len, lists))
    return [each + ("",) * (longest - len(each)) for each in lists]
