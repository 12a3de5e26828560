"""收件登记: what has arrived, as it stands after corrections, and what rules may ask about it.

The register tells what came and when, by the system's clock; an entry that was wrong is replaced by a later one and
stays readable. Nothing is ever dated back: only a replacing entry may tell an earlier moment, with reason and evidence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from audit import clock
from cases.enums import IntakeKind
from cases.models import Case, IntakeEntry
from cases.numbers import formatted

A4 = "A4"
OTHER_SIZE = "other"
NUMBER = "SJ{year}-{seq:05d}"
PARAM = "paper_copies"
"""The step parameter that says how many paper copies must arrive (``declare`` step, default 1)."""


def entries_of(case: Case) -> list[IntakeEntry]:
    """The whole register of the case in the order of registration, replaced entries included. One query."""
    rows = IntakeEntry.objects.filter(case=case).order_by("pk")
    return list(rows.select_related("registered_by", "on_behalf_of", "organisation", "supersedes"))


def live(entries: Sequence[IntakeEntry]) -> list[IntakeEntry]:
    """The entries that hold: replaced by none, in the order of arrival."""
    replaced = {entry.supersedes_id for entry in entries}
    held = [entry for entry in entries if entry.pk not in replaced]
    return sorted(held, key=lambda entry: (entry.received_at, entry.pk))


def next_entry_number(case: Case, year: int) -> str:
    """The next number of the authority's register of that year, under lock."""
    return formatted(NUMBER, key=f"intake:{case.authority_id}", year=year)


def copies_wanted(case: Case) -> int:
    """How many paper copies the edition asks for."""
    steps = case.edition.pack.programme.lifecycle.steps
    step = steps.get(case.step)
    if step is None or PARAM not in step.params:
        step = next((each for each in steps.values() if PARAM in each.params), None)
    return int(str(step.params[PARAM])) if step is not None else 1


class IntakeFacts:
    """What rules may ask about the register. Read once, with one query."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.entries = live(list(IntakeEntry.objects.filter(case=case).order_by("pk")))

    def _of(self, kind: IntakeKind) -> list[IntakeEntry]:
        return [entry for entry in self.entries if entry.kind == kind and entry.copies]

    def copies(self) -> int:
        """Paper copies that have arrived."""
        return sum(entry.copies for entry in self._of(IntakeKind.PAPER))

    def complete_at(self) -> dt.datetime | None:
        """When as many paper copies had arrived as the edition asks for; before that, when the last one came."""
        paper, held = self._of(IntakeKind.PAPER), 0
        for entry in paper:
            held += entry.copies
            if held >= copies_wanted(self.case):
                return clock.local(entry.received_at)
        return clock.local(paper[-1].received_at) if paper else None

    def size(self) -> str | None:
        """``A4`` when every paper copy is; else ``other``. None: no paper yet."""
        paper = self._of(IntakeKind.PAPER)
        if not paper:
            return None
        return A4 if all(entry.size == A4 for entry in paper) else OTHER_SIZE

    def bound(self) -> bool | None:
        """Whether every paper copy is bound. None: no paper yet."""
        paper = self._of(IntakeKind.PAPER)
        return all(bool(entry.bound) for entry in paper) if paper else None

    def e_copy(self) -> bool:
        """Whether an electronic copy has arrived."""
        return bool(self._of(IntakeKind.ECOPY))

    def e_copy_at(self) -> dt.datetime | None:
        """When the first electronic copy arrived."""
        return next((clock.local(entry.received_at) for entry in self._of(IntakeKind.ECOPY)), None)


INTAKE_FACTS: dict[str, Callable[[IntakeFacts], object]] = {
    "intake.paper_copies": IntakeFacts.copies,
    "intake.paper_received_at": IntakeFacts.complete_at,
    "intake.paper_size": IntakeFacts.size,
    "intake.paper_bound": IntakeFacts.bound,
    "intake.e_copy": IntakeFacts.e_copy,
    "intake.e_copy_received_at": IntakeFacts.e_copy_at,
}
