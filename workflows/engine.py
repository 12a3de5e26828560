"""The one door: every change of a case goes through here. 唯一入口

Lock, re-read, ask permission, check the policy's gates, change the rows, move the flow and (by the FSM's named
transition) the stage, write the record, announce: one transaction, all or nothing. Locks are taken in this order:
case → counters → chain head; a round, locked by whoever changes it, comes before them (ARCHITECTURE.md).

* :func:`complete` — a person finishes a work item.
* :func:`act` — a person does an action; the door finds the item, or says why there is none.
* :func:`command` — an act outside any duty (withdraw, propose a revocation…).
* :func:`due` — the dispatcher, as the system actor.

``version`` guards against stale pages, ``idempotency_key`` against double clicks and retries.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from accounts.guards import require_reason
from audit import clock
from audit.chain import append
from audit.personal import commit_personal
from cases import door, policy
from cases.enums import DeadlineStatus, StandingStatus
from cases.errors import Conflict, NotAllowed, NotVisible
from cases.models import Case, Deadline, Recorded
from cases.relations import Relations, relations_of
from cases.sealing import is_sealed
from cases.standings import current_standing, set_standing
from programmes.guards import EDITORS, require_role
from programmes.models import Edition
from programmes.procedures import COMMANDS, PROCEDURES, Action, action_of, duty_for_action
from workflows import asks, edition_moves, gates, items, labels, letters, places, quotas, steps, terms
from workflows.acts import ACTS, PENDING
from workflows.acts.titles import ENDED
from workflows.decisions import decide
from workflows.enums import ItemStatus, Track
from workflows.events import CASE_ACTED, write_event
from workflows.lock import lock_case
from workflows.models import Submission, WorkItem
from workflows.nodes import Finish
from workflows.turn import Turn

DECIDING = frozenset({"recommender", "officer", "chief", "approver", "supervisor", "system"})
"""Roles whose actions are kept as decisions (applicants declare, experts score)."""
TOO_LATE = frozenset({"", "closed", "wrong_stage"})
"""Refusals that come only of the case having moved on."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it: the case, and a sentence for the person. ``replayed``: this key had been used before."""

    case_id: uuid.UUID
    message: str
    replayed: bool = False


def complete(
    item_id: uuid.UUID,
    action: str,
    *,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
    idempotency_key: str = "",
) -> Result:
    """Finish the work item ``item_id`` (public id) by ``action`` (code).

    Raises NotVisible, NotAllowed, Conflict (somebody was faster; the page is stale), Invalid (with fields), Gate.
    """

    def turn(case: Case) -> Turn:
        # What few items have (objection, appraisal, who was faster) is read when it is asked for.
        item = WorkItem.objects.select_related("run", "task", "deadline").get(public_id=item_id)
        if (
            expected_version is not None
            and item.status == ItemStatus.OPEN
            and item.version != expected_version
        ):
            raise Conflict("stale", _("该事项已有变化，请刷新页面后再办理。"))
        return _turn_for_item(case, item, action, actor, data)

    return _through({"items__public_id": item_id}, turn, actor=actor, action=action, key=idempotency_key)


def act(
    case_id: uuid.UUID,
    action: str,
    *,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
    idempotency_key: str = "",
) -> Result:
    """Do ``action`` (``<procedure>.<action>`` or ``command.<action>``) to a case: the item is found, or the refusal

    says why the case does not wait for this (:func:`workflows.explain.why_not`).
    """
    procedure, _sep, code = action.partition(".")
    if procedure == "command":
        return command(
            case_id,
            code,
            actor=actor,
            data=data,
            expected_version=expected_version,
            idempotency_key=idempotency_key,
        )

    def turn(case: Case) -> Turn:
        from workflows.explain import find_item, require_possible

        item = find_item(case, actor, procedure, code, data or {})
        if item is None:
            require_possible(case, actor, procedure, code, data or {})
            raise NotAllowed("not_waiting", _("本案目前没有等待办理的此事项。"))
        return _turn_for_item(case, item, code, actor, data)

    return _through({"public_id": case_id}, turn, actor=actor, action=code, key=idempotency_key)


def command(
    case_id: uuid.UUID,
    name: str,
    *,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
    idempotency_key: str = "",
) -> Result:
    """Give the command ``name``; ``expected_version`` is the case's. Raises as :func:`complete` does."""

    def turn(case: Case) -> Turn:
        relations = relations_of(actor, case)
        policy.require(actor, f"command.{name}", case, relations)
        if expected_version is not None and case.version != expected_version:
            raise Conflict("stale", _("本案已有新的进展，请刷新页面后再办理。"))
        steps_commands = case.edition.pack.programme.lifecycle.steps[case.step].commands
        if name not in steps_commands:
            raise NotAllowed("not_offered", _("该事项在当前环节不适用。"))
        return Turn(case, actor, "command", COMMANDS[name], clock.now(), dict(data or {}), relations)

    return _through({"public_id": case_id}, turn, actor=actor, action=name, key=idempotency_key)


