"""From an .xlsx file to rows of cells, within bounds. 读取工作簿"""

from __future__ import annotations

import datetime as dt
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from defusedxml.ElementTree import iterparse
from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import WINDOWS_EPOCH

from cases.errors import Invalid
from workflows.spreadsheets.cells import NOTHING, Grain
from workflows.spreadsheets.guards import malformed, refuse, too_many_cells, too_much_inside
from workflows.spreadsheets.layout import CHOICES_SHEET, GUIDE_SHEET, MARKS_SHEET, Mark
from workflows.spreadsheets.scanning import Extent, extent_of

HEAD_ROWS = 30
"""Rows at the top among which the headings are looked for."""
MAX_COLUMNS = 512
LAST_ROW = 100_000
MOST_GAPS = 20
"""How many empty places may come with one filled cell, over all the rows."""
MARK_WORD = "licheng-table"

log = logging.getLogger(__name__)
Row = tuple[Grain, ...]
Likeness = Callable[[Row], int]
"""How many columns a row of headings names."""


@dataclass(slots=True)
class Sheet:
    """One sheet as rows: ``head`` says in which row (from 1) the headings stand; ``remarks`` are about the whole file."""

    title: str
    rows: list[tuple[int, Row]]
    epoch: dt.datetime = WINDOWS_EPOCH
    remarks: list[str] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First and last column and row (from 1) of the merged ranges."""


def read_workbook(file: IO[bytes], like: Likeness, wanted: Callable[[list[Mark]], str]) -> Sheet:
    """The sheet that ``wanted`` names among the marked ones, else the one whose headings are most ``like`` the table's.

    The file has passed :func:`guards.kind_of`. Raises Invalid for what cannot be read within bounds.
    """
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", UserWarning
        )  # parts of Excel that openpyxl leaves out, and we do not need
        try:
            reader = _Reader(file, read_only=True, data_only=True, keep_links=False)
            try:
                reader.read()
                sheet, remarks = _choose(reader.wb, like, wanted)
                read = _read(reader.wb, sheet, reader.extents[sheet._worksheet_path])
            finally:
                reader.archive.close()
        except Invalid:
            raise
        except Exception as broken:  # a parser that others wrote, fed by strangers: whatever it trips over
            log.info("spreadsheet refused: %r", broken)
            raise malformed() from broken
    read.remarks = remarks + read.remarks
    return read


class _Reader(ExcelReader):
    """Hands no sheet to the parser before it was scanned: the parser holds a row, and what stands outside rows, whole."""

    def read_worksheets(self) -> None:
        """Scan every sheet, then read them."""
        self.extents: dict[str, Extent] = {}
        for _sheet, relation in self.parser.find_sheets():
            path = relation.target
            if path not in self.valid_files:
                continue
            if path in self.extents:  # no program writes two sheets into one part
                raise malformed()
            with self.archive.open(path) as part:
                extent = self.extents[path] = extent_of(part)
            if extent.excessive:
                raise too_much_inside()
            if extent.garbled:
                raise malformed()
        super().read_worksheets()


def _choose(book: Any, like: Likeness, wanted: Callable[[list[Mark]], str]) -> tuple[Any, list[str]]:
    marked = wanted(_marks(book))
    if marked and marked in book.sheetnames:
        return book[marked], []
    sheets = [
        sheet
        for sheet in book.worksheets
        if sheet.sheet_state == "visible" and sheet.title not in (GUIDE_SHEET, MARKS_SHEET, CHOICES_SHEET)
    ]
    if not sheets:
        raise refuse("no_sheet", _("文件中没有可读取的工作表。"))
    scores = {
        sheet.title: max((like(row) for _no, row in _rows(sheet, HEAD_ROWS)), default=0) for sheet in sheets
    }
    best = max(sheets, key=lambda sheet: scores[sheet.title])
    if len(sheets) == 1:
        return best, []
    return best, [_("文件有%(n)s个工作表，读取的是“%(title)s”。") % {"n": len(sheets), "title": best.title}]


def _marks(book: Any) -> list[Mark]:
    if MARKS_SHEET not in book.sheetnames:
        return []
    marks = []
    for _no, row in _rows(book[MARKS_SHEET], 200):
        texts = [str(grain.value or "") for grain in row[:5]]
        if len(texts) == 5 and texts[0] == MARK_WORD:
            marks.append(Mark(*texts[1:]))
    return marks


def _rows(sheet: Any, last: int) -> Iterator[tuple[int, Row]]:
    sheet.reset_dimensions()  # what a file says of its own size may be wrong
    for number, row in enumerate(sheet.iter_rows(max_row=last, max_col=MAX_COLUMNS), start=1):
        cells = list(row)
        while cells and cells[-1].value is None:
            cells.pop()
        yield number, tuple(_grain(cell) for cell in cells)


def _grain(cell: Any) -> Grain:
    value = cell.value
    if value is None:
        return NOTHING
    if isinstance(value, str):
        broken = _("公式结果有误（%(value)s），请核对") % {"value": value} if cell.data_type == "e" else ""
        return Grain(value, broken=broken)
    return Grain(value, cell.number_format or "General")


def _read(book: Any, sheet: Any, extent: Extent) -> Sheet:
    if extent.last_row > LAST_ROW:
        raise refuse(
            "too_many_rows",
            _(
                "工作表“%(title)s”第%(row)s行仍有内容，超出可以读取的范围。请删除数据下方的无关内容后重新上传；未导入任何内容。"
            )
            % {"title": sheet.title, "row": f"{extent.last_row:,}"},
        )
    if extent.cells > settings.SPREADSHEET_MAX_CELLS:
        raise too_many_cells(sheet.title, extent.cells)
    rows = bounded(sheet.title, _rows(sheet, extent.last_row or 1))
    read = Sheet(sheet.title, rows, book.epoch)
    read.merged = [
        (column_index_from_string(a), m, column_index_from_string(b), n) for a, m, b, n in extent.merged
    ]
    if extent.formulas:
        _tell_formulas(sheet, read, extent.last_row)
    return read


def bounded(title: str, rows: Iterable[tuple[int, Row]]) -> list[tuple[int, Row]]:
    """The rows that hold something, told as soon as they are more than is taken in. Raises Invalid."""
    kept, cells, places = [], 0, 0
    for number, row in rows:
        if all(grain.blank for grain in row):
            continue
        cells += sum(grain is not NOTHING for grain in row)
        places += len(row)
        if max(cells, places // MOST_GAPS) > settings.SPREADSHEET_MAX_CELLS:
            raise too_many_cells(title, cells)
        kept.append((number, row))
    return kept


def _tell_formulas(sheet: Any, read: Sheet, last_row: int) -> None:
    """Formulas give their last result; one that was never calculated gives nothing, and that is told at its cell."""
    with sheet._get_source() as part:
        missing = set(_uncalculated(part, last_row))
    if not missing:
        return
    told = _("公式没有计算结果，请在Excel或WPS中打开并保存一次，或改填数值")
    rows = dict(read.rows)
    for number, column in missing:
        if column > MAX_COLUMNS:
            continue
        row = list(rows.get(number, ()))
        row += [NOTHING] * (column - len(row))
        row[column - 1] = Grain(None, broken=told)
        rows[number] = tuple(row)
    read.rows = sorted(rows.items())


def _uncalculated(part: IO[bytes], last_row: int) -> Iterator[tuple[int, int]]:
    number = 0
    for event, element in iterparse(part, events=("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            if tag == "row":
                number = int(element.get("r") or number + 1)
            continue
        if number > last_row:
            return
        if tag == "row":
            for place, cell in enumerate(element, start=1):
                parts = {child.tag.rpartition("}")[2]: child.text for child in cell}
                if "f" in parts and parts.get("v") is None and cell.get("t") != "str":
                    yield number, _column(cell.get("r"), place)
            element.clear()


def _column(coordinate: str | None, place: int) -> int:
    letters = "".join(sign for sign in coordinate or "" if sign.isalpha())
    return column_index_from_string(letters) if letters else place
