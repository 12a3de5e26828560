"""The template for declaring many projects at once, and the file of lines that are still to be mended. 批量导入模板"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from programmes.schema import Pack
from workflows.spreadsheets.batch_reading import reasons_heading
from workflows.spreadsheets.batches import (
    BATCH_MARK,
    MOST_LINES,
    TITLE,
    UNIT,
    batch_columns,
    forms_of,
    items_of,
)
from workflows.spreadsheets.cells import put
from workflows.spreadsheets.guide import HEADING, WIDTHS, hints_of, kind_name, put_line
from workflows.spreadsheets.layout import GUIDE_SHEET, SheetColumn
from workflows.spreadsheets.writing import BOLD, CENTRED, LINE, WRAPPED, Book, Source, text

LISTED_UNITS = 200
"""So many units are offered in a drop-down list; of more, the name or the credit code is typed."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a file is for: the round (its public id and name), its programme and edition; the units to choose from."""

    pack: Pack
    round: str
    name: str
    programme: str
    edition: str
    digest: str
    units: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Mending:
    """待改行: what was typed, column key → text, and what is wrong with it."""

    values: Mapping[str, str]
    reasons: Sequence[str]


def batch_file(batch: Batch, lines: Sequence[Mending] = ()) -> bytes:
    """The template; with ``lines`` those, and a last column that says what is wrong with each. It may be uploaded again.

    The column of units is there when ``batch`` has several to choose from, or some line names one.
    """
    several = len(batch.units) > 1 or any(line.values.get(UNIT) for line in lines)
    columns = [column for column in batch_columns(batch.pack) if several or column.key != UNIT]
    book = Book(
        Source(forms_of(batch.pack)[0], batch.programme, batch.edition, batch.digest),
    )
    sheet = book.sheet(_("批量导入"))
    book.marks.append((sheet.title, BATCH_MARK, batch.round))
    book.columns(sheet, columns, MOST_LINES)
    if several and len(batch.units) <= LISTED_UNITS:
        _offer_units(book, sheet, batch.units)
    sheet.freeze_panes = sheet.cell(2, 2 + [column.key for column in columns].index(TITLE))
    for number, line in enumerate(lines, start=2):
        for place, column in enumerate(columns, start=1):
            put(sheet.cell(number, place), column.entry, line.values.get(column.key))
    if lines:
        _add_reasons(sheet, len(columns) + 1, lines)
    _write_guide(book, batch, columns)
    return book.saved(f"{batch.name} {sheet.title}")


def _offer_units(book: Book, sheet: Worksheet, units: Sequence[str]) -> None:
    """A list to choose from; a credit code may be typed as well."""
    if not units:
        return
    rule = DataValidation(type="list", formula1=book.choice_list(tuple(units)), allow_blank=True)
    rule.showErrorMessage = False
    rule.add(f"A2:A{MOST_LINES + 1}")
    sheet.add_data_validation(rule)
    sheet.column_dimensions["A"].width = 32


def _add_reasons(sheet: Worksheet, place: int, lines: Sequence[Mending]) -> None:
    head = sheet.cell(1, place)
    text(head, reasons_heading())
    head.font, head.fill, head.border, head.alignment = BOLD, HEADING, LINE, CENTRED
    sheet.column_dimensions[get_column_letter(place)].width = 60
    for number, line in enumerate(lines, start=2):
        cell = sheet.cell(number, place)
        text(cell, "\n".join(line.reasons))
        cell.alignment, cell.quotePrefix = WRAPPED, True


def _write_guide(book: Book, batch: Batch, columns: Sequence[SheetColumn]) -> None:
    sheet = book.book.create_sheet(GUIDE_SHEET)
    for place, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDE"[place]].width = width
    put_line(sheet, [_("填写说明")], Font(bold=True, size=14))
    for said in (
        [_("申报项目"), batch.programme],
        [_("政策版本"), batch.edition],
        [_("批次"), batch.name],
        [_("行数上限"), _("%(n)s行") % {"n": MOST_LINES}],
    ):
        put_line(sheet, said)
    put_line(sheet, [])
    heads = [_("列名"), _("类型"), _("单位"), _("必填"), _("说明")]
    put_line(sheet, heads, Font(bold=True), filled=True)
    forms = {item.key: str(item.form.title) for item in items_of(batch.pack)}
    shown = ""
    for column in columns:
        entry, form = column.entry, forms.get(column.key, "")
        if form != shown and form:
            put_line(sheet, [form], Font(bold=True))
            shown = form
        put_line(sheet, [column.heading, kind_name(entry), entry.unit, _needed(column), _said(column)])
    put_line(sheet, [])
    for hint in _rules():
        put_line(sheet, [hint])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=5)
    sheet.sheet_view.showGridLines = False


def _needed(column: SheetColumn) -> str:
    """Without unit and title there is no draft; the rest may be filled in later."""
    if column.key in (UNIT, TITLE):
        return _("必填")
    return _("提交前必填") if column.entry.required else ""


def _said(column: SheetColumn) -> str:
    match column.key:
        case "unit":
            return _("单位全称或统一社会信用代码。例：贵州某某科技有限公司。")
        case "title":
            return _("不超过200字，同一单位在本批次内不应重名。例：某某县智慧物流园建设项目。")
    return hints_of(column.entry) + _example(column)


def _example(column: SheetColumn) -> str:
    entry: Any = column.entry
    match entry.type:
        case "decimal" | "integer" if entry.unit and entry.unit != "年":
            return _("例：1200（只填数值，不带单位）。")
        case "integer" if entry.unit == "年":
            return _("例：2026。")
        case "percent":
            return _("例：35.5（表示35.5%）。")
        case "date":
            return _("例：2026-03-15。")
        case "boolean":
            return _("填“是”或“否”。")
    return ""


def _rules() -> list[str]:
    return [
        _("一、每行一个申报项目，导入后各成一份申报草稿；从“批量导入”表第2行起填写，本页内容不读入。"),
        _("二、第一行列名请勿改动；各列可以调换顺序，暂不填写的单元格留空，导入后在草稿中继续填写。"),
        _("三、数字只填数值，不带单位，单位以列名所注为准；日期填如2026-03-15。"),
        _("四、明细表、指标表和附件不在本文件中，导入后在各份草稿中填写或上传。"),
        _("五、填好后在“发起申报”页面该批次的“批量导入”中上传，核对预览后确认导入；确认前不产生草稿。"),
    ]
