"""Checks of the scenarios: each plays something and expects something of it. 政策包检查：演练脚本

Shape and names are read by the rehearsal, which plays them; here only what a file must have to be a test at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from programmes import yaml_source
from programmes.problems import PackError, Problem, problem
from programmes.schema import Pack, Text

COMMON: Final = "common.yaml"
"""What the scenarios of a pack share; no play of its own."""


def check(pack: Pack) -> Iterator[Problem]:
    """Scenario files that cannot be read, play nothing, or expect nothing."""
    contents: dict[str, Any] = {}
    for name, text in pack.scenarios.items():
        try:
            contents[name] = yaml_source.load(text, file=f"scenarios/{name}").value
        except PackError as error:
            yield from error.problems
    shared = contents.pop(COMMON, None)
    passages = shared.get("passages") if isinstance(shared, dict) else None
    for name, content in contents.items():
        yield from _scenario(f"scenarios/{name}", content, passages if isinstance(passages, dict) else {})


def _scenario(file: str, content: Any, passages: dict[str, Any]) -> Iterator[Problem]:
    steps = list(_steps(content))
    if not steps:
        yield problem(
            file,
            ".",
            Text(zh="演练脚本没有任何步骤", en="the scenario plays nothing"),
            Text(
                zh="请在 steps（或者 branches 各分支的 steps）中写明办理步骤，或者删去该文件",
                en="write steps (or the steps of branches), or remove the file",
            ),
        )
    elif not _expects(content) and not any(_expects(step) for step in _played(steps, passages, set())):
        yield problem(
            file,
            ".",
            Text(
                zh="演练脚本没有任何预期，演练不能发现问题", en="the scenario expects nothing: it cannot fail"
            ),
            Text(
                zh="请在步骤中写明 expect，例如 expect: {stage: review}",
                en="write expect beside a step, for instance expect: {stage: review}",
            ),
        )


def _steps(content: Any) -> Iterator[Any]:
    """The steps of a scenario and of its branches."""
    if not isinstance(content, dict):
        return
    yield from _listed(content.get("steps"))
    for branch in _listed(content.get("branches")):
        if isinstance(branch, dict):
            yield from _listed(branch.get("steps"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _played(steps: list[Any], passages: dict[str, Any], seen: set[str]) -> Iterator[Any]:
    """The steps of the passages that are played, also by passages."""
    for step in steps:
        name = step.get("play") if isinstance(step, dict) else None
        if isinstance(name, str) and name not in seen:
            seen.add(name)
            inner = _listed(passages.get(name))
            yield from inner
            yield from _played(inner, passages, seen)


def _expects(value: Any) -> bool:
    """Does anything in here carry an expectation?"""
    match value:
        case dict():
            return bool(value.get("expect")) or any(_expects(item) for item in value.values())
        case list():
            return any(_expects(item) for item in value)
    return False
