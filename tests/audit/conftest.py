"""A chain and the people who write on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from audit.chain import append, open_chain
from audit.models import Chain, Entry
from audit.stamps import ActorStamp
from tests.audit.flush import flush_passes_the_triggers

__all__ = ["flush_passes_the_triggers"]


@pytest.fixture
def officer() -> ActorStamp:
    return ActorStamp(
        user_id=7,
        name="王经办",
        role="officer",
        organisation_id=3,
        organisation="市大数据局",
        assignment_id=11,
        on_behalf_of="李审核",
        on_behalf_of_id=8,
    )


@pytest.fixture
def chain(db: None) -> Chain:
    return open_chain(kind="case", key="0190b0a0-0000-7000-8000-000000000001", authority="guiyang")


@pytest.fixture
def other(db: None) -> Chain:
    return open_chain(kind="round", key="2026-1", authority="guiyang")


@pytest.fixture
def write(officer: ActorStamp) -> Callable[[Chain, int], list[Entry]]:
    """Append ``count`` entries to a chain."""

    def write(chain: Chain, count: int) -> list[Entry]:
        with transaction.atomic():
            return [
                append(
                    chain=chain,
                    action="case.moved",
                    actor=officer,
                    subject=chain.key,
                    data={"number": number, "to": "file"},
                    clause="003·方案·四(一)",
                )
                for number in range(count)
            ]

    return write


@pytest.fixture
def entries(chain: Chain, other: Chain, write: Callable[[Chain, int], list[Entry]]) -> list[Entry]:
    """Five entries, and a second chain that stays sound."""
    write(other, 3)
    return write(chain, 5)
