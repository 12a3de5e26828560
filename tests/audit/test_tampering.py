"""Tampering with the triggers switched off: the verification names the first bad entry and what is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import canonical, triggers
from audit.enums import FaultCode
from audit.models import Chain, Entry
from audit.stamps import ActorStamp
from audit.verify import Fault, verify_all, verify_chain
from tests.audit.tampering import expect, forge, on_sqlite, run, tamper, undone

COVERED = {
    "chain": None,  # moved to another chain: below
    "seq": None,  # gaps, doubles, swaps: below
    "at": (dt.datetime(2020, 1, 1, tzinfo=dt.UTC), FaultCode.CONTENT, ""),
    "action": ("case.closed", FaultCode.CONTENT, ""),
    "body": ('{"actor":{}}', FaultCode.CONTENT, ""),
    "prev_hash": ("0" * 64, FaultCode.PREVIOUS, ""),
    "hash": ("0" * 64, FaultCode.CONTENT, ""),
    "alg": ("md5", FaultCode.ALGORITHM, ""),
    "actor_id": (99, FaultCode.COLUMN, "actor_id"),
    "actor_name": ("别人", FaultCode.COLUMN, "actor_name"),
    "role": ("chief", FaultCode.COLUMN, "role"),
    "organisation_name": ("别局", FaultCode.COLUMN, "organisation_name"),
    "subject": ("else", FaultCode.COLUMN, "subject"),
    "on_behalf_of_id": (99, FaultCode.COLUMN, "on_behalf_of_id"),
}


def test_every_column_is_covered() -> None:
    """``id`` is this database's own number of the row; nothing is said by it."""
    assert {field.name for field in Entry._meta.concrete_fields} == {"id", *COVERED}


@pytest.mark.parametrize("column", [name for name, case in COVERED.items() if case])
@pytest.mark.parametrize("seq", [1, 3, 5])
def test_altered_column_is_found(chain: Chain, entries: list[Entry], column: str, seq: int) -> None:
    case = COVERED[column]
    assert case is not None
    value, code, named = case
    with triggers.disabled():
        Entry.objects.filter(chain=chain, seq=seq).update(**{column: value})
    expect(chain, seq, code, named)


def test_first_of_several_is_named(chain: Chain, entries: list[Entry]) -> None:
    with triggers.disabled():
        Entry.objects.filter(chain=chain, seq__in=[2, 4, 5]).update(action="case.closed")
    expect(chain, 2, FaultCode.CONTENT)


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_removed_entry_is_missed(chain: Chain, entries: list[Entry], seq: int) -> None:
    tamper("DELETE FROM audit_entry WHERE id = %s", entries[seq - 1].pk)
    expect(chain, seq, FaultCode.MISSING)


def test_removed_tail_is_missed(chain: Chain, entries: list[Entry]) -> None:
    tamper("DELETE FROM audit_entry WHERE chain_id = %s AND seq > 3", chain.pk)
    expect(chain, 4, FaultCode.MISSING)


def test_removed_whole_record_is_missed(chain: Chain, entries: list[Entry]) -> None:
    tamper("DELETE FROM audit_entry WHERE chain_id = %s", chain.pk)
    expect(chain, 1, FaultCode.MISSING)


def test_removed_tail_with_a_lowered_head_number_does_not_fit_the_hash(
    chain: Chain, entries: list[Entry]
) -> None:
    tamper("DELETE FROM audit_entry WHERE chain_id = %s AND seq > 3", chain.pk)
    tamper("UPDATE audit_chain SET head_seq = 3 WHERE id = %s", chain.pk)
    expect(chain, 3, FaultCode.HEAD)


def test_lowered_head_leaves_an_entry_outside(chain: Chain, entries: list[Entry]) -> None:
    tamper("UPDATE audit_chain SET head_seq = 4, head_hash = %s WHERE id = %s", entries[3].hash, chain.pk)
    expect(chain, 5, FaultCode.OUT_OF_RANGE)


def test_entry_before_the_first_is_found(chain: Chain, entries: list[Entry]) -> None:
    stray = Entry.objects.get(pk=entries[0].pk)
    stray.pk, stray.seq = None, 0
    stray.save(force_insert=True)
    expect(chain, 0, FaultCode.OUT_OF_RANGE)


