"""The read log: who saw what. 查阅记录"""

from __future__ import annotations

import datetime as dt

from audit import clock
from audit.models import ReadEntry
from audit.stamps import ActorStamp


def record_read(
    *, actor: ActorStamp, kind: str, key: str, what: str, at: dt.datetime | None = None
) -> ReadEntry:
    """Note that ``actor`` saw ``what`` of the thing ``kind:key``. One INSERT, no lock, no chain.

    ``kind`` and ``key`` are those of the thing's chain where it has one (so that both can be listed
    together); ``what`` is a stable code such as ``case.page`` or ``register.export``.
    """
    return ReadEntry.objects.create(
        at=clock.now() if at is None else at,
        actor_id=actor.user_id,
        actor_name=actor.name,
        role=actor.role,
        organisation_name=actor.organisation,
        on_behalf_of=actor.on_behalf_of,
        kind=kind,
        key=key,
        what=what,
    )


def was_read(*, actor: ActorStamp, kind: str, key: str, what: str, since: dt.datetime) -> bool:
    """Whether it has been noted at ``since`` or later that ``actor``, in this role, saw exactly this. One query."""
    rows = ReadEntry.objects.filter(
        actor_id=actor.user_id,
        at__gte=since,
        kind=kind,
        key=key,
        what=what,
        role=actor.role,
        organisation_name=actor.organisation,
        on_behalf_of=actor.on_behalf_of,
    )
    return rows.exists()
