"""职责分离: roles that one person must not hold together."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import ADMINISTRATORS, SEPARATED_IN_ONE_ORGANISATION, Role
from accounts.errors import Refusal
from accounts.models import RoleAssignment, Substitution, User


def require_separation(
    *, user: User, wanted: RoleAssignment, valid_from: dt.date, valid_until: dt.date | None
) -> None:
    """Raise Refusal ``separation_of_duties`` when ``user`` holds, in that time, what ``wanted`` must be kept
    apart from.

    What one stands in for counts as held. ``wanted`` need not be saved. The three administrators are kept
    apart from one another and from every other role, everywhere; supervisor and officer only where one
    reaches the other's organisation.
    """
    for held in held_between(user, valid_from, valid_until):
        pair = frozenset({Role(held.role), Role(wanted.role)})
        if len(pair) == 2 and pair <= ADMINISTRATORS:
            raise _refused(
                _("系统管理员、安全管理员、审计管理员须由不同人员担任，%(name)s已任%(role)s。")
                % {"name": user.name, "role": Role(held.role).label},
            )
        if len(pair) == 2 and len(pair & ADMINISTRATORS) == 1:
            raise _refused(
                _("系统、安全、审计管理员不得兼任其他角色，%(name)s已任%(held)s，不能再任%(wanted)s。")
                % {"name": user.name, "held": Role(held.role).label, "wanted": Role(wanted.role).label},
            )
        if pair in SEPARATED_IN_ONE_ORGANISATION and _same_reach(held, wanted):
            raise _refused(
                _("同一人员不得在同一单位既任%(held)s又任%(wanted)s。")
                % {"held": Role(held.role).label, "wanted": Role(wanted.role).label},
            )


def held_between(user: User, valid_from: dt.date, valid_until: dt.date | None) -> list[RoleAssignment]:
    """What ``user`` holds, or stands in for, on any day of the period (last day inclusive; None: no end)."""
    begins_in_time = Q() if valid_until is None else Q(valid_from__lte=valid_until)
    not_over = Q(valid_until__isnull=True) | Q(valid_until__gte=valid_from)
    own = RoleAssignment.objects.filter(begins_in_time, not_over, user=user, voided_at__isnull=True)
    standing_in = Substitution.objects.filter(
        begins_in_time, not_over, substitute=user, voided_at__isnull=True, assignment__voided_at__isnull=True
    ).select_related("assignment__organisation")
    return [*own.select_related("organisation"), *(row.assignment for row in standing_in)]


def _refused(message: str) -> Refusal:
    return Refusal("separation_of_duties", message, fields={"role": message})


def _same_reach(one: RoleAssignment, other: RoleAssignment) -> bool:
    return one.covers(other.organisation) or other.covers(one.organisation)
