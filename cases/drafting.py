"""Bringing together what colleagues fill in at the same time: cell by cell, line by line. 填报合并

Pure: nothing here reads or writes the database. A person's changes are judged against the version that their page
showed; what somebody else has changed since to something different is a :class:`Clash` and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from cases.cells import Content, Places, changed_in, content_of, saver_of, split, stamps_of, understood
from cases.models import DeclarationForm

ClashKind = Literal["changed", "removed", "edited"]


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one table: as the page has them ``now``, and as it ``was`` drawn."""

    now: tuple[str, ...]
    was: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edits:
    """改动: the cells that a person changed, with what was typed; ``base`` is the version that their page showed.

    ``bases`` holds other versions for single cells (of a clash, once the person has decided); ``tab`` names the page,
    so that nobody is in conflict with a save of their own whose answer never came. ``base`` None asks nobody.
    """

    base: int | None
    cells: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, Lines] = field(default_factory=dict)
    bases: Mapping[str, int] = field(default_factory=dict)
    tab: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was changed."""
        return not self.cells and not self.lines


@dataclass(frozen=True, slots=True)
class Clash:
    """冲突: both changed ``path``. ``changed``: the cell; ``removed``: they took its line away (``path`` is the line);

    ``edited``: they changed a line that the person took away. ``version`` is theirs, ``mine`` what the person has.
    """

    path: str
    kind: ClashKind
    version: int
    user_id: int | None
    at: str
    theirs: Any = None
    mine: Any = None


@dataclass(slots=True)
class Merged:
    """What came of it: the content, the paths that changed, the lines that came, went or moved, the clashes."""

    content: Content
    changed: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    clashes: list[Clash] = field(default_factory=list)

    @property
    def touched(self) -> bool:
        """Whether anything is different from before."""
        return bool(self.changed or self.moved or self.added or self.gone)


def merge(places: Places, row: DeclarationForm, edits: Edits) -> Merged:
    """``edits`` brought into what is stored now. Every path of ``edits`` must be one of ``places``."""
    return _Merger(places, row, edits).run()


class _Merger:
    def __init__(self, places: Places, row: DeclarationForm, edits: Edits) -> None:
        self.places = places
        self.row = row
        self.edits = edits
        self.stamps = stamps_of(row)
        self.before = content_of(places, row)
        self.result = Merged(content_of(places, row))

    def run(self) -> Merged:
        for table, lines in self.edits.lines.items():
            self.arrange(table, lines)
        lost: dict[str, dict[str, Any]] = {}
        for path, raw in self.edits.cells.items():
            table, line, column = split(path)
            if line and line not in self.result.content.tables[table]:
                lost.setdefault(f"{table}.{line}", {})[column] = raw
            else:
                self.change(path, raw)
        for line, values in lost.items():
            self.clash(line, "removed", mine=values)
        self.drop_blank_lines()
        return self.result

    def change(self, path: str, raw: Any) -> None:
        entry = self.places.find(path)
        assert entry is not None
        mine, theirs = understood(entry, raw), self.before.get(path)
        if mine == understood(entry, theirs):
            return
        if self.seen(path):
            self.result.content.put(path, mine)
            self.result.changed.add(path)
        else:
            self.clash(path, "changed", theirs=theirs, mine=mine)

    def seen(self, path: str) -> bool:
        """Whether the person's page showed what stands there now: nobody else has changed it since."""
        base = self.edits.bases.get(path, self.edits.base)
        version = changed_in(self.stamps, path)
        return base is None or version <= base or self.own(version)

    def own(self, version: int) -> bool:
        return bool(self.edits.tab) and saver_of(self.row, version).tab == self.edits.tab

    def clash(self, path: str, kind: ClashKind, *, theirs: Any = None, mine: Any = None) -> None:
        version = self.newest(path) if kind == "edited" else changed_in(self.stamps, path)
        saver = saver_of(self.row, version)
        self.result.clashes.append(Clash(path, kind, version, saver.user_id, saver.at, theirs, mine))

    # Lines ---------------------------------------------------------------------------------------------------------

    def arrange(self, table: str, lines: Lines) -> None:
        held = self.result.content.tables[table]
        there = list(held)
        was, now = set(lines.was), set(lines.now)
        kept = [line for line in there if line in now or line not in was or not self.may_remove(table, line)]
        order = arranged(there, kept, lines)
        standing = set(order)  # all that is kept, and what came
        self.result.gone |= {f"{table}.{line}" for line in there if line not in standing}
        self.result.added |= {f"{table}.{line}" for line in order if line not in held}
        if [line for line in order if line in held] != [line for line in there if line in standing]:
            self.result.moved.add(table)
        self.result.content.tables[table] = {line: held.get(line, {}) for line in order}

    def may_remove(self, table: str, line: str) -> bool:
        """Nobody has changed the line since the person saw it; else it stays, and they are told."""
        path = f"{table}.{line}"
        base = self.edits.bases.get(path, self.edits.base)
        version = self.newest(path)
        if base is None or version <= base or self.own(version):
            return True
        self.clash(path, "edited", theirs=self.before.tables[table].get(line))
        return False

    def newest(self, line: str) -> int:
        table, _dot, _id = line.partition(".")
        return max(
            (changed_in(self.stamps, f"{line}.{column}") for column in self.places.tables[table]), default=0
        )

    def drop_blank_lines(self) -> None:
        """A line that holds nothing is none."""
        blank = set()
        for table, held in self.result.content.tables.items():
            for line in [line for line, values in held.items() if not values]:
                del held[line]
                blank.add(f"{table}.{line}")
        self.result.gone |= blank - self.result.added
        self.result.added -= blank
        if blank:
            changed = self.result.changed
            self.result.changed = {path for path in changed if path.rpartition(".")[0] not in blank}


def arranged(there: Sequence[str], kept: Sequence[str], lines: Lines) -> list[str]:
    """The order of the lines: as they are now, unless the person moved some; what either of both inserted stands where

    it stood: after the line before it.
    """
    now = list(dict.fromkeys(lines.now))
    staying, shown, drawn = set(kept), set(now), set(lines.was)
    moved = [line for line in now if line in drawn] != [line for line in lines.was if line in shown]
    if moved:
        order = [line for line in now if line in staying]
        _insert(order, (line for line in kept if line not in shown), there)
    else:
        order = list(kept)
    fresh = shown - drawn - staying
    _insert(order, (line for line in now if line in fresh), now)
    return order


def _insert(order: list[str], lines: Iterable[str], among: Sequence[str]) -> None:
    """Put ``lines`` into ``order``, each after the nearest line before it in ``among`` that is there already."""
    places = {line: place for place, line in enumerate(among)}
    standing = {line: place for place, line in enumerate(order)}
    waiting: dict[str | None, list[str]] = {}
    anchor_of: dict[str, str | None] = {}
    for line in lines:
        anchor: str | None = None
        for before in range(places[line] - 1, -1, -1):
            name = among[before]
            if name in standing or name in anchor_of:
                anchor = anchor_of.get(name, name)
                break
        anchor_of[line] = anchor
        waiting.setdefault(anchor, []).append(line)
    laid = waiting.pop(None, [])
    for line in order:
        laid.append(line)
        laid += waiting.get(line, ())
    order[:] = laid
