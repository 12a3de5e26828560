"""A channel that fails never undoes a decision: whoever listens may break, the decision stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import Entry
from cases.models import Case
from tests.factories.cases import World
from tests.faults.conftest import Anew
from tests.faults.invariants import check
from workflows import engine
from workflows.events import Happened, happened
from workflows.models import Event, Submission
from workflows.objections import lodge_objection

Receiver = Callable[[Happened], None]


@contextmanager
def listening(receiver: Receiver) -> Iterator[None]:
    """``receiver`` hears of everything that happens."""

    def listener(sender: object, *, payload: Happened, **kwargs: Any) -> None:
        receiver(payload)

    happened.connect(listener)
    try:
        yield
    finally:
        happened.disconnect(listener)


def raises(payload: Happened) -> None:
    raise RuntimeError("the mail server is down")


def breaks_the_transaction(payload: Happened) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


def breaks_it_in_silence(payload: Happened) -> None:
    """On PostgreSQL the transaction is unusable now, although nobody was told."""
    try:
        breaks_the_transaction(payload)
    except DatabaseError:
        return


def writes_and_raises(payload: Happened) -> None:
    Submission.objects.create(key="half", case=payload.case, action="half")
    raise RuntimeError("after the first of two rows")


def refuses_a_constraint(payload: Happened) -> None:
    Submission.objects.create(key="same", case=payload.case, action="same")
    Submission.objects.create(key="same", case=payload.case, action="same")


def asks_for_a_rollback(payload: Happened) -> None:
    transaction.set_rollback(True)


def breaks_after_the_commit(payload: Happened) -> None:
    transaction.on_commit(lambda: raises(payload), robust=True)


BROKEN = [
    raises,
    breaks_the_transaction,
    breaks_it_in_silence,
    writes_and_raises,
    refuses_a_constraint,
    asks_for_a_rollback,
    breaks_after_the_commit,
]


def stands(world: World, case: Case) -> None:
    """The filing is decided, recorded, announced, and goes on."""
    assert world.reread(case).stage == "file"
    assert world.items(case) == ["notify"]
    assert case.decisions.filter(action="file").count() == 1
    assert Entry.objects.filter(chain=case.chain_id, action="file.file").count() == 1
    assert Event.objects.filter(case=case, data__action="file.file").count() == 1
    assert not Submission.objects.filter(key__in=("half", "same")).exists()
    assert Submission.objects.filter(key="k").count() == 1
    assert check(case) == []


@pytest.mark.parametrize("receiver", BROKEN)
def test_a_broken_receiver_leaves_the_decision_in_place(world: World, receiver: Receiver) -> None:
    case = world.submitted()
    with listening(receiver):
        result = engine.act(case.public_id, "file.file", actor=world.officer, idempotency_key="k")
    assert result.message
    stands(world, case)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("receiver", BROKEN)
def test_a_broken_receiver_leaves_the_committed_decision_in_place(anew: Anew, receiver: Receiver) -> None:
    """The same in a transaction of its own, to its commit."""
    world = anew()
    case = world.submitted()
    with listening(receiver):
        result = engine.act(case.public_id, "file.file", actor=world.officer, idempotency_key="k")
    assert result.message
    stands(world, case)
    assert world.do(case, "file.notify_filing").stage == "file"


def test_a_broken_receiver_leaves_an_objection_and_a_fired_limit_in_place(world: World) -> None:
    case = world.publicized()
    window = case.deadlines.get(duty="window")
    assert window.due_at is not None
    with listening(breaks_the_transaction):
        lodge_objection(
            notice=case.notices.get(), kind="unit", name="某公司", contact="0851", content="不实。"
        )
        assert world.items(case) == ["window", "handle"]
        world.do(case, "publicize.dismiss_objection", reason="不属实。")
        window.refresh_from_db()
        assert window.due_at is not None
        world.let_time_pass(window.due_at)
    assert (world.reread(case).stage, check(case)) == ("accredit", [])
