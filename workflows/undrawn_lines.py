"""Lines of a long table that the page makes itself: their texts, not their controls, are sent. 长表的其余行

A table of 2,000 lines has some 20,000 controls, as many megabytes as a browser takes seconds for. The first lines are
drawn; the rest lies in the page as one hidden value. The script makes lines of it; without script the value comes back
with the form as it is, and nothing is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from cases.cells import split
from cases.errors import Invalid
from programmes.form_cells import Input, row_inputs
from programmes.form_rendering import display_value
from programmes.schema import FormField

FIELD = "_rest."
"""Begins the name of the hidden value: ``_rest.rows`` for the table ``rows``."""
MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Undrawn:
    """``lines`` as JSON; ``count`` of them; the cells among them (``forms_ui.Cell``) that cannot be read."""

    name: str
    lines: str
    count: int
    faults: tuple[Any, ...]


def undrawn_lines(
    table: FormField,
    stored: Sequence[Mapping[str, Any]],
    begin: int,
    ids: Sequence[str],
    said: Mapping[int, Mapping[str, Any]],
    faults: tuple[Any, ...],
) -> Undrawn:
    """The ``stored`` lines of a table from number ``begin`` (from 0) on, with what is ``said`` of them (:func:`said_in`).

    ``{"from": begin, "columns": [key…], "lines": [[id, [text…], {column: [message, is it an error, token]}]…]}``
    """
    entries = row_inputs(table)
    lines = [
        [
            ids[place] if place < len(ids) else "",
            [control_text(entry, values.get(entry.key)) for entry in entries],
            said.get(place, {}),
        ]
        for place, values in enumerate(stored[begin:], begin)
    ]
    columns = [entry.key for entry in entries]
    held = json.dumps({"from": begin, "columns": columns, "lines": lines}, ensure_ascii=False)
    return Undrawn(f"{FIELD}{table.key}", held, len(lines), faults)


def said_in(
    table: FormField, errors: Mapping[str, str], warnings: Mapping[str, str], sure: Mapping[str, str]
) -> dict[int, dict[str, list[Any]]]:
    """The messages in a table: place of the line → column → [message, is it an error, token that confirms the value]."""
    found: dict[int, dict[str, list[Any]]] = {}
    columns = {entry.key for entry in row_inputs(table)}
    for path in dict.fromkeys((*errors, *warnings)):
        name, place, column = split(path)
        if name == table.key and place.isdecimal() and column in columns:
            text = " ".join(text for text in (errors.get(path), warnings.get(path)) if text)
            found.setdefault(int(place), {})[column] = [text, path in errors, sure.get(path, "")]
    return found


def control_text(entry: Input, value: Any) -> str:
    """What the cell's control would hold."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return display_value(entry, value) if isinstance(value, list) else str(value)


def with_undrawn(posted: QueryDict) -> QueryDict:
    """A posted page with the values that it carried unread (no script made controls of them) as if from controls.

    Raises Invalid when they are not what the page carried: reading them as nothing would take the lines away.
    """
    carried = [name for name in posted if name.startswith(FIELD)]
    if not carried:
        return posted
    whole = posted.copy()
    for name in carried:
        for key, text in _controls(name.removeprefix(FIELD), str(posted[name])):
            whole.setdefault(key, text)
        del whole[name]
    return whole


def _controls(table: str, held: str) -> list[tuple[str, str]]:
    try:
        sent = json.loads(held)
        begin, columns, lines = int(sent["from"]), list(map(str, sent["columns"])), sent["lines"][:MOST_LINES]
        return [
            (f"{table}.{begin + place}.{column}", str(text))
            for place, line in enumerate(lines)
            for column, text in zip(columns, line[1], strict=True)
        ]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        raise Invalid("bad_request", _("提交的内容无法识别，请刷新页面后重试。")) from None
