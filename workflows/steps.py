"""Entering and leaving the steps of a lifecycle. 环节流转

Called by the engine within its transaction; nothing here asks permission.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Organisation
from accounts.organisations import find_organisation, unit_above
from audit import clock
from cases import deadlines
from cases.declarations import newest_version, open_next_version
from cases.enums import Capacity, Closure, DeclarationStatus, StandingStatus
from cases.errors import NotAllowed
from cases.models import Appraisal, Case
from cases.models.case import VERBS
from cases.relations import add_party
from cases.standings import current_standing, set_standing
from programmes.procedures import PROCEDURES
from programmes.schema import Close, Step
from programmes.soundness import active_duties
from workflows import ballots, held_slots, items, limits, terms
from workflows.decisions import decide
from workflows.enums import Track
from workflows.flows import FLOWS
from workflows.models import RunTask, StageRun, WorkItem
from workflows.turn import Turn


def enter(case: Case, key: str, entry: str = "") -> None:
    """Move the case into a step by its named transition, and start what belongs there."""
    step = case.edition.pack.programme.lifecycle.steps[key]
    getattr(case, VERBS[step.stage])(key)
    start_step(case, key, entry)


def start_step(case: Case, key: str, entry: str = "") -> None:
    """Start what belongs to the step that the case has just entered."""
    step = case.edition.pack.programme.lifecycle.steps[key]
    _bring_in(case, step)
    if step.kind == "rest":
        terms.arm_timers(case, step, rest_key(case))
        _arm_sides(case)
        return
    _arm_sides(case)
    if step.stage == "build":
        _keep_figures_open(case)
    params = PROCEDURES[step.procedure].params | step.params

    def seated(run: StageRun) -> None:
        ballots.seat_again(case, step, run)

    again = step.procedure == "review" and bool(params.get("same_panel"))
    start_run(
        case=case,
        procedure=step.procedure,
        step=key,
        params=params,
        entry=entry,
        prepare=seated if again else None,
    )


def _keep_figures_open(case: Case) -> None:
    """While it builds, the unit may bring the figures of its declaration up to date."""
    newest = newest_version(case)
    if newest is not None and newest.status != DeclarationStatus.DRAFT:  # a draft is the newest there is
        open_next_version(case=case, note="", returned=False, last=newest)


def start_run(
    *,
    case: Case,
    procedure: str,
    step: str,
    params: dict[str, object],
    entry: str = "",
    track: Track = Track.MAIN,
    appraisal: Appraisal | None = None,
    prepare: Callable[[StageRun], None] | None = None,
) -> StageRun:
    """Start one execution of a procedure: run, tokens, work items, time limits."""
    flow = FLOWS[procedure]
    run: StageRun = flow.start.run(
        case=case,
        run_no=case.run_no,
        procedure=procedure,
        step=step,
        params=params,
        entry=entry,
        track=track,
        appraisal=appraisal,
        **({"prepare": prepare} if prepare else {}),
    )
    return run


def start_side(
    turn: Turn, appraisal: Appraisal, entry: str = "", prepare: Callable[[], object] | None = None
) -> None:
    """Start a side run for an appraisal; ``prepare`` runs once ``turn.run`` names it, before its first duty opens.

    The run holds the pass mark as the round has decided it by now.
    """
    side = turn.pack.programme.side[appraisal.side]
    marks = {side.pass_mark} & turn.pack.programme.slots.keys()

    def ready(run: StageRun) -> None:
        turn.run = run
        if prepare is not None:
            prepare()

    start_run(
        case=turn.case,
        procedure="appraise",
        step=appraisal.side,
        params=PROCEDURES["appraise"].params | side.params | held_slots.hold(turn.case, marks),
        entry=entry,
        track=Track.SIDE,
        appraisal=appraisal,
        prepare=ready if prepare else None,
    )


def stop_run(case: Case, outcome: str) -> None:
    """End the live main run at once: its tokens, work items and time limits have no object any more."""
    run = StageRun.objects.filter(
        case=case, run_no=case.run_no, track=Track.MAIN, finished__isnull=True
    ).first()
    if run is not None:
        _finish(run, outcome)


def stop_side(case: Case, appraisal: Appraisal, outcome: str) -> None:
    """End an appraisal's run at once, with its work items and time limits."""
    for run in StageRun.objects.filter(appraisal=appraisal, finished__isnull=True):
        run.case = case
        _finish(run, outcome)


