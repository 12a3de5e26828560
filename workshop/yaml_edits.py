"""Changing what a YAML file says without touching the rest of its text. 改动 YAML 原文

:func:`rewritten` takes a file's text and the value it shall have. Only the places that differ are written anew: another
label replaces the label's own characters, a new item is put in as lines, items that change places are moved as they
stand. Comments, blank lines, quotes, order of keys and line ends of everything else stay byte for byte. The result is
read again before it is given out: it says what was asked for, or :class:`CannotEdit` is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import yaml

from programmes import yaml_source
from programmes.problems import PackError
from workshop import yaml_writing

IDENTITY = ("key", "code", "id")
"""What an item of a list is known by when it has changed."""


class CannotEdit(Exception):
    """原文写法特殊: the text is written in a way (aliases, comments in braces) in which it cannot be changed safely."""


class Edit(NamedTuple):
    """The characters from ``start`` to ``end`` are replaced."""

    start: int
    end: int
    text: str


def rewritten(text: str, value: Any, *, file: str = "") -> str:
    """``text`` so that it says ``value``, with everything that already does left as it is written.

    Raises PackError (the text is no YAML) and CannotEdit.
    """
    old = yaml_source.load(text, file=file).value
    if same(old, value):
        return text
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is None or not isinstance(value, Mapping):
        raise CannotEdit
    edits = list(_Editor(text, _shared(root)).node(root, old, value, ()))
    changed = applied(text, edits)
    try:
        told = yaml_source.load(changed, file=file).value
    except PackError:
        raise CannotEdit from None
    if not same(told, value):
        raise CannotEdit
    return changed


def same(one: Any, other: Any) -> bool:
    """Equality in which ``true`` is no 1, and the order of keys counts for nothing."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal):
        return one == other
    return type(one) is type(other) and bool(one == other)


def applied(text: str, edits: Sequence[Edit], *, start: int = 0, end: int | None = None) -> str:
    """The text (or a stretch of it) with the edits made. CannotEdit when two of them meet."""
    parts, place = [], start
    for edit in sorted(edits):
        if edit.start < place:
            raise CannotEdit
        parts += [text[place : edit.start], edit.text]
        place = edit.end
    return "".join([*parts, text[place : len(text) if end is None else end]])


def pairs(old: Sequence[Any], new: Sequence[Any]) -> list[int | None]:
    """For each new item the number of the old one that it was; None: it is new."""
    found: list[int | None] = [None] * len(new)
    free = list(range(len(old)))
    for alike in (same, _same_name, _same_title):
        for place, each in enumerate(new):
            if found[place] is None:
                match = next((number for number in free if alike(old[number], each)), None)
                if match is not None:
                    found[place] = match
                    free.remove(match)
    left = [place for place, match in enumerate(found) if match is None]
    if len(left) == len(free) and len(old) == len(new):
        for place, number in zip(left, free, strict=True):
            found[place] = number
    return found


def _same_name(one: Any, other: Any) -> bool:
    if not (isinstance(one, Mapping) and isinstance(other, Mapping)):
        return False
    return any(key in one and same(one[key], other.get(key)) for key in IDENTITY)


def _same_title(one: Any, other: Any) -> bool:
    if not (isinstance(one, Mapping) and isinstance(other, Mapping)):
        return False
    return any(key in one and same(one[key], other.get(key)) for key in ("title", "fields"))


def _shared(root: yaml.Node) -> frozenset[int]:
    """The nodes that stand in more than one place, through aliases: their marks are those of the first."""
    seen: set[int] = set()
    shared: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            shared.add(id(node))
            continue
        seen.add(id(node))
        waiting += _inside(node)
    return frozenset(shared)


