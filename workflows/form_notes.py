"""What stands beside the cells of a form while it is filled in: what the rules say, where a value was taken from, what
a colleague has put there. 填写提示
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cases.cells import Content, Places, split
from cases.drafting import Clash
from programmes.form_cells import Input
from programmes.form_rendering import display_value
from workflows.declaration_checks import Check


@dataclass(frozen=True, slots=True)
class CellCheck:
    """What one rule says at one cell; ``asks``: the reason is given right here, ``given`` is what was said so far."""

    check: Check
    key: str
    asks: bool
    given: str
    base: int


@dataclass(frozen=True, slots=True)
class ClashShown:
    """冲突: what a colleague has put where the person changed something as well."""

    path: str
    kind: str
    version: int
    who: str
    at: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Notes:
    """Everything that stands beside cells, by the place on the page (``rows.0.name``).

    ``sure`` are tokens that confirm a value which is asked about, ``confirmed`` says which were; ``ids`` name a table's
    lines; ``conditional`` the fields that are asked only under a condition; ``clause_urls`` tells
    where a citation can be read.
    """

    checks: Mapping[str, Sequence[CellCheck]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    sure: Mapping[str, str] = field(default_factory=dict)
    confirmed: Mapping[str, str] = field(default_factory=dict)
    clashes: Mapping[str, ClashShown] = field(default_factory=dict)
    ids: Mapping[str, Sequence[str]] = field(default_factory=dict)
    conditional: frozenset[str] = frozenset()
    clause_urls: Mapping[str, str] = field(default_factory=dict)

    def line(self, table: str, place: int) -> str:
        """The id of a line; '' when nobody has begun it."""
        ids = self.ids.get(table, ())
        return ids[place] if place < len(ids) else ""


NO_NOTES = Notes()


def cell_checks(
    form_code: str,
    checks: Iterable[Check],
    data: Mapping[str, Any],
    reasons: Mapping[str, str],
    versions: Mapping[str, int],
) -> dict[str, list[CellCheck]]:
    """The checks at the cells of one form. What cannot be decided is told where something is filled in already.

    A reason is asked for once a rule, at the first cell of this form that it names.
    """
    asked: set[str] = set()
    found: dict[str, list[CellCheck]] = {}
    for check in checks:
        for place in check.places:
            if place.form != form_code:
                continue
            if check.undecided and _blank(data, place.path):
                continue
            asks = check.weight == "soft" and check.rule_id not in asked
            if asks:
                asked.add(check.rule_id)
            key = f"{check.rule_id}@{place.path}"
            there = found.setdefault(place.path, [])
            if any(each.key == key and each.check.text == check.text for each in there):
                continue
            rule = check.rule_id
            there.append(CellCheck(check, key, asks, reasons.get(rule, ""), versions.get(rule, 0)))
    return found


def _blank(data: Mapping[str, Any], path: str) -> bool:
    head, _dot, rest = path.partition(".")
    value: Any = data.get(head)
    if not rest:
        return value in (None, "", [])
    place, _dot, column = rest.partition(".")
    lines = value if isinstance(value, list) else []
    return not (place.isdigit() and int(place) < len(lines) and lines[int(place)].get(column))


def shown(clash: Clash, entry: Input | None, names: Mapping[int, str]) -> ClashShown:
    """A clash in words: who, when, and what they put there, as it reads."""
    who = names.get(clash.user_id, "") if clash.user_id is not None else ""
    text = display_value(entry, clash.theirs) if entry is not None else ""
    if entry is None and isinstance(clash.theirs, str):
        text = clash.theirs
    return ClashShown(clash.path, clash.kind, clash.version, who, clash.at[:16].replace("T", " "), text)


def to_places(paths: Mapping[str, Any], ids: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """From paths by line id to places on the page (``rows.0.name``); lines that are not there are left out."""
    where = {table: {line: place for place, line in enumerate(lines)} for table, lines in ids.items()}
    placed = {}
    for path, value in paths.items():
        table, line, column = split(path)
        if not line:
            placed[path] = value
        elif line in where.get(table, {}):
            place = f"{table}.{where[table][line]}"
            placed[f"{place}.{column}" if column else place] = value
    return placed


def to_paths(places: Mapping[str, Any], content: Content, known: Places) -> dict[str, Any]:
    """From places in the stored data (``rows.0.name``) to paths by line id."""
    found = {}
    ids = {table: list(lines) for table, lines in content.tables.items() if table in known.tables}
    for place, value in places.items():
        table, number, column = split(place)
        if number.isdigit() and int(number) < len(ids.get(table, ())):
            line = f"{table}.{ids[table][int(number)]}"
            found[f"{line}.{column}" if column else line] = value
        else:
            found[place] = value
    return found
