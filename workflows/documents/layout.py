"""How a form stands on paper: its picture laid out as the official form prints it. 表单排版

From :func:`workflows.forms_ui.picture_of`, the picture that the screen reads, and what the pack says of the printed form
(:class:`programmes.schema.Paper`). What the picture leaves out (fields that are not asked) is not on paper either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils import translation

from programmes.schema import Form, FormField, Paper
from workflows.documents.layout_tables import columns_of, entries, grid, sheet
from workflows.documents.paper import (
    Block,
    Heading,
    PaperCell,
    PaperForm,
    PaperTable,
    Para,
    Prose,
    cell,
    head_cell,
    hint,
    label,
    said,
)
from workflows.forms_ui import Block as Drawn
from workflows.forms_ui import Part, Picture, Row, picture_of

LANGUAGE = "zh-hans"
"""Official forms are printed in Chinese, whatever language their reader works in."""
TICKED, UNTICKED = "☑", "☐"
MOST_OPTIONS = 9
"""Choices up to this many are printed as boxes to tick; of longer lists the chosen one is named."""
WIDE = 8
"""From so many columns on, a table is printed across the page."""
DATE_PRINTED = "XXXX年X月X日"
"""How a form prints the place of a date in running text."""
NUMBERED = re.compile(r"^([(（][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+、)")
DIGITS = "一二三四五六七八九十"
ROW_WIDTHS, GROUP_WIDTHS = (320, 680), (170, 830)
PLAIN = Paper()


def lay_out(form: Form, data: Mapping[str, Any]) -> PaperForm:
    """The form with stored ``data`` (empty: the blank form), as it is printed. No query."""
    with translation.override(LANGUAGE):
        picture = picture_of(form, data, editing=False)
        blocks = tuple(_Setter(form, form.paper or PLAIN).blocks(picture))
    tables = [block for block in blocks if isinstance(block, PaperTable)]
    paper = form.paper or PLAIN
    return PaperForm(
        code=form.code,
        title=picture.title,
        lines=paper.heading or (picture.title,),
        annex=paper.annex,
        supplementary=picture.supplementary,
        landscape=any(len(table.widths) >= WIDE for table in tables),
        blocks=blocks,
    )


def printed_label(field: FormField) -> str:
    """A field's label as the form prints it."""
    return field.printed_label or str(field.label)


