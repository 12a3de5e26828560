"""Reading the record with suspicion: is every entry where it was written, as it was written? 核验

What a verification of the database alone cannot see: a tail or a whole chain rewritten together with its
head by somebody who may drop triggers. That is what published seals are for.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from django.db import OperationalError, models
from django.db.models import Exists, F, OuterRef, Q

from audit import canonical, hashing
from audit.enums import FaultCode
from audit.errors import AuditError
from audit.models import Chain, Entry, PersonalValue
from audit.personal import PREFIX, stands

CHAINS_AT_A_TIME = 200
ENTRIES_AT_A_TIME = 10_000

# SQLite keeps whatever bytes somebody forces into a column; the reading of such a row fails in these ways.
UNREADABLE = (ValueError, TypeError, AttributeError, OperationalError)


class Broken(NamedTuple):
    """An entry that exists and cannot be read."""

    chain_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class Fault:
    """核验发现的问题: the first bad entry of a chain; ``column`` names the altered column, if it is one."""

    chain: str
    seq: int
    code: FaultCode
    column: str = ""

    @property
    def reason(self) -> str:
        """What is wrong, in words (translated)."""
        label = str(self.code.label)
        if not self.column:
            return label
        field = cast("models.Field[Any, Any]", Entry._meta.get_field(self.column))
        return f"{label}（{field.verbose_name}）"


@dataclass(frozen=True, slots=True)
class Report:
    """核验结果: how much was read, and the first bad entry of each bad chain."""

    chains: int
    entries: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


def verify_chain(chain: Chain) -> Fault | None:
    """Read one chain from its first entry to its head; the first fault, or None. Safe while others append."""
    _entries, faults = _verify(list(Chain.objects.filter(pk=chain.pk)))
    return faults[0] if faults else None


def verify_all(*, kind: str | None = None) -> Report:
    """Read all chains (or those of one kind) in chunks, and look for entries whose chain is gone."""
    chains = entries = 0
    faults: list[Fault] = []
    for group in _groups(kind):
        read, found = _verify(group)
        chains += len(group)
        entries += read
        faults += found
    if kind is None:
        faults += _orphans()
    return Report(chains=chains, entries=entries, faults=tuple(faults))


def verify_personal() -> tuple[int, list[str]]:
    """How many personal values were read, and the commitments whose stored value is not the one committed."""
    rows = read = 0
    altered: list[str] = []
    while page := list(PersonalValue.objects.filter(pk__gt=rows).order_by("pk")[:ENTRIES_AT_A_TIME]):
        rows = page[-1].pk
        read += len(page)
        altered += [PREFIX + row.commitment for row in page if not stands(row)]
    return read, altered


class _Walk:
    """One chain being read in order of seq, up to the head as it stood when the reading began."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.seq = 0
        self.hash = ""
        self.read = 0
        self.fault: Fault | None = None

    def feed(self, entry: Entry | Broken) -> None:
        self.read += 1
        if self.fault is not None:
            return
        if entry.seq == self.seq:
            self._fail(entry.seq, FaultCode.DUPLICATE)
        elif entry.seq != self.seq + 1:
            self._fail(self.seq + 1, FaultCode.MISSING)
        elif isinstance(entry, Broken) or entry.at is None:  # None: SQLite holds a text that is no time
            self._fail(entry.seq, FaultCode.UNREADABLE)
        elif entry.prev_hash != self.hash:
            self._fail(entry.seq, FaultCode.PREVIOUS)
        else:
            self.fault = _inspect(self.chain, entry)
            self.seq, self.hash = entry.seq, entry.hash

    def close(self) -> None:
        """All entries up to the head are read: does the head agree?"""
        if self.fault is not None:
            return
        if self.seq < self.chain.head_seq:
            self._fail(self.seq + 1, FaultCode.MISSING)
        elif self.hash != self.chain.head_hash:
            self._fail(self.seq, FaultCode.HEAD)

    def _fail(self, seq: int, code: FaultCode) -> None:
        self.fault = Fault(self.chain.label, seq, code)