@pytest.mark.django_db(transaction=True)
def test_duplicated_number_is_found(
    chain: Chain, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    constraint = Entry._meta.constraints[0]
    with monkeypatch.context() as patch, connection.schema_editor() as editor:
        patch.setattr(Entry._meta, "constraints", [])
        editor.remove_constraint(Entry, constraint)
    double = Entry.objects.get(pk=entries[2].pk)
    double.pk = None
    try:
        double.save(force_insert=True)
        expect(chain, 3, FaultCode.DUPLICATE)
    finally:
        tamper("DELETE FROM audit_entry WHERE id = %s", double.pk)
        with connection.schema_editor() as editor:
            editor.add_constraint(Entry, constraint)
        triggers.install(connection)


@pytest.mark.parametrize(("one", "two"), [(1, 2), (2, 3), (2, 5)])
def test_swapped_entries_are_found(chain: Chain, entries: list[Entry], one: int, two: int) -> None:
    with triggers.disabled():
        for pk, seq in [
            (entries[one - 1].pk, 99),
            (entries[two - 1].pk, one),
            (entries[one - 1].pk, two),
        ]:
            run("UPDATE audit_entry SET seq = %s WHERE id = %s", seq, pk)
    expect(chain, one, FaultCode.PREVIOUS)


def test_swapped_bodies_are_found(chain: Chain, entries: list[Entry]) -> None:
    with triggers.disabled():
        run("UPDATE audit_entry SET body = %s WHERE id = %s", entries[3].body, entries[2].pk)
        run("UPDATE audit_entry SET body = %s WHERE id = %s", entries[2].body, entries[3].pk)
    expect(chain, 3, FaultCode.CONTENT)


def test_rewritten_entry_breaks_the_next_one(chain: Chain, entries: list[Entry]) -> None:
    content = entries[2].content
    content["data"] = {"number": 2, "to": "accredit"}
    forge(entries[2], body=canonical.dumps(content))
    expect(chain, 4, FaultCode.PREVIOUS)


def test_rewritten_last_entry_does_not_fit_the_head(chain: Chain, entries: list[Entry]) -> None:
    forge(entries[4], action="case.closed")
    expect(chain, 5, FaultCode.HEAD)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda body: "{ " + body[1:], id="space"),
        pytest.param(lambda body: '{"actor":{},' + body[1:], id="double key"),
        pytest.param(lambda body: body.replace('"number":4', '"number":4.5'), id="float"),
        pytest.param(lambda body: body.replace("市", "\\u5e02"), id="escaped"),
        pytest.param(lambda body: body.replace('"clause"', '"claus"').replace('"actor"', '"act"'), id="key"),
        pytest.param(lambda body: body.replace('"王经办"', "null"), id="name"),
        pytest.param(lambda body: "[]", id="list"),
        pytest.param(lambda body: "not json", id="text"),
    ],
)
def test_forged_body_must_still_be_a_body(
    chain: Chain, entries: list[Entry], spoil: Callable[[str], str]
) -> None:
    body = spoil(entries[4].body)
    assert body != entries[4].body
    forge(entries[4], body=body)
    expect(chain, 5, FaultCode.BODY)


def test_entry_moved_to_another_chain_is_found(chain: Chain, other: Chain, entries: list[Entry]) -> None:
    tamper("UPDATE audit_entry SET chain_id = %s WHERE id = %s", other.pk, entries[4].pk)
    assert verify_chain(chain) == Fault(chain.label, 5, FaultCode.MISSING)
    assert verify_chain(other) == Fault(other.label, 5, FaultCode.OUT_OF_RANGE)
    assert {fault.chain for fault in verify_all().faults} == {chain.label, other.label}


def test_chains_with_exchanged_names_are_found(chain: Chain, entries: list[Entry]) -> None:
    tamper("UPDATE audit_chain SET kind = 'round' WHERE id = %s", chain.pk)
    assert verify_chain(chain) == Fault(f"round:{chain.key}", 1, FaultCode.CONTENT)


def test_chain_given_to_another_authority_is_found(chain: Chain, entries: list[Entry]) -> None:
    tamper("UPDATE audit_chain SET authority = 'guizhou' WHERE id = %s", chain.pk)
    expect(chain, 1, FaultCode.AUTHORITY)


def test_entries_without_their_chain_are_found(chain: Chain, entries: list[Entry]) -> None:
    pk = chain.pk
    with undone():
        for name, table in triggers.installed(connection):
            run(f'DROP TRIGGER "{name}"' + ("" if on_sqlite else f' ON "{table}"'))
        run("DELETE FROM audit_chain WHERE id = %s", pk)
        assert verify_all().faults == (Fault(f"#{pk}", 1, FaultCode.ORPHAN),)


@pytest.mark.skipif(not on_sqlite, reason="PostgreSQL has types: such a value never gets in")
@pytest.mark.parametrize(
    ("assignment", "seq", "code"),
    [
        ("at = 'yesterday'", 3, FaultCode.UNREADABLE),
        ("action = CAST(x'ff' AS TEXT)", 3, FaultCode.UNREADABLE),
        ("seq = 'three'", 0, FaultCode.OUT_OF_RANGE),
        ("body = x'7b7d'", 3, FaultCode.CONTENT),
    ],
)
def test_bytes_forced_into_sqlite_are_found(
    chain: Chain, entries: list[Entry], assignment: str, seq: int, code: FaultCode
) -> None:
    tamper(f"UPDATE audit_entry SET {assignment} WHERE id = %s", entries[2].pk)
    expect(chain, seq, code)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_single_change_is_found(
    chain: Chain, entries: list[Entry], officer: ActorStamp, data: st.DataObject
) -> None:
    """Whatever text column of whatever entry becomes whatever else: found, at that entry."""
    texts = [
        f.name for f in Entry._meta.concrete_fields if isinstance(f, models.CharField | models.TextField)
    ]
    column, seq = data.draw(st.sampled_from(texts)), data.draw(st.integers(1, 5))
    old = getattr(entries[seq - 1], column)
    text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=16)
    new = data.draw(text.filter(lambda value: value != old))
    with undone():
        with triggers.disabled():
            Entry.objects.filter(chain=chain, seq=seq).update(**{column: new})
        fault = verify_chain(chain)
        assert fault is not None
        assert (fault.chain, fault.seq) == (chain.label, seq)