def due(deadline_id: int) -> Result | None:
    """A time limit is up: the system acts, once. None when there is nothing (any more) to do.

    Refusals propagate to the dispatcher, which tries again later and alerts.
    """
    case_id = Deadline.objects.values_list("case_id", flat=True).get(pk=deadline_id)
    actor = Actor.system_actor()
    nothing: list[bool] = []

    def turn(case: Case) -> Turn | None:
        deadline = Deadline.objects.get(pk=deadline_id)
        if (
            deadline.status != DeadlineStatus.RUNNING
            or deadline.due_at is None
            or deadline.due_at > clock.now()
            or (deadline.after_seal and is_sealed(case))
        ):
            nothing.append(True)
            return None
        deadline.status, deadline.settled_at = DeadlineStatus.FIRED, clock.now()
        deadline.save(update_fields=["status", "settled_at"])
        return _system_turn(case, deadline, actor)

    result = _through({"pk": case_id}, turn, actor=actor, action="due", key="")
    return None if nothing else result


def move_edition(
    case_id: uuid.UUID, edition: Edition, *, actor: Actor, reason: str
) -> edition_moves.CaseMove:
    """Let a running case go on under another published edition, with its time limits, on its record.

    Raises NotVisible, Refusal (not_permitted, reason_missing) and NotAllowed (``cannot_move``) with the reason.
    """
    reason = require_reason(reason)
    pk = _key_of(case_id)
    with transaction.atomic(durable=True), door.opened(pk):
        case = lock_case(pk)
        require_role(actor, EDITORS, authority_id=case.authority_id, programme_code=case.programme.code)
        old = case.edition
        move = edition_moves.carry_out(case, edition)
        case.version += 1
        case.save()
        append(
            chain=case.chain,
            action="case.move_edition",
            actor=actor.stamp(),
            subject=str(case.public_id),
            data={
                "from": {"number": old.number, "digest": old.digest},
                "to": {"number": edition.number, "digest": edition.digest},
                "limits": [
                    {"duty": change.duty, "before": change.before, "after": change.after}
                    for change in move.limits
                ],
                "reason": reason,
            },
            at=clock.now(),
        )
    return move


# -- inside ------------------------------------------------------------------------------------------------------


def _key_of(case_id: uuid.UUID) -> int:
    pk = Case.objects.filter(public_id=case_id).values_list("pk", flat=True).first()
    if pk is None:
        raise NotVisible("invisible", _("未找到该案件。"))
    return pk


def _through(
    named: Mapping[str, Any],
    prepare: Callable[[Case], Turn | None],
    *,
    actor: Actor,
    action: str,
    key: str,
) -> Result:
    """Lock the case so ``named``, carry one turn out, commit. A key that was used before gives the same result again."""
    try:
        with transaction.atomic(durable=True):
            case = _locked(named)
            if key and (seen := _replayed(key, actor, case, action)):
                return seen
            with door.opened(case.pk):
                turn = prepare(case)
                if turn is None:
                    return Result(case.public_id, "", replayed=True)
                _carry_out(turn)
            if key:
                Submission.objects.create(
                    key=key, user=actor.user, case=case, action=action, at=turn.now, message=turn.message
                )
            return Result(case.public_id, turn.message)
    except IntegrityError:
        # The case's lock does not cover a key that is being used for another case at the same moment.
        if key and Submission.objects.filter(key=key).exclude(case__in=Case.objects.filter(**named)).exists():
            raise _key_reused() from None
        raise


def _locked(named: Mapping[str, Any]) -> Case:
    """The case so ``named``, under its lock. NotVisible when there is none."""
    try:
        return lock_case(**named)
    except Case.DoesNotExist:
        raise NotVisible("invisible", _("未找到该案件。")) from None


def _replayed(key: str, actor: Actor, case: Case, action: str) -> Result | None:
    """The result of an earlier request with this key; a key of somebody else or for something else is refused."""
    seen = next(iter(Submission.objects.filter(key=key)), None)
    if seen is None:
        return None
    if (seen.user_id, seen.case_id, seen.action) != (actor.user.pk if actor.user else None, case.pk, action):
        raise _key_reused()
    return Result(case.public_id, seen.message, replayed=True)


