"""More applicants than one: a round limits how many drafts a unit may open."""

from __future__ import annotations

import dataclasses
import itertools

from accounts.enums import OrganisationKind, Role
from tests.factories.accounts import make_actor, make_organisation
from tests.factories.cases import World

_numbers = itertools.count(1)


def with_new_applicant(world: World) -> World:
    """The same Guiyang with an applicant who has not declared anything yet."""
    name = f"第{next(_numbers)}开发区"
    zone = make_organisation(name, kind=OrganisationKind.ZONE, parent=world.authority)
    return dataclasses.replace(world, zone=zone, applicant=make_actor(Role.APPLICANT, zone))
