"""What begins by the calendar: the next appraisal. 定期启动"""

from __future__ import annotations

from accounts.actors import Actor
from audit import clock
from cases import deadlines
from cases.enums import AppraisalStatus
from cases.models import Case, Deadline
from cases.relations import Relations
from programmes.procedures import COMMANDS
from workflows import limits, steps
from workflows.turn import Turn


def appraisal_due(case: Case, deadline: Deadline, actor: Actor) -> Turn | None:
    """The turn that starts the appraisal of the year in which it was due, and the calendar for the next one.

    The day it was due counts, not the day on which it fires: a limit of 31 December fires on 1 January, and a dispatcher
    that stood still for a while leaves no year out. None when that year's appraisal has been started by hand already; the
    calendar goes on all the same.
    """
    name = deadline.duty.removeprefix("side:")
    side = case.edition.pack.programme.side[name]
    length = limits.length_of(case, side.every)
    if length is not None:
        deadlines.arm(
            case=case,
            run_key=steps.rest_key(case),
            duty=deadline.duty,
            length=length,
            # From the day it was due, not from the day after on which it fires: else every year begins a day later.
            start=deadline.due_on or clock.today(),
            action=deadline.action,
            source=side.source,
            clause=side.clause,
        )
    kind = (side.counted or tuple(choice.code for choice in side.kinds))[0]
    period = (deadline.due_on or clock.today()).year
    if case.appraisals.exclude(status=AppraisalStatus.CANCELLED).filter(period=period, kind=kind).exists():
        return None
    return Turn(
        case,
        actor,
        "command",
        COMMANDS["start_appraisal"],
        clock.now(),
        {"period": period, "kind": kind},
        Relations(frozenset(), frozenset()),
    )
