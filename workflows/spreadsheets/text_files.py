"""From a .csv file, as Excel and WPS save it, to the same rows of cells. CSV文件"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from workflows.spreadsheets.cells import NOTHING, Grain
from workflows.spreadsheets.guards import malformed, refuse
from workflows.spreadsheets.reading import LAST_ROW, MAX_COLUMNS, Likeness, Row, Sheet, bounded

ENCODINGS = ("utf-8-sig", "gb18030")
MARKED = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")
DELIMITERS = (",", "\t", ";", "，")


def read_text(file: IO[bytes], like: Likeness) -> Sheet:
    """Read by the delimiter under which the headings are most ``like`` the table's. Raises Invalid."""
    text = _decoded(file.read())
    best = max(DELIMITERS, key=lambda sign: _likeness(text, sign, like))
    return Sheet("CSV", bounded("CSV", _rows(text, best)))


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, Row]]:
    for number, cells in enumerate(_parsed(text, delimiter), start=1):
        if number > LAST_ROW:
            raise refuse("too_many_rows", _("文件行数过多，超出可以读取的范围；未导入任何内容。"))
        yield number, tuple(Grain(cell) if cell else NOTHING for cell in cells[:MAX_COLUMNS])


def _decoded(raw: bytes) -> str:
    for encoding in [MARKED[raw[:2]]] if raw[:2] in MARKED else ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if BINARY.search(text):
            break
        return text
    raise refuse("not_a_spreadsheet", _("这不是Excel文件。请上传.xlsx文件（也可上传.csv）。"))


def _likeness(text: str, delimiter: str, like: Likeness) -> int:
    beginning = "".join(line for line, _n in zip(io.StringIO(text, newline=""), range(30), strict=False))
    return max((like(tuple(map(Grain, cells))) for cells in _parsed(beginning, delimiter)), default=0)


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as broken:
        raise malformed() from broken
