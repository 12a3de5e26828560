"""The flush between transactional tests, past the triggers of the record.

``@pytest.mark.django_db(transaction=True)`` empties every table after the test (DELETE on SQLite, TRUNCATE
on PostgreSQL); the triggers refuse both, as they should. This fixture lets ``flush`` alone switch them off,
inside the transaction of the flush. ``tests/conftest.py`` imports it, for the whole suite.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test.utils import override_settings

from audit import triggers


@pytest.fixture(scope="session", autouse=True)
def flush_passes_the_triggers() -> Iterator[None]:
    """Wrap the one method through which Django's flush runs, for every database and every thread."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
        # A test may have set REHEARSAL to False and be torn down before its settings are put back.
        with override_settings(REHEARSAL=True), triggers.disabled(self.connection.alias):
            flush(self, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", execute_sql_flush)
        yield
