"""Reading what was drawn on paper: a Word file and a print page as the same plain outline, line by line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from docx import Document
from docx.oxml.ns import qn

HEADINGS = {"Heading1": "#", "Heading2": "##", "Heading3": "###"}
HTML_HEADINGS = {"h2": "#", "h3": "##", "h4": "###"}
BREAK = "⏎"


def outline_of_word(content: bytes) -> list[str]:
    """Paragraphs and tables of the body in order; ``↔n`` and ``↕n``: a cell over n columns, n rows; ``^``: covered."""
    body = Document(io.BytesIO(content)).element.body
    return [line for line in _word_lines(body) if line]


def _word_lines(body) -> Iterator[str]:  # type: ignore[no-untyped-def]
    for element in body:
        if element.tag == qn("w:p"):
            yield _headed(element)
        elif element.tag == qn("w:tbl"):
            yield from _word_table(element)
        elif element.tag == qn("w:sdt"):
            yield from _word_lines(element.find(qn("w:sdtContent")))


def _headed(paragraph) -> str:  # type: ignore[no-untyped-def]
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    mark = HEADINGS.get(style.get(qn("w:val")) if style is not None else "", "")
    text = text_of(paragraph)
    return f"{mark} {text}" if mark and text else text


def text_of(element) -> str:  # type: ignore[no-untyped-def]
    """The words of a paragraph, a line break as ⏎; the code of fields is none of them."""
    parts = []
    for node in element.iter(qn("w:t"), qn("w:br")):
        parts.append(BREAK if node.tag == qn("w:br") else node.text or "")
    return "".join(parts).strip(" ")


def _word_table(table) -> Iterator[str]:  # type: ignore[no-untyped-def]
    rows = table.findall(qn("w:tr"))
    heads = sum(row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows)
    columns = len(table.find(qn("w:tblGrid")).findall(qn("w:gridCol")))
    yield f"[{columns}列，表头{heads}行]"
    grid = [list(_placed(row)) for row in rows]
    for number, row in enumerate(grid):
        yield _line(_word_cell(grid, number, place, span, cell) for place, span, cell in row)


def _placed(row) -> Iterator[tuple[int, int, object]]:  # type: ignore[no-untyped-def]
    place = 0
    for cell in row.findall(qn("w:tc")):
        found = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        span = int(found.get(qn("w:val"))) if found is not None else 1
        yield place, span, cell
        place += span


def _word_cell(grid, number, place, span, cell) -> str:  # type: ignore[no-untyped-def]
    merge = _merge(cell)
    if merge == "continue":
        return "^"
    down = 1
    if merge == "restart":
        for later in grid[number + 1 :]:
            below = next((each for at, _span, each in later if at == place), None)
            if below is None or _merge(below) != "continue":
                break
            down += 1
    return _cell(BREAK.join(text_of(each) for each in cell.findall(qn("w:p"))), span, down)


def _merge(cell) -> str:  # type: ignore[no-untyped-def]
    found = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return "" if found is None else found.get(qn("w:val")) or "continue"


def _cell(text: str, across: int, down: int) -> str:
    spans = (f"↔{across}" if across > 1 else "") + (f"↕{down}" if down > 1 else "")
    return f"{text}{spans}"


def _line(cells: Iterator[str]) -> str:
    return "| " + " | ".join(cells) + " |"


# -- the print page ------------------------------------------------------------------------------------------------------


@dataclass
class _Cell:
    across: int
    down: int
    paras: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.text: str | None = None
        self.cell: _Cell | None = None
        self.rows: list[list[_Cell]] = []
        self.columns = self.heads = 0
        self.in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("p", "dt", "dd", "li", *HTML_HEADINGS, "h1"):
            self.text = ""
        elif tag == "br" and self.text is not None:
            self.text += BREAK
        elif tag == "table":
            self.rows, self.columns, self.heads = [], 0, 0
        elif tag == "col":
            self.columns += 1
        elif tag == "thead":
            self.in_head = True
        elif tag == "tr":
            self.rows.append([])
            self.heads += self.in_head
        elif tag in ("td", "th"):
            self.cell = _Cell(int(given.get("colspan") or 1), int(given.get("rowspan") or 1))
            self.rows[-1].append(self.cell)

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.cell = None
        elif tag == "thead":
            self.in_head = False
        elif tag == "table":
            self.lines += [f"[{self.columns}列，表头{self.heads}行]", *self._table()]
        elif tag in ("p", "dt", "dd", "li", *HTML_HEADINGS, "h1") and self.text is not None:
            text = self.text.strip(" ")
            if self.cell is not None:
                self.cell.paras.append(text)
            elif text:
                mark = HTML_HEADINGS.get(tag, "")
                self.lines.append(f"{mark} {text}" if mark else text)
            self.text = None

    def _table(self) -> Iterator[str]:
        reaching = [0] * self.columns
        for row in self.rows:
            waiting, shown, place = iter(row), [], 0
            while place < self.columns:
                if reaching[place]:
                    reaching[place] -= 1
                    shown.append("^")
                    place += 1
                    continue
                cell = next(waiting)
                shown.append(_cell(BREAK.join(cell.paras), cell.across, cell.down))
                for each in range(place, place + cell.across):
                    reaching[each] = cell.down - 1
                place += cell.across
            assert next(waiting, None) is None, "a row has more cells than the table has columns"
            yield _line(iter(shown))


def outline_of_page(html: str) -> list[str]:
    """The print page in the same words as :func:`outline_of_word`."""
    reader = _Reader()
    reader.feed(html)
    return reader.lines
