"""People, units and roles for every room's tests: plain functions with sensible defaults."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from accounts.actors import Actor, actor_for
from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation, RoleAssignment, Substitution, User
from accounts.organisations import create_organisation

PASSWORD = "Licheng-2026-shiyong"
"""What every ``make_user`` signs in with."""

SINCE = dt.date(2020, 1, 1)
"""When assignments begin, unless told otherwise."""

_numbers = itertools.count(1)


def make_authority(name: str = "贵阳市", *, code: str = "guiyang", **fields: Any) -> Organisation:
    """The authority of that code; made by the first who asks."""
    existing = Organisation.objects.filter(code=code).first()
    if existing is not None:
        return existing
    values = {"kind": OrganisationKind.CITY, **fields}
    return create_organisation(name=name, code=code, actor=Actor.system_actor(), **values)


def make_organisation(
    name: str = "",
    *,
    kind: OrganisationKind = OrganisationKind.DEPARTMENT,
    parent: Organisation | None = None,
    **fields: Any,
) -> Organisation:
    """A unit, under ``parent`` (default: the authority of :func:`make_authority`)."""
    return create_organisation(
        name=name or f"第{next(_numbers)}局",
        kind=kind,
        parent=parent or make_authority(),
        actor=Actor.system_actor(),
        **fields,
    )


def make_user(
    name: str = "",
    *,
    username: str = "",
    organisation: Organisation | None = None,
    password: str = PASSWORD,
    **fields: Any,
) -> User:
    """An account that may sign in with PASSWORD and holds no role."""
    number = next(_numbers)
    return User.objects.create_user(
        username or f"user{number}",
        password=password,
        name=name or f"用户{number}",
        organisation=organisation,
        **fields,
    )


def make_assignment(
    role: Role,
    organisation: Organisation | None = None,
    *,
    user: User | None = None,
    subtree: bool = False,
    programme_code: str = "",
    valid_from: dt.date = SINCE,
    valid_until: dt.date | None = None,
    **fields: Any,
) -> RoleAssignment:
    """A role held, without asking whether it may be: for tests of what holders do, not of granting."""
    organisation = organisation or make_organisation()
    return RoleAssignment.objects.create(
        user=user or make_user(organisation=organisation),
        role=role,
        organisation=organisation,
        subtree=subtree,
        programme_code=programme_code,
        authority=organisation.authority,
        valid_from=valid_from,
        valid_until=valid_until,
        reason="测试",
        **fields,
    )


def make_actor(role: Role, organisation: Organisation | None = None, **fields: Any) -> Actor:
    """Somebody acting in ``role``; the fields are :func:`make_assignment`'s."""
    return actor_for(make_assignment(role, organisation, **fields))


def make_substitution(
    assignment: RoleAssignment,
    substitute: User | None = None,
    *,
    valid_from: dt.date = SINCE,
    valid_until: dt.date = dt.date(2099, 12, 31),
) -> Substitution:
    """``substitute`` standing in for the holder of ``assignment``."""
    return Substitution.objects.create(
        assignment=assignment,
        substitute=substitute or make_user(organisation=assignment.organisation),
        valid_from=valid_from,
        valid_until=valid_until,
        reason="出差",
    )
