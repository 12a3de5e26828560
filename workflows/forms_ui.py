"""A form's picture for the screen: blocks of fields, printed grids and sheets, ready for a template. 表单界面

:func:`programmes.forms.render` says what stands where; here it becomes blocks, each drawn by one small template, for
filling in, for reading (with what changed since an earlier version) and for paper alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from programmes.form_cells import field_of
from programmes.form_rendering import SPARE_ROW, render_line
from programmes.forms import RenderCell, RenderRow, render
from programmes.schema import Form, Text
from workflows.form_controls import control, error_id_of, id_of, is_group
from workflows.form_notes import NO_NOTES, CellCheck, ClashShown, Notes
from workflows.form_sections import anchor_of
from workflows.undrawn_lines import Undrawn, said_in, undrawn_lines

Kind = Literal["fields", "grid", "sheet"]
NEVER = "false"
"""The condition of a field that nobody is asked: what it holds comes about elsewhere."""
SPARE_LINES = 1
"""Blank lines after the last one of a sheet, when more lines are filled than are printed."""
DRAWN_LINES = 100
"""Lines of a sheet that are drawn for filling in; the page makes the rest itself (:mod:`workflows.undrawn_lines`)."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What an earlier version said at the cells that differ, by path; and the lines of tables that are new."""

    was: Mapping[str, str]
    new_lines: frozenset[str]


UNCHANGED = Changed({}, frozenset())


@dataclass(frozen=True, slots=True)
class Cell:
    """填写格: one input, with its control for filling in and its text for reading. ``was`` is None: not changed."""

    key: str
    id: str
    error_id: str
    label: str
    spoken: str
    part: str
    control: SafeString
    group: bool
    required: bool
    unit: str
    display: str
    error: str
    warning: str
    long: bool
    number: bool
    was: str | None
    checks: tuple[CellCheck, ...] = ()
    source: str = ""
    clash: ClashShown | None = None
    sure: str = ""
    """The token that confirms a value which is asked about."""
    confirmed: str = ""
    """Says that a value which was asked about was confirmed."""

    @property
    def noted(self) -> bool:
        """Whether anything stands beside the control."""
        said = self.error or self.warning or self.confirmed or self.source
        return bool(said or self.clash or self.checks)


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """One printed cell, with the inputs it holds."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet; ``number`` counts from 1."""

    number: int
    cells: tuple[Cell, ...]
    filled: bool
    new: bool
    id: str = ""
    """What the line is called in the draft, wherever it stands; '' when nobody has begun it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A field: its printed cells, or (in a sheet) its lines."""

    row: RenderRow
    anchor: str
    printed: tuple[PrintedCell, ...]
    lines: tuple[Line, ...] = ()
    spare: tuple[Cell, ...] = ()
    checks: tuple[CellCheck, ...] = ()
    """What the rules say of the field as a whole, where it has no cell of its own (tables, grids)."""
    conditional: bool = False
    """Whether it is asked only under a condition: then it comes and goes while the form is filled in."""
    clause_url: str = ""
    undrawn: Undrawn | None = None
    """Lines beyond those that are drawn."""

    @property
    def single(self) -> Cell | None:
        """The one input of a simple field."""
        return (
            self.printed[0].cells[0] if len(self.printed) == 1 and len(self.printed[0].cells) == 1 else None
        )


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading; ``wide`` ones hold running text."""

    label: str
    unit: str
    help: str
    required: bool
    wide: bool


def level_names(levels: int) -> tuple[str, ...]:
    """The headings of so many levels of indicators."""
    names = (_("一级指标"), _("二级指标"), _("三级指标"), _("四级指标"))
    return names[:levels] if 1 < levels <= len(names) else (_("指标"),) * max(levels, 1)


def kinds_name() -> str:
    """The heading of the column that says what kind of indicator each is."""
    return _("指标类型")


@dataclass(frozen=True, slots=True)
class Block:
    """Fields that are drawn alike: one after another, as the printed grid, or as a sheet."""

    kind: Kind
    rows: tuple[Row, ...]
    columns: tuple[Column, ...] = ()
    levels: int = 0
    kinds: bool = False
    """Whether the printed grid has a column that says what kind of indicator it is (定量, 定性)."""

    @property
    def level_names(self) -> tuple[str, ...]:
        """The headings of a grid's levels, as official forms print them."""
        return level_names(self.levels)

    @property
    def kinds_name(self) -> str:
        """The heading of the column of kinds."""
        return kinds_name()


