"""Database triggers that keep published editions frozen, on SQLite and on PostgreSQL. 防改触发器

Installed after every migration, like the record's own (:mod:`audit.triggers`): Django rebuilds a SQLite table on ALTER
and its triggers go with it. They stand or fall together with the record's: where those have been switched off
(``audit.triggers.disabled``: rehearsals and tests only), these let pass too. A refusal reaches Python as IntegrityError.
"""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "programmes_edition"
PREFIX = "programmes_guard_"
FUNCTION = "programmes_refuse"
FROZEN = ("id", "public_id", "programme_id", "number", "digest", "source", "effective_from", "published_at")
"""Columns that never change once an edition is published; its status may still become ``retired``."""

RECORD_GUARD = "audit_guard_entry_delete_%"

EVENTS: dict[str, tuple[str, ...]] = {
    "sqlite": ("UPDATE", "DELETE", "INSERT"),
    "postgresql": ("UPDATE", "DELETE", "TRUNCATE"),
}


def install(connection: BaseDatabaseWrapper) -> list[str]:
    """Create the triggers that are missing, drop those of an older text; return the names created. Idempotent."""
    if connection.vendor not in EVENTS or TABLE not in connection.introspection.table_names():
        return []
    wanted = {_name(connection.vendor, event): event for event in EVENTS[connection.vendor]}
    standing = set(installed(connection))
    created = [name for name in wanted if name not in standing]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION_SQL)
        for name in standing - wanted.keys():
            on = f' ON "{TABLE}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{name}"{on}')
        for name in created:
            cursor.execute(_sql(connection.vendor, wanted[name], name))
    return created


def installed(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of this room's triggers that stand and are enabled."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED_SQL[connection.vendor], [f"{PREFIX}%"])
        return [str(name) for (name,) in cursor.fetchall()]


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that should stand and do not: somebody dropped or disabled them."""
    standing = set(installed(connection))
    names = [_name(connection.vendor, event) for event in EVENTS[connection.vendor]]
    return [name for name in names if name not in standing]


def _name(vendor: str, event: str) -> str:
    """Ends in a digest of the text, so that a new text replaces the old and an old one is left alone."""
    text = _sql(vendor, event, "") + (FUNCTION_SQL if vendor == "postgresql" else "")
    return f"{PREFIX}{event.lower()}_{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def _sql(vendor: str, event: str, name: str) -> str:
    if vendor == "sqlite":
        return (
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{TABLE}" FOR EACH ROW WHEN {_sqlite_condition(event)} '
            f"AND {RECORD_STANDS_SQLITE} "
            f"BEGIN SELECT RAISE(ABORT, 'programmes: {event} of a published edition is refused'); END"
        )
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    condition = {
        "UPDATE": f"WHEN ({_changed('IS DISTINCT FROM')}) ",
        "DELETE": "WHEN (OLD.status <> 'draft') ",
    }
    return (
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{TABLE}" FOR EACH {each} {condition.get(event, "")}'
        f"EXECUTE FUNCTION {FUNCTION}(); "
        f'ALTER TABLE "{TABLE}" ENABLE ALWAYS TRIGGER "{name}"'
    )


def _sqlite_condition(event: str) -> str:
    if event == "UPDATE":
        return f"({_changed('IS NOT')})"
    if event == "DELETE":
        return "OLD.status <> 'draft'"
    # REPLACE deletes the old row without firing DELETE triggers, unless recursive_triggers is on.
    taken = "id = NEW.id OR public_id = NEW.public_id OR (programme_id = NEW.programme_id AND number = NEW.number)"
    return f"EXISTS (SELECT 1 FROM \"{TABLE}\" WHERE status <> 'draft' AND ({taken}))"


def _changed(differs: str) -> str:
    columns = " OR ".join(f'NEW."{column}" {differs} OLD."{column}"' for column in FROZEN)
    return f"OLD.status <> 'draft' AND (NEW.status = 'draft' OR {columns})"


RECORD_STANDS_SQLITE = (
    f"EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{RECORD_GUARD}')"
)

FUNCTION_SQL = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE '{RECORD_GUARD}'
               AND NOT t.tgisinternal AND t.tgenabled = 'A' AND pg_table_is_visible(c.oid)) THEN
        IF TG_OP <> 'TRUNCATE' OR EXISTS (SELECT 1 FROM {TABLE} WHERE status <> 'draft') THEN
            RAISE EXCEPTION 'programmes: % of a published edition is refused', TG_OP
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END
$body$
"""

INSTALLED_SQL = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s ORDER BY name",
    "postgresql": """
        SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND t.tgenabled = 'A' AND t.tgname LIKE %s AND pg_table_is_visible(c.oid)
        ORDER BY t.tgname
    """,
}
