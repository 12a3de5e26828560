"""What is wrong with a pack, where, and how to mend it. 问题清单"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from programmes import schema
from programmes.schema import Text

Loc = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """问题: one thing wrong with a pack. ``path`` is the offending path of steps, where there is one."""

    file: str
    where: str
    message_zh: str
    message_en: str
    hint_zh: str = ""
    hint_en: str = ""
    line: int | None = None
    path: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """What is wrong, in the reader's language."""
        return self.message_en if _english() else self.message_zh

    @property
    def hint(self) -> str:
        """How to mend it, in the reader's language; empty when the message says it all."""
        return self.hint_en if _english() else self.hint_zh

    @property
    def place(self) -> str:
        """``file:line``, for editors and terminals."""
        return f"{self.file}:{self.line}" if self.line else self.file


class PackError(Exception):
    """The files do not form a pack. ``problems`` says what is wrong where, and how to mend it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.place}: {p.where}: {p.message_en}" for p in problems))
        self.problems = list(problems)


def problem(
    file: str, where: str, message: Text, hint: Text | None = None, path: tuple[str, ...] = ()
) -> Problem:
    """A problem found by a check of meaning, where no line is known."""
    return Problem(
        file=file,
        where=where,
        message_zh=message.zh,
        message_en=message.en,
        hint_zh=hint.zh if hint else "",
        hint_en=hint.en if hint else "",
        path=path,
    )


def from_validation(
    error: ValidationError, *, file: str, root: Loc, lines: Mapping[Loc, int]
) -> list[Problem]:
    """pydantic's complaints as problems: where in the file, in the words of an official, with a way to mend it.

    ``root`` is where in the file the validated value stands; ``lines`` maps places of the file to line numbers.
    Several complaints about one value become one: a union tries every member, and what is wrong inside the member that
    was meant says more than that another member has another type.
    """
    found: dict[Loc, Problem] = {}
    mistyped: set[Loc] = set()
    for details in error.errors(include_url=False):
        loc = _in_file(root + details["loc"], lines, missing=details["type"] == "missing")
        if details["type"].endswith("_type"):
            mistyped.add(loc)
        if loc not in found:
            found[loc] = _translated(details, file, loc, lines)
    inner = {loc[:length] for loc in found for length in range(len(loc))}
    return [problem for loc, problem in found.items() if loc not in mistyped & inner]


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _in_file(loc: Loc, lines: Mapping[Loc, int], *, missing: bool) -> Loc:
    """``loc`` without the elements that pydantic adds for members of a union. A missing key keeps its name."""
    kept: Loc = ()
    for element in loc[:-1] if missing else loc:
        if (*kept, element) in lines:
            kept = (*kept, element)
    return (*kept, loc[-1]) if missing else kept


def _line(loc: Loc, lines: Mapping[Loc, int]) -> int | None:
    while loc and loc not in lines:
        loc = loc[:-1]
    return lines.get(loc)


def _where(loc: Loc) -> str:
    text = ""
    for element in loc:
        text += f"[{element + 1}]" if isinstance(element, int) else f".{element}" if text else str(element)
    return text or "."


def _translated(details: ErrorDetails, file: str, loc: Loc, lines: Mapping[Loc, int]) -> Problem:
    message, hint = _wording(details)
    return Problem(
        file=file,
        where=_where(loc),
        message_zh=message.zh,
        message_en=message.en,
        hint_zh=hint.zh,
        hint_en=hint.en,
        line=_line(loc, lines),
    )


def _wording(details: ErrorDetails) -> tuple[Text, Text]:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(str(details["loc"][-1]))
    if kind == "literal_error":
        expected = str(context.get("expected", ""))
        values = re.findall(r"'([^']*)'", expected) or [expected]
        return (
            Text(
                zh=f"取值“{details['input']}”不在规定范围内",
                en=f"{details['input']!r} is not an allowed value",
            ),
            Text(zh=f"可用取值：{'、'.join(values)}", en=f"allowed: {', '.join(values)}"),
        )
    if kind == "string_type" and isinstance(details["input"], int | float | bool | Decimal):
        return (
            Text(zh="此处应为文字", en="text is expected here"),
            Text(
                zh='数字形式的文字请加引号，例如 "2020.1"', en='put numbers that are text in quotes: "2020.1"'
            ),
        )
    message = WORDINGS.get(kind)
    if message is not None:
        return message
    return Text(zh=f"取值不符合要求（{details['msg']}）", en=details["msg"]), Text(zh="")


def _unknown_key(key: str) -> tuple[Text, Text]:
    message = Text(zh=f"未知的项“{key}”", en=f"unknown key {key!r}")
    near = [other for other in difflib.get_close_matches(key, _keys(), n=2) if other != key]
    mean = (f"是否应为“{near[0]}”？", f"did you mean {near[0]!r}?") if near else ("", "")
    if key in _keys():
        zh = f"该项不应写在此处，请检查缩进和逗号。{mean[0]}"
        return message, Text(zh=zh, en=f"not here: check the indentation and the commas. {mean[1]}".rstrip())
    return message, Text(zh=mean[0], en=mean[1]) if near else Text(zh="请删除该项", en="remove it")


@functools.cache
def _keys() -> frozenset[str]:
    """Every key that any part of a pack may have."""
    specs = [
        spec for spec in vars(schema).values() if isinstance(spec, type) and issubclass(spec, schema.Spec)
    ]
    return frozenset(name for spec in specs for name in spec.model_fields)


WORDINGS: dict[str, tuple[Text, Text]] = {
    "missing": (
        Text(zh="缺少必填项", en="a required key is missing"),
        Text(zh="请补充该项", en="add it"),
    ),
    "string_type": (Text(zh="此处应为文字", en="text is expected here"), Text(zh="")),
    "string_pattern_mismatch": (
        Text(zh="代码格式不正确", en="not a well-formed code"),
        Text(
            zh="代码以英文字母开头，只用字母、数字和下划线（事项代码用小写字母、数字和连字符）",
            en="codes begin with a letter and use letters, digits and underscores (a programme id: lower case, hyphens)",
        ),
    ),
    "string_too_long": (Text(zh="文字过长", en="the text is too long"), Text(zh="")),
    "value_error": (
        Text(zh="应写明一个来源，且只能有一个", en="it comes from exactly one place"),
        Text(
            zh="可用：fact、data、recorded、slot、expr、count_filled、material_present",
            en="one of: fact, data, recorded, slot, expr, count_filled, material_present",
        ),
    ),
    "too_long": (Text(zh="列表的项数过多", en="the list has too many items"), Text(zh="")),
    "too_short": (Text(zh="列表的项数过少", en="the list has too few items"), Text(zh="")),
    "dict_type": (Text(zh="此处应为“键: 值”的一组", en="a mapping is expected here"), Text(zh="")),
    "model_type": (Text(zh="此处应为“键: 值”的一组", en="a mapping is expected here"), Text(zh="")),
    "model_attributes_type": (
        Text(zh="此处应为“键: 值”的一组", en="a mapping is expected here"),
        Text(zh=""),
    ),
    "tuple_type": (
        Text(zh="此处应为列表", en="a list is expected here"),
        Text(zh="列表写作 [甲, 乙]，或者每行以“- ”开头", en="write [a, b], or begin each line with a dash"),
    ),
    "decimal_type": (Text(zh="此处应为数字", en="a number is expected here"), Text(zh="")),
    "decimal_parsing": (Text(zh="此处应为数字", en="a number is expected here"), Text(zh="")),
    "int_type": (Text(zh="此处应为整数", en="a whole number is expected here"), Text(zh="")),
    "int_parsing": (Text(zh="此处应为整数", en="a whole number is expected here"), Text(zh="")),
    "int_from_float": (Text(zh="此处应为整数", en="a whole number is expected here"), Text(zh="")),
    "bool_type": (
        Text(zh="此处应为是或者否", en="true or false is expected here"),
        Text(zh="写作 true 或者 false", en="write true or false"),
    ),
    "bool_parsing": (
        Text(zh="此处应为是或者否", en="true or false is expected here"),
        Text(zh="写作 true 或者 false", en="write true or false"),
    ),
}


def describe(value: Any) -> str:
    """A short rendering of a value for a message."""
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
