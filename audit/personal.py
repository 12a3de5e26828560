"""Personal data beside the chain: committed, revealed, erased. 个人信息

An entry says ``p:sha256:<hex>``; the value lies in :class:`audit.models.PersonalValue` until somebody has
the right to have it erased. The chain never held it, so nothing breaks.
"""

from __future__ import annotations

import hashlib
import secrets

from django.db import router

from audit import clock
from audit.chain import append, require_transaction
from audit.errors import PersonalValueAltered, PersonalValueErased, UnknownCommitment
from audit.models import Chain, Entry, PersonalValue
from audit.stamps import ActorStamp

PREFIX = "p:sha256:"
SALT_BYTES = 32


def commit_personal(value: str) -> str:
    """Store ``value`` with a fresh salt and return its commitment, ``p:sha256:<hex>``. One INSERT.

    The same value committed twice gives two commitments that nobody can tell belong together. Raises
    NotInTransaction outside an atomic block: a value must not outlive the change it came with.
    """
    require_transaction(router.db_for_write(PersonalValue))
    salt = secrets.token_hex(SALT_BYTES)
    row = PersonalValue.objects.create(commitment=digest(salt=salt, value=value), salt=salt, value=value)
    return PREFIX + row.commitment


def reveal(commitment: str) -> str | None:
    """The value behind ``commitment``; None when it has been erased.

    Raises UnknownCommitment, or PersonalValueAltered when the stored value is not the one committed.
    """
    row = PersonalValue.objects.filter(commitment=_hex(commitment)).first()
    if row is None:
        raise UnknownCommitment(commitment)
    if not stands(row):
        raise PersonalValueAltered(commitment)
    return row.value


def erase_personal(
    *, commitment: str, chain: Chain, actor: ActorStamp, reason: str, clause: str = ""
) -> Entry:
    """Erase value and salt behind ``commitment`` and record that on ``chain``, in the caller's transaction.

    Raises NotInTransaction, UnknownCommitment, or PersonalValueErased when there is nothing left to erase.
    """
    require_transaction(router.db_for_write(PersonalValue))
    row = PersonalValue.objects.select_for_update().filter(commitment=_hex(commitment)).first()
    if row is None:
        raise UnknownCommitment(commitment)
    if row.erased_at is not None:
        raise PersonalValueErased(commitment)
    row.value, row.salt, row.erased_at = None, "", clock.now()
    row.save(update_fields=["value", "salt", "erased_at"])
    return append(
        chain=chain,
        action="personal.erased",
        actor=actor,
        data={"commitment": commitment, "reason": reason},
        clause=clause,
        at=row.erased_at,
    )


def digest(*, salt: str, value: str) -> str:
    """SHA-256 of ``salt:value`` in UTF-8 (the salt is hexadecimal, so the colon is unambiguous)."""
    return hashlib.sha256(f"{salt}:{value}".encode()).hexdigest()


def stands(row: PersonalValue) -> bool:
    """Does the row hold the value it was committed to, or nothing at all after an erasure?"""
    if row.value is None:
        return row.erased_at is not None and row.salt == ""
    return row.erased_at is None and digest(salt=row.salt, value=row.value) == row.commitment


def _hex(commitment: str) -> str:
    if not commitment.startswith(PREFIX):
        raise UnknownCommitment(commitment)
    return commitment.removeprefix(PREFIX)
