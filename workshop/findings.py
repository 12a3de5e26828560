"""What is wrong with a copy's files, all of it, each at its line. 检查结果

The checks of meaning know a place of the pack (``lifecycle.steps.file.next``), not a line; here the place is looked up
in the file's own text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from programmes import packs, yaml_source
from programmes.checks import check_pack
from programmes.problems import Loc, PackError, Problem
from programmes.schema import Pack, Programme
from programmes.yaml_source import Source
from workflows.rehearsal.reading import COMMON, FOLDER, read_repertoire, read_script

NAMES = ("id", "key", "code")
"""What an item of a list goes by."""
INNER = ("next", "commands", "fields", "indicators")
"""Parts that places leave out."""


@dataclass(frozen=True, slots=True)
class Findings:
    """检查结果: the problems, and the pack where the files form one."""

    problems: tuple[Problem, ...]
    pack: Pack | None


def examine(files: Mapping[str, bytes], *, scenarios: bool = True) -> Findings:
    """Everything wrong with the files, in the order of the files, with lines. Empty: it could be handed in.

    ``scenarios``: their files are read as well (they are not played). What was found last is kept a while: the pages of
    a copy ask for the same files again and again.
    """
    return _examined(tuple(sorted(files.items())), scenarios)


@functools.lru_cache(maxsize=8)
def _examined(items: tuple[tuple[str, bytes], ...], scenarios: bool) -> Findings:
    files = dict(items)
    try:
        pack = packs.parse_files(files)
    except PackError as error:
        return Findings(tuple(_placed(problem, files) for problem in error.problems), None)
    problems = [*check_pack(pack), *(_scenario_problems(files) if scenarios else ())]
    placed = sorted((_placed(problem, files) for problem in problems), key=_order)
    return Findings(tuple(dict.fromkeys(placed)), pack)


def programme_of(files: Mapping[str, bytes]) -> Programme | None:
    """The programme alone, for drawing it while other files are broken; None when it cannot be read."""
    try:
        source = yaml_source.load(files["programme.yaml"].decode("utf-8-sig"), file="programme.yaml")
        return Programme.model_validate(source.value)
    except (KeyError, PackError, ValueError):
        return None


def _order(problem: Problem) -> tuple[str, int]:
    return problem.file, problem.line or 0


def _scenario_problems(files: Mapping[str, bytes]) -> list[Problem]:
    try:
        repertoire = read_repertoire(files)
    except PackError as error:
        return error.problems
    problems: list[Problem] = []
    for name, text in repertoire.pack.scenarios.items():
        if name == COMMON:
            continue
        try:
            read_script(text, file=f"{FOLDER}{name}", repertoire=repertoire)
        except PackError as error:
            problems += error.problems
    return problems


def _placed(problem: Problem, files: Mapping[str, bytes]) -> Problem:
    """The problem with the name its file has here, and its line."""
    name = problem.file if problem.file in files else _file_of_form(problem.file, files)
    if problem.line is not None or name not in files:
        return replace(problem, file=name)
    return replace(problem, file=name, line=line_of(files[name], name, problem.where))


def _file_of_form(name: str, files: Mapping[str, bytes]) -> str:
    """Checks name a form's file after its code, which need not be how it is called."""
    code = name.removeprefix("forms/").removesuffix(".yaml")
    pattern = re.compile(rf"^code:\s*[\"']?{re.escape(code)}[\"']?\s*$".encode(), re.MULTILINE)
    return next((n for n, data in files.items() if n.startswith("forms/") and pattern.search(data)), name)


def line_of(data: bytes, name: str, where: str) -> int | None:
    """The line (1-based) at which ``where`` stands in a file; of the nearest thing around it, if it stands nowhere."""
    if not name.endswith(".yaml") or where in ("", "."):
        return None
    try:
        source = yaml_source.load(data.decode("utf-8-sig").replace("\r\n", "\n"), file=name)
    except (PackError, UnicodeDecodeError):
        return None
    loc = _loc(source, where)
    while loc and loc not in source.lines:
        loc = loc[:-1]
    return source.lines.get(loc) if loc else None


def _loc(source: Source, where: str) -> Loc:
    """As far as ``where`` can be followed into the file. Keys may hold dots: the longest that fits is taken."""
    value, loc, rest = source.value, (), re.sub(r"\.?\[", ".[", where).strip(".")
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
    return None, ""


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
