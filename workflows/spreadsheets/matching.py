"""Which column of a file is which column of the table: by its printed heading, in any order. 列名对应

Blanks, full-width brackets, required marks and a unit that was left out do not matter. Another unit does: a column headed
亿元 is not read as 万元.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from audit.punctuation import listed
from programmes.units import UNITS
from workflows.spreadsheets.cells import Grain
from workflows.spreadsheets.guards import refuse
from workflows.spreadsheets.layout import SheetColumn

BRACKETS = str.maketrans("[【〔{]】〕}", "(((())))")
IGNORED = re.compile(r"[\s*＊:：\u200b-\u200f\ufeff]+|\((?:必填|选填|required)\)")
IN_BRACKETS = re.compile(r"\([^()]*\)")
SPLIT = re.compile(r"[(),，、/:：;；\s]+")


@dataclass(slots=True)
class Matching:
    """Place in the file (from 0) → column; what the file lacks, and the headings that belong to no column."""

    columns: dict[int, SheetColumn] = field(default_factory=dict)
    missing: list[SheetColumn] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


class Headings:
    """The headings of a table, as files may write them."""

    def __init__(self, columns: Sequence[SheetColumn]) -> None:
        self.columns = columns
        self.exact: dict[str, SheetColumn] = {}
        loose: dict[str, set[str]] = {}
        self.loose: dict[str, SheetColumn] = {}
        for column in columns:
            for name in column.names:
                self.exact.setdefault(plain(name), column)
                loose.setdefault(bare(name), set()).add(column.key)
        by_key = {column.key: column for column in columns}
        for name, keys in loose.items():
            if len(keys) == 1 and name:
                self.loose[name] = by_key[next(iter(keys))]

    def column(self, heading: str) -> SheetColumn | None:
        """The column that a heading names."""
        return self.exact.get(plain(heading)) or self.loose.get(bare(heading))

    def like(self, row: Sequence[Grain]) -> int:
        """How many columns a row names."""
        found = {self.column(str(grain.value)) for grain in row if not grain.blank}
        return len(found - {None})

    def match(self, row: Sequence[Grain]) -> Matching:
        """Raises Invalid where a column stands twice, or in another unit."""
        matching = Matching()
        places: dict[str, list[int]] = {}
        named = [(place, str(grain.value).strip()) for place, grain in enumerate(row) if not grain.blank]
        exactly = {column.key for _place, text in named if (column := self.exact.get(plain(text)))}
        for place, heading in named:
            column = self.column(heading)
            if column is None or (column.key in exactly and plain(heading) not in self.exact):
                matching.unknown.append(heading)
                continue
            require_same_unit(heading, column)
            matching.columns[place] = column
            places.setdefault(column.key, []).append(place)
        twice = [column.heading for column in self.columns if len(places.get(column.key, ())) > 1]
        if twice:
            told = listed([f"“{heading}”" for heading in twice])
            raise refuse(
                "column_twice", _("列名%(names)s出现了不止一次，请只保留需要导入的一列。") % {"names": told}
            )
        matching.missing = [column for column in self.columns if column.key not in places]
        return matching


def plain(heading: str) -> str:
    """A heading without what people write differently."""
    text = unicodedata.normalize("NFKC", heading).translate(BRACKETS)
    return IGNORED.sub("", text).lower()


def bare(heading: str) -> str:
    """A heading without anything in brackets."""
    return IN_BRACKETS.sub("", plain(heading))


def require_same_unit(heading: str, column: SheetColumn) -> None:
    """A heading that names another unit of the same measure is refused: the numbers would be off by as much."""
    own = UNITS.get(column.entry.unit)
    if own is None or plain(heading) in {plain(name) for name in column.names}:
        return
    for inside in IN_BRACKETS.findall(unicodedata.normalize("NFKC", heading).translate(BRACKETS)):
        for word in SPLIT.split(inside.removeprefix("(单位")):
            other = UNITS.get(word)
            if other is not None and other.measure == own.measure and other.size != own.size:
                raise refuse(
                    "other_unit",
                    _(
                        "列名“%(heading)s”以%(theirs)s为单位，本表以%(ours)s为单位。请先在文件中换算并改列名，再上传。"
                    )
                    % {"heading": heading, "theirs": word, "ours": column.entry.unit},
                )
