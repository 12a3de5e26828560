"""The one lock for everything inside a case: its row. 案件锁

viewflow's default lock is none at all, and parallel experts then tear a run apart; so every flow takes this one
(a test asserts it). The engine has the row locked already when it drives a flow.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from accounts.models import Organisation
from audit.models import Chain
from cases import door
from cases.models import Case
from workflows.models import StageRun

READ = (
    *(field.name for field in Case._meta.concrete_fields),
    "programme__code",
    "edition__public_id",
    "edition__digest",
    "edition__programme",
    "round__year",
    "round__name",
    "round__opens_on",
    "round__closes_on",
    "round__status",
    "round__closed_at",
    "round__edition",
    "round__programme",
    "applicant__name",
    "applicant__kind",
)
"""The case whole, and of what it refers to only what nearly every move asks for: whatever else is read when it is."""

LOCKED = (
    Case.objects.select_for_update(of=("self",), no_key=True)
    .select_related("programme", "edition", "round", "applicant")
    .only(*READ)
)


@contextmanager
def case_row_lock(flow_class: Any, process_pk: int) -> Iterator[None]:
    """Hold the row of the run's case. Nothing to do while the engine is at work on that case."""
    case_id = StageRun.objects.values_list("case_id", flat=True).get(pk=process_pk)
    if door.is_open(case_id):
        yield
        return
    with transaction.atomic():
        lock_case(case_id)
        yield


def lock_case(case_id: int | None = None, **named: Any) -> Case:
    """The case, read again under its row lock, with what the door needs. One query.

    It is named by its key, or by what stays its own for good: its public id, an item's (``items__public_id``). Raises
    Case.DoesNotExist.

    The lock leaves the key alone (FOR NO KEY UPDATE): whoever writes a row that refers to the case, beside the door,
    need not wait for it, and so cannot wait in a circle with it.
    """
    rows = LOCKED.filter(**(named or {"pk": case_id}))
    # PostgreSQL joins the row it has waited for with what it found before waiting: a case that was moved to another
    # edition meanwhile matches nothing at the first reading.
    case = next(iter(rows), None) or rows.get()
    case.round.edition, case.round.programme = case.edition, case.programme
    # Of these two only the key is asked for: a row known by its key alone needs no join.
    case.authority = Organisation.from_db(case._state.db, ["id"], [case.authority_id])
    case.chain = Chain.from_db(case._state.db, ["id"], [case.chain_id])
    return case
