"""Personal data: committed, revealed, erased; the chain stands through all of it."""

from __future__ import annotations

import hashlib

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from audit import triggers
from audit.chain import append
from audit.errors import (
    NotInTransaction,
    PersonalValueAltered,
    PersonalValueErased,
    UnknownCommitment,
)
from audit.models import Chain, PersonalValue
from audit.personal import commit_personal, digest, erase_personal, reveal
from audit.stamps import ActorStamp
from audit.verify import verify_all, verify_personal

PHONE = "13800000000"


def test_value_is_committed_and_revealed(db: None) -> None:
    commitment = commit_personal(PHONE)
    row = PersonalValue.objects.get()
    assert commitment == "p:sha256:" + hashlib.sha256(f"{row.salt}:{PHONE}".encode()).hexdigest()
    assert len(row.salt) == 64
    assert reveal(commitment) == PHONE


def test_same_value_gives_unlinkable_commitments(db: None) -> None:
    assert commit_personal(PHONE) != commit_personal(PHONE)


@pytest.mark.django_db(transaction=True)
def test_commitment_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction):
        commit_personal(PHONE)
    assert not PersonalValue.objects.exists()


def test_value_goes_with_the_change_it_came_with(db: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        commit_personal(PHONE)
        raise RuntimeError
    assert not PersonalValue.objects.exists()


def test_erasure_leaves_nothing_and_breaks_nothing(chain: Chain, officer: ActorStamp) -> None:
    commitment = commit_personal(PHONE)
    append(chain=chain, action="case.contact", actor=officer, data={"phone": commitment})
    entry = erase_personal(
        commitment=commitment,
        chain=chain,
        actor=officer,
        reason="本人申请",
        clause="个人信息保护法·第四十七条",
    )
    assert reveal(commitment) is None
    row = PersonalValue.objects.get()
    assert (row.value, row.salt, row.erased_at) == (None, "", entry.at)
    assert entry.action == "personal.erased"
    assert entry.content["data"] == {"commitment": commitment, "reason": "本人申请"}
    assert verify_all().ok
    assert verify_personal() == (1, [])


def test_erasing_twice_is_refused_and_not_recorded(chain: Chain, officer: ActorStamp) -> None:
    commitment = commit_personal(PHONE)
    erase_personal(commitment=commitment, chain=chain, actor=officer, reason="本人申请")
    with pytest.raises(PersonalValueErased):
        erase_personal(commitment=commitment, chain=chain, actor=officer, reason="本人申请")
    assert chain.entries.count() == 1


@pytest.mark.parametrize("commitment", ["p:sha256:" + "0" * 64, "0" * 64, "", "p:sm3:" + "0" * 64])
def test_unknown_commitment(chain: Chain, officer: ActorStamp, commitment: str) -> None:
    with pytest.raises(UnknownCommitment):
        reveal(commitment)
    with pytest.raises(UnknownCommitment):
        erase_personal(commitment=commitment, chain=chain, actor=officer, reason="本人申请")


def test_bare_hex_is_not_a_commitment(db: None) -> None:
    commitment = commit_personal(PHONE)
    with pytest.raises(UnknownCommitment):
        reveal(commitment.removeprefix("p:sha256:"))


@pytest.mark.parametrize(
    "change",
    [{"value": "13900000000"}, {"value": None}, {"salt": "00"}, {"commitment": "0" * 64}],
    ids=lambda change: next(iter(change)),
)
def test_altered_value_is_found(db: None, change: dict[str, str | None]) -> None:
    commitment = commit_personal(PHONE)
    commit_personal("sound")
    with triggers.disabled():
        PersonalValue.objects.filter(commitment=commitment.removeprefix("p:sha256:")).update(**change)
    named = "p:sha256:" + (change.get("commitment") or commitment.removeprefix("p:sha256:"))
    assert verify_personal() == (2, [named])
    with pytest.raises(PersonalValueAltered):
        reveal(named)


@given(st.text(), st.text())
def test_digest_tells_values_apart(one: str, two: str) -> None:
    """Not of the hash itself: of how salt and value are put together."""
    salt = "ab" * 32
    assert (digest(salt=salt, value=one) == digest(salt=salt, value=two)) == (one == two)
