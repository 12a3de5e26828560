"""The doors of substitutions: appoint and end."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.endings import end_on
from accounts.enums import ADMINISTRATORS, Role
from accounts.errors import Refusal
from accounts.guards import require_administrator, require_reason, require_valid
from accounts.models import RoleAssignment, Substitution, User
from accounts.records import record
from accounts.separation import held_between, require_separation


@transaction.atomic
def appoint_substitute(
    *,
    assignment: RoleAssignment,
    substitute: User,
    valid_from: dt.date,
    valid_until: dt.date,
    reason: str,
    actor: Actor,
) -> Substitution:
    """指定代办人: let ``substitute`` act under ``assignment`` while its holder is away, last day inclusive.

    The holder appoints, or the security administrator. Administrators have no substitutes: the three are
    persons.

    Raises Refusal: not_permitted, reason_missing, no_substitute (administrator, own self), own_assignment (who appoints
    for another stands in themselves), user_inactive,
    assignment_not_valid (the assignment does not last through the period), already_granted (holds the same
    right or stands in already), invalid, separation_of_duties. Order: lock the substitute, check, row,
    record.
    """
    _require_holder(actor, assignment)
    reason = require_reason(reason)
    if Role(assignment.role) in ADMINISTRATORS:
        raise Refusal("no_substitute", _("系统、安全、审计管理员不得由他人代办。"))
    if substitute.pk == assignment.user_id:
        raise Refusal("no_substitute", _("代办人不得为本人。"))
    if actor.user is not None and substitute.pk == actor.user.pk:
        message = _("不得指定本人为他人的代办人。")
        raise Refusal("own_assignment", message, fields={"substitute": message})
    substitute = User.objects.select_for_update(no_key=True).get(pk=substitute.pk)
    if not substitute.is_active:
        raise Refusal("user_inactive", _("该用户已停用，不能代办。"))
    row = Substitution(
        assignment=assignment,
        substitute=substitute,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=reason,
        appointed_by=actor.user,
    )
    require_valid(row)
    if not (assignment.is_valid_on(valid_from) and assignment.is_valid_on(valid_until)):
        raise Refusal("assignment_not_valid", _("代办期间超出了本人任职授权的有效期。"))
    if assignment.pk in {held.pk for held in held_between(substitute, valid_from, valid_until)}:
        raise Refusal("already_granted", _("该用户在此期间已是代办人。"))
    require_separation(user=substitute, wanted=assignment, valid_from=valid_from, valid_until=valid_until)
    row.save()
    record(
        authority=assignment.authority,
        action="substitute.appointed",
        actor=actor,
        subject=row.public_id,
        data={**_terms(row), "reason": reason},
    )
    return row


@transaction.atomic
def end_substitution(*, substitution: Substitution, on: dt.date, reason: str, actor: Actor) -> Substitution:
    """终止代办: ``on`` becomes the last valid day; yesterday ends it at once; before its first day it is
    voided.

    Raises Refusal: not_permitted, reason_missing, already_ended, in_the_past. Order: lock the row, check,
    row, record.
    """
    _require_holder(actor, substitution.assignment)
    reason = require_reason(reason)
    row = (
        Substitution.objects.select_for_update(no_key=True, of=("self",))
        .select_related("assignment__authority", "substitute")
        .get(pk=substitution.pk)
    )
    end_on(
        row,
        on,
        reason=reason,
        ended=_("该代办授权已终止或者已作废。"),
        too_early=_("终止日期不得早于昨日：已办事项的权限不得追溯取消。"),
    )
    record(
        authority=row.assignment.authority,
        action="substitute.ended" if row.voided_at is None else "substitute.voided",
        actor=actor,
        subject=row.public_id,
        data={**_terms(row), "reason": reason},
    )
    return row


def _require_holder(actor: Actor, assignment: RoleAssignment) -> None:
    # A substitute acts with the holder's assignment, but must not pass it on: it is the person who is asked.
    if actor.user is not None and actor.user.pk == assignment.user_id:
        return
    require_administrator(
        actor, Role.SECURITY_ADMIN, authority=assignment.authority, organisation=assignment.organisation
    )


def _terms(row: Substitution) -> dict[str, object]:
    """The substitution as the record keeps it."""
    return {
        "assignment": row.assignment.public_id,
        "substitute": row.substitute.public_id,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
    }
