"""Forms exactly as printed: fields, columns, sections, and what the paper has beside them. 表单"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, PrivateAttr

from programmes.schema.base import Choice, Code, Source, Spec, Text

FieldType = Literal[
    "text", "rich_text", "integer", "decimal", "percent", "boolean", "date", "datetime", "choice", "multi_choice", "grid",
    "table", "file", "files", "form_link"
]  # fmt: skip


Holds = Literal["phone", "mobile", "landline", "email", "postcode", "uscc"]
"""What the text of a cell is: anything else is refused beside it."""


class Column(Spec):
    """A column of a table or of a year grid. Grid cells are stored under ``<field>_<column>``."""

    key: str
    label: Text
    type: FieldType
    required: bool = True
    unit: str = ""
    help: Text | None = None
    choices: tuple[Choice, ...] = ()
    holds: Holds | None = None
    """Of a text: see :class:`FormField`."""
    parts: tuple[Code, ...] = ()
    """A cell with more than one number: further inputs stored as ``<field>_<column>_<part>``."""
    minimum: Decimal | None = None
    maximum: Decimal | None = None


class FormField(Spec):
    """One blank of a form, label exactly as printed. 表单项

    ``path`` gives the printed levels (一级/二级/三级指标) of an indicator; ``origin`` tells printed blanks from
    supplementary ones that a rule needs; ``visible_when`` is an expression over the form's own fields.
    """

    key: Code
    label: Text
    type: FieldType
    required: bool = True
    unit: str = ""
    help: Text | None = None
    clause: str
    origin: Literal["official", "supplementary"] = "official"
    source: Source = "text"
    path: tuple[str, ...] = ()
    indicator_kind: str = ""
    columns: tuple[Column, ...] = ()
    part_labels: dict[str, Text] = Field(default_factory=dict)
    printed_rows: int = 0
    max_rows: int = 2000
    choices: tuple[Choice, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int = 20000
    holds: Holds | None = None
    """Of a text: telephone numbers, mobiles, landlines (and fax), e-mail addresses, a postcode, a 统一社会信用代码. Where
    this is not said and the label tells, the cell asks and refuses nothing (:mod:`programmes.contacts`)."""
    visible_when: str = ""
    calculated: str = ""
    prefill: str = ""
    """Where the value may be taken over from, if the person wishes: ``register.name`` (the register of units), ``last``
    (the declaration sent last in this programme) or ``FORM.field`` of the same case."""
    printed_label: str = ""
    """What the official form prints where the label on the screen has to say more (分别为; a table's name)."""
    printed_help: bool = False
    """Whether the help stands on the official form, too."""
    printed_as: Literal["table", "list"] = "table"
    """How the official form prints a table: with headings, or as numbered entries in running text (1. … ,产值: …;)."""
    number: int | None = None
    """Number of a material in its list, (一) = 1."""
    links: tuple[Code, ...] = ()
    """Forms that a ``form_link`` material stands for."""
    _inputs: Any = PrivateAttr(default=None)
    """What was worked out from this field once; no part of the data."""


class Section(Spec):
    """A printed heading that groups fields."""

    title: Text
    help: Text | None = None
    fields: tuple[Code, ...]
    printed: Literal["heading", "rows", "foot"] = "heading"
    """On paper: under its heading; a row each without it (the heading is for the screen alone); at the form's foot."""


class Paper(Spec):
    """What the official form prints beside its fields. 印发样式

    ``rows``: a row a field; ``groups``: each heading on the left, its fields in running text on the right; ``cover``:
    the cover of the declaration.
    """

    layout: Literal["rows", "groups", "cover"] = "rows"
    annex: str = ""
    """附件 number, as printed above the title."""
    heading: tuple[str, ...] = ()
    """The printed title, line by line, where it is not the form's title."""
    imprint: tuple[str, ...] = ()
    """Constant lines at the foot of a cover."""


class Form(Spec):
    """A form exactly as printed, or a supplementary one. 表单"""

    code: Code
    title: Text
    clause: str
    kind: Literal["form", "grid", "table", "outline", "materials"] = "form"
    origin: Literal["official", "supplementary"] = "official"
    note: Text | None = None
    paper: Paper | None = None
    fields: tuple[FormField, ...]
    sections: tuple[Section, ...] = ()
    _compiled: dict[str, Any] = PrivateAttr(default_factory=dict)
    """What was worked out from this form once (compiled expressions); no part of the data."""