def _key_reused() -> Conflict:
    return Conflict("key_reused", _("提交凭据已被使用，请刷新页面后再办理。"))


def _turn_for_item(
    case: Case, item: WorkItem, action: str, actor: Actor, data: Mapping[str, Any] | None
) -> Turn:
    """Permission first, then whether the item still waits, and for this action.

    Whoever came too late is told who was faster, although the case has moved on meanwhile.
    """
    spec = _action(item, action)
    item.case = case
    relations = relations_of(actor, case)
    answer = policy.may(actor, f"{item.procedure}.{action}", case, relations)
    mine = _falls_to(actor, item)
    if (
        item.status != ItemStatus.OPEN
        and mine
        and (answer.code in TOO_LATE or _lost_seat(actor, item, relations))
    ):
        raise Conflict("already_done", labels.told_done(item))
    policy.enforce(answer)
    if not mine:
        raise NotAllowed("not_yours", _("该事项已指定由他人办理。"))
    if item.run is not None:
        if item.run.track == Track.MAIN and item.run.run_no != case.run_no:
            raise Conflict("stale", _("本案已有新的进展，请刷新页面后再办理。"))
        item.run.case = case
    return Turn(case, actor, item.procedure, spec, clock.now(), dict(data or {}), relations, item.run, item)


def _lost_seat(actor: Actor, item: WorkItem, relations: Relations) -> bool:
    """Whether the person's seat was closed under them, and their part in the case with it: they are told that much.

    Whoever is recused is told nothing.
    """
    return (
        actor.user is not None
        and item.assignee_id == actor.user.pk
        and item.status == ItemStatus.CANCELLED
        and not relations.recused
    )


def _falls_to(actor: Actor, item: WorkItem) -> bool:
    """Whether the item is the actor's: assigned to nobody else, and asked of no other unit."""
    if item.procedure == "consult" and not actor.system:
        return item.organisation is not None and actor.covers_organisation(item.organisation)
    if item.role == Role.APPROVER and not actor.system and items.several_bodies(item.case):
        # Several gates in a row, each with a body of its own: who decided before is party still, and decides no more.
        return item.organisation is not None and actor.covers_organisation(item.organisation)
    return item.assignee_id is None or (actor.user is not None and actor.user.pk == item.assignee_id)


def _action(item: WorkItem, code: str) -> Action:
    """The action ``code`` at this item's duty. NotAllowed when the duty has none such."""
    try:
        if item.procedure == "command":
            spec, waits = COMMANDS[code], item.duty == code
        elif (spec := action_of(item.procedure, code)) in PROCEDURES[item.procedure].system:
            waits = item.task is not None and code in item.task.flow_task.routes
        else:
            waits = duty_for_action(item.procedure, code).code == item.duty
            waits = waits and (item.run is None or spec.offered(item.run.params))
    except KeyError:
        waits = False
    if not waits:
        raise NotAllowed("unknown_action", _("该事项没有这种办理方式。"))
    return spec


def _system_turn(case: Case, deadline: Deadline, actor: Actor) -> Turn | None:
    """What the system does when this limit is due: an action at a duty, or the start of an appraisal."""
    if deadline.duty.startswith("side:"):
        from workflows.calendar import appraisal_due

        return appraisal_due(case, deadline, actor)
    if deadline.action in COMMANDS and deadline.run_key == steps.rest_key(case):
        return Turn(
            case, actor, "command", COMMANDS[deadline.action], clock.now(), {}, relations_of(actor, case)
        )
    item = (
        WorkItem.objects.select_related("run__appraisal", "task", "deadline", "objection")
        .filter(deadline=deadline, status=ItemStatus.OPEN)
        .first()
    )
    if item is None or not deadline.action:
        return None
    return _turn_for_item(case, item, deadline.action, actor, {})


