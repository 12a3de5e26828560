"""Objections during publicity: lodged by the public, or registered by the office. 异议受理

The objector's identity enters the record as a commitment only and lies encrypted in the row. Anonymous objections are
recorded and answered with why they are not accepted; they do not stop the clock.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit import clock
from audit.chain import append
from audit.stamps import ActorStamp
from cases import door
from cases.enums import ObjectionStatus
from cases.errors import Conflict
from cases.models import Case, Objection, PublicNotice
from workflows.acts.objections import Objector, enter, recorded, require_open
from workflows.events import write_event
from workflows.lock import lock_case
from workflows.models import Submission

__all__ = ["PUBLIC", "Lodged", "lodge_objection", "require_open"]

PUBLIC = "社会公众"
LODGE = "publicize.lodge_objection"


@dataclass(frozen=True, slots=True)
class Lodged:
    """The receipt: number and check code, and whether the objection was accepted for examination."""

    objection: Objection
    accepted: bool


def lodge_objection(
    *,
    notice: PublicNotice,
    kind: str,
    name: str,
    contact: str,
    content: str,
    actor: Actor | None = None,
    idempotency_key: str = "",
) -> Lodged:
    """Lodge an objection to an open notice. ``actor`` None: a member of the public.

    The key is used up in the same transaction as the objection is written: with a key that was used before the same
    objection is returned again, whatever became of the window since. Raises Conflict for a key used for something else.

    A unit or person gives name and contact (real-name rule); an anonymous objection is recorded, not accepted.
    Raises NotAllowed when the window is not open, Invalid with a message beside each field. The office registers what
    reaches it on paper through the engine instead (``command.register_objection``).

    ``Case.version`` stays: nobody outside may make the pages stale on which the office is working. What an objection
    changes for somebody (the window's limit) raises the version of that item.
    """
    given = Objector(kind.strip(), name.strip(), contact.strip(), content.strip())
    given.check()
    with transaction.atomic(durable=True), door.opened(notice.case_id):
        case = lock_case(notice.case_id)
        if idempotency_key and (seen := _lodged_before(idempotency_key, case)):
            return seen
        row = PublicNotice.objects.select_related("deadline").get(pk=notice.pk)
        require_open(row)
        objection = enter(case, row, given)
        append(
            chain=case.chain,
            action=LODGE,
            actor=actor.stamp() if actor else _public(),
            subject=str(objection.public_id),
            data=recorded(objection, given),
        )
        opened = tuple(case.__dict__.pop("opened_items", []))
        write_event(
            kind="objection_lodged",
            case=case,
            data={
                "objection": objection.number,
                "accepted": given.accepted,
                "items": [item.pk for item in opened],
            },
            opened=opened,
        )
        if idempotency_key:
            Submission.objects.create(
                key=idempotency_key, case=case, action=LODGE, at=clock.now(), message=str(objection.public_id)
            )
        return Lodged(objection, given.accepted)


def _lodged_before(key: str, case: Case) -> Lodged | None:
    """What this key has lodged. The case's lock holds: whoever used it has finished, or has left nothing behind."""
    seen = Submission.objects.filter(key=key).first()
    if seen is None:
        return None
    if (seen.case_id, seen.action) != (case.pk, LODGE):
        raise Conflict("key_reused", _("提交凭据已被使用，请刷新页面后再办理。"))
    objection = Objection.objects.select_related("notice").get(public_id=uuid.UUID(seen.message))
    return Lodged(objection, objection.status != ObjectionStatus.NOT_ACCEPTED)


def _public() -> ActorStamp:
    return ActorStamp(
        user_id=None, name=PUBLIC, role="public", organisation_id=None, organisation="", assignment_id=None
    )
