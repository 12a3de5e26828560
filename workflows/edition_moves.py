"""Moving cases to another edition: explicit, reasoned, on the record, and tried dry first. 迁移政策版本

Running cases stay on the edition they pinned. Where an office decides that some are to go on under a newer one, each is
moved by its own turn of the door: the step must exist there with the same procedure, what waits must still wait there,
and time limits whose length changed are reckoned anew from the day on which they began.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from audit import clock
from audit.punctuation import listed
from cases import deadlines
from cases.errors import NotAllowed
from cases.models import Case, Deadline
from cases.sealing import limit_start, waits_for_seal
from programmes.calendar import PauseReason, StartRule, WorkCalendar, compute
from programmes.enums import EditionStatus
from programmes.models import Edition
from programmes.procedures import PROCEDURES
from programmes.schema import DeadlineSpec, Pack, Slot
from programmes.slot_types import SlotError, read_slot
from programmes.soundness import active_duties, side_duties
from workflows import items, limits
from workflows.enums import ItemStatus, Track
from workflows.models import StageRun, WorkItem

HELD = frozenset({"seats", "units", "slots"})
"""What a run has been given since it began, and keeps."""


@dataclass(frozen=True, slots=True)
class LimitChange:
    """A time limit that would be another: what waits, and the day before and after (None: no limit)."""

    duty: str
    before: dt.date | None
    after: dt.date | None


@dataclass(frozen=True, slots=True)
class CaseMove:
    """What moving one case would do, or why it cannot be moved (``refusal``)."""

    case_id: uuid.UUID
    case_no: str
    title: str
    step: str
    limits: tuple[LimitChange, ...] = ()
    refusal: str = ""


def plan(cases: Iterable[Case], edition: Edition) -> list[CaseMove]:
    """The dry run: what :func:`workflows.engine.move_edition` would do to each, nothing written."""
    moves = []
    for case in cases:
        refusal = why_not(case, edition)
        changes = () if refusal else tuple(_limit_changes(case, edition.pack))
        moves.append(CaseMove(case.public_id, case.case_no, case.title, case.step, changes, refusal))
    return moves


def carry_out(case: Case, edition: Edition) -> CaseMove:
    """Move the locked case. Called by :func:`workflows.engine.move_edition` within its transaction.

    Raises NotAllowed (``cannot_move``) with the reason of the dry run.
    """
    if refusal := why_not(case, edition):
        raise NotAllowed("cannot_move", refusal)
    changes = tuple(_rearm(case, edition.pack))
    case.edition = edition
    _new_params(case, edition.pack)
    return CaseMove(case.public_id, case.case_no, case.title, case.step, changes)


def why_not(case: Case, edition: Edition) -> str:
    """Why the case cannot go on under the edition, in the user's language; '' when it can."""
    if edition.programme_id != case.programme_id:
        return _("目标版本属于其他事项。")
    if edition.status != EditionStatus.PUBLISHED:
        return _("目标版本尚未发布，或者已停用。")
    if edition.pk == case.edition_id:
        return _("案件已适用该版本。")
    if case.closure:
        return _("案件已办结。")
    return _does_not_fit(case, edition.pack)


def _does_not_fit(case: Case, pack: Pack) -> str:
    old, new = case.edition.pack.programme, pack.programme
    here, there = old.lifecycle.steps[case.step], new.lifecycle.steps.get(case.step)
    if there is None or (there.stage, there.kind, there.procedure) != (here.stage, here.kind, here.procedure):
        return _("目标版本没有案件所处的环节“%(step)s”。") % {"step": here.title}
    if strange := sorted(new.slots.keys() - case.round.edition.pack.programme.slots.keys()):
        return _("目标版本的待定值在本批次没有确定：%(names)s。") % {"names": _titles(new.slots, strange)}
    decided = case.round.slot_values.filter(superseded=False).values_list("name", "value")
    if unfit := sorted(
        name for name, value in decided if name in new.slots and not _takes(new.slots[name], value)
    ):
        return _("本批次已确定的待定值不符合目标版本的要求：%(names)s。") % {
            "names": _titles(new.slots, unfit)
        }
    waiting = _waiting(case)
    known = {(there.procedure, duty.code) for duty in active_duties(there)}
    for side in new.side.values():
        known |= {(side.flow, duty.code) for duty in side_duties(side)}
    known |= {("command", code) for code in there.commands}
    for item in waiting:
        if (item.procedure, item.duty) not in known:
            return _("目标版本没有正在办理的事项“%(duty)s”。") % {"duty": item.duty}
    missing = sorted(side.step for side in _side_runs(case) if side.step not in new.side)
    if missing:
        return _("目标版本没有正在进行的并行程序：%(names)s。") % {"names": listed(missing)}
    return ""


