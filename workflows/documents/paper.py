"""What stands on paper, before it is HTML or Word: pages made of headings, paragraphs and tables. 版面

The print page (``cases/print.html``; :mod:`workflows.documents.pdf` sets it as a PDF) and the Word file
(:mod:`workflows.documents.word`) draw the same :class:`Paper`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Role = Literal["label", "value", "hint"]
Align = Literal["", "center", "right", "indent"]
BLANK = "\u3000" * 4
"""Room to write in, where a form prints a blank in running text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: printed words of the form, what was filled in, or a printed hint."""

    text: str
    role: Role = "value"


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph."""

    pieces: tuple[Piece, ...] = ()
    align: Align = ""

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class PaperCell:
    """A cell of a table; ``rowspan`` 0: covered by the cell above. ``scope`` as HTML has it for a heading, else ''."""

    paras: tuple[Para, ...]
    colspan: int = 1
    rowspan: int = 1
    scope: Literal["", "row", "rowgroup", "col", "colgroup"] = ""

    @property
    def text(self) -> str:
        """The words, a line a paragraph."""
        return "\n".join(para.text for para in self.paras)


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A bordered table. ``widths`` in thousandths of the page's width; ``head`` rows are repeated on every page."""

    kind: Literal["block"]
    widths: tuple[int, ...]
    rows: tuple[tuple[PaperCell, ...], ...]
    head: int
    name: str
    small: bool = False

    @property
    def percents(self) -> list[str]:
        """The widths as HTML takes them."""
        return [f"{width / 10:g}%" for width in self.widths]

    @property
    def heading_rows(self) -> tuple[tuple[PaperCell, ...], ...]:
        """The rows that are repeated."""
        return self.rows[: self.head]

    @property
    def body_rows(self) -> tuple[tuple[PaperCell, ...], ...]:
        """The other rows."""
        return self.rows[self.head :]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a form."""

    kind: Literal["heading"]
    text: str
    level: Literal[2, 3]


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs outside of tables; ``running``: text of a report, set larger and indented."""

    kind: Literal["prose"]
    paras: tuple[Para, ...]
    running: bool = False


Block = PaperTable | Heading | Prose


@dataclass(frozen=True, slots=True)
class PaperForm:
    """One form on pages of its own. ``lines``: its printed title; ``title``: the same in one line, for contents."""

    code: str
    title: str
    lines: tuple[str, ...]
    annex: str
    supplementary: bool
    landscape: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class CoverLine:
    """A blank on the cover: ``seal`` where the unit's seal goes beside it."""

    label: str
    value: str
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """签章: who signed or sealed, as it is to be told on paper (place: 申报单位, 推荐单位…)."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page."""

    annex: str
    lines: tuple[str, ...]
    blanks: tuple[CoverLine, ...]
    imprint: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole document. ``mark`` stands at the head of every page (草稿), ``foot`` at its foot; ``cover`` is None for a

    single form. ``stamp``: when its content was settled (ISO), for the file's own dates.
    """

    title: str
    mark: str
    foot: tuple[str, ...]
    cover: Cover | None
    forms: tuple[PaperForm, ...]
    stamp: str
    seals: tuple[Seal, ...] = ()

    @property
    def contents(self) -> Iterator[PaperForm]:
        """What the contents list."""
        return iter(self.forms)


def label(text: str) -> Piece:
    """Printed words."""
    return Piece(text, "label")


def hint(text: str) -> Piece:
    """A printed hint."""
    return Piece(text, "hint")


def said(*pieces: Piece | str, align: Align = "") -> Para:
    """A paragraph; plain text counts as filled in."""
    return Para(tuple(Piece(each) if isinstance(each, str) else each for each in pieces), align)


def cell(*paras: Para, colspan: int = 1, rowspan: int = 1) -> PaperCell:
    """A cell with what was filled in."""
    return PaperCell(paras or (Para(),), colspan, rowspan)


def head_cell(
    text: str,
    scope: Literal["row", "rowgroup", "col", "colgroup"],
    *,
    colspan: int = 1,
    rowspan: int = 1,
) -> PaperCell:
    """A printed heading of a row or column."""
    return PaperCell((said(label(text), align="center"),), colspan, rowspan, scope)
