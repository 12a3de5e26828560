"""What an uploaded file would put into a table, with what is wrong beside each cell; and putting it there. 导入

Nothing is refused because of a bad cell: it goes into the draft as it was typed, with its message, like everything else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from audit.punctuation import listed
from cases.errors import Invalid
from programmes import form_values
from programmes.form_cells import field_of
from programmes.form_cleaning import clean_form
from programmes.schema import Form, FormField, Pack
from workflows.spreadsheets.cells import NOTHING, NUMBERS, Grain, take
from workflows.spreadsheets.grids import grid_of
from workflows.spreadsheets.guards import kind_of, malformed, refuse
from workflows.spreadsheets.layout import Mark, SheetColumn, columns_of
from workflows.spreadsheets.matching import Headings, Matching
from workflows.spreadsheets.reading import HEAD_ROWS, Row, Sheet, read_workbook
from workflows.spreadsheets.text_files import read_text

Mode = Literal["append", "replace"]
TOTALS = frozenset({"合计", "总计", "小计", "共计"})


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of one cell; ``row`` and ``column`` as the file shows them, ``sheet`` where it has to be named."""

    row: int
    column: str
    text: str
    sheet: str = ""

    def __str__(self) -> str:
        if self.sheet:
            return _("工作表“%(sheet)s”第%(row)s行“%(column)s”：%(text)s") % {
                "sheet": self.sheet,
                "row": self.row,
                "column": self.column,
                "text": self.text,
            }
        return _("第%(row)s行“%(column)s”：%(text)s") % {
            "row": self.row,
            "column": self.column,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Import:
    """导入内容: the rows as typed, column key → text; what cannot be read, what should be looked at, and of the file."""

    rows: list[dict[str, str]]
    errors: list[Remark]
    questions: list[Remark]
    notes: list[str]


def read_upload(
    upload: UploadedFile[Any], field: FormField, *, form_code: str, digest: str, pack: Pack
) -> Import:
    """Read an uploaded file for a table. Raises Invalid, field ``file``, with a message in the user's language."""
    columns = columns_of(field)
    headings = Headings(columns)

    def wanted(marks: list[Mark]) -> str:
        return marked_sheet(marks, field.key, str(field.label), form_code, pack)

    file = upload.file or upload
    workbook = kind_of(upload) == "xlsx"
    sheet = read_workbook(file, headings.like, wanted) if workbook else read_text(file, headings.like)
    at, matching = heading_row(sheet, headings)
    body = [(number, row) for number, row in sheet.rows if number > at]
    return Reader(sheet, matching).read(body, field)


def marked_sheet(marks: list[Mark], key: str, title: str, form_code: str, pack: Pack) -> str:
    """The sheet of a file of ours that holds this table or grid; refuses a template of another one."""
    if not marks:
        return ""
    own = next((mark for mark in marks if (mark.form, mark.field) == (form_code, key)), None)
    if own is not None:
        return own.sheet
    label = _marked_label(marks[0], pack)
    named = _("“%(table)s”") % {"table": label} if label else _("其他表")
    raise refuse(
        "other_table",
        _("这个文件是%(theirs)s的模板，不是“%(ours)s”的模板。请确认选对了文件。")
        % {"theirs": named, "ours": title},
    )


def _marked_label(mark: Mark, pack: Pack) -> str:
    """What the table or grid is called for which a file was made; '' when this edition has none such."""
    form = pack.forms.get(mark.form)
    field = field_of(form, mark.field) if form is not None else None
    grid = grid_of(form, mark.field) if form is not None else None
    return grid.title if grid is not None else str(field.label) if field is not None else ""


def heading_row(sheet: Sheet, headings: Headings) -> tuple[int, Matching]:
    """The row of headings (its number in the file) and which place is which column. Raises Invalid without one."""
    if not sheet.rows:
        raise refuse("no_rows", _("文件中没有数据。"))
    top = [(number, row) for number, row in sheet.rows if number <= HEAD_ROWS] or sheet.rows[:1]
    number, best = max(top, key=lambda each: headings.like(each[1]))
    if not headings.like(best):
        names = listed([f"“{column.heading}”" for column in headings.columns[:6]])
        raise refuse(
            "no_headings",
            _(
                "没有找到列名行：文件前%(n)s行中没有一行含有本表的列名（如%(names)s）。请下载模板，按模板的列名填写。"
            )
            % {"n": HEAD_ROWS, "names": names},
        )
    return number, headings.match(best)


class Reader:
    """The lines under the headings of a sheet, as text, with what is to be said of their cells."""

    def __init__(self, sheet: Sheet, matching: Matching) -> None:
        self.sheet = sheet
        self.matching = matching
        self.errors: list[Remark] = []
        self.questions: list[Remark] = []
        self.notes = list(sheet.remarks)

    def read(self, body: Sequence[tuple[int, Row]], field: FormField) -> Import:
        """The rows for a table. Raises Invalid when there are none, or more than it takes."""
        data = self.data(body)
        if len(data) > field.max_rows:
            raise refuse(
                "too_many_rows",
                _(
                    "文件有%(n)s行数据，本表最多%(limit)s行；未导入任何内容。请分开填报，或删去不需要的行后重新上传。"
                )
                % {"n": f"{len(data):,}", "limit": f"{field.max_rows:,}"},
            )
        if not data:
            raise refuse("no_rows", _("文件中只有列名，没有数据行。"))
        rows = [self.row(number, row) for number, row in data]
        return Import(rows, self.errors, self.questions, self.notes)

    def data(self, body: Sequence[tuple[int, Row]]) -> list[tuple[int, Row]]:
        """The lines that hold something and are no totals, merged ranges spread; what there is to say goes to the notes."""
        self._note_columns()
        body = self._spread_merged(body)
        held = [(number, row) for number, row in body if self._any(row)]
        totals = [str(number) for number, row in held if self._is_total(row)]
        if totals:
            self.notes.append(_("第%(rows)s行是合计行，不读入。") % {"rows": listed(totals[:10])})
        return [(number, row) for number, row in held if not self._is_total(row)]

    def _any(self, row: Row) -> bool:
        return any(place < len(row) and not row[place].blank for place in self.matching.columns)

    def _is_total(self, row: Row) -> bool:
        first = next((grain for grain in row if not grain.blank), NOTHING)
        return isinstance(first.value, str) and "".join(first.value.split()).strip(":：") in TOTALS

    def row(self, number: int, row: Row) -> dict[str, str]:
        """One line, column key → text; what is wrong with it, or to be asked, is added."""
        values = {}
        for place, column in self.matching.columns.items():
            grain = row[place] if place < len(row) else NOTHING
            if grain is NOTHING:
                continue
            taken = take(column.entry, grain, self.sheet.epoch)
            if taken.text:
                values[column.key] = taken.text
            self._judge(number, column, taken.text, taken.remark, broken=bool(grain.broken))
        return values

    def _judge(self, number: int, column: SheetColumn, text: str, remark: str, *, broken: bool) -> None:
        reading = form_values.read(column.entry, text)
        if broken or reading.error:
            said = " ".join(part for part in (remark if broken else reading.error, reading.warning) if part)
            self.errors.append(Remark(number, column.heading, said))
        elif remark or reading.warning:
            self.questions.append(Remark(number, column.heading, remark or reading.warning))

    def _note_columns(self) -> None:
        if self.matching.missing:
            names = listed([f"“{column.heading}”" for column in self.matching.missing])
            self.notes.append(_("文件中没有%(names)s列，导入的各行这些列为空。") % {"names": names})
        if self.matching.unknown:
            names = listed([f"“{heading[:40]}”" for heading in self.matching.unknown[:10]])
            self.notes.append(_("文件中的%(names)s列不是本表的列，不读入。") % {"names": names})

    def _spread_merged(self, body: Sequence[tuple[int, Row]]) -> list[tuple[int, Row]]:
        """Excel keeps a merged range in its first cell: texts hold for every row of it, numbers must not be counted twice."""
        rows = dict(body)
        numbers = sorted(rows)
        room = len(rows) * len(self.matching.columns)  # merged ranges do not overlap
        for first, top, last, bottom in self.sheet.merged:
            column = self.matching.columns.get(first - 1)
            if column is None or top not in rows or bottom == top or last != first:
                continue
            number = column.entry.type in NUMBERS
            said = (
                _("是合并单元格，数值只读入首行，请核对") if number else _("是合并单元格，各行按相同内容读入")
            )
            place = {"first": top, "last": bottom, "column": column.heading}
            self.notes.append(_("第%(first)s至%(last)s行“%(column)s”") % place + said + "。")
            grain = rows[top][first - 1] if first <= len(rows[top]) else NOTHING
            below = [] if number else numbers[bisect_right(numbers, top) : bisect_right(numbers, bottom)]
            room -= len(below)
            if room < 0:
                raise malformed()
            for row in below:
                rows[row] = _with(rows[row], first - 1, grain)
        return sorted(rows.items())


def _with(row: Row, place: int, grain: Grain) -> Row:
    cells = list(row) + [NOTHING] * (place + 1 - len(row))
    cells[place] = grain
    return tuple(cells)


def merged_rows(
    field: FormField, current: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, str]], mode: Mode
) -> list[dict[str, Any]]:
    """The rows that the table would have. Raises Invalid when they are more than it takes."""
    kept = [dict(row) for row in current] if mode == "append" else []
    if len(kept) + len(rows) > field.max_rows:
        raise Invalid(
            "too_many_rows",
            _(
                "现有%(kept)s行，再追加%(new)s行将超过%(limit)s行的上限，还可以追加%(room)s行；未导入任何内容。"
            )
            % {
                "kept": len(kept),
                "new": len(rows),
                "limit": field.max_rows,
                "room": max(0, field.max_rows - len(kept)),
            },
        )
    return kept + [dict(row) for row in rows]


def already_there(
    form: Form, field: FormField, current: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, str]]
) -> bool:
    """Whether the table ends with just these rows."""
    stored = clean_form(form, {field.key: list(rows)}, partial=True).data.get(field.key, [])
    return bool(stored) and list(current[-len(stored) :]) == stored
