"""What a tamperer with full access to the database does, and what must come of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, models, transaction

from audit import hashing, triggers
from audit.enums import FaultCode
from audit.models import Chain, Entry, PersonalValue, ReadEntry
from audit.verify import Fault, verify_all, verify_chain

ROOM: list[type[models.Model]] = [Chain, Entry, PersonalValue, ReadEntry]
on_sqlite = connection.vendor == "sqlite"


def refused(statement: str, *params: object) -> None:
    """The statement is refused, by the trigger and by nothing else, and changes nothing."""
    before = [list(model._default_manager.order_by("pk").values()) for model in ROOM]
    with (
        pytest.raises(IntegrityError, match=r"audit: .* is refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, params)
    assert [list(model._default_manager.order_by("pk").values()) for model in ROOM] == before


def run(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def tamper(statement: str, *params: object) -> None:
    with triggers.disabled():
        run(statement, *params)


@contextmanager
def undone() -> Iterator[None]:
    """What no constraint lets be committed is looked at inside a transaction and rolled back."""

    class Undo(Exception):
        pass

    with pytest.raises(Undo), transaction.atomic():
        yield
        raise Undo


def expect(chain: Chain, seq: int, code: FaultCode, column: str = "") -> None:
    """Both verifications find this fault, and only this one."""
    fault = Fault(f"case:{chain.key}", seq, code, column)
    assert verify_chain(chain) == fault
    assert verify_all().faults == (fault,)


def forge(entry: Entry, **changes: object) -> None:
    """Rewrite an entry with a matching hash of its own."""
    for name, value in changes.items():
        setattr(entry, name, value)
    preimage = hashing.preimage(
        alg=entry.alg,
        chain=entry.chain.label,
        seq=entry.seq,
        at=entry.at,
        action=entry.action,
        body=entry.body,
        prev=entry.prev_hash,
    )
    entry.hash = hashing.ALGORITHMS["sha256"](preimage)
    with triggers.disabled():
        entry.save()
