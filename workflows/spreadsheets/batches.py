"""What a file with one declaration a line has for columns: the unit, the title, the single items of the forms. 批量导入的列

Tables, printed grids and files have no place in one line; they are filled in later, draft by draft.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from programmes.form_cells import Input, inputs_of
from programmes.schema import Form, FormField, Pack, Text
from workflows.spreadsheets.layout import SheetColumn, headed

UNIT, TITLE = "unit", "title"
"""Keys of the two columns that belong to no form; the others are called ``FORM.field``."""
BATCH_MARK = "*"
"""Stands in the mark of a file for the form: it holds no single one."""
MOST_LINES = 200
"""Declarations that one file may hold."""
SINGLE = frozenset(
    {
        "text",
        "rich_text",
        "integer",
        "decimal",
        "percent",
        "boolean",
        "date",
        "datetime",
        "choice",
        "multi_choice",
    }
)
LANGUAGES = ("", "zh", "en")
"""'' is the reader's own."""


@dataclass(frozen=True, slots=True)
class Item:
    """单项: an item of a form that one cell can hold."""

    form: Form
    field: FormField
    entry: Input

    @property
    def key(self) -> str:
        """As the column is called."""
        return f"{self.form.code}.{self.entry.key}"


def forms_of(pack: Pack) -> tuple[Form, ...]:
    """The forms that a declaration begins with."""
    lifecycle = pack.programme.lifecycle
    return tuple(pack.forms[code] for code in lifecycle.steps[lifecycle.start].forms)


def items_of(pack: Pack) -> tuple[Item, ...]:
    """The items of the first step's forms that one cell can hold, in printed order; none that is calculated."""
    return tuple(
        Item(form, field, entry)
        for form in forms_of(pack)
        for field in form.fields
        if field.type in SINGLE and not field.calculated
        for entry in inputs_of(field)
    )


def left_out(pack: Pack) -> tuple[int, int, int]:
    """How many tables, lines of grids and files a declaration has beside: none of them is in such a file."""
    lifecycle = pack.programme.lifecycle
    materials = pack.forms.get(lifecycle.steps[lifecycle.start].materials or "")
    forms = (*forms_of(pack), *([materials] if materials is not None else []))
    kinds = Counter(field.type for form in forms for field in form.fields)
    return kinds["table"], kinds["grid"], kinds["file"] + kinds["files"]


def batch_columns(pack: Pack) -> tuple[SheetColumn, ...]:
    """The columns of a file for this edition: unit, title, then the items. Headings are told apart by their form."""
    items, own = items_of(pack), (_own_column(UNIT, 120), _own_column(TITLE, 200))
    taken = {name for column in own for name in column.names}
    spoken = [_headings(items, language, taken) for language in LANGUAGES]
    columns = [
        SheetColumn(item.key, heading, item.entry, names)
        for item, names in zip(items, zip(*spoken, strict=True), strict=True)
        for heading in names[:1]
    ]
    return (*own, *columns)


def _own_column(key: str, longest: int) -> SheetColumn:
    heading = _own_heading(key)
    with override("en"):
        english = _own_heading(key)
    with override("zh-hans"):
        chinese = _own_heading(key)
    entry = Input(
        key=key,
        cell=key,
        label=Text(zh=chinese, en=english),
        type="text",
        required=True,
        unit="",
        help=None,
        clause="",
        choices=(),
        minimum=None,
        maximum=None,
        max_length=longest,
    )
    return SheetColumn(key, heading, entry, (heading, chinese, english))


def _own_heading(key: str) -> str:
    return _("申报单位") if key == UNIT else _("项目名称")


def _headings(items: Sequence[Item], language: str, taken: set[str]) -> list[str]:
    """What the items are called in a language, each differently: by label, by the levels above it, by form, by number."""
    plain = [headed(_said(item.field.label, language), item.entry.unit) for item in items]
    levels = [_levels(item, text) for item, text in zip(items, plain, strict=True)]
    named = [_with_form(item, text, language) for item, text in zip(items, levels, strict=True)]
    chosen = list(plain)
    for longer in (levels, named):
        often = Counter(chosen)
        chosen = [
            longer[place] if often[text] > 1 or text in taken else text for place, text in enumerate(chosen)
        ]
    return list(_numbered(chosen))


def _said(text: Text, language: str) -> str:
    return {"zh": text.zh, "en": text.en or text.zh}.get(language, str(text))


def _levels(item: Item, text: str) -> str:
    return headed(" / ".join(item.field.path), item.entry.unit) if len(item.field.path) > 1 else text


def _with_form(item: Item, text: str, language: str) -> str:
    return f"{_said(item.form.title, language)}·{text}"


def _numbered(texts: Sequence[str]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for text in texts:
        seen[text] += 1
        yield text if seen[text] == 1 else f"{text}（{seen[text]}）"
