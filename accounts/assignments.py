"""The doors of role assignments: grant and end."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.endings import end_on
from accounts.enums import Role
from accounts.errors import Refusal
from accounts.guards import require_administrator, require_reason, require_valid
from accounts.models import Organisation, RoleAssignment, User
from accounts.records import record
from accounts.separation import held_between, require_separation


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: Role,
    organisation: Organisation,
    programme_code: str = "",
    subtree: bool = False,
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    reason: str,
    actor: Actor,
) -> RoleAssignment:
    """授权任职: let ``user`` act in ``role`` for ``organisation`` from/until (last day inclusive; None:
    open-ended).

    ``programme_code`` '' is all programmes; ``subtree`` adds everything under the organisation. Only the
    security administrator of the authority grants, and never to themselves.

    Raises Refusal: not_permitted, own_assignment, reason_missing, user_inactive, organisation_inactive,
    invalid (dates reversed), already_granted, separation_of_duties. Order: lock the user, check, row, record.
    """
    authority = _authority_of(organisation)
    require_administrator(actor, Role.SECURITY_ADMIN, authority=authority, organisation=organisation)
    reason = require_reason(reason)
    if actor.user is not None and actor.user.pk == user.pk:
        raise Refusal("own_assignment", _("不得为本人授权。"))
    # Two grants at once must see each other.
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not user.is_active:
        raise Refusal("user_inactive", _("该用户已停用，不能授权。"))
    if not organisation.is_active:
        raise Refusal("organisation_inactive", _("该单位已停用，不能授权。"))
    assignment = RoleAssignment(
        user=user,
        role=Role(role),
        organisation=organisation,
        subtree=subtree,
        programme_code=programme_code,
        authority=authority,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=reason,
        granted_by=actor.user,
    )
    require_valid(assignment)
    _require_not_granted(assignment)
    require_separation(user=user, wanted=assignment, valid_from=valid_from, valid_until=valid_until)
    assignment.save()
    record(
        authority=authority,
        action="role.granted",
        actor=actor,
        subject=assignment.public_id,
        data={"user": user.public_id, **_terms(assignment), "reason": reason},
    )
    return assignment


@transaction.atomic
def end_role(*, assignment: RoleAssignment, on: dt.date, reason: str, actor: Actor) -> RoleAssignment:
    """终止任职: ``on`` becomes the last valid day; yesterday ends it at once.

    An assignment that would end before it begins is voided. Earlier than yesterday is refused: it would take
    the right away from what was done since.

    Raises Refusal: not_permitted, reason_missing, already_ended, in_the_past. Order: lock the row, check,
    row, record.
    """
    authority = assignment.authority
    require_administrator(
        actor, Role.SECURITY_ADMIN, authority=authority, organisation=assignment.organisation
    )
    reason = require_reason(reason)
    assignment = (
        RoleAssignment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organisation", "authority", "user")
        .get(pk=assignment.pk)
    )
    end_on(
        assignment,
        on,
        reason=reason,
        ended=_("该任职授权已终止或者已作废。"),
        too_early=_("终止日期不得早于昨日：已办事项的权限不得追溯取消。"),
    )
    record(
        authority=authority,
        action="role.ended" if assignment.voided_at is None else "role.voided",
        actor=actor,
        subject=assignment.public_id,
        data={"user": assignment.user.public_id, **_terms(assignment), "reason": reason},
    )
    return assignment


def _authority_of(organisation: Organisation) -> Organisation:
    if organisation.authority is None:
        raise Refusal("authority_missing", _("该单位未归属任何地区，不能办理。"))
    return organisation.authority


def _require_not_granted(wanted: RoleAssignment) -> None:
    """The same right twice would have to be ended twice."""
    for held in held_between(wanted.user, wanted.valid_from, wanted.valid_until):
        same_place = held.organisation_id == wanted.organisation_id and held.subtree == wanted.subtree
        same_right = held.role == wanted.role and held.programme_code == wanted.programme_code
        if held.user_id == wanted.user_id and same_place and same_right:
            raise Refusal("already_granted", _("该用户在此期间已有相同的任职授权。"))


def _terms(assignment: RoleAssignment) -> dict[str, object]:
    """The assignment as the record keeps it."""
    return {
        "role": assignment.role,
        "organisation": assignment.organisation.public_id,
        "subtree": assignment.subtree,
        "programme_code": assignment.programme_code,
        "valid_from": assignment.valid_from,
        "valid_until": assignment.valid_until,
    }
