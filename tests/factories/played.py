"""Cases of any pack, brought to where a test begins by playing a scenario of that pack in the test's own database."""

from __future__ import annotations

import functools
from pathlib import Path

from accounts.actors import Actor, actor_for
from accounts.models import RoleAssignment
from programmes import packs
from workflows.rehearsal import Repertoire, play
from workflows.rehearsal.reading import read_repertoire, read_script

FICTIONAL = Path(__file__).parents[1] / "programmes" / "packs"


@functools.cache
def repertoire_of(pack: str) -> Repertoire:
    """A pack of the product, or a fictional one, with its standing cast, parsed once."""
    folder = packs.packs_directory() / pack
    if not folder.is_dir():
        folder = FICTIONAL / pack
    return read_repertoire(packs.read_directory(folder), common="common.yaml")


def played(pack: str, steps: str) -> dict[str, Actor]:
    """Play ``steps`` (YAML: the scenario's body) and give the cast by name. Every expectation in it must hold.

    The database must be empty; the clock runs again afterwards.
    """
    head = "id: T1\ntitle: {zh: 试验}\n"
    report = play(read_script(head + steps, file="T1.yaml", repertoire=repertoire_of(pack)))
    assert report.ok, report
    assignments = RoleAssignment.objects.select_related("user", "organisation", "authority")
    return {row.user.username: actor_for(row) for row in assignments}
