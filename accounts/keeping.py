"""What the doors that keep an account ask: whose it is, what it holds, whether who acts still may. 账号管理的前提"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import ADMINISTRATORS, Role
from accounts.errors import Refusal
from accounts.guards import require_administrator
from accounts.models import Organisation, RoleAssignment, SecondFactor, SignerRegistration, User
from audit import clock

DAY = dt.timedelta(days=1)


def lock_authorities() -> None:
    """One change at a time of what must hold over the whole tree: paths, names, user names, the last administrator.

    The authorities are few and stand for the whole tree. Locked in one order, before any other row; then the account,
    then what it holds, and the head of the chain last.
    """
    rows = Organisation.objects.select_for_update(no_key=True).exclude(code="")
    list(rows.order_by("pk").values_list("pk"))


def require_still_in_office(actor: Actor) -> None:
    """Raise Refusal ``not_permitted`` unless the actor's assignment and account hold still. One query.

    To be asked once the rows are locked: what another transaction has just ended gives no right any more.
    """
    if actor.system or actor.assignment is None:
        return
    held = RoleAssignment.objects.valid_on(clock.today()).filter(
        pk=actor.assignment.pk, user=actor.user, user__is_active=True
    )
    if not held.exists():
        raise Refusal("not_permitted", _("您的任职授权已终止或者账号已停用，不能办理。"))


def standing_of(user: User) -> QuerySet[RoleAssignment]:
    """What the person holds, or will hold, wherever."""
    rows = RoleAssignment.objects.filter(user=user, voided_at__isnull=True)
    return rows.exclude(valid_until__lt=clock.today()).select_related("organisation", "authority")


def registrations_of(user: User) -> QuerySet[SignerRegistration]:
    """For which units the person is registered to sign, now or later."""
    rows = SignerRegistration.objects.filter(user=user, voided_at__isnull=True)
    return rows.exclude(valid_until__lt=clock.today()).select_related("organisation")


def require_keeper_of(user: User, actor: Actor) -> None:
    """Raise Refusal unless ``actor`` is the system administrator over the person's unit and over all that they hold.

    ``not_permitted`` of the unit. ``beyond_reach``: the person holds a role or signs somewhere else, and whoever keeps the
    account could take that over. Two queries more.
    """
    home = user.organisation
    require_administrator(
        actor, Role.SYSTEM_ADMIN, authority=home.authority if home else None, organisation=home
    )
    if actor.system:
        return
    units = [row.organisation for row in standing_of(user)] + [
        row.organisation for row in registrations_of(user)
    ]
    if abroad := [unit for unit in units if unit.authority_id != actor.authority_id]:
        raise Refusal(
            "beyond_reach",
            _(
                "该用户在其他地区的“%(unit)s”有任职授权或者签章人登记，不能在页面上办理，请由平台运维人员在服务器上办理。"
            )
            % {"unit": abroad[0].name},
        )
    beyond = [unit for unit in units if not (actor.at_the_top or actor.covers_organisation(unit))]
    if beyond:
        raise Refusal(
            "beyond_reach",
            _("该用户在“%(unit)s”有任职授权或者签章人登记，超出您的管理范围，请由主管地区的系统管理员办理。")
            % {"unit": beyond[0].name},
        )


def require_no_administrators_account(user: User, actor: Actor) -> None:
    """Raise Refusal ``administrators_account`` when the person is one of the three administrators, of whatever unit.

    Whoever resets such an account could act as two of the three. It is kept on the server (``manage.py keep_account``), as
    the system. One query, none for the system.
    """
    if not actor.system and standing_of(user).filter(role__in=ADMINISTRATORS).exists():
        raise Refusal(
            "administrators_account",
            _("该用户担任系统、安全或者审计管理员，其账号不能在页面上办理，请由平台运维人员在服务器上办理。"),
        )


def require_factor_resettable(user: User) -> None:
    """Raise Refusal ``registered_signer`` while the person is registered to sign: with a new password and a new factor

    somebody else could. One query.
    """
    if registrations_of(user).exists():
        raise Refusal(
            "registered_signer",
            _("该用户是在册签章人，请先由安全管理员终止签章人登记，停用动态口令后重新登记。"),
        )


def require_signature_out_of_reach(user: User) -> None:
    """Raise Refusal ``registered_signer`` where a new password alone would give a signature: no factor set up yet."""
    if SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists():
        return
    if registrations_of(user).exists():
        raise Refusal(
            "registered_signer",
            _("该用户是在册签章人且尚未启用动态口令，请先由安全管理员终止签章人登记，重置密码后重新登记。"),
        )


def require_not_last(held: RoleAssignment, on: dt.date, *, but_of: User | None = None) -> None:
    """Raise Refusal ``last_administrator`` when the authority would be without one of its three after the day ``on``.

    Somebody else must hold the same role at the authority from the next day on and without an end. An assignment of another
    kind, or of an account that is closed, is nobody's last. ``but_of``: whose assignments do not count. To be asked with
    the authorities locked. One query.
    """
    if Role(held.role) not in ADMINISTRATORS or held.organisation_id != held.authority_id:
        return
    if held.voided_at is not None or not held.user.is_active:
        return
    follows = on + DAY if on < dt.date.max else on
    others = RoleAssignment.objects.filter(
        Q(valid_until__isnull=True),
        role=held.role,
        organisation=held.organisation_id,
        user__is_active=True,
        voided_at__isnull=True,
        valid_from__lte=max(follows, held.valid_from),
    ).exclude(pk=held.pk)
    if but_of is not None:
        others = others.exclude(user=but_of)
    if not others.exists():
        raise Refusal(
            "last_administrator",
            _(
                "该用户是“%(unit)s”最后一名长期有效的%(role)s，请先授权另一名%(role)s（不设截止日期），再行办理。"
            )
            % {"unit": held.organisation.name, "role": Role(held.role).label},
        )


def require_replaceable(user: User) -> None:
    """Raise Refusal ``last_administrator`` when an authority would be without one of its three without this person.

    One query, and one for each administrator's role that they hold at an authority.
    """
    for held in standing_of(user).filter(role__in=ADMINISTRATORS).select_related("organisation", "user"):
        require_not_last(held, clock.today() - DAY, but_of=user)


def why_refused(check: Callable[[], object]) -> str:
    """What the check says no with; '' when it lets pass. For the buttons."""
    try:
        check()
    except Refusal as refusal:
        return str(refusal.message)
    return ""
