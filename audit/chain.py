"""Writing the record. 留痕写入

Locks are taken in one order everywhere: round or batch, cases by id, counters by key, **chain head last**.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction

from audit import canonical, clock, hashing
from audit.errors import AuditError, CanonicalError, NotInTransaction
from audit.models import Chain, Entry
from audit.stamps import ActorStamp

CODE = re.compile(r"[a-z][a-z0-9_.-]*")


def open_chain(*, kind: str, key: str, authority: str) -> Chain:
    """Open the chain of one subject, empty. One INSERT.

    ``key`` is the subject's public id, ``authority`` the code of the authority whose record it is. Raises
    AuditError for a malformed kind or an empty key, IntegrityError when the chain exists already.
    """
    _require_code("kind", kind)
    if not key or not authority:
        raise AuditError("a chain needs a key and an authority")
    return Chain.objects.create(kind=kind, key=key, authority=authority, created_at=clock.now())


def ensure_chain(*, kind: str, key: str, authority: str) -> Chain:
    """The chain of ``kind`` and ``key``, opened if need be (an authority's chain: by its first writer).

    Raises AuditError when it exists under another authority.
    """
    chain = Chain.objects.filter(kind=kind, key=key).first()
    if chain is None:
        try:
            with transaction.atomic():
                return open_chain(kind=kind, key=key, authority=authority)
        except IntegrityError:  # somebody else was first
            chain = Chain.objects.get(kind=kind, key=key)
    if chain.authority != authority:
        raise AuditError(f"{chain.label} belongs to {chain.authority}, not to {authority}")
    return chain


def append(
    *,
    chain: Chain,
    action: str,
    actor: ActorStamp,
    subject: str = "",
    data: Mapping[str, Any],
    clause: str = "",
    at: dt.datetime | None = None,
) -> Entry:
    """Append one entry to ``chain``, in the caller's transaction: three statements, in this order.

    SELECT … FOR UPDATE of the chain (the head is read again, never taken from memory), INSERT of the entry,
    UPDATE of the head. ``action`` is a stable code, ``subject`` the public id of the thing concerned,
    ``clause`` the clause acted under, ``data`` codes and parameters (personal data as commitments, see
    audit/personal.py), ``at`` the instant (now, if not given).

    Raises NotInTransaction outside an atomic block, CanonicalError when ``data`` has no canonical form,
    AuditError for a malformed action.
    """
    _require_code("action", action)
    using = chain._state.db or DEFAULT_DB_ALIAS
    require_transaction(using)
    moment = _instant(clock.now() if at is None else at)
    # On SQLite there is no FOR UPDATE; BEGIN IMMEDIATE has taken the one write lock already.
    head = Chain.objects.using(using).select_for_update().get(pk=chain.pk)
    content = hashing.body_of(
        actor=actor, authority=head.authority, clause=clause, data=data, subject=subject
    )
    entry = _next(head, moment, action, content)
    entry.save(using=using, force_insert=True)
    head.head_seq, head.head_hash = entry.seq, entry.hash
    head.save(using=using, update_fields=["head_seq", "head_hash"])
    return entry


def require_transaction(using: str) -> None:
    """Raise NotInTransaction unless an atomic block is open on ``using``."""
    if not transaction.get_connection(using).in_atomic_block:
        raise NotInTransaction("the record is written inside the transaction of the change")


def _require_code(name: str, code: str) -> None:
    if not CODE.fullmatch(code):
        raise AuditError(f"{name} is not a code: {code!r}")


def _instant(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise CanonicalError("a naive datetime has no instant")
    return moment.astimezone(dt.UTC)


def _next(head: Chain, moment: dt.datetime, action: str, content: Mapping[str, Any]) -> Entry:
    """The unsaved entry that follows ``head``."""
    body = canonical.dumps(content)
    seq, prev = head.head_seq + 1, head.head_hash
    preimage = hashing.preimage(
        alg=hashing.SHA256, chain=head.label, seq=seq, at=moment, action=action, body=body, prev=prev
    )
    return Entry(
        chain=head,
        seq=seq,
        at=moment,
        action=action,
        body=body,
        prev_hash=prev,
        hash=hashing.ALGORITHMS[hashing.SHA256](preimage),
        alg=hashing.SHA256,
        **hashing.columns_of(content),
    )
