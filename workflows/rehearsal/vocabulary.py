"""The words a scenario may use: what can be done in it, and with which data. 动作词汇

Whatever the engine knows (``file.file``, ``command.withdraw``; the bare code where only one procedure has it), and the
few doors beside it that a scenario needs to begin with.
"""

from __future__ import annotations

import functools
from typing import Final

from accounts.enums import Role
from programmes.procedures import COMMANDS, PROCEDURES, Action, action_of

OPEN_ROUND: Final = "open_round"
CLOSE_ROUND: Final = "close_round"
FILL_SLOT: Final = "fill_slot"
OPEN_CASE: Final = "open_case"
NOMINATE: Final = "nominate"
FILL: Final = "fill"
SEAL: Final = "seal"
LODGE_OBJECTION: Final = "lodge_objection"

DOORS: Final[dict[str, frozenset[str]]] = {
    OPEN_ROUND: frozenset({"programme", "year", "opens_on", "closes_on", "name", "reason"}),
    CLOSE_ROUND: frozenset({"round", "reason"}),
    FILL_SLOT: frozenset({"round", "name", "value", "reason"}),
    OPEN_CASE: frozenset({"round", "title"}),
    NOMINATE: frozenset({"round", "unit", "title", "reason"}),
    FILL: frozenset({"forms", "materials", "omit", "seals"}),
    SEAL: frozenset({"sealed_by"}),
    LODGE_OBJECTION: frozenset({"kind", "name", "contact", "content"}),
}
"""Doors beside the engine's, and the data each takes."""

DEFAULT_ROLES: Final[dict[str, Role]] = {
    OPEN_ROUND: Role.OFFICER,
    CLOSE_ROUND: Role.OFFICER,
    FILL_SLOT: Role.OFFICER,
    OPEN_CASE: Role.APPLICANT,
    NOMINATE: Role.RECOMMENDER,
    FILL: Role.APPLICANT,
    SEAL: Role.APPLICANT,
}
"""Who goes through a door when the scenario does not say; anybody lodges an objection."""
NEEDED: Final = {FILL_SLOT: frozenset({"name", "value"}), NOMINATE: frozenset({"unit"})}
"""Data without which a door makes no sense (a round's are checked by its shape)."""
BEGINNINGS: Final = frozenset({OPEN_CASE, NOMINATE})
"""Doors that begin a case."""
BEFORE_A_CASE: Final = frozenset({OPEN_ROUND, CLOSE_ROUND, FILL_SLOT}) | BEGINNINGS
THE_ROUND: Final = "round"
"""What the scenario's own round is called."""
THE_CASE: Final = "case"
"""What a case is called that was opened without a name (``as``)."""
PUBLIC: Final = "public"
"""``who`` of somebody without an account."""
PANEL: Final = "panel"
"""``who``: every expert whose sheet is awaited, in the order of the cast."""
AUTHORITY: Final = "authority"
"""``unit`` and ``parent``: the authority itself."""


@functools.cache
def actions() -> dict[str, Action]:
    """Full name → action, for everything a person may do through the engine."""
    names = {f"{p.code}.{a.code}": a for p in PROCEDURES.values() for d in p.duties for a in d.actions}
    people = {name: action for name, action in names.items() if action.role != "system"}
    return people | {f"command.{code}": action for code, action in COMMANDS.items()}


def full_name(do: str) -> str | None:
    """``do`` as the engine or :data:`DOORS` knows it; None when nothing, or more than one thing, is called so."""
    if do in DOORS or do in actions():
        return do
    found = [name for name in actions() if name.partition(".")[2] == do]
    return found[0] if len(found) == 1 else None


def candidates(do: str) -> list[str]:
    """What ``do`` might have meant: the actions of that bare name, else every name there is."""
    found = [name for name in actions() if name.partition(".")[2] == do]
    return found or [*DOORS, *actions()]


@functools.cache
def duties() -> frozenset[str]:
    """Every duty that a work item may stand for: those of the procedures, and commands that the system asks for."""
    return frozenset(d.code for p in PROCEDURES.values() for d in p.duties) | frozenset(COMMANDS)


def label_of(do: str) -> str:
    """The name of an action in the reader's language, the code for a door."""
    procedure, _dot, code = do.partition(".")
    if do not in actions():
        return do
    return str(COMMANDS[code].label if procedure == "command" else action_of(procedure, code).label)
