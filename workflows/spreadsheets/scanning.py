"""How much a sheet really holds, told from its bytes in one pass, before a parser spends time on it. 预扫描

People format whole columns, and Excel writes a million empty rows for it: only what lies up to the last value counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

CHUNK = 1024 * 1024
LONGEST_TAG = 4 * CHUNK
PREFIX = re.compile(rb"<(\w+:)?worksheet\b")
ROW_NUMBER = re.compile(rb'\br="(\d{1,8})"')
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
MOST_MERGES = 5000
ROW_TAG = re.compile(rb"""</?(?:[^\s<>/:]+:)?row(?=[\s/>])(?:[^<>"']++|"[^<"]*+"|'[^<']*+')*+>""")
END = ord("/")
MOST_ROWS = 1_048_576
"""As many as a sheet of Excel has."""
MOST_TAGS = 200_000
"""In one row, or between two: a parser holds all of them before it hands the row over. Excel has 16,384 columns."""
UNLIKE_ROWS = (b"((", b"(-", b"))", b"-)")
"""Rows within rows."""


@dataclass(slots=True)
class Extent:
    """``last_row`` with a value, ``cells`` up to it, whether there are ``formulas``, and the ``merged`` ranges.

    Of a sheet that no parser may be given, ``excessive`` (more than a sheet can hold) or ``garbled`` (not laid out as
    rows, or written in UTF-16, which is not scanned) is set, and nothing else is of use.
    """

    last_row: int = 0
    cells: int = 0
    formulas: bool = False
    merged: list[tuple[str, int, str, int]] = field(default_factory=list)
    excessive: bool = False
    garbled: bool = False


def extent_of(part: IO[bytes], chunk: int = CHUNK) -> Extent:
    """Scan the XML of a sheet. Never raises for what it contains."""
    scan = _Scan()
    rest = b""
    while more := part.read(chunk):
        whole, cut, rest = (rest + more).rpartition(b">")
        if cut:
            scan.see(whole + cut)
            if scan.extent.excessive or scan.extent.garbled:
                break
        elif len(rest) > LONGEST_TAG:
            rest = b""
    return scan.extent


class _Scan:
    def __init__(self) -> None:
        self.extent = Extent()
        self.prefix: bytes | None = None
        self.row = 0
        self.waiting = 0
        self.rows = 0
        self.tags = 0
        self.all_tags = 0
        self.last_mark = b")"
        self.hidden = False

    def see(self, text: bytes) -> None:
        """Take in whole tags."""
        self._require_rows(text)
        if self.prefix is None:
            match = PREFIX.search(text)
            self.prefix = (match[1] or b"") if match else b""
        mark = b"<" + self.prefix
        self.extent.formulas |= mark + b"f>" in text or mark + b"f " in text
        self.waiting += sum(text.count(mark + tag) for tag in (b"c ", b"c>", b"c/"))
        last = max(text.rfind(mark + tag) for tag in (b"v>", b"v ", b"t>", b"t ", b"f>", b"f "))
        at_value = self._count_rows(text, mark + b"row", last)
        if last >= 0:
            self.extent.last_row = max(self.extent.last_row, at_value)
            self.extent.cells += self.waiting
            self.waiting = 0
        if b"mergeCell" in text and len(self.extent.merged) < MOST_MERGES:
            room = MOST_MERGES - len(self.extent.merged)
            self.extent.merged += [
                (match[1].decode(), int(match[2]), match[3].decode(), int(match[4]))
                for match in islice(MERGED.finditer(text), room)
            ]

    def _require_rows(self, text: bytes) -> None:
        """Row upon row, none within another, and none with more than a row holds; what may hide tags is kept small."""
        found = ROW_TAG.findall(text)
        marks = [b")" if tag[1] == END else b"-" if tag[-2] == END else b"(" for tag in found]
        order = self.last_mark + b"".join(marks)
        self.rows += len(marks) - marks.count(b")")
        self.last_mark = b"(" if order.endswith(b"(") else b")"
        most = self._tags_together(text, found)
        self.hidden |= b"<!" in text or text.count(b"<?") > (self.prefix is None)
        self.extent.garbled |= b"\x00" in text or any(pair in order for pair in UNLIKE_ROWS)
        self.extent.excessive |= (
            self.rows > MOST_ROWS or most > MOST_TAGS or (self.hidden and self.all_tags > MOST_TAGS)
        )

    def _tags_together(self, text: bytes, found: list[bytes]) -> int:
        """At most so many tags stand together between two of rows."""
        tags = text.count(b"<")
        self.all_tags += tags
        most = self.tags + tags
        if found and most > MOST_TAGS:  # else there is no need to look where they stand
            gaps = ROW_TAG.split(text)
            most = max(self.tags + gaps[0].count(b"<"), *(gap.count(b"<") for gap in gaps[1:]))
        self.tags = text.count(b"<", text.rfind(found[-1]) + 1) if found else most
        return most

    def _count_rows(self, text: bytes, tag: bytes, last: int) -> int:
        """The row in which ``last`` stands; goes on counting to the end of the text."""
        before = text.rfind(tag, 0, last) if last >= 0 else -1
        at_value = self._number(
            text, tag, before, text.count(tag, 0, before + len(tag)) if before >= 0 else 0
        )
        final = text.rfind(tag)
        self.row = self._number(text, tag, final, text.count(tag))
        return at_value

    def _number(self, text: bytes, tag: bytes, at: int, counted: int) -> int:
        if at < 0:
            return self.row
        match = ROW_NUMBER.search(text, at, text.find(b">", at))
        return int(match[1]) if match else self.row + counted
