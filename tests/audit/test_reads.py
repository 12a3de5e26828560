"""Who saw what: one INSERT, and no chain head in sight."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ReadEntry
from audit.reads import record_read
from audit.stamps import ActorStamp

MOMENT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@pytest.mark.django_db(transaction=True)
def test_read_is_one_insert_without_a_transaction(officer: ActorStamp) -> None:
    with CaptureQueriesContext(connection) as queries:
        record_read(actor=officer, kind="case", key="1", what="case.page")
    assert [query["sql"].split()[0] for query in queries.captured_queries] == ["INSERT"]


def test_read_says_who_and_what(db: None, officer: ActorStamp) -> None:
    record_read(actor=officer, kind="case", key="0190-x", what="material.download", at=MOMENT)
    read = ReadEntry.objects.values().get()
    del read["id"]
    assert read == {
        "at": MOMENT,
        "actor_id": 7,
        "actor_name": "王经办",
        "role": "officer",
        "organisation_name": "市大数据局",
        "on_behalf_of": "李审核",
        "kind": "case",
        "key": "0190-x",
        "what": "material.download",
        "sealed_in": None,
    }
