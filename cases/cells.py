"""The cells of a form in a draft: their places, who changed each last, and the lines of tables by name. 填写格

A cell's path is its key, or ``table.line.column`` for a table; lines have ids that stay theirs when colleagues insert,
move or remove others. Stored data know nothing of this: :class:`Content` joins the two and takes them apart again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cases.models import DeclarationForm
from programmes.form_cells import Input, inputs_of, row_inputs
from programmes.form_values import read
from programmes.schema import Form

LINE_ID = re.compile(r"[a-z0-9]{1,16}")
WHOLE = ""
"""The path that stands for the whole form."""
MARK_DIGITS = 8
ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


class Saver(NamedTuple):
    """Who made a version, when (ISO), and on which page; None and '' where it is not known."""

    user_id: int | None
    at: str
    tab: str


@dataclass(frozen=True, slots=True)
class Places:
    """填写位置: which inputs a person may fill in: simple ones by key, a table's by table and column."""

    simple: Mapping[str, Input]
    tables: Mapping[str, Mapping[str, Input]]

    def find(self, path: str) -> Input | None:
        """The input at a path; None when nothing is filled in there."""
        if "." not in path:
            return self.simple.get(path)
        table, _dot, rest = path.partition(".")
        line, _dot, column = rest.partition(".")
        if not LINE_ID.fullmatch(line):
            return None
        return self.tables.get(table, {}).get(column)


def places_of(form: Form) -> Places:
    """Where something may be filled in; calculated fields are not among them."""
    simple = {
        cell.key: cell
        for entry in form.fields
        if entry.type != "table" and not entry.calculated
        for cell in inputs_of(entry)
    }
    tables = {
        entry.key: {cell.key: cell for cell in row_inputs(entry)}
        for entry in form.fields
        if entry.type == "table"
    }
    return Places(simple, tables)


@dataclass(slots=True)
class Content:
    """What a form holds: simple values by key, the lines of tables by id, in order."""

    values: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        """The value at a path; None when it is blank, or its line is not there."""
        table, line, column = split(path)
        if not line:
            return self.values.get(path)
        return self.tables.get(table, {}).get(line, {}).get(column)

    def put(self, path: str, value: Any) -> None:
        """Set or (None) clear the value at a path; the line must be there."""
        table, line, column = split(path)
        holder = self.tables[table][line] if line else self.values
        key = column if line else path
        if value is None:
            holder.pop(key, None)
        else:
            holder[key] = value

    def data(self) -> dict[str, Any]:
        """As it is stored: tables as lists of lines."""
        lines = {table: list(rows.values()) for table, rows in self.tables.items() if rows}
        return self.values | lines

    def ids(self) -> dict[str, list[str]]:
        """The ids of the lines, table by table."""
        return {table: list(rows) for table, rows in self.tables.items() if rows}


def split(path: str) -> tuple[str, str, str]:
    """Table, line and column of a path; line and column are '' for a simple one."""
    table, _dot, rest = path.partition(".")
    line, _dot, column = rest.partition(".")
    return table, line, column


def content_of(places: Places, row: DeclarationForm | None) -> Content:
    """What a stored form holds, its lines under their ids; lines without one get the id of their place."""
    if row is None:
        return Content({}, {table: {} for table in places.tables})
    values = {key: value for key, value in row.data.items() if key in places.simple}
    tables = {}
    for table in places.tables:
        lines = row.data.get(table) or []
        ids = line_ids(row.rows.get(table) or [], len(lines))
        tables[table] = {line: dict(values) for line, values in zip(ids, lines, strict=True)}
    return Content(values, tables)


def line_ids(known: list[str], count: int) -> list[str]:
    """``count`` ids: the known ones as far as they go, then ids made from the place. The same answer every time."""
    ids = list(dict.fromkeys(known))[:count]
    taken = set(ids)
    number = len(ids)
    while len(ids) < count:
        fresh = f"r{number}"
        number += 1
        if fresh not in taken:
            ids.append(fresh)
            taken.add(fresh)
    return ids


def stamps_of(row: DeclarationForm) -> dict[str, int]:
    """When each cell changed, by path; of a form that knows nothing of it, all of it in its present version."""
    return dict(row.cells) or ({WHOLE: row.version} if row.version else {})


def changed_in(stamps: Mapping[str, int], path: str) -> int:
    """The version that changed the cell last: itself, its line, or the whole form; 0 when it was never touched."""
    table, line, _column = split(path)
    own = max(stamps.get(path, 0), stamps.get(WHOLE, 0))
    return max(own, stamps.get(f"{table}.{line}", 0)) if line else own


def saver_of(row: DeclarationForm, version: int) -> Saver:
    """Who made a version of the form."""
    known = row.saves.get(str(version))
    if known is None:
        return Saver(row.updated_by_id, row.updated_at.isoformat(), "")
    return Saver(known[0], known[1], known[2])


def understood(entry: Input, raw: Any) -> Any:
    """What is stored for what was typed: the value as it is read, the typed text where it cannot be, None for blank."""
    reading = read(entry, raw)
    if reading.error:
        return raw if isinstance(raw, list) else str(raw)
    return reading.value


def mark(value: Any) -> str:
    """A short mark of a value: a page carries them, so that what the person changed can be told from what it showed."""
    if value is None:
        return ""
    return hashlib.sha256(ENCODE(value).encode("utf-8", "surrogatepass")).hexdigest()[:MARK_DIGITS]


def marks_of(places: Places, content: Content) -> dict[str, Any]:
    """The marks of everything that a page shows: ``cells`` by key, ``rows`` by table: [id, mark, mark…]."""
    cells = {key: mark(understood(places.simple[key], value)) for key, value in content.values.items()}
    rows = {
        table: [
            [line, *(mark(understood(entry, values.get(column))) for column, entry in columns.items())]
            for line, values in content.tables[table].items()
        ]
        for table, columns in places.tables.items()
        if content.tables[table]
    }
    return {"cells": cells, "rows": rows}


def paths_of(places: Places, content: Content) -> Iterator[str]:
    """Every path that there is: simple ones, and those of the lines that are there."""
    yield from places.simple
    for table, lines in content.tables.items():
        yield from (f"{table}.{line}.{column}" for line in lines for column in places.tables[table])
