"""Verifying what is sound, in chunks, while others write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import verify
from audit.chain import append, open_chain
from audit.enums import FaultCode
from audit.models import Chain, Entry
from audit.stamps import ActorStamp
from audit.verify import Fault, verify_all, verify_chain
from tests.audit.tampering import expect, tamper

Write = Callable[[Chain, int], list[Entry]]


def test_sound_chains_are_sound(chain: Chain, entries: list[Entry]) -> None:
    assert verify_chain(chain) is None
    report = verify_all()
    assert (report.ok, report.chains, report.entries, report.faults) == (True, 2, 8, ())


def test_empty_chain_is_sound(chain: Chain) -> None:
    assert verify_chain(chain) is None
    assert verify_all().chains == 1


def test_reason_is_in_words() -> None:
    fault = Fault("case:1", 3, FaultCode.COLUMN, "actor_name")
    assert fault.reason == "检索列与正文不符（行为人）"
    assert replace(fault, code=FaultCode.MISSING, column="").reason == "缺少该序号的留痕"


def test_one_kind_alone(chain: Chain, entries: list[Entry]) -> None:
    report = verify_all(kind="round")
    assert (report.chains, report.entries) == (1, 3)


@pytest.mark.parametrize(("chains_at_a_time", "entries_at_a_time"), [(1, 1), (2, 3), (3, 100)])
def test_chunks_do_not_change_the_answer(
    monkeypatch: pytest.MonkeyPatch,
    chain: Chain,
    entries: list[Entry],
    write: Write,
    chains_at_a_time: int,
    entries_at_a_time: int,
) -> None:
    monkeypatch.setattr(verify, "CHAINS_AT_A_TIME", chains_at_a_time)
    monkeypatch.setattr(verify, "ENTRIES_AT_A_TIME", entries_at_a_time)
    for number in range(4):
        write(open_chain(kind="batch", key=str(number), authority="guiyang"), number)
    report = verify_all()
    assert (report.ok, report.chains, report.entries) == (True, 6, 14)
    tamper("UPDATE audit_entry SET action = 'x' WHERE id = %s", entries[3].pk)
    expect(chain, 4, FaultCode.CONTENT)


def test_queries_do_not_grow_with_chains(chain: Chain, entries: list[Entry], write: Write) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert verify_all().ok
        return len(queries)

    few = count()
    for number in range(20):
        write(open_chain(kind="batch", key=str(number), authority="guiyang"), 3)
    assert count() == few == 5  # chains, entries, strays, no more chains, orphans


def test_appending_while_verifying_is_no_fault(
    chain: Chain, entries: list[Entry], officer: ActorStamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another door appends after the heads were read and before the entries are."""
    read = verify._entries

    def append_first(chains: list[Chain]) -> object:
        append(chain=chain, action="case.moved", actor=officer, data={})
        return read(chains)

    monkeypatch.setattr(verify, "_entries", append_first)
    assert verify_chain(chain) is None
    assert verify_all().ok
