"""登录留痕: sign-ins, refused sign-ins, lockouts, sign-outs and changes of role, on the authority's chain."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.http import HttpRequest

from accounts.actors import Actor
from accounts.models import Organisation, RoleAssignment, User
from accounts.records import record
from audit.personal import commit_personal

ACTING_KEY: Final = "acting_assignment"
"""The session's key for the public id of the assignment acted under."""


@transaction.atomic
def record_sign_in(*, user: User, request: HttpRequest | None) -> None:
    """Record that ``user`` has signed in, and from where."""
    _record_for(user, "session.opened", request)


@transaction.atomic
def record_sign_out(*, user: User, request: HttpRequest | None) -> None:
    """Record that ``user`` has signed out."""
    _record_for(user, "session.closed", request)


@transaction.atomic
def record_refused_sign_in(*, username: str, request: HttpRequest | None) -> None:
    """Record a refused sign-in: with the account when there is one under that name.

    What else was typed is not kept: people type their password into the wrong field.
    """
    _record_attempt("session.refused", username, request)


@transaction.atomic
def record_lockout(*, username: str, request: HttpRequest | None) -> None:
    """Record that sign-ins under ``username`` are locked for a while after too many refusals."""
    _record_attempt("session.locked", username, request)


@transaction.atomic
def act_as(*, request: HttpRequest, actor: Actor) -> None:
    """切换身份: act under ``actor``'s assignment from the next request of this session on; recorded."""
    assert actor.assignment is not None
    request.session[ACTING_KEY] = str(actor.assignment.public_id)
    record(
        authority=actor.assignment.authority,
        action="session.acting_as",
        actor=actor,
        subject=actor.assignment.public_id,
        data={},
    )


def _record_attempt(action: str, username: str, request: HttpRequest | None) -> None:
    user = User.objects.select_related("organisation__authority").filter(username=username).first()
    if user is not None:
        # Nobody has proved to be this person: the account is the subject, the system the one who acts.
        authority, subject = _authority_of(user), str(user.public_id)
    else:
        authority, subject = None, ""
    record(
        authority=authority,
        action=action,
        actor=Actor.system_actor(),
        subject=subject,
        data=_origin(request),
    )


def _record_for(user: User, action: str, request: HttpRequest | None) -> None:
    record(
        authority=_authority_of(user),
        action=action,
        actor=Actor.as_person(user),
        subject=user.public_id,
        data=_origin(request),
    )


def _origin(request: HttpRequest | None) -> dict[str, str]:
    """Where a request came from. An address is personal data: the chain holds its commitment."""
    address = request.META.get("REMOTE_ADDR", "") if request is not None else ""
    return {"address": commit_personal(address)} if address else {}


def _authority_of(user: User) -> Organisation | None:
    """The authority of the home unit, else of the first assignment ever given, else none."""
    if user.organisation is not None and user.organisation.authority is not None:
        return user.organisation.authority
    first = RoleAssignment.objects.filter(user=user).select_related("authority").order_by("pk").first()
    return first.authority if first is not None else None
