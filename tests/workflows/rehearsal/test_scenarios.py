"""Every scenario of every pack, in this process: the policies' own tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from programmes import packs
from tests.workflows.rehearsal.conftest import PACK, repertoire_of
from workflows.rehearsal import Script, play
from workflows.rehearsal.reading import read_script, scripts_of
from workflows.rehearsal.report import Printed

ON_SERVERS = {"gy-cluster-base", "gd-town-industry", "yc-listing-award", "dg-plan-tasks"}
"""Played on PostgreSQL as well: between them they use every procedure. The others are data for the same code."""
FICTIONAL = sorted(
    path.parent.parent
    for path in (Path(__file__).parents[2] / "programmes" / "packs").glob("*/scenarios/common.yaml")
)
"""Packs of measures that do not exist: lifecycles that other measures need."""
FOLDERS = [
    *sorted(
        path.parent
        for path in packs.packs_directory().glob("*/programme.yaml")
        if "sqlite" in settings.DATABASES["default"]["ENGINE"] or path.parent.name in ON_SERVERS
    ),
    *FICTIONAL,
]
PLAYS = [
    (script, branch)
    for folder in FOLDERS
    for script in scripts_of(repertoire_of(folder))
    for branch in script.branches
]
REQUIRED = {"S11", "S12", "S12b", "S14", "S14b", "S15", "S16", "S17", "S19", "S19b"}
"""The acceptance scenarios of the Guiyang pack."""


def name_of(played: tuple[Script, str]) -> str:
    script, branch = played
    return f"{script.pack.programme.id}-{script.scenario.id}{f'-{branch}' if branch else ''}"


@pytest.mark.django_db
@pytest.mark.parametrize("played", PLAYS, ids=name_of)
def test_everything_comes_as_the_policy_says(played: tuple[Script, str]) -> None:
    script, branch = played
    report = play(script, branch=branch)
    assert report.ok, "\n".join(Printed(whole=False).report(report))
    assert sum(1 for _finding in report.findings) > 0


def test_the_acceptance_scenarios_are_there() -> None:
    found = {script.scenario.id for script, _branch in PLAYS if script.pack.programme.id == "gy-cluster-base"}
    assert found >= REQUIRED


@pytest.mark.django_db
def test_the_example_in_the_documentation_holds() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "scenarios.md").read_text(encoding="utf-8")
    text = page.partition("```yaml\n")[2].partition("```")[0]
    script = read_script(text, file="example", repertoire=repertoire_of(PACK))
    report = play(script)
    assert report.ok, report.failed
    assert sum(1 for _finding in report.findings) > 20


def test_every_file_has_an_id_of_its_own() -> None:
    ids = [(script.pack.programme.id, script.scenario.id, branch) for script, branch in PLAYS]
    assert len(ids) == len(set(ids))
