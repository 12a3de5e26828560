"""Work items: opened, seen, closed. One verb writes both the item and its time limit. 待办"""

from __future__ import annotations

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from accounts.models import Organisation
from accounts.organisations import find_organisation
from audit import clock
from cases import deadlines
from cases.enums import Capacity
from cases.errors import NotAllowed
from cases.models import Case, CaseParty, Deadline, Objection
from cases.relations import parties_of
from programmes.procedures import duty_of
from programmes.schema import Step
from workflows import limits
from workflows.enums import ItemStatus
from workflows.models import RunTask, StageRun, WorkItem

UNIT_OF_ROLE: dict[str, Capacity] = {
    "applicant": Capacity.APPLICANT,
    "operator": Capacity.OPERATOR,
    "recommender": Capacity.RECOMMENDER,
    "officer": Capacity.OFFICER,
    "chief": Capacity.OFFICER,
    "approver": Capacity.APPROVER,
}


def unit_for(case: Case, role: str) -> int | None:
    """The id of the unit that acts for ``role`` in this case; None for experts and the system. One query a case."""
    if role == "applicant":
        return case.applicant_id
    capacity = UNIT_OF_ROLE.get(role)
    return next((p.organisation_id for p in parties_of(case) if p.capacity == capacity), None)


def body_of(case: Case, step: Step | None) -> Organisation | None:
    """The unit that decides in this step, where several decide one after another (``Step.body``); else None.

    Raises NotAllowed when the directory has no such unit.
    """
    if step is None or not several_bodies(case):
        return None
    name = step.body or case.edition.pack.programme.roles["approver"].organization
    found = find_organisation(authority=case.authority, name=name) if name else None
    if name and found is None:
        raise NotAllowed("no_such_unit", _("机构目录中没有“%(name)s”。") % {"name": name}, step.clause)
    return found


def several_bodies(case: Case) -> bool:
    """Whether steps of the edition name deciding units of their own. No query."""
    return any(step.body for step in case.edition.pack.programme.lifecycle.steps.values())


def _decider(case: Case, run: StageRun, role: str) -> int | None:
    """Key of the unit that decides in the run's step, where it is one of its own."""
    if role != Role.APPROVER:
        return None
    body = body_of(case, case.edition.pack.programme.lifecycle.steps.get(run.step))
    return body.pk if body is not None else None


def open_for_task(
    *, run: StageRun, task: RunTask, duty: str, assignee_id: int | None = None, unit_id: int | None = None
) -> WorkItem:
    """Open the work item of a live flow task. A limit that the action prepared (``run.limits``) goes first."""
    case = run.case
    prepared: dict[str, Deadline] = getattr(run, "limits", {})
    role = duty_of(run.procedure, duty).role
    return open_item(
        case=case,
        procedure=run.procedure,
        duty=duty,
        role=role,
        run=run,
        task=task,
        assignee_id=assignee_id,
        unit_id=unit_id or _decider(case, run, role),
        deadline=prepared.get(duty) or limits.arm_for(case, run, duty),
    )


def open_item(
    *,
    case: Case,
    procedure: str,
    duty: str,
    role: str,
    run: StageRun | None = None,
    task: RunTask | None = None,
    assignee_id: int | None = None,
    unit_id: int | None = None,
    objection: Objection | None = None,
    deadline: Deadline | None = None,
) -> WorkItem:
    """Open a work item. The engine collects them (``case.opened_items``) to announce them."""
    item = WorkItem.objects.create(
        case=case,
        programme_id=case.programme_id,
        run=run,
        task=task,
        procedure=procedure,
        duty=duty,
        role=role,
        organisation_id=unit_id or unit_for(case, role),
        assignee_id=assignee_id,
        objection=objection,
        deadline=deadline,
        due_on=deadline.due_on if deadline else None,
    )
    opened: list[WorkItem] = case.__dict__.setdefault("opened_items", [])
    opened.append(item)
    return item


def close_item(*, item: WorkItem, outcome: str, actor: Actor) -> None:
    """Mark the item as done and settle its time limit. One query, two with a limit."""
    item.status, item.outcome = ItemStatus.DONE, outcome
    item.done_at, item.done_by = clock.now(), actor.user
    item.version += 1
    item.save(update_fields=["status", "outcome", "done_at", "done_by", "version"])
    if item.deadline is not None:
        deadlines.settle(deadline=item.deadline)


def follow_limit(deadline: Deadline) -> None:
    """The limit has moved: whoever must act by it has another day, and a page that shows the old one is stale."""
    WorkItem.objects.filter(deadline=deadline, status=ItemStatus.OPEN).update(
        due_on=deadline.due_on, version=F("version") + 1
    )


def set_limit(item: WorkItem, deadline: Deadline | None) -> None:
    """The item has another time limit from now on; a page that shows the old one is stale. One UPDATE."""
    item.deadline, item.due_on = deadline, deadline.due_on if deadline else None
    item.version += 1
    item.save(update_fields=["deadline", "due_on", "version"])


def cancel_items(items: QuerySet[WorkItem]) -> None:
    """Nobody has to act on these any more."""
    items.filter(status=ItemStatus.OPEN).update(
        status=ItemStatus.CANCELLED, done_at=clock.now(), version=F("version") + 1
    )


def mark_opened(*, item: WorkItem, actor: Actor) -> None:
    """Remember who looked at the item first (taking back is possible only before that). One UPDATE, or none."""
    if item.opened_at is None and actor.user is not None:
        WorkItem.objects.filter(pk=item.pk, opened_at__isnull=True).update(
            opened_at=clock.now(), opened_by=actor.user
        )


def items_for(actor: Actor | None) -> QuerySet[WorkItem]:
    """The open items that ``actor`` must act on, the most urgent first."""
    items = WorkItem.objects.filter(status=ItemStatus.OPEN).order_by("due_on", "id")
    if actor is None or actor.user is None or actor.role is None:
        return items.none()
    if actor.role == Role.EXPERT:
        items = items.filter(assignee=actor.user)
    elif actor.role == Role.OPERATOR:
        managed = CaseParty.objects.filter(
            actor.scope("organisation"), capacity=Capacity.OPERATOR, until__isnull=True
        )
        items = items.filter(role=Role.APPLICANT.value, procedure="appraise", case__in=managed.values("case"))
    else:
        roles = ["officer", "chief"] if actor.role == Role.CHIEF else [actor.role.value]
        # An item of a unit may be one person's: whoever was asked to sign.
        mine = Q(assignee__isnull=True) | Q(assignee=actor.user)
        items = items.filter(mine, actor.scope("organisation"), role__in=roles)
    if actor.programme_code:
        items = items.filter(programme__code=actor.programme_code)
    return items


def acts_on(actor: Actor, item: WorkItem) -> bool:
    """Whether the item waits for this actor (the rule of :func:`items_for` for one item; one query)."""
    return items_for(actor).filter(pk=item.pk).exists()


def open_items_of(case: Case) -> QuerySet[WorkItem]:
    """What the case waits for, with everything a page shows of it."""
    return (
        WorkItem.objects.filter(case=case, status=ItemStatus.OPEN)
        .select_related("organisation", "assignee", "deadline", "run")
        .order_by("id")
    )
