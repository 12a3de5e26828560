"""Many writers, one chain: the sequence has no gap and no double, whatever the database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from pytest_django import DjangoDbBlocker

from audit import triggers
from audit.chain import append, ensure_chain, open_chain
from audit.models import Chain, Entry, PersonalValue, ReadEntry
from audit.stamps import ActorStamp
from audit.verify import verify_chain

WRITERS, EACH = 6, 15


def together(work: Callable[[int], None], using: str, count: int = WRITERS) -> None:
    """Run ``work(number)`` in ``count`` threads that start at the same moment; none of them may raise."""
    gate, errors = threading.Barrier(count), []

    def run(number: int) -> None:
        try:
            gate.wait(timeout=10)
            work(number)
        except Exception as error:
            errors.append(error)
        finally:
            connections[using].close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []


def write_together(chain: Chain, actor: ActorStamp, using: str) -> None:
    def work(number: int) -> None:
        for turn in range(EACH):
            with transaction.atomic(using=using):
                append(chain=chain, action="case.moved", actor=actor, data={"by": number, "turn": turn})

    together(work, using)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_writers_of_one_chain_take_turns(officer: ActorStamp) -> None:
    chain = open_chain(kind="case", key="1", authority="guiyang")
    write_together(chain, officer, "default")
    assert list(chain.entries.order_by("seq").values_list("seq", flat=True)) == list(
        range(1, WRITERS * EACH + 1)
    )
    assert verify_chain(chain) is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_writers_that_roll_back_leave_no_gap(officer: ActorStamp) -> None:
    chain = open_chain(kind="case", key="1", authority="guiyang")

    class Refused(Exception):
        pass

    def work(number: int) -> None:
        for turn in range(EACH):
            try:
                with transaction.atomic():
                    append(chain=chain, action="case.moved", actor=officer, data={"turn": turn})
                    if (number + turn) % 3 == 0:
                        raise Refused
            except Refused:
                continue

    together(work, "default")
    kept = WRITERS * EACH * 2 // 3
    assert list(chain.entries.order_by("seq").values_list("seq", flat=True)) == list(range(1, kept + 1))
    assert verify_chain(chain) is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_chains_do_not_wait_for_each_other(officer: ActorStamp) -> None:
    """While one door holds the head of its chain, another chain is written and a read is logged."""
    held = open_chain(kind="case", key="1", authority="guiyang")
    free = open_chain(kind="case", key="2", authority="guiyang")
    with transaction.atomic():
        append(chain=held, action="case.moved", actor=officer, data={})

        def work(_number: int) -> None:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '2s'")
                append(chain=free, action="case.moved", actor=officer, data={})

        together(work, "default", count=1)
    assert (held.entries.count(), free.entries.count()) == (1, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_first_writers_open_one_chain() -> None:
    def work(_number: int) -> None:
        ensure_chain(kind="authority", key="guiyang", authority="guiyang")

    together(work, "default")
    assert Chain.objects.count() == 1


@pytest.fixture
def sqlite_file(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A SQLite database in a file, set up like the embedded default: the test database lives in memory."""
    alias = "sqlite_file"
    connections.settings[alias] = {
        **connections.settings["default"],
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(tmp_path / "record.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
    with django_db_blocker.unblock():
        try:
            with connections[alias].schema_editor() as editor:
                for model in (Chain, Entry, PersonalValue, ReadEntry):
                    editor.create_model(model)
            triggers.install(connections[alias])
            yield alias
        finally:
            connections[alias].close()
            del connections[alias]
            del connections.settings[alias]


def test_writers_of_one_chain_take_turns_on_sqlite(sqlite_file: str, officer: ActorStamp) -> None:
    chain = Chain(kind="case", key="1", authority="guiyang", created_at="2026-03-01T00:00:00Z")
    chain.save(using=sqlite_file)
    write_together(chain, officer, sqlite_file)
    seqs = Entry.objects.using(sqlite_file).order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == list(range(1, WRITERS * EACH + 1))
    assert Chain.objects.using(sqlite_file).get().head_seq == WRITERS * EACH
