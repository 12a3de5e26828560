"""Lines of code, wording and English, edited side by side: the options of a choice, the parts of a cell. 选项与分项"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext

SPARE: Final = 2
"""Blank lines after the last option."""
MOST: Final = 1000
"""Options of one choice."""
LONGEST: Final = 500
"""Characters of a wording; one that stands in the file already may be longer."""


def said(value: Any) -> str:
    """A text as it stands in an input: trimmed, with plain line ends."""
    return str(value if value is not None else "").replace("\r\n", "\n").strip()


@dataclass(slots=True)
class Line:
    """A line of :class:`Rows`."""

    code: str = ""
    zh: str = ""
    en: str = ""
    error: str = ""

    @property
    def blank(self) -> bool:
        """Nothing stands in it."""
        return not (self.code or self.zh or self.en)

    @property
    def broken(self) -> bool:
        """A wording has more than one line: an input of one line would join them."""
        return "\n" in self.zh or "\n" in self.en


class Rows:
    """选项或者分项: lines of code, wording and English, edited side by side; a blank line counts for nothing.

    ``known``: as they stand in the file; what is as it stands there is never complained of.
    """

    def __init__(self, name: str, lines: Iterable[Line], known: Rows | None = None) -> None:
        self.name = name
        self.lines = list(lines)
        self.error = ""
        self.known = known

    @property
    def movable(self) -> bool:
        """Does their order mean anything? That of a cell's parts is the column's."""
        return self.name == "choice"

    @classmethod
    def of_choices(cls, choices: Any) -> Rows:
        """The options of an item."""
        return cls(
            "choice", (_as_line(str(each.get("code", "")), each.get("label")) for each in choices or ())
        )

    @classmethod
    def of_parts(cls, labels: Any) -> Rows:
        """The names of a cell's parts."""
        return cls("part", (_as_line(str(code), label) for code, label in (labels or {}).items()))

    @classmethod
    def typed(cls, name: str, post: QueryDict, known: Rows | None = None) -> Rows:
        """As they were typed; ``do`` may ask for one to be moved (``choice-up:2``)."""
        columns = [[said(each) for each in post.getlist(f"{name}_{part}")] for part in ("code", "zh", "en")]
        rows = cls(name, (Line(*row) for row in zip(*columns, strict=False)), known)
        match = re.fullmatch(rf"{name}-(up|down|drop):(\d{{1,4}})", post.get("do", ""))
        if match:
            rows.move(match[1], int(match[2]))
        return rows

    def move(self, how: str, place: int) -> None:
        """Change a line's place, or drop it."""
        if place >= len(self.lines) or (how != "drop" and not self.movable):
            return
        line = self.lines.pop(place)
        if how != "drop":
            self.lines.insert(max(0, place + (-1 if how == "up" else 1)), line)

    @property
    def shown(self) -> list[Line]:
        """The lines with some blank ones."""
        lines = list(self.lines)
        while lines and lines[-1].blank:
            lines.pop()
        return [*lines, *(Line() for _each in range(SPARE))]

    @property
    def filled(self) -> list[Line]:
        """The lines that say something."""
        return [line for line in self.lines if not line.blank]

    def check(self, *, needed: bool) -> bool:
        """Whether they can stand; what is wrong is kept with them. Codes that were left out are given."""
        filled = self.filled
        times = Counter(line.code for line in filled)
        free = (code for n in itertools.count(1) if (code := f"o{n}") not in times)
        known = self.known.filled if self.known is not None else []
        texts = {text for line in known for text in (line.zh, line.en)}
        for line in filled:
            if not line.zh:
                line.error = gettext("请填写名称。")
            elif any(len(text) > LONGEST and text not in texts for text in (line.zh, line.en)):
                line.error = gettext("名称不超过%(n)s个字符。") % {"n": LONGEST}
            elif not line.code and self.name == "choice":
                line.code = next(free)
            elif re.search(r"\s", line.code) or len(line.code) > 64:
                line.error = gettext("代码不能有空格，不超过64个字符。")
            elif times[line.code] > 1:
                line.error = gettext("代码“%(code)s”重复。") % {"code": line.code}
        if needed and not filled:
            self.error = gettext("请至少写一个选项。")
        if len(filled) > max(MOST, len(known)):
            self.error = gettext("不超过%(n)s行，现有%(here)s行。") % {"n": MOST, "here": len(filled)}
        return not self.error and not any(line.error for line in self.lines)

    def choices(self, old: Any) -> list[dict[str, Any]]:
        """As choices, those that are there already as they are written."""
        was = {str(each.get("code")): each for each in old or ()}
        return [
            {**was.get(line.code, {}), "code": was.get(line.code, {}).get("code", line.code)}
            | {"label": wording(was.get(line.code, {}).get("label"), line.zh, line.en)}
            for line in self.filled
        ]

    def labels(self, old: Any) -> dict[str, Any]:
        """As labels by code."""
        return {line.code: wording((old or {}).get(line.code), line.zh, line.en) for line in self.filled}


def _as_line(code: str, label: Any) -> Line:
    label = label if isinstance(label, Mapping) else {}
    return Line(code, said(label.get("zh")), said(label.get("en")))


def wording(old: Any, zh: str, en: str) -> dict[str, Any]:
    """A wording, with what is the same left as it is written."""
    old = old if isinstance(old, Mapping) else {}
    made: dict[str, Any] = dict(old)
    for key, told in (("zh", zh), ("en", en)):
        if told and said(old.get(key)) != told:
            made[key] = told
        elif not told:
            made.pop(key, None)
    return {"zh": "", **made} if "zh" not in made else made
