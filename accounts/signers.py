"""The doors of registered signers: register and end; who they are. 签章人登记"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.endings import end_on
from accounts.enums import Role
from accounts.errors import Refusal
from accounts.guards import require_administrator, require_reason, require_valid
from accounts.models import Organisation, SignerRegistration, User
from accounts.models.signer import SignerQuerySet
from accounts.records import record


def signers_of(organisation: Organisation | int, on: dt.date) -> SignerQuerySet:
    """The registrations of a unit that hold on that day, of people who may sign in."""
    rows = SignerRegistration.objects.valid_on(on).filter(organisation=organisation, user__is_active=True)
    return rows.select_related("user").order_by("valid_from", "pk")


def is_signer(user: User, organisation: Organisation | int, on: dt.date) -> bool:
    """Whether the person themselves is registered to sign for the unit on that day. One query."""
    return signers_of(organisation, on).filter(user=user).exists()


def registered_under(authority: Organisation, on: dt.date) -> QuerySet[SignerRegistration]:
    """All registrations of an authority that hold on that day or begin later, by unit."""
    rows = SignerRegistration.objects.filter(authority=authority, voided_at__isnull=True)
    return (
        rows.exclude(valid_until__lt=on)
        .select_related("user", "organisation")
        .order_by("organisation__path", "valid_from", "pk")
    )


@transaction.atomic
def register_signer(
    *,
    user: User,
    organisation: Organisation,
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    reason: str,
    actor: Actor,
) -> SignerRegistration:
    """登记签章人: on the unit's letter (``reason``: its number), by the security administrator, who grants roles too.

    Raises Refusal: not_permitted, reason_missing, own_assignment, user_inactive, not_of_unit (belongs to another unit),
    organisation_inactive, already_registered, invalid. Order: lock the person, check, row, record.
    """
    require_administrator(
        actor, Role.SECURITY_ADMIN, authority=organisation.authority, organisation=organisation
    )
    reason = require_reason(reason)
    if actor.user is not None and actor.user.pk == user.pk:
        raise _beside("own_assignment", _("不得将本人登记为签章人。"))
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not user.is_active:
        raise Refusal("user_inactive", _("该用户已停用，不能登记为签章人。"))
    if user.organisation_id != organisation.pk:
        message = _("该用户不是“%(unit)s”的人员，不能登记为其签章人。") % {"unit": organisation.name}
        raise _beside("not_of_unit", message)
    if not Organisation.objects.filter(pk=organisation.pk, is_active=True).exists():
        message = _("“%(name)s”已停用，不能登记签章人。") % {"name": organisation.name}
        raise _beside("organisation_inactive", message)
    row = SignerRegistration(
        user=user,
        organisation=organisation,
        authority=organisation.authority,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=reason,
        registered_by=actor.user,
    )
    require_valid(row)
    if _registered_between(row):
        raise Refusal("already_registered", _("该用户在此期间已登记为本单位签章人。"))
    row.save()
    record(
        authority=row.authority,
        action="signer.registered",
        actor=actor,
        subject=row.public_id,
        data={**_terms(row), "reason": reason},
    )
    return row


@transaction.atomic
def end_signer(
    *, registration: SignerRegistration, on: dt.date, reason: str, actor: Actor
) -> SignerRegistration:
    """终止登记: ``on`` becomes the last valid day; before its first day the registration is voided.

    What was signed until then stays signed. Raises Refusal: not_permitted, reason_missing, already_ended, in_the_past.
    """
    unit = registration.organisation
    require_administrator(actor, Role.SECURITY_ADMIN, authority=unit.authority, organisation=unit)
    reason = require_reason(reason)
    row = (
        SignerRegistration.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organisation", "authority", "user")
        .get(pk=registration.pk)
    )
    end_on(
        row,
        on,
        reason=reason,
        ended=_("该登记已终止或者已作废。"),
        too_early=_("终止日期不得早于昨日：已签章的申报材料不受影响。"),
    )
    record(
        authority=row.authority,
        action="signer.ended" if row.voided_at is None else "signer.voided",
        actor=actor,
        subject=row.public_id,
        data={**_terms(row), "reason": reason},
    )
    return row


def _beside(code: str, message: str) -> Refusal:
    return Refusal(code, message, fields={"user": message})


def _registered_between(row: SignerRegistration) -> bool:
    """Whether the person is registered for the unit on a day of this registration already. One query."""
    others = SignerRegistration.objects.filter(
        user=row.user, organisation=row.organisation, voided_at__isnull=True
    ).exclude(valid_until__lt=row.valid_from)
    if row.valid_until is not None:
        others = others.exclude(valid_from__gt=row.valid_until)
    return others.exists()


def _terms(row: SignerRegistration) -> dict[str, object]:
    """The registration as the record keeps it."""
    return {
        "user": row.user.public_id,
        "organisation": row.organisation.public_id,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
    }