def _carry_out(turn: Turn) -> None:
    """Check, decide, change, move, record, announce. The order is the contract (ARCHITECTURE.md)."""
    case, before = turn.case, (turn.case.stage, turn.case.step)
    turn.data = asks.clean(turn.asks, turn.raw)
    turn.recorded = asks.to_store(turn.asks, turn.data)
    if prepare := PENDING.get(turn.gate):
        prepare(turn)
    quotas.hold(turn)
    places.hold(turn)
    turn.verdicts = gates.check(turn)
    status = _standing_written(turn)
    if turn.action.role in DECIDING or turn.action.code in turn.owner.letters or status is not None:
        turn.decision = decide(turn)
    if change := ACTS.get(turn.gate):
        change(turn)
    quotas.use(turn)
    places.require(turn)
    _keep_recorded(turn)
    _apply_standing(turn, status)
    terms.renew(turn)
    clause = turn.clause
    letter = letters.draft(turn)
    _move(turn)
    letters.attach(turn, letter)
    case.version += 1
    case.save()
    append(
        chain=case.chain,
        action=turn.gate,
        actor=turn.actor.stamp(),
        subject=str(turn.item.public_id if turn.item else case.public_id),
        data=turn.record
        | {"from": {"stage": before[0], "step": before[1]}, "to": {"stage": case.stage, "step": case.step}}
        | {"run_no": case.run_no}
        | ({"closure": case.closure} if case.closure else {})
        | ({"reason": _recorded_reason(turn)} if turn.data.get("reason") else {})
        | ({"opinion": turn.data["opinion"]} if turn.data.get("opinion") else {})
        | ({"decision": str(turn.decision.public_id)} if turn.decision else {}),
        clause=clause,
        at=turn.now,
    )
    _announce(turn, before[0])


PERSONAL = frozenset(
    {
        "review.recuse",
        "command.report_misconduct",
        "command.confirm_misconduct",
        "command.clear_misconduct",
    }
)
"""Actions whose reasons speak of persons: the chain keeps a commitment, the rows hold the text."""


def _recorded_reason(turn: Turn) -> str:
    reason = str(turn.data["reason"])
    return commit_personal(reason) if turn.gate in PERSONAL else reason


def _keep_recorded(turn: Turn) -> None:
    """What the policy asks with the action, as it was given."""
    if not turn.recorded:
        return
    Recorded.objects.create(
        case=turn.case,
        gate=turn.gate,
        data=turn.recorded,
        at=turn.now,
        user=turn.actor.user,
        decision=turn.decision,
    )
    turn.record |= {"recorded": turn.recorded}


def _standing_written(turn: Turn) -> StandingStatus | None:
    """The legal result that the edition names for this action; None without one, and where it would end what is not held.

    One query, for an end only: a first application that is withdrawn ends nothing, the renewal of a title does.
    """
    own = turn.procedure in (turn.step.procedure, "command")
    named = turn.step.standing.get(turn.action.code) if own else None
    if named is None:
        return None
    status = StandingStatus(named)
    if status in ENDED:
        held = current_standing(turn.case)
        return status if held is not None and held.status not in ENDED else None
    return status


def _apply_standing(turn: Turn, status: StandingStatus | None) -> None:
    """Write the legal result, with the decision that it rests on."""
    if status is None:
        return
    assert turn.decision is not None
    row = set_standing(
        case=turn.case,
        status=status,
        decision=turn.decision,
        on=clock.today(),
        **turn.standing,
    )
    turn.record |= {"standing": {"status": row.status, "since": row.since}}


def _move(turn: Turn) -> None:
    """Close the item, move its token, and follow the outcome wherever it leads."""
    case, run = turn.case, turn.run
    outcome = ""
    if turn.item is not None:
        items.close_item(item=turn.item, outcome=turn.action.code, actor=turn.actor)
        if turn.moves_token and turn.item.task is not None and not turn.stops_run:
            outcome = _advance(turn)
    if turn.stops_run:
        outcome = turn.stops_run
        steps.stop_run(case, outcome)
    if run is not None and run.track == Track.SIDE:
        return
    if outcome:
        steps.lead(turn, turn.leads or turn.step.next[outcome])
    elif turn.procedure == "command" and (target := turn.step.commands[turn.action.code].to) is not None:
        steps.stop_run(case, turn.action.code)
        steps.lead(turn, target)


def _advance(turn: Turn) -> str:
    """Move the token along the route of the action; the run's outcome when it has ended, else ''."""
    assert turn.item is not None and turn.item.task is not None and turn.run is not None
    task, run = turn.item.task, turn.run
    task.process = run
    node = task.flow_task.route(turn.action.code, run.params)
    if isinstance(node, Finish):
        run.outcome = turn.outcome or turn.action.outcome
    activation = task.flow_task.activation_class(task)
    activation.action = turn.action.code
    activation.run(None)
    activation.execute()
    return run.outcome if run.finished else ""


def _announce(turn: Turn, stage_before: str) -> None:
    opened: list[WorkItem] = turn.case.__dict__.pop("opened_items", [])
    write_event(
        kind=CASE_ACTED,
        case=turn.case,
        data={
            "action": turn.gate,
            "actor": turn.actor.stamp().name,
            "unit": turn.actor.stamp().organisation,
            "stage": turn.case.stage,
            "stage_before": stage_before,
            "closure": turn.case.closure,
            "items": [item.pk for item in opened],
        },
        opened=tuple(opened),
    )
