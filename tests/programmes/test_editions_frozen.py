"""A published edition never changes: through the model, in the database, by any name; and its pack is read once."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.errors import Refusal
from audit import triggers as record_triggers
from audit.models import Entry
from programmes import packs, triggers
from programmes.editions import load_pack
from programmes.enums import EditionStatus
from programmes.models import Edition
from programmes.models.edition import load_by_digest, pack_of
from tests.factories.accounts import make_authority
from tests.factories.programmes import MINI_DIRECTORY, make_edition, renumbered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change",
    [
        {"digest": "0" * 64},
        {"number": "9"},
        {"source": b"other"},
        {"status": EditionStatus.DRAFT},
    ],
)
def test_the_model_refuses_to_change_what_was_published(change: dict[str, object]) -> None:
    edition = make_edition()
    for name, value in change.items():
        setattr(edition, name, value)
    with pytest.raises(Refusal) as refusal:
        edition.save()
    assert refusal.value.code == "edition_frozen"


def test_saving_without_a_change_passes() -> None:
    edition = make_edition()
    Edition.objects.defer("source").get(pk=edition.pk).save()
    Edition.objects.get(pk=edition.pk).save()
    draft = make_edition(renumbered("2"), publish=False)
    draft.source = b"anything"
    draft.save()


RAW = {
    "source": "UPDATE programmes_edition SET source = %s",
    "digest": "UPDATE programmes_edition SET digest = %s",
    "number": "UPDATE programmes_edition SET number = %s",
    "back to draft": "UPDATE programmes_edition SET status = 'draft' WHERE number <> %s",
    "delete": "DELETE FROM programmes_edition WHERE number <> %s",
}


@pytest.mark.parametrize("what", RAW)
def test_the_database_refuses_too(what: str) -> None:
    edition = make_edition()
    before = Edition.objects.filter(pk=edition.pk).values().get()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RAW[what], [b"x" if what == "source" else "x"])
    assert Edition.objects.filter(pk=edition.pk).values().get() == before


def test_replace_does_not_slip_through() -> None:
    if connection.vendor != "sqlite":
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            make_edition()
            cursor.execute("TRUNCATE programmes_edition CASCADE")
        return
    edition = make_edition()
    columns = [field.column for field in Edition._meta.concrete_fields]
    listed = ", ".join("'x'" if column == "source" else column for column in columns)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT OR REPLACE INTO programmes_edition ({', '.join(columns)}) "
            f"SELECT {listed} FROM programmes_edition WHERE id = %s",
            [edition.pk],
        )
    edition.refresh_from_db()
    assert edition.digest == packs.digest(bytes(edition.source))


def test_drafts_and_retiring_pass_the_database() -> None:
    draft = make_edition(publish=False)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE programmes_edition SET digest = %s WHERE id = %s", ["x", draft.pk])
        cursor.execute("DELETE FROM programmes_edition WHERE id = %s", [draft.pk])
        published = make_edition(renumbered("2"))
        cursor.execute("UPDATE programmes_edition SET status = 'retired' WHERE id = %s", [published.pk])


def test_the_triggers_stand_with_the_records() -> None:
    assert triggers.missing(connection) == []
    assert triggers.install(connection) == []
    edition = make_edition()
    with record_triggers.disabled():
        Edition.objects.filter(pk=edition.pk).update(number="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(number="y")


# -- the pack ------------------------------------------------------------------------------------------------------------


def test_a_cached_pack_costs_no_query() -> None:
    edition = make_edition()
    load_by_digest.cache_clear()
    row = Edition.objects.defer("source").get(pk=edition.pk)
    with CaptureQueriesContext(connection) as queries:
        first = row.pack
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        assert row.pack is first
        assert Edition(digest=row.digest).pack is first
    assert len(queries) == 0
    with CaptureQueriesContext(connection) as queries:
        assert pack_of(edition.pk) is first
    assert len(queries) == 1
    assert "source" not in queries[0]["sql"]


def test_an_unknown_digest_is_no_edition() -> None:
    with pytest.raises(Edition.DoesNotExist):
        load_by_digest("0" * 64)


def test_an_archive_and_its_directory_are_one() -> None:
    authority = make_authority()
    first = load_pack(directory=MINI_DIRECTORY, authority=authority, actor=Actor.system_actor())
    files = packs.read_directory(MINI_DIRECTORY)
    again = load_pack(archive=packs.archive(files), authority=authority, actor=Actor.system_actor())
    assert again == first
    with pytest.raises(TypeError):
        load_pack(authority=authority, actor=Actor.system_actor())


def test_the_record_names_no_words_of_the_pack() -> None:
    make_edition()
    for entry in Entry.objects.filter(action__startswith="edition."):
        assert set(json.loads(entry.body)["data"]) == {"programme", "number", "digest"}


@pytest.mark.django_db(transaction=True)
def test_a_flush_in_tests_passes_the_triggers() -> None:
    """What comes after this test is a flush; it fails unless our triggers stand aside with the record's."""
    make_edition()
    assert triggers.missing(connection) == []
