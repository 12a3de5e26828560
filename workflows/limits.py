"""Which time limit a duty has, from the pinned edition and the round's slots. 时限"""

from __future__ import annotations

import datetime as dt
from typing import Any

from audit import clock
from cases import deadlines
from cases.models import Case, Deadline
from cases.sealing import waits_for_seal
from programmes import calendar as cal
from programmes.procedures import duty_of
from programmes.schema import DeadlineSpec, Pack
from programmes.slots import slot_value
from workflows.models import StageRun

DRAFT = ("declare", "draft")
CORRECT = "correct"
"""The limit for mending what was returned (``deadlines`` of a declare step): it goes before the one for drafting."""


def length_of(case: Case, within: str) -> cal.Duration | None:
    """``within`` as a duration: written out, or the value of the slot of that name (None while undecided)."""
    pack: Pack = case.edition.pack
    if within in pack.programme.slots:
        value = slot_value(case.round, within)
        return value if isinstance(value, cal.Duration) or value is None else cal.Duration.parse(str(value))
    return cal.Duration.parse(within)


def spec_of(case: Case, run: StageRun, duty: str) -> DeadlineSpec | None:
    """What the edition says of the duty's time limit."""
    programme = case.edition.pack.programme
    owner = programme.lifecycle.steps.get(run.step) if run.track == "main" else programme.side.get(run.step)
    if owner is None:
        return None
    if (run.procedure, duty) == DRAFT and case.submitted_at is not None and CORRECT in owner.deadlines:
        return owner.deadlines[CORRECT]
    return owner.deadlines.get(duty)


def arm_for(case: Case, run: StageRun, duty: str) -> Deadline | None:
    """Arm the duty's time limit as the edition has it; None when it sets none. At most two queries.

    Who may not open the declaration yet has no time running against them: their limit starts with the unsealing.
    """
    spec = spec_of(case, run, duty)
    if spec is None:
        return None
    sealed = waits_for_seal(case, duty_of(run.procedure, duty).role)
    return arm_as(case, run, duty, spec, began=clock.today(), after_seal=sealed)


def arm_as(
    case: Case, run: StageRun, duty: str, spec: DeadlineSpec, *, began: dt.date, after_seal: bool
) -> Deadline | None:
    """Arm a limit as ``spec`` has it, from the day on which it began or (``after_seal``) from the unsealing; None while its

    length is undecided.
    """
    length = length_of(case, spec.within)
    if length is None:
        return None
    terms: dict[str, Any] = {
        "case": case,
        "run_key": str(run.public_id),
        "duty": duty,
        "length": length,
        "start_rule": spec.start,
        "action": "" if spec.on_due == "alert" else spec.on_due,
        "roll": spec.roll,
        "warn_before": spec.warn_before,
        "source": spec.source,
        "clause": spec.clause,
    }
    return deadlines.arm_after_seal(**terms) if after_seal else deadlines.arm(**terms, start=began)
