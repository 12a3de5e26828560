"""Units and people of the demonstration, through the doors of accounts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from accounts.actors import Actor, actor_for
from accounts.assignments import grant_role
from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation, RoleAssignment
from accounts.organisations import create_organisation
from accounts.users import create_user, update_contact
from config.demo.signing import make_signer


def make_units(data: list[dict[str, Any]], authority: Organisation) -> dict[str, Organisation]:
    """Key → unit; ``authority`` is there under its own key."""
    units = {"authority": authority}
    for row in data:
        units[row["key"]] = create_organisation(
            name=row["name"],
            kind=OrganisationKind(row["kind"]),
            parent=units[row.get("parent", "authority")],
            short_name=row.get("short_name", ""),
            region_code=row.get("region_code", ""),
            uscc=row.get("uscc", ""),
            aliases=tuple(row.get("aliases", ())),
            actor=Actor.system_actor(),
        )
    return units


def make_people(
    data: list[dict[str, Any]], units: dict[str, Organisation], since: dt.date
) -> dict[str, Actor]:
    """User name → actor. Everybody signs in with the demonstration's password."""
    actors: dict[str, Actor] = {}
    for row in data:
        unit = units[row["unit"]]
        user = create_user(
            username=row["username"],
            name=row["name"],
            password=settings.DEMO_PASSWORD,
            organisation=unit,
            must_change_password=False,
            actor=Actor.system_actor(),
        )
        role = Role(row["role"])
        assignment: RoleAssignment = grant_role(
            user=user,
            role=role,
            organisation=unit,
            subtree=row["unit"] == "authority",
            valid_from=since,
            reason="演示数据",
            actor=Actor.system_actor(),
        )
        actors[row["username"]] = actor_for(assignment)
        if row.get("signer"):
            make_signer(actors[row["username"]], since)
    return actors


def give_addresses(actors: dict[str, Actor]) -> None:
    """Addresses, once the past has been told: mail is for what happens from now on."""
    for username, actor in actors.items():
        assert actor.user is not None
        update_contact(
            user=actor.user, email=f"{username}@example.cn", phone="", actor=Actor.as_person(actor.user)
        )
