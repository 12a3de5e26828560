"""What changed from one version of a declaration to the next, cell by cell. 版本比对

Lines of tables are matched by what they say, so that a line put in at the top does not make every line below it new, and
a line that was moved is told as moved.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _

from audit.punctuation import strung
from programmes.form_cells import Input, inputs_of, row_inputs
from programmes.forms import display_value
from programmes.schema import Form, FormField
from workflows.forms_ui import Changed

Data = Mapping[str, Any]
How = Literal["changed", "added", "removed", "moved"]


@dataclass(frozen=True, slots=True)
class Change:
    """修改: one cell, or one whole line of a table; ``path`` is '' for what is no longer there."""

    how: How
    path: str
    label: str
    before: str
    after: str
    field: str = ""
    """Key of the field (of the table, for a line or a cell of one)."""


@dataclass(slots=True)
class FormChanges:
    """What changed in one form."""

    form: Form
    changes: list[Change] = field(default_factory=list)
    new_lines: set[str] = field(default_factory=set)

    @property
    def marks(self) -> Changed:
        """The same for the picture of the form: what each cell said before, and which lines are new."""
        was = {change.path: change.before for change in self.changes if change.how == "changed"}
        return Changed(was, frozenset(self.new_lines))


def changes_in(form: Form, before: Data, after: Data) -> FormChanges:
    """What differs between two contents of a form, in printed order. No query."""
    found = FormChanges(form)
    for entry in form.fields:
        if entry.type == "table":
            _compare_tables(entry, before.get(entry.key) or [], after.get(entry.key) or [], found)
        else:
            _compare_cells(entry, before, after, found)
    return found


def _compare_cells(entry: FormField, before: Data, after: Data, found: FormChanges) -> None:
    for cell in inputs_of(entry):
        old, new = before.get(cell.key), after.get(cell.key)
        if old != new:
            label = f"{entry.label} {cell.label}" if entry.type == "grid" else str(entry.label)
            found.changes.append(
                Change(
                    "changed",
                    cell.key,
                    label,
                    display_value(cell, old),
                    display_value(cell, new),
                    entry.key,
                )
            )


def _compare_tables(
    entry: FormField, before: Sequence[Data], after: Sequence[Data], found: FormChanges
) -> None:
    """Lines that say the same are the same, wherever they stand; what is left over is paired with what it was, cell by cell."""
    cells = row_inputs(entry)
    kept, gone, come = _matched(before, after)
    for old, new in _moved(kept):
        found.changes.append(
            Change("moved", f"{entry.key}.{new}", _name(entry, new), _place(old), _place(new), entry.key)
        )
    pairs = _pairs(cells, before, after, kept, gone, come)
    for old, new in sorted(pairs.items(), key=lambda pair: pair[1]):
        found.changes += _line(entry, cells, before[old], after[new], new)
    for new in come:
        if new not in pairs.values():
            found.new_lines.add(f"{entry.key}.{new}")
            path, told = f"{entry.key}.{new}.{cells[0].key}", _told(cells, after[new])
            found.changes.append(Change("added", path, _name(entry, new), "", told, entry.key))
    for old in gone:
        if old not in pairs:
            told = _told(cells, before[old])
            found.changes.append(Change("removed", "", _name(entry, old), told, "", entry.key))


def _matched(
    before: Sequence[Data], after: Sequence[Data]
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Places of equal lines as (before, after), in the order after; the places that have none, before and after."""
    waiting: dict[str, deque[int]] = {}
    for place, row in enumerate(before):
        waiting.setdefault(_said(row), deque()).append(place)
    kept: list[tuple[int, int]] = []
    come: list[int] = []
    for place, row in enumerate(after):
        same = waiting.get(_said(row))
        if same:
            kept.append((same.popleft(), place))
        else:
            come.append(place)
    return kept, sorted(place for places in waiting.values() for place in places), come


def _moved(kept: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of equal lines, the fewest that must have been moved for the others to stand in their old order."""
    ends: list[int] = []
    tails: list[int] = []
    links: list[int] = []
    for index, (old, _new) in enumerate(kept):
        place = bisect_left(ends, old)
        links.append(tails[place - 1] if place else -1)
        ends[place : place + 1], tails[place : place + 1] = [old], [index]
    still: set[int] = set()
    index = tails[-1] if tails else -1
    while index >= 0:
        still.add(index)
        index = links[index]
    return [pair for index, pair in enumerate(kept) if index not in still]


def _pairs(
    cells: Sequence[Input],
    before: Sequence[Data],
    after: Sequence[Data],
    kept: Sequence[tuple[int, int]],
    gone: Sequence[int],
    come: Sequence[int],
) -> dict[int, int]:
    """Which of the old lines has become which of the new: the one of the same name (its first cell), wherever it stands,

    else the next one in the same gap between lines that stayed.
    """
    pairs: dict[int, int] = {}
    named: dict[str, deque[int]] = {}
    for old in gone:
        named.setdefault(_called(cells, before[old]), deque()).append(old)
    for new in come:
        name = _called(cells, after[new])
        if name and named.get(name):
            pairs[named[name].popleft()] = new
    taken = set(pairs.values())
    gaps: dict[int, deque[int]] = {}
    stayed = {old for old, _new in kept}
    gap = -1
    for old in range(len(before)):
        gap = old if old in stayed else gap
        if old not in stayed and old not in pairs:
            gaps.setdefault(gap, deque()).append(old)
    origin = {new: old for old, new in kept}
    gap = -1
    for new in range(len(after)):
        gap = origin.get(new, gap)
        if new not in origin and new not in taken and gaps.get(gap):
            pairs[gaps[gap].popleft()] = new
    return pairs


def _called(cells: Sequence[Input], row: Data) -> str:
    """What a line is called: its first cell."""
    value = row.get(cells[0].key)
    return "" if value is None else str(value)


def _place(place: int) -> str:
    return _("第%(n)s行") % {"n": place + 1}


def _line(
    entry: FormField, cells: Sequence[Input], before: Data, after: Data, place: int
) -> Iterator[Change]:
    for cell in cells:
        old, new = before.get(cell.key), after.get(cell.key)
        if old != new:
            label = f"{_name(entry, place)} {cell.label}"
            path = f"{entry.key}.{place}.{cell.key}"
            shown = display_value(cell, old), display_value(cell, new)
            yield Change("changed", path, label, *shown, entry.key)


def _said(row: Data) -> str:
    return json.dumps(row, sort_keys=True, ensure_ascii=False)


def _name(entry: FormField, place: int) -> str:
    return _("%(table)s第%(n)s行") % {"table": entry.label, "n": place + 1}


def _told(cells: Sequence[Input], row: Data) -> str:
    """A line in short: its first filled cells."""
    shown = (display_value(cell, row.get(cell.key)) for cell in cells)
    return strung([text for text in shown if text][:3])
