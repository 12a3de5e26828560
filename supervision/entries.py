"""Browsing the record across the cases of an authority, page by page from the latest. 办理留痕

Pages go on from the last entry shown (keyset): no count, no offset, whatever the number of entries.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from audit import clock
from audit.models import Entry
from cases import policy
from cases.models import Case
from supervision import wording

PAGE = 30


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with its case, as a list shows it."""

    entry: Entry
    case: Case

    @property
    def title(self) -> str:
        """What was done."""
        return wording.action_label(self.entry.action)

    @property
    def who(self) -> str:
        """Who did it, in which role."""
        return wording.actor_line(self.entry)

    @property
    def clause(self) -> str:
        """Under which clause."""
        return wording.clause_of(self.entry)

    @property
    def cursor(self) -> str:
        """Where the next page goes on from: the case and the entry's number in its chain."""
        return f"{self.case.public_id}.{self.entry.seq}"


@dataclass(frozen=True, slots=True)
class Slice:
    """One page; ``older`` is the cursor of the next, '' on the last."""

    found: list[Found]
    older: str


def entries_seen_by(actor: Actor) -> QuerySet[Entry]:
    """The entries of every case that the actor may see, the latest first. One query."""
    mine = policy.visible(actor).values("chain")
    return Entry.objects.filter(chain__in=mine).order_by("-at", "-id")


def matching(
    entries: QuerySet[Entry],
    *,
    action: str = "",
    actor: str = "",
    unit: str = "",
    case: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> QuerySet[Entry]:
    """``entries`` narrowed down. ``actor`` and ``unit`` are parts of names, ``case`` a number or part of a title,

    ``since`` and ``until`` days in Shanghai, both included.
    """
    if action:
        entries = entries.filter(action=action)
    if actor := actor.strip():
        entries = entries.filter(actor_name__icontains=actor)
    if unit := unit.strip():
        entries = entries.filter(organisation_name__icontains=unit)
    if case := case.strip():
        named = Case.objects.filter(Q(case_no__iexact=case) | Q(title__icontains=case))
        entries = entries.filter(chain__in=named.values("chain"))
    if since is not None:
        entries = entries.filter(at__gte=clock.start_of(since))
    if until is not None:
        entries = entries.filter(at__lt=clock.end_of(until))
    return entries


def page_of(entries: QuerySet[Entry], after: str = "", *, size: int = PAGE) -> Slice:
    """The page behind the cursor ``after`` ('' or nonsense: the first). Two queries, three behind a cursor."""
    last = _cursor(after)
    if last is not None:
        entries = entries.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk), at__lte=last.at)
    rows = list(entries[: size + 1])
    found = with_cases(rows[:size])
    return Slice(found, found[-1].cursor if len(rows) > size else "")


def with_cases(entries: Iterable[Entry]) -> list[Found]:
    """The entries with their cases. One query."""
    entries = list(entries)
    chains = {entry.chain_id for entry in entries}
    rows = Case.objects.filter(chain__in=chains).select_related("programme", "edition")
    cases = {case.chain_id: case for case in rows.defer("edition__source")}
    return [Found(entry, cases[entry.chain_id]) for entry in entries]


def _cursor(text: str) -> Entry | None:
    key, _dot, seq = text.rpartition(".")
    try:
        public_id, number = uuid.UUID(key), int(seq)
    except ValueError:
        return None
    return Entry.objects.filter(chain__kind="case", chain__key=str(public_id), seq=number).first()
