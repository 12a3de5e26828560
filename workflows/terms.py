"""The term of a title: counted from the decision that gave it, begun anew by the one that renews it. 有效期"""

from __future__ import annotations

import datetime as dt

from audit import clock
from cases import deadlines
from cases.enums import DeadlineStatus
from cases.models import Case
from cases.titles import TERM, term_of
from programmes.schema import DeadlineSpec, Step
from workflows import limits
from workflows.turn import Turn


def begun_on(case: Case, spec: DeadlineSpec) -> dt.date:
    """The day from which a term of a rest counts: of the decision that ``since`` names, else today. At most one query."""
    if spec.since:
        procedure, _dot, action = spec.since.partition(".")
        rows = case.decisions.filter(procedure=procedure, action=action).order_by("-pk")
        decided = rows.values_list("decided_at", flat=True).first()
        if decided is not None:
            return clock.local(decided).date()
    return clock.today()


def arm_timers(case: Case, step: Step, run_key: str) -> None:
    """The time limits of a rest: by command, which the system gives when the time is up."""
    for code, spec in step.deadlines.items():
        action = "" if spec.on_due == "alert" else spec.on_due
        begun = case.deadlines.filter(duty=code, run_key__startswith="rest:").order_by("-pk").first()
        if begun is not None and begun.due_on is not None and begun.status == DeadlineStatus.CANCELLED:
            # Back from a decision taken meanwhile: the term goes on as it was reckoned before.
            deadlines.arm_date(
                case=case,
                run_key=run_key,
                duty=code,
                on=begun.due_on,
                action=action,
                warn_before=spec.warn_before,
                source=spec.source,
                clause=spec.clause,
            )
        elif (length := limits.length_of(case, spec.within)) is not None:
            deadlines.arm(
                case=case,
                run_key=run_key,
                duty=code,
                length=length,
                start=begun_on(case, spec),
                start_rule=spec.start,
                action=action,
                roll=spec.roll,
                warn_before=spec.warn_before,
                source=spec.source,
                clause=spec.clause,
            )


def renew(turn: Turn) -> None:
    """Reckon the title's term anew where the step says so of this action; it runs once the case is back in its rest.

    Without a term before there is nothing to renew: the first one begins as the rest says.
    """
    own = turn.procedure in (turn.step.procedure, "command")
    how = turn.step.renews.get(turn.action.code) if own else None
    before = term_of(turn.case) if how is not None else None
    found = _term_spec(turn)
    if before is None or before.due_on is None or found is None:
        return
    step, spec = found
    length = limits.length_of(turn.case, spec.within)
    if length is None:
        return
    kept = deadlines.arm(
        case=turn.case,
        run_key=before.run_key,
        duty=TERM,
        length=length,
        start=before.due_on if how == "expiry" else clock.today(),
        start_rule=spec.start,
        action="" if spec.on_due == "alert" else spec.on_due,
        roll=spec.roll,
        source=spec.source,
        clause=spec.clause or step.clause,
    )
    deadlines.withdraw(deadline=kept)
    turn.record |= {"term_until": kept.due_on}
    turn.letter_values |= {"ends_on": kept.due_on}


def _term_spec(turn: Turn) -> tuple[Step, DeadlineSpec] | None:
    """The rest whose term it is, and what it says of it."""
    for step in turn.pack.programme.lifecycle.steps.values():
        if step.kind == "rest" and TERM in step.deadlines:
            return step, step.deadlines[TERM]
    return None
