"""Editions of the Guiyang pack whose declaration goes through a recommendation and an intake check of other shapes."""

from __future__ import annotations

from cases.models import Case
from programmes import packs
from tests.factories.cases import GY_DIRECTORY, World
from tests.workflows.pages import RECOMMENDER, recommender


def sent_under(
    world: World,
    *,
    params: str = "intake: true",
    deadlines: str = "",
    outcomes: str = "declined: {close: declined}",
    commands: str = "register_intake: {clause: 003·附件6·第三条}\n        correct_intake: {source: proposed}",
    number: str = "2020.8",
    sealed: str = "",
    sent: bool = True,
) -> Case:
    """A declaration of an edition with these parameters of its declare step, filled in and (``sent``) sent.

    ``sealed``: the roles for which the edition seals declarations until the round closes.
    """
    files = packs.read_directory(GY_DIRECTORY)
    text = files["programme.yaml"].decode()
    next_line = "      next: {submitted: filing}\n"
    assert next_line in text
    step = f"      params: {{{params}}}\n"
    step += f"      deadlines: {{{deadlines}}}\n" if deadlines else ""
    step += f"      next: {{submitted: filing, {outcomes}}}\n"
    text = text.replace(next_line, step, 1)
    text = text.replace("      commands:\n", f"      commands:\n        {commands}\n", 1)
    if sealed:
        line = f"  sealed_until_close: {{clause: 003·附件6·第二条, source: proposed, roles: [{sealed}]}}\n"
        text = text.replace("\nround:\n", f"\nround:\n{line}", 1)
    if "recommendation: true" in params:
        approver = "  approver:\n    title: {zh: 市大数据发展"
        text = text.replace(approver, f"{RECOMMENDER}{approver}", 1)
        recommender(world)
    files["programme.yaml"] = text.encode()
    packs.parse_files(files)
    world.declare_under(files, number=number, name=f"试验批次{number}")
    case = world.fill(world.draft())
    return world.do(case, "declare.submit", statement=True) if sent else case