def _titles(slots: Mapping[str, Slot], names: Iterable[str]) -> str:
    return listed(str(slots[name].title) for name in names)


def _takes(slot: Slot, value: object) -> bool:
    try:
        read_slot(slot, value)
    except SlotError:
        return False
    return True


def _waiting(case: Case) -> list[WorkItem]:
    rows = WorkItem.objects.filter(case=case, status=ItemStatus.OPEN).select_related("deadline", "run")
    return list(rows.order_by("pk"))


def _side_runs(case: Case) -> list[StageRun]:
    return list(StageRun.objects.filter(case=case, track=Track.SIDE, finished__isnull=True))


def _limit_changes(case: Case, pack: Pack) -> Iterator[LimitChange]:
    for item, spec in _with_specs(case, pack):
        if _stands_still(item):
            continue
        before = item.due_on
        after = _due(case, item, spec)
        if before != after:
            yield LimitChange(item.duty, before, after)


def _with_specs(case: Case, pack: Pack) -> Iterator[tuple[WorkItem, DeadlineSpec | None]]:
    """The open items whose time limit the edition sets differently; those set by a decision stay."""
    for item in _waiting(case):
        if item.run is None:
            continue
        owner = (
            pack.programme.lifecycle.steps.get(item.run.step)
            if item.run.track == Track.MAIN
            else pack.programme.side.get(item.run.step)
        )
        own = limits.spec_of(case, item.run, item.duty)
        spec = owner.deadlines.get(item.duty) if owner is not None else None
        if own != spec:
            yield item, spec


def _due(case: Case, item: WorkItem, spec: DeadlineSpec | None) -> dt.date | None:
    """When the item would be due under ``spec``, from the day on which its limit began. Nothing is written."""
    length = limits.length_of(case, spec.within) if spec is not None else None
    start = (
        limit_start(case.round, spec.start) if spec is not None and _after_seal(case, item) else _began(item)
    )
    if spec is None or length is None or start is None:
        return None
    term = compute(
        start=start,
        duration=length,
        calendar=WorkCalendar.load(),
        start_rule=StartRule(spec.start),
        roll=spec.roll,
    )
    return term.due_on


def _stands_still(item: WorkItem) -> bool:
    """Its limit waits for a pause to end: it is left as it is. One that waits for the unsealing alone has not begun."""
    limit = item.deadline
    if limit is None or limit.due_on is not None:
        return False
    pauses = limit.pauses.filter(until__isnull=True)
    return not limit.after_seal or pauses.exclude(reason=PauseReason.SEALED).exists()


def _began(item: WorkItem) -> dt.date:
    """The day from which the item's limit is reckoned."""
    return item.deadline.starts_on if item.deadline is not None else clock.local(item.created_at).date()


def _after_seal(case: Case, item: WorkItem) -> bool:
    """Whether the item's limit is reckoned from the unsealing of the declaration."""
    return item.deadline.after_seal if item.deadline is not None else waits_for_seal(case, item.role)


def _armed(case: Case, item: WorkItem, spec: DeadlineSpec | None) -> Deadline | None:
    if spec is None or item.run is None:
        return None
    sealed = _after_seal(case, item)
    return limits.arm_as(case, item.run, item.duty, spec, began=_began(item), after_seal=sealed)


def _rearm(case: Case, pack: Pack) -> Iterator[LimitChange]:
    """Set the limits that differ anew; a limit that stands still because of a pause is left alone."""
    for item, spec in _with_specs(case, pack):
        if _stands_still(item):
            continue
        old = item.deadline
        fresh = _armed(case, item, spec)
        if old is not None:
            deadlines.withdraw(deadline=old)
        items.set_limit(item, fresh)
        after = fresh.due_on if fresh is not None else None
        if (old.due_on if old else None) != after:
            yield LimitChange(item.duty, old.due_on if old else None, after)


def _new_params(case: Case, pack: Pack) -> None:
    """The live runs go on under the new edition's parameters, and keep what they have been given since."""
    runs = StageRun.objects.filter(case=case, finished__isnull=True)
    for run in runs:
        step = pack.programme.lifecycle.steps.get(run.step)
        side = pack.programme.side.get(run.step)
        own = (
            step.params
            if run.track == Track.MAIN and step is not None
            else side.params
            if side is not None
            else {}
        )
        run.params = (
            PROCEDURES[run.procedure].params | own | {k: v for k, v in run.params.items() if k in HELD}
        )
        run.save(update_fields=["params"])
