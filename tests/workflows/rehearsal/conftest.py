from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from programmes import packs
from workflows.rehearsal import Repertoire, Script
from workflows.rehearsal.reading import read_repertoire, read_script

Reader = Callable[[str], Script]
PACK = packs.packs_directory() / "gy-cluster-base"


@functools.cache
def repertoire_of(folder: Path) -> Repertoire:
    """A pack with its common file, parsed once."""
    return read_repertoire(packs.read_directory(folder), common="common.yaml")


@pytest.fixture
def repertoire() -> Repertoire:
    """The Guiyang pack: its cast and passages are what the stories of these tests are told with."""
    return repertoire_of(PACK)


@pytest.fixture
def script(repertoire: Repertoire) -> Reader:
    """Read a scenario from text; the head may be left out."""

    def read(text: str) -> Script:
        head = "" if text.startswith("id:") else "id: T1\ntitle: {zh: 试验}\n"
        return read_script(head + text, file="T1.yaml", repertoire=repertoire)

    return read
