"""Who must know, as persons. 受众

Who may act on a case is :mod:`cases.policy`'s answer, asked here, never decided here.
"""

from __future__ import annotations

from typing import Final

from accounts.actors import actors_of
from accounts.enums import Role
from accounts.models import User
from audit import clock
from cases import policy
from cases.enums import Part
from cases.models import Case
from notifications.enums import Kind
from programmes.procedures import COMMANDS, duty_of
from workflows.items import several_bodies
from workflows.models import WorkItem

SIDES: Final[dict[Kind, str]] = {
    Kind.APPLICANT: "command.withdraw",
    Kind.RECOMMENDER: "declare.recommend",
    Kind.OFFICERS: "command.register_objection",
    Kind.SUPERVISORS: "command.confirm_misconduct",
}
"""Side of a case → an action that belongs to its people and to nobody else. Who nominated has none."""


def people_of(side: Kind, case: Case) -> set[int]:
    """Keys of the users on one side of a case; recused persons are on none. Two queries.

    The applicant's people are those of its unit, and whoever drafted the declaration while they still may see the
    case.
    """
    if side == Kind.NOMINATOR:
        return policy.who_nominated(case)
    people = policy.who_may(SIDES[side], case)
    if side == Kind.APPLICANT:
        people |= _drafters(case, besides=people)
    return people


def _drafters(case: Case, besides: set[int]) -> set[int]:
    """Who drafted for the applicant without being of its people (an operator), and sees the case today."""
    drafters = User.objects.filter(
        participations__case=case,
        participations__capacity=Part.DRAFTER,
        participations__until__isnull=True,
        participations__voided_at__isnull=True,
    ).exclude(pk__in=besides)
    today = clock.today()
    return {
        user.pk for user in drafters if any(policy.can_see(actor, case) for actor in actors_of(user, today))
    }


def holders_of(item: WorkItem, case: Case) -> set[int]:
    """Keys of the users who may do what ``item`` asks: its assignee, or whom :mod:`cases.policy` names.

    One query when it is known who is party to the case and takes part in it (as it is in the door), one more where the
    pack keeps actions apart, one more where supervisors may. None for an assignee or for the system.
    """
    if item.assignee_id is not None:
        return {item.assignee_id}
    action = _first_action(item)
    several = item.role == Role.APPROVER and several_bodies(case)
    unit = item.organisation_id if item.procedure == "consult" or several else None
    return policy.who_may(action, case, unit) if action else set()


def _first_action(item: WorkItem) -> str:
    """An action of the item's duty: they are all for the same people. Empty for what waits for the system or is no more."""
    if item.procedure == "command":
        return f"command.{item.duty}" if item.duty in COMMANDS else ""
    try:
        duty = duty_of(item.procedure, item.duty)
    except (KeyError, StopIteration):
        return ""
    return "" if duty.role == "system" else f"{item.procedure}.{duty.actions[0].code}"
