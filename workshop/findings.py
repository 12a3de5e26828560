"""What is wrong with a copy's files, all of it, each at its line. 检查结果"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from programmes import packs, yaml_source
from programmes.checks import check_pack
from programmes.places import placed
from programmes.problems import PackError, Problem
from programmes.schema import Pack, Programme
from workflows.rehearsal.reading import COMMON, FOLDER, read_repertoire, read_script


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
        return Findings(tuple(placed(error.problems, files)), None)
    problems = check_pack(pack)
    problems += _scenario_problems(files, {problem.file for problem in problems}) if scenarios else ()
    return Findings(tuple(dict.fromkeys(sorted(placed(problems, files), key=_order))), pack)


def programme_of(files: Mapping[str, bytes]) -> Programme | None:
    """The programme alone, for drawing it while other files are broken; None when it cannot be read."""
    try:
        source = yaml_source.load(files["programme.yaml"].decode("utf-8-sig"), file="programme.yaml")
        return Programme.model_validate(source.value)
    except (KeyError, PackError, ValueError):
        return None


def _order(problem: Problem) -> tuple[str, int]:
    return problem.file, problem.line or 0


def _scenario_problems(files: Mapping[str, bytes], told: set[str]) -> list[Problem]:
    """What the rehearsal finds in the scenarios, but for the files of which something has been ``told`` already."""
    try:
        repertoire = read_repertoire(files)
    except PackError as error:
        return error.problems
    problems: list[Problem] = []
    for name, text in repertoire.pack.scenarios.items():
        if name == COMMON or f"{FOLDER}{name}" in told:
            continue
        try:
            read_script(text, file=f"{FOLDER}{name}", repertoire=repertoire)
        except PackError as error:
            problems += error.problems
    return problems
