"""An uploaded file with one declaration a line, as text, with what is wrong beside each cell. 读取批量导入文件"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import override

from workflows.spreadsheets.batches import BATCH_MARK, MOST_LINES, TITLE, UNIT
from workflows.spreadsheets.guards import kind_of, refuse
from workflows.spreadsheets.importing import Reader, Remark, heading_row
from workflows.spreadsheets.layout import Mark, SheetColumn
from workflows.spreadsheets.matching import Headings, plain
from workflows.spreadsheets.reading import read_workbook
from workflows.spreadsheets.text_files import read_text


@dataclass(frozen=True, slots=True)
class BatchRow:
    """一行: its number in the file, what was typed (column key → text), what cannot be read, what should be looked at."""

    number: int
    values: Mapping[str, str]
    errors: tuple[Remark, ...] = ()
    questions: tuple[Remark, ...] = ()


@dataclass(slots=True)
class BatchFile:
    """What a file holds; ``notes`` are about all of it, ``round`` is the one that its template was made for ('' unknown)."""

    rows: list[BatchRow]
    notes: list[str]
    round: str = ""


@dataclass(slots=True)
class _Marked:
    """Whose template the file is. ``named`` says what another edition is called, by its digest; '' when unknown."""

    digest: str
    named: Callable[[str], str]
    round: str = ""
    sheet: str = field(default="")

    def wanted(self, marks: list[Mark]) -> str:
        """The sheet of our template; refuses that of a table, and that of another edition."""
        if not marks:
            return ""
        own = next((mark for mark in marks if mark.form == BATCH_MARK), None)
        if own is None:
            raise refuse(
                "other_table",
                _(
                    "这个文件是某张表的导入模板，不是批量导入模板。请在本页下载模板，或到该项申报的填报页面导入。"
                ),
            )
        if own.digest != self.digest:
            raise refuse("other_edition", self._told(own.digest))
        self.round = own.field
        return own.sheet

    def _told(self, digest: str) -> str:
        name = self.named(digest)
        if name:
            return _(
                "这个文件是“%(name)s”的模板，与本批次的表单不同，未读取任何内容。请下载本批次的模板，将内容粘贴过去后再上传。"
            ) % {"name": name}
        return _(
            "这个文件是其他事项或其他版本的模板，与本批次的表单不同，未读取任何内容。请下载本批次的模板，将内容粘贴过去后再上传。"
        )


def read_batch(
    upload: UploadedFile[Any],
    columns: Sequence[SheetColumn],
    *,
    digest: str,
    several: bool,
    named: Callable[[str], str],
) -> BatchFile:
    """Read an uploaded file. ``several``: the person declares for several units, so the file has to say for which.

    Raises Invalid, field ``file``: what cannot be opened, another edition's template, no title, more than MOST_LINES.
    """
    headings, marked = Headings(columns), _Marked(digest, named)
    file = upload.file or upload
    workbook = kind_of(upload) == "xlsx"
    sheet = read_workbook(file, headings.like, marked.wanted) if workbook else read_text(file, headings.like)
    at, matching = heading_row(sheet, headings)
    lacking = {column.key: column.heading for column in matching.missing}
    for key in (TITLE, *([UNIT] if several else [])):
        if key in lacking:
            raise refuse(
                "no_column",
                _("文件中没有“%(column)s”列，无法导入。请按模板的列名填写。") % {"column": lacking[key]},
            )
    matching.missing = [column for column in matching.missing if column.key != UNIT]
    reasons = {plain(name) for name in reasons_headings()}
    matching.unknown = [heading for heading in matching.unknown if plain(heading) not in reasons]
    reader = Reader(sheet, matching)
    data = reader.data([(number, row) for number, row in sheet.rows if number > at])
    if not data:
        raise refuse("no_rows", _("文件中只有列名，没有数据行。"))
    if len(data) > MOST_LINES:
        raise refuse(
            "too_many_rows",
            _("文件有%(n)s行，一次最多导入%(limit)s行；未读取任何内容。请分成几个文件，逐个导入。")
            % {"n": f"{len(data):,}", "limit": MOST_LINES},
        )
    rows = []
    for number, row in data:
        errors, questions = len(reader.errors), len(reader.questions)
        values = reader.row(number, row)
        rows.append(
            BatchRow(number, values, tuple(reader.errors[errors:]), tuple(reader.questions[questions:]))
        )
    return BatchFile(rows, reader.notes, marked.round)


def reasons_heading() -> str:
    """The column in which a file that is to be mended says what is wrong with each line."""
    return _("问题及改正办法")


def reasons_headings() -> tuple[str, ...]:
    """The same in every language: it is not read again."""
    with override("en"):
        english = reasons_heading()
    with override("zh-hans"):
        chinese = reasons_heading()
    return english, chinese