def _finish(run: StageRun, outcome: str) -> None:
    now = clock.now()
    RunTask.objects.filter(process=run, finished__isnull=True).update(status="CANCELED", finished=now)
    items.cancel_items(WorkItem.objects.filter(run=run))
    deadlines.cancel(case=run.case, run_key=str(run.public_id))
    run.status, run.finished, run.outcome = "DONE", now, outcome
    run.save(update_fields=["status", "finished", "outcome"])


def stop_everything(case: Case, outcome: str) -> None:
    """The case ends: main and side runs, and what waited beside them."""
    for run in StageRun.objects.filter(case=case, finished__isnull=True):
        run.case = case
        _finish(run, outcome)
    items.cancel_items(WorkItem.objects.filter(case=case))
    deadlines.cancel(case=case, run_key=rest_key(case))


def lead(turn: Turn, target: str | Close) -> None:
    """Where an outcome leads: another step, or the end of the case."""
    case, leaving = turn.case, turn.step
    if leaving.stage == "accredit" and "register_objection" in leaving.commands:
        from workflows.acts.late import leave

        leave(turn)
    if leaving.stage == "review":
        from workflows.acts.review import dissolve_panel

        dissolve_panel(case)
    if isinstance(target, Close):
        _close(turn, target.close)
        return
    if leaving.kind == "rest" or any(case.step in side.during for side in turn.pack.programme.side.values()):
        deadlines.cancel(case=case, run_key=rest_key(case))
    enter(case, target, turn.entry)
    if leaving.stage == "revoke" and leaving.params.get("on_refused") == "rectify":
        from workflows.acts.revoke import rectify_again

        rectify_again(turn)


def _close(turn: Turn, closure: str) -> None:
    """The end of the case, and of everything that has lost its object with it."""
    from workflows.acts.appraise import cancel_appraisals

    case = turn.case
    stop_everything(case, closure)
    cancel_appraisals(turn)
    _end_filing(turn, Closure(closure))
    case.close(closure)


def _end_filing(turn: Turn, closure: Closure) -> None:
    """What was filed, and then came to nothing, is filed no longer: from the day, on the clause, of what ended it."""
    standing = current_standing(turn.case) if closure in Closure.unsuccessful() else None
    if standing is None or standing.status != StandingStatus.FILED:
        return
    turn.decision = turn.decision or decide(turn)
    ended = set_standing(
        case=turn.case, status=StandingStatus.LAPSED, decision=turn.decision, on=clock.today()
    )
    turn.record |= {"standing": {"status": ended.status, "since": ended.since}}


def rest_key(case: Case) -> str:
    """The key under which a rest keeps its calendar."""
    return f"rest:{case.run_no}"


def _bring_in(case: Case, step: Step) -> None:
    """The approving body becomes party to the case when it has to decide, not before."""
    if any(duty.role == Role.APPROVER for duty in active_duties(step)):
        office = items.body_of(case, step) or unit_of_role(case, Role.APPROVER)
        add_party(case=case, organisation=office, capacity=Capacity.APPROVER)


def unit_of_role(case: Case, role: str) -> Organisation:
    """The organisation that holds a role: the one that the edition names, by name or alias, else the nearest one above

    the applicant. NotAllowed when there is none.
    """
    spec = case.edition.pack.programme.roles[role]
    if spec.organization:
        found = find_organisation(authority=case.authority, name=spec.organization)
    else:
        found = unit_above(
            organisation=case.applicant, role=Role(role), programme_code=case.edition.pack.programme.id
        )
    if found is None:
        raise NotAllowed(
            "no_such_unit",
            _("机构目录中没有“%(name)s”。") % {"name": spec.organization or spec.title},
            spec.clause,
        )
    return found


def _arm_sides(case: Case) -> None:
    """The calendar of a rest: when the next appraisal is due to begin."""
    for name, side in case.edition.pack.programme.side.items():
        if side.every and case.step in side.during:
            length = limits.length_of(case, side.every)
            if length is None:
                continue
            begun = case.deadlines.filter(duty=f"side:{name}").order_by("-pk").first()
            if begun is not None and begun.due_on is not None:
                # Back from a revocation that was refused: the year goes on as it was reckoned before, and what fell due
                # meanwhile begins now.
                deadlines.arm_date(
                    case=case,
                    run_key=rest_key(case),
                    duty=f"side:{name}",
                    on=begun.due_on,
                    action="start_appraisal",
                    source=side.source,
                    clause=side.clause,
                )
                continue
            deadlines.arm(
                case=case,
                run_key=rest_key(case),
                duty=f"side:{name}",
                length=length,
                start=clock.today(),
                action="start_appraisal",
                source=side.source,
                clause=side.clause,
            )
