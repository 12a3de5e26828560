"""What can go wrong while the record is written or read."""

from __future__ import annotations


class AuditError(Exception):
    """Root of this room's errors: a defect of the caller or of the deployment, never of a user's input."""


class CanonicalError(AuditError):
    """A value has no canonical JSON form (a float, a naive datetime, a set, a translated string…)."""


class NotInTransaction(AuditError):
    """The record is written in the transaction of the change it speaks of; there was none."""


class UnknownCommitment(AuditError):
    """No personal value was ever committed under this commitment."""


class PersonalValueErased(AuditError):
    """The personal value behind this commitment has been erased already."""


class PersonalValueAltered(AuditError):
    """The stored personal value does not match its commitment."""


class TriggersStand(AuditError):
    """Somebody tried to switch the triggers off outside a rehearsal."""
