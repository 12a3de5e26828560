"""Where a problem stands: its file by the name it has, and its line. 问题位置

The checks of meaning know a place of the pack (``lifecycle.steps.file.next``), not a line; here the place is looked up
in the file's own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from programmes import yaml_source
from programmes.problems import Loc, PackError, Problem
from programmes.yaml_source import Source

__all__ = ["line_of", "placed"]

NAMES = ("id", "key", "code")
"""What an item of a list goes by."""
INNER = ("next", "commands", "fields", "indicators")
"""Parts that places leave out."""
FENCE = "---"
"""What the front matter of a letter stands between."""


def placed(problems: Iterable[Problem], files: Mapping[str, bytes]) -> list[Problem]:
    """The problems with the names that their files have in ``files``, and with their lines where they can be told."""
    return [_placed(problem, files) for problem in problems]


def _placed(problem: Problem, files: Mapping[str, bytes]) -> Problem:
    name = problem.file if problem.file in files else _file_of_form(problem.file, files)
    if problem.line is not None or name not in files:
        return replace(problem, file=name)
    return replace(problem, file=name, line=line_of(files[name], name, problem.where))


def _file_of_form(name: str, files: Mapping[str, bytes]) -> str:
    """Checks name a form's file after its code, which need not be how it is called."""
    code = name.removeprefix("forms/").removesuffix(".yaml")
    pattern = re.compile(rf"^code:\s*[\"']?{re.escape(code)}[\"']?(?:\s+#.*)?\s*$".encode(), re.MULTILINE)
    return next((n for n, data in files.items() if n.startswith("forms/") and pattern.search(data)), name)


def line_of(data: bytes, name: str, where: str) -> int | None:
    """The line (1-based) at which ``where`` stands in a file; of the nearest thing around it, if it stands nowhere.

    None for the file as a whole (``.``), and where the file cannot be read. Of a letter the whole is its text.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    if name.endswith(".md"):
        return _line_in_letter(text, name, where)
    return None if where in ("", ".") or not name.endswith(".yaml") else _line_in(text, name, where)


def _line_in(text: str, name: str, where: str) -> int | None:
    try:
        source = yaml_source.load(text, file=name)
    except PackError:
        return None
    loc = _loc(source, where)
    while loc and loc not in source.lines:
        loc = loc[:-1]
    return source.lines.get(loc) if loc else None


def _line_in_letter(text: str, name: str, where: str) -> int | None:
    """A key of the front matter; what the text has in double braces; else the first line of the text."""
    lines = text.split("\n")
    if lines[0] != FENCE or FENCE not in lines[1:]:
        return None
    fence = lines.index(FENCE, 1)
    if found := _line_in("\n".join(["", *lines[1:fence]]), name, where):
        return found
    named = re.compile(rf"\{{\{{\s*{re.escape(where)}\s*\}}\}}")
    numbers = [n for n, line in enumerate(lines, 1) if n > fence + 1 and line.strip()]
    return next((n for n, line in enumerate(lines, 1) if named.search(line)), min(numbers, default=fence + 1))


def _loc(source: Source, where: str) -> Loc:
    """As far as ``where`` can be followed into the file. Keys may hold dots: the longest that fits is taken."""
    loc: Loc = ()
    value, rest = source.value, re.sub(r"\.?\[", ".[", where).strip(".")
    while rest:
        key, rest = _next(value, rest)
        if key is None:
            break
        loc = (*loc, key)
        value = value[key]
    return loc


def _next(value: Any, rest: str) -> tuple[int | str | None, str]:
    parts = rest.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        key = _key(value, name)
        if key is not None:
            return key, ".".join(parts[length:])
    # What lies one level deeper may be told by its name alone: a step's outcome, a form's field.
    if isinstance(value, dict):
        for inner in INNER:
            if _key(value.get(inner), parts[0]) is not None:
                return inner, rest
    return _key_of_value(value, rest), ""


def _key(value: Any, name: str) -> int | str | None:
    if isinstance(value, dict):
        return name if name in value else None
    if not isinstance(value, list):
        return None
    if match := re.fullmatch(r"\[(\d+)\]", name):
        number = int(match[1]) - 1
        return number if 0 <= number < len(value) else None
    for number, item in enumerate(value):
        if isinstance(item, dict) and any(str(item.get(key)) == name for key in NAMES if key in item):
            return number
    return None


def _key_of_value(value: Any, name: str) -> int | str | None:
    """Where a code stands as a value: ``letters: {submit: receipt}``, ``forms: [BASIC]``."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return next((key for key, item in items if isinstance(item, str) and item == name), None)
