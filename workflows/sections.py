"""What a person reads beside a form: sections of facts. 办理依据的段落"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workflows.turn import Turn


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: a label and what is known; long texts are shown across the page."""

    label: str
    value: str
    clause: str = ""
    long: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its facts."""

    title: str
    facts: list[Fact]


Reader = Callable[[Turn, frozenset[str]], Section | None]
