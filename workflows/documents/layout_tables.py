"""Tables on paper: lists in running text, sheets with headings, grids of indicators. 表格排版"""

from __future__ import annotations

from collections.abc import Iterator

from programmes.schema import Form
from workflows.documents.paper import (
    BLANK,
    PaperCell,
    PaperTable,
    Para,
    Piece,
    cell,
    head_cell,
    label,
    said,
)
from workflows.forms_ui import Block as Drawn
from workflows.forms_ui import Cell, Column, Line, Row

BLANK_ENTRIES = 3
"""The notices print “1. …; 2. …; 3. …” for a list in running text."""
SERIAL = frozenset({"no", "serial", "seq"})


def entries(row: Row) -> Iterator[Para]:
    """A table as numbered entries: the first column stands alone, the others name themselves."""
    columns = columns_of(row)
    if row.lines:
        for line in row.lines:
            yield said(*_entry(line.number, columns, list(line.cells)))
    else:
        for number in range(1, max(BLANK_ENTRIES, row.row.printed_rows) + 1):
            yield said(*_entry(number, columns, None))
        yield said(label("……"))


def _entry(number: int, columns: tuple[Column, ...], cells: list[Cell] | None) -> Iterator[Piece]:
    yield label(f"{number}. ")
    for place, column in enumerate(columns):
        if place:
            yield label(f"，{column.label}：")
        text = cells[place].display if cells is not None else BLANK
        unit = column.unit if cells is not None and text else ""
        yield Piece(f"{text}{unit}" if text else BLANK)
    yield label("；")


def columns_of(row: Row) -> tuple[Column, ...]:
    return tuple(
        Column(str(c.label), c.unit if c.unit and c.unit not in str(c.label) else "", "", c.required, False)
        for c in row.row.columns
        for _part in ("", *c.parts)
    )


def sheet(block: Drawn, row: Row) -> PaperTable:
    """A table with its headings; at least the printed lines."""
    kinds = [c for c in row.row.columns for _part in ("", *c.parts)]
    names = [f"{column.label}（{column.unit}）" if column.unit else column.label for column in block.columns]
    head = tuple(head_cell(name, "col") for name in names)
    serial = [spec.key in SERIAL for spec in kinds]
    lines = [_sheet_line(line, serial) for line in row.lines]
    for number in range(len(lines) + 1, max(row.row.printed_rows, 1) + 1):
        lines.append(tuple(cell(_short(str(number) if each else "")) for each in serial))
    widths = _widths([_weight(spec.type, spec.key, name) for spec, name in zip(kinds, names, strict=True)])
    return PaperTable("block", widths, (head, *lines), 1, str(row.row.label), small=True)


def _sheet_line(line: Line, serial: list[bool]) -> tuple[PaperCell, ...]:
    shown = []
    for each, numbered in zip(line.cells, serial, strict=True):
        text = each.display or (str(line.number) if numbered else "")
        if numbered or each.number:
            shown.append(cell(_short(text)))
        else:
            shown.append(cell(*(said(part) for part in text.split("\n"))))
    return tuple(shown)


def _short(text: str) -> Para:
    return said(text, align="center")


def _weight(kind: str, key: str, name: str) -> int:
    if key in SERIAL:
        return 5
    longest = min(len(name), 12)
    return {"rich_text": 22, "text": 14, "choice": 10, "date": 10}.get(kind, 8) + longest // 3


def _widths(weights: list[int]) -> tuple[int, ...]:
    """Thousandths of the width, which add up to a thousand; equal weights give equal widths, the last takes the rest."""
    total = sum(weights)
    widths = [weight * 1000 // total for weight in weights]
    widths[-1] += 1000 - sum(widths)
    return tuple(widths)


def grid(block: Drawn, form: Form) -> PaperTable:
    """Indicators in printed levels, a column a year, and what kind of indicator each is."""
    levels = max(block.levels, 1)
    head = [head_cell(name, "col") for name in block.level_names]
    head += [head_cell(column.label, "col") for column in block.columns]
    if block.kinds:
        head.append(head_cell(block.kinds_name, "col"))
    lines = [tuple(_grid_line(row, levels, kinds=block.kinds)) for row in block.rows]
    weights = [12] * levels + [14] * len(block.columns) + [8] * block.kinds
    return PaperTable("block", _widths(weights), (tuple(head), *lines), 1, str(form.title), small=True)


def _grid_line(row: Row, levels: int, *, kinds: bool) -> Iterator[PaperCell]:
    own = row.row.levels
    if own:
        for place, level in enumerate(own):
            last = place == len(own) - 1
            span = levels - place if last else 1
            yield head_cell(level.text, "row" if last else "rowgroup", colspan=span, rowspan=level.rowspan)
    else:
        yield head_cell(str(row.row.label), "row", colspan=levels)
    for printed in row.printed:
        yield cell(*_grid_paras(printed.cells))
    if kinds:
        yield cell(_short(row.row.indicator_kind))


def _grid_paras(cells: tuple[Cell, ...]) -> Iterator[Para]:
    for each in cells:
        name = [label(f"{each.part}：")] if each.part else []
        first, *rest = each.display.split("\n")
        yield said(*name, first, align="center" if each.number and not name else "")
        yield from (said(line) for line in rest)