class _Setter:
    def __init__(self, form: Form, paper: Paper) -> None:
        self.form = form
        self.paper = paper
        self.fields = {field.key: field for field in form.fields}
        self.places = {str(section.title): section.printed for section in form.sections}

    def blocks(self, picture: Picture) -> Iterator[Block]:
        if self.form.kind == "outline":
            yield from self.outline(picture)
        elif self.form.kind in ("grid", "table"):
            yield from self.listing(picture)
        elif self.paper.layout == "groups":
            yield from self.groups(picture)
        else:
            yield from self.rows(picture)

    def label_of(self, row: Row) -> str:
        return printed_label(self.fields[row.row.key])

    def spec(self, row: Row) -> FormField:
        return self.fields[row.row.key]

    # -- a row a field -----------------------------------------------------------------------------------------------

    def rows(self, picture: Picture) -> Iterator[Block]:
        lines: list[tuple[PaperCell, ...]] = []
        for part in picture.parts:
            if part.title:
                lines.append((head_cell(str(part.title), "colgroup", colspan=2),))
            for block in part.blocks:
                if block.kind == "fields":
                    lines += [self.field_row(row) for row in block.rows]
                    continue
                if lines:
                    yield _form_table(lines, ROW_WIDTHS, picture.title)
                    lines = []
                yield from self.captioned(block)
        if lines:
            yield _form_table(lines, ROW_WIDTHS, picture.title)

    def field_row(self, row: Row) -> tuple[PaperCell, ...]:
        name, unit = self.label_of(row), _unit_of(row)
        if unit and unit not in name:
            name = f"{name}（{unit}）"
        return PaperCell((said(label(name)),), scope="row"), cell(*self.hints(row), *_values(row))

    def hints(self, row: Row) -> tuple[Para, ...]:
        field = self.spec(row)
        return (said(hint(str(field.help))),) if field.printed_help and field.help else ()

    def captioned(self, block: Drawn) -> Iterator[Block]:
        if block.kind == "grid":
            yield grid(block, self.form)
            return
        for row in block.rows:
            yield Heading("heading", self.label_of(row), 3)
            yield sheet(block, row)

    # -- headings on the left, running text on the right ---------------------------------------------------------------

    def groups(self, picture: Picture) -> Iterator[Block]:
        lines: list[tuple[PaperCell, ...]] = []
        for part in picture.parts:
            rows = [row for block in part.blocks for row in block.rows]
            place = self.places.get(str(part.title), "heading") if part.title else "rows"
            if place == "rows":
                lines += [self.field_row(row) for row in rows]
            elif place == "foot":
                lines.append((cell(*self.running(rows), colspan=2),))
            else:
                lines.append((head_cell(str(part.title), "row"), cell(*self.group(part, rows))))
        yield _form_table(lines, GROUP_WIDTHS, picture.title)

    def group(self, part: Part, rows: list[Row]) -> Iterable[Para]:
        if len(rows) == 1 and self.label_of(rows[0]) == str(part.title):
            return (*self.hints(rows[0]), *_values(rows[0]))
        return self.running(rows)

    def running(self, rows: list[Row]) -> list[Para]:
        """Fields as running text; a list begins in the line of the number before it."""
        paras: list[Para] = []
        for row in rows:
            if row.row.kind != "table":
                paras += self.sentence(row)
                continue
            opening = label(f"{self.label_of(row)}：")
            if paras:
                paras[-1] = Para((*paras[-1].pieces, label("，"), opening), paras[-1].align)
            else:
                paras.append(said(opening))
            paras += entries(row)
        return paras

    def sentence(self, row: Row) -> Iterator[Para]:
        name = label(f"{self.label_of(row)}：")
        values = _values(row, unit_beside=self.label_of(row))
        if row.single is not None and row.single.long:
            yield said(name)
            yield from (*self.hints(row), *(values if row.single.display else (said(""),)))
        else:
            yield Para((name, *values[0].pieces))
            yield from values[1:]

    # -- outlines ------------------------------------------------------------------------------------------------------

    def outline(self, picture: Picture) -> Iterator[Block]:
        for part in picture.parts:
            rows = [row for block in part.blocks for row in block.rows]
            title = str(part.title) if part.title else ""
            if title:
                yield Heading("heading", title, 2)
            for place, row in enumerate(rows):
                name = self.label_of(row)
                if name != title:
                    yield Heading("heading", _numbered(name, place, many=bool(title) and len(rows) > 1), 3)
                yield from self.passage(row)

    def passage(self, row: Row) -> Iterator[Block]:
        """What was written; the printed hint where nothing is."""
        if row.row.kind == "table":
            yield self.table_of(row)
            return
        filled = bool(row.single and row.single.display)
        paras = _values(row) if filled else (*self.hints(row), said(""))
        yield Prose("prose", tuple(paras), running=True)

    def table_of(self, row: Row) -> PaperTable:
        return sheet(Drawn("sheet", (row,), columns_of(row)), row)

    # -- grids and tables ----------------------------------------------------------------------------------------------

    def listing(self, picture: Picture) -> Iterator[Block]:
        several = sum(block.kind == "sheet" for part in picture.parts for block in part.blocks) > 1
        for part in picture.parts:
            if part.title:
                yield Heading("heading", str(part.title), 3)
            for block in part.blocks:
                if block.kind == "grid":
                    yield grid(block, self.form)
                elif block.kind == "sheet":
                    row = block.rows[0]
                    if several or self.label_of(row) not in picture.title:
                        yield Heading("heading", self.label_of(row), 3)
                    yield sheet(block, row)
                else:
                    yield Prose("prose", tuple(self.footnote(row) for row in block.rows))

    def footnote(self, row: Row) -> Para:
        """A line below the table; a date stands where the form prints XXXX年X月X日."""
        name, values = self.label_of(row), _values(row, unit_beside=self.label_of(row))
        text = values[0].text
        if DATE_PRINTED in name:
            before, _date, after = name.partition(DATE_PRINTED)
            return said(label("注："), label(before), text or label(DATE_PRINTED), label(after))
        return Para((label(f"{name}："), *values[0].pieces))


def _form_table(lines: list[tuple[PaperCell, ...]], widths: tuple[int, int], name: str) -> PaperTable:
    return PaperTable("block", widths, tuple(lines), 0, name)


def _numbered(name: str, place: int, *, many: bool) -> str:
    if not many or NUMBERED.match(name) or place >= len(DIGITS):
        return name
    return f"（{DIGITS[place]}）{name}"


def _unit_of(row: Row) -> str:
    return row.single.unit if row.single is not None else ""


def _values(row: Row, *, unit_beside: str | None = None) -> tuple[Para, ...]:
    """What was filled in; ``unit_beside``: the label, where the unit follows the value unless the label names it."""
    if row.row.kind in ("boolean", "choice", "multi_choice") and row.row.cells:
        ticked = _ticks(row)
        if ticked:
            return (said(ticked),)
    paras: list[Para] = []
    for printed in row.printed:
        for each in printed.cells:
            text = each.display
            if text and unit_beside is not None and each.unit and each.unit not in unit_beside:
                text += each.unit
            paras += [said(line) for line in text.split("\n")]
    return tuple(paras) or (said(""),)


def _ticks(row: Row) -> str:
    """The options with the chosen ones ticked; '' where there are too many to print."""
    entry = row.row.cells[0]
    if row.row.kind == "boolean":
        options = ["是", "否"]
        chosen = {entry.display}
    else:
        options = [str(choice.label) for choice in entry.choices]
        codes = entry.value if isinstance(entry.value, list) else [entry.value]
        chosen = {str(choice.label) for choice in entry.choices if choice.code in codes}
    if len(options) > MOST_OPTIONS or (entry.display and not chosen & set(options)):
        return ""
    return "\u3000".join(f"{TICKED if each in chosen else UNTICKED}{each}" for each in options)
