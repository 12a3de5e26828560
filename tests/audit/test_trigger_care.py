"""The triggers are put up by migrate, come back when lost, and step aside for rehearsals and the flush."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from pytest_django import Settings

from audit import triggers
from audit.errors import TriggersStand
from audit.models import Chain, Entry, PersonalValue, ReadEntry
from audit.personal import commit_personal
from audit.reads import record_read
from audit.stamps import ActorStamp
from tests.audit.tampering import on_sqlite, refused

Write = Callable[[Chain, int], list[Entry]]
NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@pytest.fixture
def entry(chain: Chain, write: Write) -> Entry:
    return write(chain, 2)[0]


def test_all_triggers_stand_after_migrate(db: None) -> None:
    assert triggers.missing(connection) == []
    names = [name for name, _table in triggers.installed(connection)]
    assert len(names) == len(set(names)) == len(triggers.wanted(connection.vendor)) == 12


def test_install_touches_nothing_that_stands(db: None) -> None:
    assert triggers.install(connection) == []


@pytest.mark.parametrize("place", [0, 5, 11])
def test_missing_trigger_is_named_and_comes_back_with_migrate(db: None, place: int) -> None:
    name, table = triggers.installed(connection)[place]
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"' + ("" if on_sqlite else f' ON "{table}"'))
    assert triggers.missing(connection) == [name]
    call_command("migrate", "audit", verbosity=0)
    assert triggers.missing(connection) == []


@pytest.mark.postgres
def test_disabled_trigger_counts_as_missing_and_comes_back(db: None) -> None:
    name, table = triggers.installed(connection)[0]
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
    assert triggers.missing(connection) == [name]
    assert triggers.install(connection) == [name]
    assert triggers.missing(connection) == []


def test_trigger_of_an_older_text_is_replaced(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    older = triggers.Trigger("audit_readentry", "UPDATE", "NEW.id = 4711")
    with connection.cursor() as cursor:
        cursor.execute(older.sql(connection.vendor))
    triggers.install(connection)
    assert older.name(connection.vendor) not in dict(triggers.installed(connection))


@pytest.mark.skipif(not on_sqlite, reason="only SQLite rebuilds the table")
@pytest.mark.django_db(transaction=True)
def test_rebuilt_table_gets_its_triggers_back() -> None:
    old = Entry._meta.get_field("subject")
    wider = models.CharField(max_length=120, blank=True)
    wider.set_attributes_from_name("subject")
    wider.model = Entry
    with connection.schema_editor() as editor:
        editor.alter_field(Entry, old, wider, strict=True)
    assert len(triggers.missing(connection)) == 3  # the trap: gone without a word
    call_command("migrate", "audit", verbosity=0)
    assert triggers.missing(connection) == []
    with connection.schema_editor() as editor:
        editor.alter_field(Entry, wider, old, strict=True)
    triggers.install(connection)


def test_disabled_lets_through_and_restores(entry: Entry) -> None:
    with triggers.disabled():
        assert triggers.installed(connection) == []
        with triggers.disabled():
            Entry.objects.filter(pk=entry.pk).update(subject="altered")
        assert triggers.installed(connection) == []
    assert triggers.missing(connection) == []
    entry.refresh_from_db()
    assert entry.subject == "altered"


def test_disabled_restores_after_an_error(entry: Entry) -> None:
    with pytest.raises(RuntimeError), triggers.disabled():
        Entry.objects.filter(pk=entry.pk).update(subject="altered")
        raise RuntimeError
    assert triggers.missing(connection) == []
    entry.refresh_from_db()
    assert entry.subject != "altered"


def test_disabled_only_in_a_rehearsal(db: None, settings: Settings) -> None:
    settings.REHEARSAL = False
    with pytest.raises(TriggersStand), triggers.disabled():
        pytest.fail("the triggers were switched off")
    assert triggers.missing(connection) == []


class TestFlush:
    """Two transactional tests in a row: the rows of the first are gone, and the triggers stand."""

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("turn", [1, 2])
    def test_flush_empties_the_record(
        self, turn: int, write: Write, settings: Settings, officer: ActorStamp
    ) -> None:
        settings.REHEARSAL = False  # the teardown must work all the same
        assert not Chain.objects.exists()
        assert not ReadEntry.objects.exists()
        assert not PersonalValue.objects.exists()
        assert triggers.missing(connection) == []
        chain = Chain.objects.create(kind="case", key="1", authority="guiyang", created_at=NOW)
        write(chain, turn)
        record_read(actor=officer, kind="case", key="1", what="case.page")
        with transaction.atomic():
            commit_personal("张三")

    @pytest.mark.django_db(transaction=True)
    def test_the_same_statements_by_hand_are_refused(self, write: Write) -> None:
        chain = Chain.objects.create(kind="case", key="1", authority="guiyang", created_at=NOW)
        write(chain, 1)
        for statement in connection.ops.sql_flush(no_style(), ["audit_entry"]):
            refused(statement)
        assert Entry.objects.count() == 1
