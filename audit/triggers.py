"""Database triggers that keep the record append-only, on SQLite and on PostgreSQL. 防改触发器

Installed after every migration (apps.py): Django rebuilds a SQLite table on ALTER and its triggers go with
the old table. A trigger's name ends in a digest of its text, so :func:`install` touches (and locks) nothing
that stands. A refusal reaches Python as ``django.db.IntegrityError``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from audit.errors import TriggersStand

PREFIX = "audit_guard_"
FUNCTION = "audit_refuse"
UNIQUE_KEYS: dict[str, list[tuple[str, ...]]] = {
    "audit_chain": [("id",), ("kind", "key")],
    "audit_entry": [("id",), ("chain_id", "seq")],
    "audit_readentry": [("id",)],
    "audit_personalvalue": [("id",), ("commitment",)],
}
SAME = {"sqlite": "IS", "postgresql": "IS NOT DISTINCT FROM"}


@dataclass(frozen=True, slots=True)
class Trigger:
    """One refusal: ``event`` on ``table``, when ``condition`` holds (always, if empty)."""

    table: str
    event: str
    condition: str = ""

    def name(self, vendor: str) -> str:
        text = self._text(vendor, "")
        return f"{PREFIX}{self.table.removeprefix('audit_')}_{self.event.lower()}_{_short(text)}"

    def sql(self, vendor: str) -> str:
        return self._text(vendor, self.name(vendor))

    def _text(self, vendor: str, name: str) -> str:
        refusal = f"audit: {self.event} on {self.table} is refused"
        if vendor == "sqlite":
            when = f"WHEN {self.condition} " if self.condition else ""
            return (
                f'CREATE TRIGGER "{name}" BEFORE {self.event} ON "{self.table}" FOR EACH ROW {when}'
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        when = f"WHEN ({self.condition}) " if self.condition else ""
        each = "STATEMENT" if self.event == "TRUNCATE" else "ROW"
        # ENABLE ALWAYS: else session_replication_role = replica would pass by it.
        return (
            f'CREATE OR REPLACE TRIGGER "{name}" BEFORE {self.event} ON "{self.table}" FOR EACH {each} {when}'
            f"EXECUTE FUNCTION {FUNCTION}(); "
            f'ALTER TABLE "{self.table}" ENABLE ALWAYS TRIGGER "{name}"'
        )


def wanted(vendor: str) -> list[Trigger]:
    """Every trigger of this room for a database vendor (``sqlite`` or ``postgresql``)."""
    same = SAME[vendor]
    triggers = [
        Trigger("audit_entry", "UPDATE"),
        Trigger("audit_readentry", "UPDATE", _not(_sealing(same))),
        Trigger("audit_chain", "UPDATE", _not(_advancing(same))),
        Trigger("audit_personalvalue", "UPDATE", _not(_erasing(same))),
    ]
    for table, keys in UNIQUE_KEYS.items():
        triggers.append(Trigger(table, "DELETE"))
        if vendor == "sqlite":
            # REPLACE deletes the old row without firing DELETE triggers, unless recursive_triggers is on.
            taken = " OR ".join(
                "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in key) + ")" for key in keys
            )
            triggers.append(Trigger(table, "INSERT", f'EXISTS (SELECT 1 FROM "{table}" WHERE {taken})'))
        else:
            triggers.append(Trigger(table, "TRUNCATE"))
    return triggers


def install(connection: BaseDatabaseWrapper) -> list[str]:
    """Create missing triggers, drop those of an older text; return the names created. Idempotent."""
    existing = set(connection.introspection.table_names())
    triggers = {
        trigger.name(connection.vendor): trigger
        for trigger in wanted(connection.vendor)
        if trigger.table in existing
    }
    standing = dict(installed(connection))
    absent = [name for name in triggers if name not in standing]
    outdated = [(name, table) for name, table in standing.items() if name not in triggers]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION_SQL)
        _drop(connection, outdated)
        for name in absent:
            cursor.execute(triggers[name].sql(connection.vendor))
    return absent


def installed(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """(name, table) of this room's triggers that stand and are enabled."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED_SQL[connection.vendor], [f"{PREFIX}%"])
        return [(str(name), str(table)) for name, table in cursor.fetchall()]


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that should stand and do not: somebody dropped or disabled them."""
    standing = {name for name, _table in installed(connection)}
    names = [trigger.name(connection.vendor) for trigger in wanted(connection.vendor)]
    return [name for name in names if name not in standing]


@contextmanager
def disabled(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Switch the triggers off for the block, in one transaction: an exception rolls back that too.

    For tests (tampering, flush) and rehearsals only: raises TriggersStand unless ``settings.REHEARSAL``.
    Restores what stood on entry, so that it may be nested.
    """
    if not getattr(settings, "REHEARSAL", False):
        raise TriggersStand("the triggers are switched off only in a rehearsal")
    connection = connections[using]
    with transaction.atomic(using=using):
        _settle(connection)
        standing = installed(connection)
        _drop(connection, standing)
        yield
        _settle(connection)
        if standing:
            install(connection)


def _drop(connection: BaseDatabaseWrapper, triggers: Iterable[tuple[str, str]]) -> None:
    with connection.cursor() as cursor:
        for name, table in triggers:
            on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{name}"{on}')


def _settle(connection: BaseDatabaseWrapper) -> None:
    """PostgreSQL refuses DDL on a table with pending deferred checks: run them first."""
    if connection.vendor == "postgresql":
        connection.check_constraints()


def _unchanged(same: str, *columns: str) -> str:
    return " AND ".join(f'NEW."{column}" {same} OLD."{column}"' for column in columns)


def _not(condition: str) -> str:
    return f"NOT ({condition})"


def _advancing(same: str) -> str:
    """A chain may stay as it is or advance by exactly one entry."""
    fixed = _unchanged(same, "id", "kind", "key", "authority", "created_at")
    head = _unchanged(same, "head_seq", "head_hash")
    return f"{fixed} AND (({head}) OR NEW.head_seq = OLD.head_seq + 1)"


def _sealing(same: str) -> str:
    """A read entry may be given the number of its seal, once."""
    columns = ("id", "at", "actor_id", "actor_name", "role", "organisation_name", "on_behalf_of")
    fixed = _unchanged(same, *columns, "kind", "key", "what")
    return f"{fixed} AND OLD.sealed_in IS NULL AND NEW.sealed_in IS NOT NULL"


def _erasing(same: str) -> str:
    """A personal value may be erased, with its salt, once."""
    erased = "NEW.value IS NULL AND NEW.salt = '' AND NEW.erased_at IS NOT NULL"
    return f"{_unchanged(same, 'id', 'commitment')} AND OLD.value IS NOT NULL AND {erased}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


FUNCTION_SQL = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'audit: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$body$
"""

INSTALLED_SQL = {
    "sqlite": """
        SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s ORDER BY name
    """,
    "postgresql": """
        SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND t.tgenabled = 'A' AND t.tgname LIKE %s
          AND pg_table_is_visible(c.oid) ORDER BY t.tgname
    """,
}