def _inside(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [each for pair in node.value for each in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


class _Editor:
    def __init__(self, text: str, shared: frozenset[int] = frozenset()) -> None:
        self.text = text
        self.shared = shared
        self.nl = "\r\n" if "\r\n" in text else "\n"

    # -- places in the text ------------------------------------------------------------------------------------------

    def end(self, node: yaml.Node) -> int:
        """Where what a node says ends: before the comments and blank lines that follow it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self.end(last[1] if isinstance(last, tuple) else last)
        place: int = node.end_mark.index
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            place = len(self.text[:place].rstrip())
        return place

    def require_plain(self, *nodes: yaml.Node) -> None:
        """CannotEdit when an alias, or what one stands for, is anywhere in them."""
        waiting = list(nodes) if self.shared else []
        while waiting:
            node = waiting.pop()
            if id(node) in self.shared:
                raise CannotEdit
            waiting += _inside(node)

    def line_end(self, place: int) -> int:
        """The end of the line, before its line break."""
        found = self.text.find("\n", place)
        found = len(self.text) if found < 0 else found
        return found - 1 if found > place and self.text[found - 1] == "\r" else found

    def line_start(self, place: int) -> int:
        return self.text.rfind("\n", 0, place) + 1

    def after_line(self, place: int) -> int:
        """Where the next line begins."""
        found = self.text.find("\n", place)
        return len(self.text) if found < 0 else found + 1

    def lines(self, written: Sequence[str]) -> str:
        return self.nl.join(written)

    # -- differences -------------------------------------------------------------------------------------------------

    def node(self, node: yaml.Node, old: Any, new: Any, path: tuple[str, ...]) -> Iterator[Edit]:
        """The edits that make a node say ``new``. Raises CannotEdit where only the whole entry could be replaced."""
        if same(old, new):
            return
        if id(node) in self.shared:
            raise CannotEdit
        if isinstance(node, yaml.MappingNode) and isinstance(new, Mapping):
            yield from self.mapping(node, old, new, path)
        elif isinstance(node, yaml.SequenceNode) and isinstance(new, list) and old and new:
            yield from self.sequence(node, old, new, path)
        elif isinstance(node, yaml.ScalarNode) and not isinstance(new, Mapping | list):
            yield Edit(node.start_mark.index, self.end(node), self.blank(node) + yaml_writing.scalar(new))
        else:
            raise CannotEdit

    def blank(self, node: yaml.Node) -> str:
        """A blank, where nothing stood after the colon."""
        start: int = node.start_mark.index
        return " " if start == node.end_mark.index and self.text[start - 1 : start] == ":" else ""

    def mapping(
        self, node: yaml.MappingNode, old: Mapping[str, Any], new: Mapping[str, Any], path: tuple[str, ...]
    ) -> Iterator[Edit]:
        entries = {key.value: (key, value) for key, value in node.value}
        kept = [key for key in entries if key in new]
        if not kept:
            raise CannotEdit
        self.require_plain(*(key for key, _value in node.value))
        for key in kept:
            yield from self.entry(node, *entries[key], old[key], new[key], (*path, key))
        yield from self.without_entries(node, [key for key in entries if key not in new])
        previous, added = kept[0], dict[str, list[str]]()
        for key in new:
            if key in entries:
                previous = key
            else:
                added.setdefault(previous, []).append(key)
        for previous, keys in added.items():
            yield self.new_entries(node, entries[previous], {key: new[key] for key in keys})

    def entry(
        self,
        parent: yaml.MappingNode,
        key: yaml.Node,
        value: yaml.Node,
        old: Any,
        new: Any,
        path: tuple[str, ...],
    ) -> Iterator[Edit]:
        try:
            yield from list(self.node(value, old, new, path))
        except CannotEdit:
            self.require_plain(value)
            start, end = key.start_mark.index, self.end(value)
            if "#" in self.text[start:end] and not isinstance(value, yaml.ScalarNode):
                raise
            if parent.flow_style:
                written = f"{self.text[start : key.end_mark.index]}: {yaml_writing.inline(new)}"
            else:
                lines = yaml_writing.entry(key.value, new, key.start_mark.column)
                written = self.lines([lines[0].lstrip(), *lines[1:]])
            yield Edit(start, end, written)

    def without_entries(self, node: yaml.MappingNode, gone: Sequence[str]) -> Iterator[Edit]:
        starts = [key.start_mark.index for key, _value in node.value]
        for place, (key, value) in enumerate(node.value):
            if key.value not in gone:
                continue
            self.require_plain(value)
            start, end = starts[place], self.end(value)
            before = self.text[self.line_start(start) : start]
            if not node.flow_style and not before.strip():
                yield self.without_lines(self.line_start(start), self.line_end(end))
            elif place + 1 < len(starts):
                yield self.bare(start, starts[place + 1])
            else:
                last = max(n for n, (k, _v) in enumerate(node.value) if k.value not in gone)
                if last == place - 1:
                    self.require_plain(node.value[last][1])
                    yield self.bare(self.end(node.value[last][1]), end)
                else:
                    raise CannotEdit

    def bare(self, start: int, end: int) -> Edit:
        """A stretch that goes, which holds no comment."""
        if "#" in self.text[start:end] and "\n" in self.text[start:end]:
            raise CannotEdit
        return Edit(start, end, "")

    def without_lines(self, start: int, end: int) -> Edit:
        """Whole lines that go, with one line break."""
        after = self.after_line(end)
        if after == end and start > 0:  # the last line, which has no break of its own
            start = self.line_end(self.line_start(start - 1))
        return Edit(start, after, "")

    def new_entries(
        self, node: yaml.MappingNode, previous: tuple[yaml.Node, yaml.Node], new: Mapping[str, Any]
    ) -> Edit:
        key, value = previous
        self.require_plain(value)
        if node.flow_style:
            place = self.end(value)
            written = "".join(f", {yaml_writing.scalar(k)}: {yaml_writing.inline(v)}" for k, v in new.items())
            return Edit(place, place, written)
        place = self.line_end(self.end(value))
        lines = [line for k, v in new.items() for line in yaml_writing.entry(k, v, key.start_mark.column)]
        return Edit(place, place, self.nl + self.lines(lines))

    # -- lists -------------------------------------------------------------------------------------------------------

    def sequence(
        self, node: yaml.SequenceNode, old: list[Any], new: list[Any], path: tuple[str, ...]
    ) -> Iterator[Edit]:
        match = pairs(old, new)
        kept = [number for number in match if number is not None]
        if not kept:
            raise CannotEdit

        def inner(number: int, value: Any) -> list[Edit]:
            return list(self.node(node.value[number], old[number], value, (*path, "-")))

        if kept == list(range(len(old))) and len(new) == len(old):
            for number, value in enumerate(new):
                yield from inner(number, value)
            return
        self.require_plain(*node.value)
        spans = self.flow_spans(node) if node.flow_style else self.block_spans(node)
        yield from self.arranged(node, spans, match, new, inner, path)
        yield from self.removed(node, spans, [number for number in range(len(old)) if number not in kept])

    def arranged(
        self,
        node: yaml.SequenceNode,
        spans: list[tuple[int, int]],
        match: list[int | None],
        new: list[Any],
        inner: Callable[[int, Any], list[Edit]],
        path: tuple[str, ...],
    ) -> Iterator[Edit]:
        """What is kept stands where kept items stood, in the new order; new items follow the one before them."""
        slots = iter(sorted(number for number in match if number is not None))
        joint = ", " if node.flow_style else self.nl
        before: list[str] = []
        put: dict[int, list[str]] = {}
        here = -1
        moved: dict[int, tuple[int, list[Edit]]] = {}
        for number, value in zip(match, new, strict=True):
            if number is None:
                (put[here] if here >= 0 else before).append(self.written(node, value, path))
                continue
            here = next(slots)
            put[here] = []
            moved[here] = (number, inner(number, value))
        for slot, (number, edits) in moved.items():
            start, end = spans[slot]
            ahead = "".join(f"{each}{joint}" for each in before)
            behind = "".join(f"{joint}{each}" for each in put[slot])
            before = []
            if number != slot:
                body = applied(self.text, edits, start=spans[number][0], end=spans[number][1])
                yield Edit(start, end, ahead + body + behind)
                continue
            yield from edits
            if ahead:
                yield Edit(start, start, ahead)
            if behind:
                yield Edit(end, end, behind)

    def removed(
        self, node: yaml.SequenceNode, spans: list[tuple[int, int]], gone: list[int]
    ) -> Iterator[Edit]:
        for number in gone:
            start, end = spans[number]
            if not node.flow_style:
                yield self.without_lines(start, end)
            elif all(later in gone for later in range(number, len(spans))):
                yield self.bare(spans[number - 1][1], end)
            else:
                yield self.bare(start, spans[number + 1][0])

    def written(self, node: yaml.SequenceNode, value: Any, path: tuple[str, ...]) -> str:
        if node.flow_style:
            return yaml_writing.inline(value)
        braces = path[-1] not in yaml_writing.ROOMY
        return self.lines(yaml_writing.item(value, node.start_mark.column, braces=braces))

    def flow_spans(self, node: yaml.SequenceNode) -> list[tuple[int, int]]:
        return [(each.start_mark.index, self.end(each)) for each in node.value]

    def block_spans(self, node: yaml.SequenceNode) -> list[tuple[int, int]]:
        """The lines of each item, with the comments right above it."""
        spans: list[tuple[int, int]] = []
        floor = 0
        for number, each in enumerate(node.value):
            start = self.dash_line(node, number)
            while start > floor:
                above = self.line_start(start - 1)
                if above < floor or not self.text[above:start].lstrip().startswith("#"):
                    break
                start = above
            end = self.line_end(self.end(each))
            spans.append((start, end))
            floor = self.after_line(end)
        return spans

    def dash_line(self, node: yaml.SequenceNode, number: int) -> int:
        """Where the line begins on which an item's dash stands."""
        each = node.value[number]
        floor = self.end(node.value[number - 1]) if number else node.start_mark.index
        start = self.line_start(each.start_mark.index)
        while start >= self.line_start(floor):
            line = self.text[start : self.line_end(start)]
            if line[: node.start_mark.column].strip() == "" and line[node.start_mark.column :].startswith(
                "-"
            ):
                return start
            start = self.line_start(start - 1) if start else -1
        raise CannotEdit
