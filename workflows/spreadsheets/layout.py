"""How a table of a form stands in a spreadsheet: its columns, their headings, and the mark by which it is known again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from programmes.form_cells import FILES, Input, row_inputs
from programmes.schema import Form, FormField, Text

MARKS_SHEET = "_licheng"
"""The hidden sheet that tells which tables a file was made for."""
CHOICES_SHEET = "_choices"
GUIDE_SHEET = "填写说明"
LONGEST_TITLE = 31
NOT_IN_TITLES = re.compile(r"[\\/*?:\[\]\x00-\x1f']")
NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: the key of its input, its heading, and everything else that it may be called."""

    key: str
    heading: str
    entry: Input
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Which table of which form and edition a sheet holds."""

    sheet: str
    form: str
    field: str
    digest: str


def columns_of(field: FormField) -> tuple[SheetColumn, ...]:
    """The columns of a table in printed order; files are not kept in sheets."""
    columns, taken = [], set()
    printed = {column.key: column for column in field.columns}
    for entry in row_inputs(field):
        if entry.type in FILES:
            continue
        column = printed[entry.cell]
        whole = [_spoken(column.label, entry.label, language, parts=bool(column.parts)) for language in "ze"]
        own = _spoken(column.label, entry.label, "", parts=bool(column.parts))
        heading = headed(own, entry.unit)
        while heading in taken:
            heading += "＊"
        taken.add(heading)
        columns.append(SheetColumn(entry.key, heading, entry, (heading, *whole)))
    return tuple(columns)


def headed(label: str, unit: str) -> str:
    """A label with its unit, unless it says it already."""
    return f"{label}（{unit}）" if unit and unit not in label else label


def _spoken(column: Text, part: Text, language: str, *, parts: bool) -> str:
    """What a column is called in a language; '' is the reader's own."""
    texts = {"z": (column.zh, part.zh), "e": (column.en or column.zh, part.en or part.zh)}
    whole, own = texts.get(language, (str(column), str(part)))
    return f"{whole}·{own}" if parts else whole


def sheet_title(label: str, taken: frozenset[str] = frozenset()) -> str:
    """A name that Excel takes for a sheet: short, without forbidden signs, not used yet."""
    plain = NOT_IN_TITLES.sub(" ", label).strip() or "表"
    title, number = plain[:LONGEST_TITLE], 2
    while title.lower() in {each.lower() for each in taken}:
        tail = f"({number})"
        title, number = plain[: LONGEST_TITLE - len(tail)] + tail, number + 1
    return title


def file_name(*parts: str) -> str:
    """A name for a file to be saved, without what file systems refuse."""
    plain = "-".join(NOT_IN_NAMES.sub(" ", part).strip() for part in parts if part.strip())
    return f"{plain[:120].strip('. ') or '表格'}.xlsx"


def tables_of(form: Form) -> tuple[FormField, ...]:
    """The tables of a form that can be filled in from a file."""
    return tuple(field for field in form.fields if field.type == "table" and columns_of(field))