def _inspect(chain: Chain, entry: Entry) -> Fault | None:
    """What is wrong with an entry that stands in the right place."""

    def fault(code: FaultCode, column: str = "") -> Fault:
        return Fault(chain.label, entry.seq, code, column)

    algorithm = hashing.ALGORITHMS.get(entry.alg)
    if algorithm is None:
        return fault(FaultCode.ALGORITHM)
    preimage = hashing.preimage(
        alg=entry.alg,
        chain=chain.label,
        seq=entry.seq,
        at=entry.at,
        action=entry.action,
        body=entry.body,
        prev=entry.prev_hash,
    )
    if algorithm(preimage) != entry.hash:
        return fault(FaultCode.CONTENT)
    try:
        content = json.loads(entry.body)
        if canonical.dumps(content) != entry.body:
            return fault(FaultCode.BODY)
        derived = hashing.columns_of(content)
        authority = content["authority"]
    except (ValueError, KeyError, TypeError, AuditError):
        return fault(FaultCode.BODY)
    for column, value in derived.items():
        if getattr(entry, column) != value:
            return fault(FaultCode.COLUMN, column)
    return None if authority == chain.authority else fault(FaultCode.AUTHORITY)


def _verify(chains: Sequence[Chain]) -> tuple[int, list[Fault]]:
    """Entries read, and the first fault of each of ``chains``, in their order."""
    walks = {chain.pk: _Walk(chain) for chain in chains}
    for entry in _entries(chains):
        walks[entry.chain_id].feed(entry)
    for walk in walks.values():
        walk.close()
    for pk, seq in _strays(chains).items():
        found = walks[pk].fault
        if found is None or seq < found.seq:
            walks[pk].fault = Fault(walks[pk].chain.label, seq, FaultCode.OUT_OF_RANGE)
    faults = [walk.fault for walk in walks.values() if walk.fault is not None]
    return sum(walk.read for walk in walks.values()), faults


def _groups(kind: str | None) -> Iterator[list[Chain]]:
    last = 0
    chains = Chain.objects.order_by("pk") if kind is None else Chain.objects.filter(kind=kind).order_by("pk")
    while group := list(chains.filter(pk__gt=last)[:CHAINS_AT_A_TIME]):
        last = group[-1].pk
        yield group


def _entries(chains: Sequence[Chain]) -> Iterator[Entry | Broken]:
    """Entries 1 … head of each chain, each in order of seq; read by windows of seq: no offset, no cursor."""
    low = 0
    while live := [chain.pk for chain in chains if chain.head_seq > low]:
        heads = {chain.pk: chain.head_seq for chain in chains}
        high = low + max(1, ENTRIES_AT_A_TIME // len(live))
        window = Entry.objects.filter(chain_id__in=live, seq__gt=low, seq__lte=high)
        for entry in _read(window.order_by("chain_id", "seq", "pk")):
            # Beyond the head: appended since, or astray (then _strays finds it).
            if entry.seq <= heads[entry.chain_id]:
                yield entry
        low = high


def _read(window: models.QuerySet[Entry]) -> Sequence[Entry | Broken]:
    try:
        return list(window)
    except UNREADABLE:
        return [_read_one(window, pk, place) for pk, *place in window.values_list("pk", "chain_id", "seq")]


def _read_one(window: models.QuerySet[Entry], pk: int, place: Sequence[int]) -> Entry | Broken:
    try:
        return window.get(pk=pk)
    except UNREADABLE:
        return Broken(*place)


def _strays(chains: Sequence[Chain]) -> dict[int, int]:
    """Chain pk → lowest seq of an entry outside 1 … head.

    One statement compares entry and head as of one moment, so that an append under way is no fault.
    """
    strays: dict[int, list[int]] = defaultdict(list)
    outside = Q(seq__lt=1) | Q(seq__gt=F("chain__head_seq"))
    entries = Entry.objects.filter(chain_id__in=[chain.pk for chain in chains]).filter(outside)
    for pk, seq in entries.values_list("chain_id", "seq"):
        strays[pk].append(seq if isinstance(seq, int) else 0)  # SQLite lets a text into an integer column
    return {pk: min(seqs) for pk, seqs in strays.items()}


def _orphans() -> list[Fault]:
    """The first entry of each chain whose row is gone."""
    gone = Entry.objects.filter(~Exists(Chain.objects.filter(pk=OuterRef("chain_id"))))
    first: dict[int, int] = {}
    for pk, seq in gone.order_by("chain_id", "-seq").values_list("chain_id", "seq"):
        first[pk] = seq
    return [Fault(f"#{pk}", seq, FaultCode.ORPHAN) for pk, seq in first.items()]
