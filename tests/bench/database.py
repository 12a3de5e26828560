"""The database that is measured: PostgreSQL, if there is one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dj_database_url
from django.conf import settings
from django.db import OperationalError, connections
from django.db.backends.postgresql.base import DatabaseWrapper

LOCAL = "postgres://postgres@127.0.0.1:5432/licheng_bench"


@contextmanager
def best_database() -> Iterator[str]:
    """What is measured in the block, in words: DATABASE_URL's server, else one on this machine, else SQLite."""
    own = connections["default"]
    if own.vendor == "postgresql":
        yield "PostgreSQL (DATABASE_URL)"
        return
    there = DatabaseWrapper(_settings(), "default")
    try:
        with there._nodb_cursor():
            pass
    except OperationalError:
        yield f"SQLite in memory; no PostgreSQL at {LOCAL}: the ratios hold, the times do not"
        return
    name = settings.DATABASES["default"]["NAME"]
    connections["default"] = there
    try:
        there.creation.create_test_db(verbosity=0, autoclobber=True)
        yield f"PostgreSQL ({LOCAL})"
    finally:
        there.creation.destroy_test_db("licheng_bench", verbosity=0)
        connections["default"] = own
        settings.DATABASES["default"]["NAME"] = name


def _settings() -> dict[str, Any]:
    parsed: Any = dj_database_url.parse(LOCAL)
    return connections.configure_settings({"default": parsed})["default"]