@dataclass(frozen=True, slots=True)
class Part:
    """A printed heading with its blocks."""

    title: Text | None
    help: Text | None
    blocks: tuple[Block, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """表单: everything that a page needs to draw one form."""

    code: str
    title: str
    clause: str
    kind: str
    supplementary: bool
    note: str
    parts: tuple[Part, ...]

    @property
    def rows(self) -> Iterator[Row]:
        """All fields in printed order."""
        return (row for part in self.parts for block in part.blocks for row in block.rows)

    @property
    def faults(self) -> Iterator[Cell]:
        """The cells that hold something that cannot be read, in printed order."""
        for row in self.rows:
            yield from (cell for printed in row.printed for cell in printed.cells if cell.error)
            yield from (cell for line in row.lines for cell in line.cells if cell.error)
            yield from row.undrawn.faults if row.undrawn else ()


def picture_of(
    form: Form,
    data: Mapping[str, Any],
    *,
    errors: Mapping[str, str] | None = None,
    warnings: Mapping[str, str] | None = None,
    changed: Changed = UNCHANGED,
    editing: bool,
    prefix: str = "",
    notes: Notes = NO_NOTES,
) -> Picture:
    """The picture of ``form`` with stored ``data``. ``editing`` draws controls; fields that are not asked are left out

    when reading. ``prefix`` begins the name of every control where the form stands inside another one; ``notes`` stand
    beside the cells.
    """
    draughtsman = _Draughtsman(
        form, data, errors or {}, warnings or {}, changed, notes, editing=editing, prefix=prefix
    )
    return draughtsman.picture()


class _Draughtsman:
    def __init__(
        self,
        form: Form,
        data: Mapping[str, Any],
        errors: Mapping[str, str],
        warnings: Mapping[str, str],
        changed: Changed,
        notes: Notes,
        *,
        editing: bool,
        prefix: str,
    ) -> None:
        self.form = form
        self.data = data
        self.errors = errors
        self.warnings = warnings
        self.changed = changed
        self.notes = notes
        self.editing = editing
        self.prefix = prefix
        self.most = DRAWN_LINES if editing and not prefix else None
        """Lines of a sheet that are drawn: all of them for reading, and where a form stands inside another one."""
        self.never = {entry.key for entry in form.fields if (entry.visible_when or "").strip() == NEVER}
        self.words: dict[int, str] = {}
        """Labels by identity; the form keeps them alive for longer than this lives."""

    def picture(self) -> Picture:
        drawn = render(self.form, self.data, self.errors, self.warnings, most=self.most)
        number = 0
        parts = []
        for section in drawn.sections:
            number += section.title is not None
            anchor = anchor_of(number) if section.title is not None else ""
            parts.append(Part(section.title, section.help, tuple(self.blocks(section.rows)), anchor))
        return Picture(
            code=drawn.code,
            title=str(drawn.title),
            clause=drawn.clause,
            kind=drawn.kind,
            supplementary=drawn.origin == "supplementary",
            note=str(drawn.note) if drawn.note else "",
            parts=tuple(part for part in parts if part.blocks or part.help),
        )

    def blocks(self, rows: Iterable[RenderRow]) -> Iterator[Block]:
        shown = (row for row in rows if row.visible or (self.editing and row.key not in self.never))
        for kind, together in groupby(shown, key=_kind_of):
            listed = list(together)
            if kind == "sheet":
                yield from (self.sheet(row) for row in listed)
            elif kind == "grid":
                for _columns, alike in groupby(listed, key=lambda row: [str(c.label) for c in row.columns]):
                    yield self.grid(list(alike))
            else:
                yield Block("fields", tuple(self.row(row) for row in listed))

    def grid(self, rows: list[RenderRow]) -> Block:
        columns = tuple(_column(str(c.label), "", c.help, c.required, c.type) for c in rows[0].columns)
        levels, kinds = max(len(row.levels) for row in rows), any(row.indicator_kind for row in rows)
        return Block("grid", tuple(self.row(row) for row in rows), columns, levels, kinds)

    def sheet(self, row: RenderRow) -> Block:
        columns = tuple(
            _column(str(c.label), c.unit, c.help, c.required, c.type)
            for c in row.columns
            for _part in ("", *c.parts)
        )
        return Block("sheet", (self.row(row),), columns)

    def row(self, row: RenderRow) -> Row:
        return Row(
            row=row,
            anchor=f"f-{row.key}",
            printed=tuple(self.printed(row)),
            lines=tuple(self.lines(row)),
            spare=tuple(self.cell(cell, row, "") for cell in row.spare) if self.editing else (),
            checks=tuple(self.notes.checks.get(row.key, ())) if row.kind in ("table", "grid") else (),
            conditional=row.key in self.notes.conditional,
            clause_url=self.notes.clause_urls.get(row.clause, ""),
            undrawn=self.undrawn(row),
        )

    def printed(self, row: RenderRow) -> Iterator[PrintedCell]:
        labels = {f"{row.key}_{column.key}": str(column.label) for column in row.columns}
        for name, together in groupby(row.cells, key=lambda cell: cell.cell):
            parts = list(together)
            drawn = tuple(self.cell(cell, row, str(cell.label) if len(parts) > 1 else "") for cell in parts)
            yield PrintedCell(labels.get(name, ""), drawn)

    def lines(self, row: RenderRow) -> Iterator[Line]:
        """What is filled in, then blank lines up to the printed ones (when editing: at least one)."""
        for place, cells in enumerate(row.lines):
            drawn = tuple(self.cell(cell, row, "", place) for cell in cells)
            new = f"{row.key}.{place}" in self.changed.new_lines
            yield Line(place + 1, drawn, True, new, self.notes.line(row.key, place))
        if row.kind != "table" or not self.editing or row.count > len(row.lines):
            return
        there = row.count
        for place in range(there, max(row.printed_rows, there + SPARE_LINES)):
            yield Line(place + 1, tuple(self.cell(cell, row, "", place) for cell in row.spare), False, False)

    def word(self, text: Text) -> str:
        """A label in the reader's language; a sheet names its few columns thousands of times."""
        known = self.words.get(id(text))
        if known is None:
            known = self.words[id(text)] = str(text)
        return known

    def undrawn(self, row: RenderRow) -> Undrawn | None:
        """What the page needs to make the lines that are not drawn."""
        table = field_of(self.form, row.key)
        if table is None or self.most is None or row.count <= self.most:
            return None
        stored = self.data[row.key]
        said = said_in(table, self.errors, self.warnings, self.notes.sure)
        faults = tuple(
            self.cell(cell, row, "", place)
            for place, values in enumerate(stored[self.most :], self.most)
            if place in said
            for cell in render_line(table, values, place, self.errors, self.warnings)
            if cell.error
        )
        return undrawn_lines(table, stored, self.most, self.notes.ids.get(row.key, ()), said, faults)

    def cell(self, cell: RenderCell, row: RenderRow, part: str, place: int | None = None) -> Cell:
        in_sheet = row.kind in ("table", "grid")
        placed = _placed(cell, place)
        if self.prefix:
            placed = replace(placed, key=f"{self.prefix}{placed.key}")
        message = placed.error or placed.warning
        spoken = ""  # nobody hears controls where there are none
        if self.editing or message:
            spoken = _spoken(row, placed, part, place) if in_sheet else str(row.label)
        heard = spoken if in_sheet else ""
        drawn = (
            control(placed, in_sheet=in_sheet, label=heard, described=bool(message)) if self.editing else ""
        )
        return Cell(
            key=placed.key,
            id=id_of(placed.key),
            error_id=error_id_of(placed.key),
            label=self.word(cell.label),
            spoken=spoken,
            part=part,
            control=SafeString(drawn),
            group=is_group(placed, in_sheet=in_sheet),
            required=cell.required and not cell.read_only,
            unit=cell.unit,
            display=cell.display,
            error=placed.error,
            warning=placed.warning,
            long=cell.type == "rich_text",
            number=cell.type in ("integer", "decimal", "percent"),
            was=self.changed.was.get(placed.key),
            checks=tuple(self.notes.checks.get(placed.key, ())),
            source=self.notes.sources.get(placed.key, ""),
            clash=self.notes.clashes.get(placed.key),
            sure=self.notes.sure.get(placed.key, ""),
            confirmed=self.notes.confirmed.get(placed.key, ""),
        )


def _kind_of(row: RenderRow) -> Kind:
    return "sheet" if row.kind == "table" else "grid" if row.kind == "grid" else "fields"


def _column(label: str, unit: str, note: Text | None, required: bool, kind: str) -> Column:
    shown = unit if unit and unit not in label else ""
    return Column(label, shown, str(note) if note else "", required, kind == "rich_text")


def _placed(cell: RenderCell, place: int | None) -> RenderCell:
    """A spare cell, put on the line where it is to stand."""
    marker = f".{SPARE_ROW}."
    if place is None or marker not in cell.key:
        return cell
    return replace(cell, key=cell.key.replace(marker, f".{place}."))


def _spoken(row: RenderRow, cell: RenderCell, part: str, place: int | None) -> str:
    """The control's name for those who hear the page."""
    if row.kind == "table":
        line = _("第%(n)s行") % {"n": place + 1} if place is not None else _("新行")
        return f"{row.label} {line} {cell.label}"
    year = next((str(c.label) for c in row.columns if f"{row.key}_{c.key}" == cell.cell), "")
    return " ".join(each for each in (str(row.label), year, part) if each)
