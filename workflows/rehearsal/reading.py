"""Reading scenario files: YAML, shape, names; every complaint with its line and a hint. 读取脚本"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from programmes import packs, yaml_source
from programmes.problems import PackError, Problem, from_validation
from programmes.schema import Spec
from workflows.rehearsal import checking, expected, schema
from workflows.rehearsal.schema import Common, Scenario
from workflows.rehearsal.script import Place, Repertoire, Script

FOLDER = "scenarios/"
COMMON = "common.yaml"
S = TypeVar("S", bound=Spec)


def read_repertoire(files: Mapping[str, bytes], *, common: str = FOLDER + COMMON) -> Repertoire:
    """The pack that ``files`` form (by their names inside the pack), with what its scenarios share.

    ``common`` is what messages call the common file. Raises PackError with every problem.
    """
    pack = packs.parse_files(files)
    text = pack.scenarios.get(COMMON)
    shared, place = Common(), Place(common, {})
    if text is not None:
        shared, place = _validated(Common, text, common)
    repertoire = Repertoire(pack, packs.archive(files), shared, place)
    if problems := list(checking.common_problems(repertoire)):
        raise PackError(problems)
    return repertoire


def read_script(text: str, *, file: str, repertoire: Repertoire) -> Script:
    """The scenario in ``text``, ready to be played with the pack. Raises PackError with every problem."""
    scenario, place = _validated(Scenario, text, file)
    script = Script(scenario, place, repertoire)
    if problems := list(checking.script_problems(script)):
        raise PackError(problems)
    return script


def scenario_names(repertoire: Repertoire) -> list[str]:
    """The names of the pack's own scenario files, in order."""
    return sorted(name for name in repertoire.pack.scenarios if name != COMMON)


def scripts_of(repertoire: Repertoire, *, prefix: str = "") -> Iterator[Script]:
    """The pack's own scenarios. Raises PackError at the first file that is none."""
    for name in scenario_names(repertoire):
        yield read_script(
            repertoire.pack.scenarios[name], file=f"{prefix}{FOLDER}{name}", repertoire=repertoire
        )


def _validated(spec: type[S], text: str, file: str) -> tuple[S, Place]:
    source = yaml_source.load(text, file=file)
    place = Place(file, source.lines)
    try:
        return spec.model_validate(source.value), place
    except ValidationError as error:
        raise PackError(_problems(error, place)) from None


def _problems(error: ValidationError, place: Place) -> list[Problem]:
    """pydantic's complaints; ours carry their own wording, and unknown keys are compared with a scenario's keys."""
    found = {p.where: p for p in from_validation(error, file=place.file, root=(), lines=place.lines)}
    for details in error.errors(include_url=False):
        if own := _own(details, place):
            found[own.where] = own
    return sorted(found.values(), key=lambda problem: problem.line or 0)


def _own(details: ErrorDetails, place: Place) -> Problem | None:
    here, context = place.inner(*details["loc"]), details.get("ctx", {})
    if details["type"] == "scenario":
        return here.problem(str(context["zh"]), str(context["en"]))
    if details["type"] != "extra_forbidden":
        return None
    key = str(details["loc"][-1])
    near = [other for other in difflib.get_close_matches(key, _keys(), n=2) if other != key]
    hint = (f"是否应为“{near[0]}”？", f"did you mean {near[0]!r}?") if near else ("请删除该项", "remove it")
    if not near and key in _keys():
        hint = ("该项不应写在此处，请检查缩进和逗号", "not here: check the indentation and the commas")
    return here.problem(f"未知的项“{key}”", f"unknown key {key!r}", *hint)


@functools.cache
def _keys() -> frozenset[str]:
    """Every key that a scenario file may have."""
    named = {**vars(expected), **vars(schema)}.values()
    specs: list[Any] = [spec for spec in named if isinstance(spec, type) and issubclass(spec, Spec)]
    return frozenset(info.alias or name for spec in specs for name, info in spec.model_fields.items())
