"""What an administrator may see and keep: the units, people and assignments within reach; and finding them. 管理范围

The same reach as ``accounts.guards.require_administrator``: at the authority itself all of it; further down what the
assignment covers. What lies outside is not there (404).
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.actors import Actor
from accounts.models import (
    Organisation,
    OrganisationAlias,
    RoleAssignment,
    SecondFactor,
    SignerRegistration,
    User,
)
from accounts.models.assignment import RoleAssignmentQuerySet
from accounts.models.organisation import OrganisationQuerySet
from accounts.validators import clean_name

SOON: Final = dt.timedelta(days=30)
"""What ends within this time is about to end."""
NAMED: Final = 5
"""So many candidates are named where a name fits several."""


def units_in_reach(actor: Actor) -> OrganisationQuerySet:
    """The units that the administrator keeps, in the order of the tree."""
    rows = Organisation.objects.filter(authority=actor.authority_id)
    if actor.organisation is None or actor.assignment is None:
        return rows.none()
    if actor.organisation.is_authority:
        return rows
    return (
        rows.within(actor.organisation) if actor.assignment.subtree else rows.filter(pk=actor.organisation.pk)
    )


def people_in_reach(actor: Actor) -> QuerySet[User]:
    """The accounts of people who belong to those units, by unit and name."""
    rows = User.objects.filter(organisation__in=units_in_reach(actor).order_by())
    return rows.select_related("organisation__authority").order_by("organisation__path", "name", "pk")


def assignments_in_reach(actor: Actor) -> RoleAssignmentQuerySet:
    """The assignments at those units, whoever holds them; voided ones too."""
    rows = RoleAssignment.objects.filter(organisation__in=units_in_reach(actor).order_by())
    return rows.select_related("user", "organisation", "authority")


def search_units(rows: OrganisationQuerySet, text: str) -> OrganisationQuerySet:
    """Units with ``text`` in the name, short name or an alias, or whose code, 统一社会信用代码 or region begins with it."""
    name = clean_name(text)
    if not name:
        return rows
    known_as = OrganisationAlias.objects.filter(organisation=OuterRef("pk"), name__icontains=name)
    number = name.upper()
    return rows.filter(
        Q(name__icontains=name)
        | Q(short_name__icontains=name)
        | Q(code__iexact=name)
        | Q(uscc__startswith=number)
        | Q(region_code__startswith=number)
        | Exists(known_as)
    )


def search_people(rows: QuerySet[User], text: str, *, contacts: bool) -> QuerySet[User]:
    """People with ``text`` in the name, user name or the name of their unit; in the e-mail too for who sees ``contacts``."""
    text = " ".join(text.split())
    if not text:
        return rows
    found = Q(email__icontains=text) if contacts else Q()
    return rows.filter(
        found
        | Q(name__icontains=text)
        | Q(username__icontains=text)
        | Q(organisation__name__icontains=text)
        | Q(organisation__short_name__icontains=text)
    )


def with_standing(rows: QuerySet[User], on: dt.date) -> QuerySet[User]:
    """People with ``roles_today`` (their assignments of that day) and ``has_factor``. One query more."""
    held = RoleAssignment.objects.valid_on(on).select_related("organisation")
    factor = SecondFactor.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False)
    return rows.annotate(has_factor=Exists(factor)).prefetch_related(
        Prefetch("role_assignments", queryset=held, to_attr="roles_today")
    )


def standing_assignments(rows: RoleAssignmentQuerySet, on: dt.date) -> RoleAssignmentQuerySet:
    """Those that hold on that day or begin later."""
    return rows.filter(voided_at__isnull=True).exclude(valid_until__lt=on)


def signing_for(unit_or_person: Organisation | User, on: dt.date) -> QuerySet[SignerRegistration]:
    """The signer registrations of a unit or a person that hold on that day or begin later."""
    rows = SignerRegistration.objects.filter(voided_at__isnull=True).exclude(valid_until__lt=on)
    if isinstance(unit_or_person, User):
        return rows.filter(user=unit_or_person).select_related("organisation")
    return rows.filter(organisation=unit_or_person).select_related("user")


def units_named(rows: OrganisationQuerySet, text: str) -> list[Organisation]:
    """The unit meant by ``text``: by name, alias, 统一社会信用代码 or short name; else all that have it in a name.

    One unit where it is clear, none, or several candidates (at most NAMED + 1). Three queries at most.
    """
    name = clean_name(text)
    exact = rows.filter(Q(name=name) | Q(uscc=name.upper()) & ~Q(uscc="") | Q(aliases__name=name)).distinct()
    if found := list(exact[:2]):
        return found[:1]
    if found := list(rows.filter(short_name=name)[: NAMED + 1]):
        return found
    return list(search_units(rows, name)[: NAMED + 1])


def people_named(rows: QuerySet[User], text: str) -> list[User]:
    """The person meant by ``text``: by user name; else everybody of that name (at most NAMED + 1). Two queries."""
    text = text.strip()
    return list(rows.filter(username=text)) or list(rows.filter(name=text)[: NAMED + 1])
