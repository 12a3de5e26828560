"""The doors of role assignments: grant and end."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.endings import end_on
from accounts.enums import ADMINISTRATORS, Role
from accounts.errors import Refusal
from accounts.guards import require_administrator, require_reason, require_valid
from accounts.keeping import lock_authorities, require_not_last, require_still_in_office
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
    programme_not_applicable (an administrator's role goes by no programme), invalid (dates reversed),
    already_granted, subtree_not_permitted (more than the one who grants reaches), separation_of_duties. Order: lock the
    user, check, row, record.
    """
    authority = _authority_of(organisation)
    require_administrator(actor, Role.SECURITY_ADMIN, authority=authority, organisation=organisation)
    reason = require_reason(reason)
    if actor.user is not None and actor.user.pk == user.pk:
        raise _refused("own_assignment", "user", _("不得为本人授权。"))
    _require_reach_of(actor, subtree)
    # Two grants at once must see each other.
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    require_still_in_office(actor)
    if not user.is_active:
        raise _refused("user_inactive", "user", _("该用户已停用，不能授权。"))
    if not organisation.is_active:
        raise _refused("organisation_inactive", "organisation", _("该单位已停用，不能授权。"))
    if programme_code and Role(role) in ADMINISTRATORS:
        message = _("系统、安全、审计管理员的授权不区分事项。")
        raise _refused("programme_not_applicable", "programme_code", message)
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
    the right away from what was done since. Nobody ends their own. An authority keeps one of each of its three
    administrators: the last one cannot leave before another one is there, without an end.

    Raises Refusal: own_assignment, not_permitted, reason_missing, already_ended, in_the_past, last_administrator. Order:
    lock the authorities and the row, check, row, record.
    """
    authority = assignment.authority
    if actor.user is not None and actor.user.pk == assignment.user_id:
        raise Refusal("own_assignment", _("不得终止本人的任职授权，由其他安全管理员办理。"))
    require_administrator(
        actor, Role.SECURITY_ADMIN, authority=authority, organisation=assignment.organisation
    )
    reason = require_reason(reason)
    lock_authorities()
    require_still_in_office(actor)
    assignment = (
        RoleAssignment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organisation", "authority", "user")
        .get(pk=assignment.pk)
    )
    if assignment.valid_until is None or on < assignment.valid_until:
        require_not_last(assignment, on)
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


def _require_reach_of(actor: Actor, subtree: bool) -> None:
    """What is below the unit is given only by who reaches it."""
    if not subtree or actor.system or actor.at_the_top:
        return
    if actor.assignment is None or not actor.assignment.subtree:
        message = _("您的任职授权不含下级单位，不能授予含下级单位的角色。")
        raise _refused("subtree_not_permitted", "subtree", message)


def _refused(code: str, field: str, message: str) -> Refusal:
    return Refusal(code, message, fields={field: message})


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
