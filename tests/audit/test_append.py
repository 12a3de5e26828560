"""Writing the record: order, cost, refusals, and what an entry carries."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit import clock
from audit.chain import append, ensure_chain, open_chain
from audit.errors import AuditError, CanonicalError, NotInTransaction
from audit.models import Chain, Entry
from audit.stamps import ActorStamp

Write = Callable[[Chain, int], list[Entry]]
MOMENT = dt.datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def test_append_takes_three_statements_in_order(chain: Chain, officer: ActorStamp) -> None:
    with CaptureQueriesContext(connection) as queries:
        append(chain=chain, action="case.moved", actor=officer, data={"to": "file"})
    statements = [query["sql"] for query in queries.captured_queries]
    assert [statement.split()[0] for statement in statements] == ["SELECT", "INSERT", "UPDATE"]
    assert ("FOR UPDATE" in statements[0]) == connection.features.has_select_for_update


def test_entry_carries_everything(chain: Chain, officer: ActorStamp) -> None:
    entry = append(
        chain=chain,
        action="case.accepted",
        actor=officer,
        subject="0190-x",
        data={"score": Decimal("88.50"), "on": dt.date(2026, 3, 1), "list": [1, None]},
        clause="003·附件6·第二条",
        at=MOMENT,
    )
    entry.refresh_from_db()
    assert entry.content == {
        "actor": {
            "assignment_id": 11,
            "name": "王经办",
            "on_behalf_of": "李审核",
            "on_behalf_of_id": 8,
            "organisation": "市大数据局",
            "organisation_id": 3,
            "role": "officer",
            "system": False,
            "user_id": 7,
        },
        "authority": "guiyang",
        "clause": "003·附件6·第二条",
        "data": {"list": [1, None], "on": "2026-03-01", "score": "88.50"},
        "subject": "0190-x",
    }
    assert entry.at == MOMENT
    assert (entry.actor_id, entry.actor_name, entry.role) == (7, "王经办", "officer")
    assert (entry.organisation_name, entry.subject, entry.alg) == ("市大数据局", "0190-x", "sha256")
    assert entry.on_behalf_of_id == 8


def test_hash_is_that_of_the_documented_preimage(chain: Chain, officer: ActorStamp) -> None:
    first = append(chain=chain, action="case.opened", actor=officer, data={}, at=MOMENT)
    second = append(chain=chain, action="case.moved", actor=officer, data={"界": "线"}, at=MOMENT)
    fields = {
        "action": "case.moved",
        "alg": "sha256",
        "at": "2026-03-01T00:00:00.123456Z",
        "body": json.loads(second.body),
        "chain": f"case:{chain.key}",
        "prev": first.hash,
        "seq": 2,
    }
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert second.hash == hashlib.sha256(text.encode()).hexdigest()


def test_head_follows_and_entries_link(chain: Chain, write: Write) -> None:
    entries = write(chain, 3)
    chain.refresh_from_db()
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.prev_hash for entry in entries] == ["", entries[0].hash, entries[1].hash]
    assert (chain.head_seq, chain.head_hash) == (3, entries[2].hash)


def test_stale_chain_object_is_read_again(chain: Chain, write: Write) -> None:
    stale = Chain.objects.get(pk=chain.pk)
    write(chain, 2)
    assert write(stale, 1)[0].seq == 3


def test_rollback_takes_entry_and_head_back(chain: Chain, write: Write) -> None:
    write(chain, 1)
    with pytest.raises(RuntimeError), transaction.atomic():
        write(chain, 2)
        raise RuntimeError
    chain.refresh_from_db()
    assert chain.head_seq == chain.entries.count() == 1
    assert write(chain, 1)[0].seq == 2


def test_time_is_the_clock_unless_given(chain: Chain, write: Write) -> None:
    clock.set_clock(MOMENT)
    try:
        assert write(chain, 1)[0].at == MOMENT
    finally:
        clock.set_clock(None)


def test_columns_are_cut_to_their_width(chain: Chain) -> None:
    actor = ActorStamp(
        user_id=1,
        name="长" * 400,
        role="officer",
        organisation_id=1,
        organisation="局" * 400,
        assignment_id=1,
    )
    entry = append(chain=chain, action="case.moved", actor=actor, subject="s" * 300, data={})
    entry.refresh_from_db()
    assert (len(entry.actor_name), len(entry.organisation_name), len(entry.subject)) == (150, 200, 100)
    assert entry.content["actor"]["name"] == "长" * 400


@pytest.mark.django_db(transaction=True)
def test_append_outside_a_transaction_is_refused(officer: ActorStamp) -> None:
    chain = open_chain(kind="case", key="1", authority="guiyang")
    with pytest.raises(NotInTransaction):
        append(chain=chain, action="case.moved", actor=officer, data={})
    assert not Entry.objects.exists()


@pytest.mark.parametrize("action", ["", "Case.moved", "case moved", "受理", ".moved", "case:moved"])
def test_action_must_be_a_code(chain: Chain, officer: ActorStamp, action: str) -> None:
    with pytest.raises(AuditError):
        append(chain=chain, action=action, actor=officer, data={})


def test_float_and_naive_time_are_refused(chain: Chain, officer: ActorStamp) -> None:
    with pytest.raises(CanonicalError):
        append(chain=chain, action="case.moved", actor=officer, data={"score": 0.1})
    with pytest.raises(CanonicalError):
        append(chain=chain, action="case.moved", actor=officer, data={}, at=dt.datetime(2026, 1, 1))


def test_chain_of_one_subject_opens_once(chain: Chain) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        open_chain(kind=chain.kind, key=chain.key, authority="guiyang")


@pytest.mark.parametrize(
    ("kind", "key", "authority"),
    [("", "1", "a"), ("case:x", "1", "a"), ("case", "", "a"), ("case", "1", "")],
)
def test_malformed_chain_is_refused(db: None, kind: str, key: str, authority: str) -> None:
    with pytest.raises(AuditError):
        open_chain(kind=kind, key=key, authority=authority)


def test_ensure_chain_opens_or_finds(db: None) -> None:
    opened = ensure_chain(kind="authority", key="guiyang", authority="guiyang")
    assert ensure_chain(kind="authority", key="guiyang", authority="guiyang") == opened
    with pytest.raises(AuditError):
        ensure_chain(kind="authority", key="guiyang", authority="guizhou")


def test_ensure_chain_survives_another_opening_first(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one commits between our look and our INSERT."""
    theirs = open_chain(kind="authority", key="guiyang", authority="guiyang")
    with monkeypatch.context() as patch:
        patch.setattr("django.db.models.query.QuerySet.first", lambda self: None)
        assert ensure_chain(kind="authority", key="guiyang", authority="guiyang") == theirs


def test_system_actor_has_a_name_of_its_own() -> None:
    system = ActorStamp.system_actor()
    assert (system.name, system.role, system.system, system.user_id) == ("系统", "system", True, None)


@pytest.mark.parametrize(("name", "role"), [("", "officer"), ("王经办", "")])
def test_nobody_is_no_actor(name: str, role: str) -> None:
    with pytest.raises(ValueError, match="a name and a role"):
        ActorStamp(user_id=1, name=name, role=role, organisation_id=None, organisation="", assignment_id=None)
