"""A form as a whole, told as changes of its cells: for imports, seeding and scenarios, which know no lines by id. 整表"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from cases.cells import Places, content_of, mark
from cases.drafting import Edits, Lines
from cases.models import DeclarationForm


def whole(
    places: Places, row: DeclarationForm, data: Mapping[str, Any], expected_version: int | None
) -> Edits:
    """A whole form as edits: every place of it. A line that is there already keeps its id, wherever it stands now."""
    held = content_of(places, row)
    cells: dict[str, Any] = {key: data.get(key) for key in places.simple}
    lines = {}
    for table, columns in places.tables.items():
        given = data.get(table) or []
        ids = _matched(held.tables[table], given)
        lines[table] = Lines(tuple(ids), tuple(held.tables[table]))
        for line, values in zip(ids, given, strict=True):
            cells |= {f"{table}.{line}.{column}": values.get(column) for column in columns}
    return Edits(expected_version, cells, lines)


def new_line() -> str:
    """An id for a line that nobody has seen yet."""
    return uuid.uuid4().hex[:10]


def _matched(held: Mapping[str, Mapping[str, Any]], given: Sequence[Mapping[str, Any]]) -> list[str]:
    """Ids for ``given``: of the very same line where there is one, then of those left over in order, then new ones."""
    same: dict[str, list[str]] = {}
    for line, values in held.items():
        same.setdefault(mark(values), []).append(line)
    ids = [alike.pop(0) if (alike := same.get(mark(values))) else "" for values in given]
    taken = set(ids)
    left = iter([line for line in held if line not in taken])
    return [line or next(left, "") or new_line() for line in ids]
