"""The database itself refuses to change the record, whoever asks and by whatever statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from audit import triggers
from audit.models import Chain, Entry, PersonalValue, ReadEntry
from audit.personal import PREFIX, commit_personal, erase_personal
from audit.reads import record_read
from audit.stamps import ActorStamp
from tests.audit.tampering import ROOM, on_sqlite, refused

Write = Callable[[Chain, int], list[Entry]]
NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@pytest.fixture
def entry(chain: Chain, write: Write) -> Entry:
    return write(chain, 2)[0]


@pytest.fixture
def read(db: None, officer: ActorStamp) -> ReadEntry:
    return record_read(actor=officer, kind="case", key="1", what="case.page")


@pytest.fixture
def personal(db: None) -> PersonalValue:
    commitment = commit_personal("13800000000")
    return PersonalValue.objects.get(commitment=commitment.removeprefix(PREFIX))


@pytest.fixture
def rows(entry: Entry, read: ReadEntry, personal: PersonalValue) -> dict[str, int]:
    """One row of every table of the room: table → pk."""
    chain = entry.chain
    return {row._meta.db_table: row.pk for row in (chain, entry, personal, read)}


ALTERABLE = [
    pytest.param(model._meta.db_table, field.column, id=f"{model.__name__}.{field.name}")
    for model in (Entry, ReadEntry, PersonalValue, Chain)
    for field in model._meta.concrete_fields
    if (model, field.name) != (ReadEntry, "sealed_in")
]


@pytest.mark.parametrize(("table", "column"), ALTERABLE)
def test_update_of_each_column_is_refused(rows: dict[str, int], table: str, column: str) -> None:
    if column == "id" or column.endswith(("seq", "_id")):
        value: object = 4711
    elif column in {"at", "created_at", "erased_at"}:
        value = NOW.replace(tzinfo=None).isoformat(" ")
    else:
        value = "x"
    refused(f'UPDATE {table} SET "{column}" = %s WHERE id = %s', value, rows[table])


@pytest.mark.parametrize("table", list(triggers.UNIQUE_KEYS))
def test_delete_is_refused(rows: dict[str, int], table: str) -> None:
    refused(f"DELETE FROM {table} WHERE id = %s", rows[table])
    refused(f"DELETE FROM {table}")


def test_every_way_of_the_orm_is_refused(entry: Entry, read: ReadEntry) -> None:
    entry.subject = "other"
    ways: list[Callable[[], object]] = [
        entry.save,
        entry.delete,
        lambda: Entry.objects.update(subject="other"),
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.bulk_update([entry], ["subject"]),
        lambda: Entry.objects.bulk_create(
            [entry], update_conflicts=True, unique_fields=["id"], update_fields=["subject"]
        ),
        read.delete,
        lambda: ReadEntry.objects.update(actor_name="other"),
        lambda: ReadEntry.objects.all().delete(),
    ]
    for way in ways:
        with pytest.raises(IntegrityError, match="is refused"), transaction.atomic():
            way()
    entry.refresh_from_db()
    assert entry.subject != "other"


@pytest.mark.parametrize(
    "assignment",
    [
        "head_seq = head_seq - 1",
        "head_seq = head_seq + 2",
        "head_seq = 0, head_hash = ''",
        "head_hash = 'f'",
        "kind = 'round', head_seq = head_seq + 1",
        "authority = 'guizhou', head_seq = head_seq + 1",
    ],
)
def test_chain_moves_by_one_entry_or_not_at_all(entry: Entry, assignment: str) -> None:
    refused(f"UPDATE audit_chain SET {assignment} WHERE id = %s", entry.chain_id)


@pytest.mark.parametrize(
    "assignment",
    [
        "value = NULL",
        "value = NULL, salt = ''",
        "value = NULL, erased_at = '2026-03-01 00:00:00'",
        "value = '', salt = '', erased_at = '2026-03-01 00:00:00'",
        "value = NULL, salt = '', erased_at = '2026-03-01 00:00:00', commitment = 'x'",
    ],
)
def test_personal_value_is_erased_whole_or_not_at_all(personal: PersonalValue, assignment: str) -> None:
    refused(f"UPDATE audit_personalvalue SET {assignment} WHERE id = %s", personal.pk)


def test_erased_value_never_returns(personal: PersonalValue, chain: Chain, officer: ActorStamp) -> None:
    erase_personal(commitment=PREFIX + personal.commitment, chain=chain, actor=officer, reason="本人申请")
    statement = "UPDATE audit_personalvalue SET value = %s, salt = %s, erased_at = NULL WHERE id = %s"
    refused(statement, "13800000000", personal.salt, personal.pk)


def test_read_entry_is_sealed_once(read: ReadEntry) -> None:
    refused("UPDATE audit_readentry SET sealed_in = 1, what = 'x' WHERE id = %s", read.pk)
    ReadEntry.objects.filter(pk=read.pk).update(sealed_in=1)
    refused("UPDATE audit_readentry SET sealed_in = 2 WHERE id = %s", read.pk)
    refused("UPDATE audit_readentry SET sealed_in = NULL WHERE id = %s", read.pk)


COLUMNS = {
    model._meta.db_table: ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    for model in ROOM
}


@pytest.fixture(params=["OFF", "ON"])
def recursive(request: pytest.FixtureRequest, db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers = {request.param}")
        yield
        cursor.execute("PRAGMA recursive_triggers = OFF")


@pytest.mark.skipif(not on_sqlite, reason="REPLACE is SQLite's; PostgreSQL has ON CONFLICT, tried below")
@pytest.mark.parametrize("table", list(triggers.UNIQUE_KEYS))
@pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE", "INSERT"])
def test_replace_is_refused(rows: dict[str, int], recursive: None, table: str, verb: str) -> None:
    columns = COLUMNS[table]
    refused(f"{verb} INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id = %s", rows[table])
    if len(triggers.UNIQUE_KEYS[table]) > 1:  # another id, the same unique key
        others = columns.replace('"id"', "id + 1000")
        refused(f"{verb} INTO {table} ({columns}) SELECT {others} FROM {table} WHERE id = %s", rows[table])


@pytest.mark.skipif(not on_sqlite, reason="UPDATE OR REPLACE is SQLite's")
def test_update_or_replace_is_refused(entry: Entry) -> None:
    refused("UPDATE OR REPLACE audit_entry SET seq = seq + 1 WHERE id = %s", entry.pk)


@pytest.mark.postgres
@pytest.mark.parametrize("table", list(triggers.UNIQUE_KEYS))
def test_upsert_is_refused(rows: dict[str, int], table: str) -> None:
    columns = COLUMNS[table]
    source = f"SELECT {columns} FROM {table} WHERE id = %s"
    changed = {"audit_chain": "kind", "audit_entry": "body", "audit_readentry": "what"}.get(table, "value")
    upsert = f"ON CONFLICT (id) DO UPDATE SET {changed} = 'x'"
    refused(f"INSERT INTO {table} ({columns}) {source} {upsert}", rows[table])


@pytest.mark.postgres
@pytest.mark.parametrize("table", list(triggers.UNIQUE_KEYS))
def test_truncate_is_refused(rows: dict[str, int], table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # else pending checks refuse it before the trigger does
    refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.postgres
def test_replica_role_does_not_pass_by(entry: Entry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() != (True,):
            pytest.skip("only a superuser may set session_replication_role")
        cursor.execute("SET LOCAL session_replication_role = replica")
    refused("UPDATE audit_entry SET body = '{}' WHERE id = %s", entry.pk)
