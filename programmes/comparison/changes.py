"""What a difference is: where, of what kind, from what to what. 变动"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from programmes.schema import Text


class Kind(StrEnum):
    """What happened to a thing."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Area(StrEnum):
    """Which part of the policy it belongs to, in the order in which people read it."""

    IDENTITY = "identity"
    LIFECYCLE = "lifecycle"
    RULES = "rules"
    ELIGIBILITY = "eligibility"
    FORMS = "forms"
    RUBRICS = "rubrics"
    SLOTS = "slots"
    LETTERS = "letters"
    CLAUSES = "clauses"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where, of what, from what to what, and the clause of the newer version (else of the older)."""

    area: Area
    kind: Kind
    code: str
    title: Text
    what: Text
    before: Text
    after: Text
    clause: str = ""
