"""Who acts: a person under one role assignment, for one organisation, possibly standing in for somebody."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db.models import FilteredRelation, Q, QuerySet

from accounts.enums import Role
from accounts.models import Organisation, RoleAssignment, User
from accounts.models.substitution import substitution_valid_on
from audit.stamps import ActorStamp

IN_PERSON: Final = "in_person"
"""本人: the role the record shows for what somebody does for themselves, under no assignment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """行为人: what every door is told about who acts, and what the record keeps.

    ``organisation_ids`` is the assignment's organisation, with everything under it when the assignment covers
    the subtree. For lists over large trees use :meth:`scope`, which asks the database instead of carrying the
    keys.
    """

    user: User | None
    assignment: RoleAssignment | None
    role: Role | None
    organisation: Organisation | None
    programme_code: str = ""
    authority_id: int | None = None
    organisation_ids: frozenset[int] = field(default=frozenset(), repr=False)
    system: bool = False
    on_behalf_of: User | None = None

    @classmethod
    def system_actor(cls) -> Actor:
        """系统: timers and jobs act as this named actor, never as nobody and never in a person's name."""
        return cls(user=None, assignment=None, role=None, organisation=None, system=True)

    @classmethod
    def as_person(cls, user: User) -> Actor:
        """``user`` under no role: for what everybody does for themselves (sign in, change the password)."""
        home = user.organisation
        return cls(
            user=user,
            assignment=None,
            role=None,
            organisation=home,
            authority_id=home.authority_id if home else None,
        )

    @property
    def public_id(self) -> uuid.UUID | None:
        """The assignment's public id: what the role switcher sends back."""
        return self.assignment.public_id if self.assignment else None

    @property
    def at_the_top(self) -> bool:
        """Does this act at the authority itself? Its administrators there reach all of it."""
        return self.organisation is not None and self.organisation.is_authority

    def covers_programme(self, code: str) -> bool:
        """Does this assignment reach the programme ``code``? An assignment without a code reaches all."""
        return self.programme_code in ("", code)

    def covers_organisation(self, organisation: Organisation) -> bool:
        """Is ``organisation`` the actor's own, or under it when the subtree is covered? No query."""
        return self.assignment is not None and self.assignment.covers(organisation)

    def scope(self, relation: str) -> Q:
        """The condition that the organisation behind ``relation`` ("applicant", "case__officer_unit") is
        within reach.
        """
        if self.organisation is None or self.assignment is None:
            return Q(pk__in=[])
        if self.assignment.subtree:
            return Q(**{f"{relation}__path__startswith": self.organisation.path})
        return Q(**{relation: self.organisation.pk})

    def stamp(self) -> ActorStamp:
        """What the record keeps of this actor, as they are now: later renames do not change it."""
        if self.system:
            return ActorStamp.system_actor()
        assert self.user is not None
        return ActorStamp(
            user_id=self.user.pk,
            name=str(self.user),
            role=self.role.value if self.role else IN_PERSON,
            organisation_id=self.organisation.pk if self.organisation else None,
            organisation=self.organisation.name if self.organisation else "",
            assignment_id=self.assignment.pk if self.assignment else None,
            on_behalf_of=str(self.on_behalf_of) if self.on_behalf_of else "",
            on_behalf_of_id=self.on_behalf_of.pk if self.on_behalf_of else None,
        )


def actor_for(assignment: RoleAssignment, *, user: User | None = None) -> Actor:
    """The actor under ``assignment``: its holder, or ``user`` standing in for the holder.

    Validity is not asked here (:func:`actors_of` does). One query, and only when the assignment covers a
    subtree.
    """
    return _actor(assignment, user or assignment.user, _subtrees([assignment]))


def actors_of(user: User, today: dt.date) -> list[Actor]:
    """Everything ``user`` may act as today, own assignments first. Two queries at most, however many there
    are.
    """
    if not user.is_active:
        return []
    return actors_from(RoleAssignment.objects.held_by(user, today), user)


def actors_from(assignments: Iterable[RoleAssignment], user: User) -> list[Actor]:
    """The actors that ``user`` is under ``assignments``. One query, and only when one of them covers a
    subtree.
    """
    held = list(assignments)
    subtrees = _subtrees(held)
    return [_actor(assignment, user, subtrees) for assignment in held]


def users_with(
    seats: Collection[tuple[Role, Organisation]],
    programme_code: str,
    on: dt.date,
    *,
    but_not: Collection[int] = (),
) -> set[int]:
    """Keys of the users who may act in one of ``seats`` (a role for an organisation) in the programme on that day.

    Holders at that organisation, or above it with the subtree; and whoever stands in for such a holder. An
    empty ``programme_code`` asks for holders of all programmes only. ``but_not``: keys of users who may not, neither
    themselves nor by somebody who stands in for them; who holds the role beside that stays. One query, none without
    seats.
    """
    roles_at: dict[Organisation, list[Role]] = {}
    for role, organisation in seats:
        roles_at.setdefault(organisation, []).append(role)
    if not roles_at:
        return set()
    seated = Q()
    for organisation, roles in roles_at.items():
        here = Q(organisation=organisation.pk) | Q(subtree=True, organisation__in=organisation.lineage)
        seated |= Q(here, role__in=roles)
    held = RoleAssignment.objects.valid_on(on).filter(seated, programme_code__in={"", programme_code})
    return users_under(held, on, but_not=but_not)


def users_under(
    assignments: QuerySet[RoleAssignment], on: dt.date, *, but_not: Collection[int] = ()
) -> set[int]:
    """Keys of those who act under ``assignments`` on that day: the holders, and whoever stands in for one; ``but_not``

    as above. An account that is closed gives nothing, to its holder or to who stands in. One query.
    """
    valid = substitution_valid_on(on, "substitutions__")
    rows = (
        assignments.filter(user__is_active=True)
        .annotate(standing_in=FilteredRelation("substitutions", condition=valid))
        .order_by()
        .values_list("user_id", "standing_in__substitute_id", "standing_in__substitute__is_active")
    )
    people: set[int] = set()
    for holder, substitute, active in rows:
        if holder not in but_not:
            people.add(holder)
            if active and substitute not in but_not:
                people.add(substitute)
    return people


def _actor(assignment: RoleAssignment, user: User, subtrees: dict[str, frozenset[int]]) -> Actor:
    organisation = assignment.organisation
    return Actor(
        user=user,
        assignment=assignment,
        role=Role(assignment.role),
        organisation=organisation,
        programme_code=assignment.programme_code,
        authority_id=assignment.authority_id,
        organisation_ids=subtrees[organisation.path] if assignment.subtree else frozenset({organisation.pk}),
        on_behalf_of=None if assignment.user_id == user.pk else assignment.user,
    )


def _subtrees(assignments: Iterable[RoleAssignment]) -> dict[str, frozenset[int]]:
    """The keys under each organisation whose subtree is covered, by path."""
    roots = {assignment.organisation.path for assignment in assignments if assignment.subtree}
    if not roots:
        return {}
    condition = Q()
    for root in roots:
        condition |= Q(path__startswith=root)
    rows = list(Organisation.objects.filter(condition).order_by().values_list("pk", "path"))
    return {root: frozenset(pk for pk, path in rows if path.startswith(root)) for root in roots}
