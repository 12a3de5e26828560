"""What this room writes on the authority's chain."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from accounts.actors import Actor
from audit import chain

if TYPE_CHECKING:
    from accounts.models import Organisation

CHAIN_KIND: Final = "authority"
SYSTEM_KEY: Final = "system"
"""The chain of what belongs to no authority: people without a unit, unknown names at the sign-in page."""


def record(
    *,
    authority: Organisation | None,
    action: str,
    actor: Actor,
    subject: uuid.UUID | str,
    data: Mapping[str, Any],
) -> None:
    """Append one entry to the chain of ``authority`` (opened by its first entry), in the caller's
    transaction.

    Called last in a door: the chain head is the last lock. Raises audit.errors.NotInTransaction outside one.
    """
    key = authority.code if authority is not None else SYSTEM_KEY
    head = chain.ensure_chain(kind=CHAIN_KIND, key=key, authority=key)
    chain.append(chain=head, action=action, actor=actor.stamp(), subject=str(subject), data=data)
