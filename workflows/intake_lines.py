"""收件登记簿 as its readers see it: each entry with what replaced it and what it replaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.models import IntakeEntry
from workflows.acts.intake import told


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One entry as the register shows it; ``replaced_by`` is '' for one that holds."""

    entry: IntakeEntry
    what: str
    replaced_by: str
    replaces: str


def register_lines(entries: Sequence[IntakeEntry]) -> list[RegisterLine]:
    """The entries with what replaced them and what they replace. No query."""
    after = {entry.supersedes_id: entry.number for entry in entries if entry.supersedes_id}
    numbers = {entry.pk: entry.number for entry in entries}
    return [
        RegisterLine(
            entry,
            told(entry),
            after.get(entry.pk, ""),
            numbers.get(entry.supersedes_id or 0, ""),
        )
        for entry in entries
    ]
