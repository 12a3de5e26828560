"""The door that opens a new authority: the tree's first unit and its three administrators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.assignments import grant_role
from accounts.enums import ADMINISTRATORS, OrganisationKind, Role
from accounts.errors import Refusal
from accounts.first_passwords import new_first_password
from accounts.models import Organisation
from accounts.organisations import create_organisation
from accounts.users import create_user
from audit import clock


@dataclass(frozen=True, slots=True)
class Opened:
    """A new authority, and each administrator's first password by user name. Shown once, kept nowhere."""

    authority: Organisation
    passwords: dict[str, str]


@transaction.atomic
def open_authority(
    *,
    code: str,
    name: str,
    kind: OrganisationKind,
    region_code: str = "",
    short_name: str = "",
    administrators: Mapping[Role, tuple[str, str]],
    actor: Actor,
) -> Opened:
    """开通地区: the authority with its chain, and one person (user name, name) for each of the three
    administrators.

    Only the system opens an authority. Raises Refusal: administrators_missing, and what create_organisation,
    create_user and grant_role refuse. All or nothing.
    """
    if administrators.keys() != ADMINISTRATORS:
        raise Refusal("administrators_missing", _("须同时指定系统管理员、安全管理员和审计管理员。"))
    authority = create_organisation(
        name=name,
        kind=kind,
        code=code,
        region_code=region_code,
        short_name=short_name,
        actor=actor,
    )
    passwords = {}
    for role, (username, person) in sorted(administrators.items()):
        passwords[username] = new_first_password()
        user = create_user(
            username=username,
            name=person,
            password=passwords[username],
            organisation=authority,
            actor=actor,
        )
        grant_role(
            user=user,
            role=role,
            organisation=authority,
            subtree=True,
            valid_from=clock.today(),
            reason=_("开通地区时指定"),
            actor=actor,
        )
    return Opened(authority=authority, passwords=passwords)
