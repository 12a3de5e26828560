"""How an actor stands to a case: through a unit that is party to it, or as a person who takes part. 关系"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.actors import Actor
from accounts.enums import Role
from accounts.models import Organisation, User
from cases.enums import Capacity, Part
from cases.models import Case, CaseParty, Participation

CAPACITIES: dict[Role, frozenset[Capacity]] = {
    Role.APPLICANT: frozenset({Capacity.APPLICANT, Capacity.TRANSFEREE}),
    Role.OPERATOR: frozenset({Capacity.OPERATOR}),
    Role.RECOMMENDER: frozenset({Capacity.RECOMMENDER}),
    Role.OFFICER: frozenset({Capacity.OFFICER}),
    Role.CHIEF: frozenset({Capacity.OFFICER}),
    Role.APPROVER: frozenset({Capacity.APPROVER}),
}
"""In which capacities a unit must be party for a role to have a case."""

READING: dict[Role, frozenset[Capacity]] = (
    CAPACITIES
    | {role: CAPACITIES[role] | {Capacity.CONSULTED} for role in (Role.OFFICER, Role.CHIEF)}
    | {Role.RECOMMENDER: CAPACITIES[Role.RECOMMENDER] | {Capacity.NOMINATOR}}
)
"""In which capacities a unit sees a case: a unit that was asked for its opinion reads what it is asked about; one that

nominated follows what becomes of it. Neither decides anything by that.
"""

SEES_DRAFTS = frozenset({Role.APPLICANT, Role.OPERATOR})
PERSONAL_PARTS = frozenset({Part.OBSERVER, Part.DELEGATE})
"""Parts that let a person read a case whatever their role is (exceptional, reasoned, dated)."""


LIMITING_PARTS = frozenset({Part.DRAFTER, Part.RECUSED})
"""Parts that bind whoever stands in for the person, too; the other parts give rights, and those are personal."""


@dataclass(frozen=True, slots=True)
class Relations:
    """``capacities``: in which the actor's unit is party; ``parts``: which the person has, now."""

    capacities: frozenset[str]
    parts: frozenset[str]

    @property
    def drafter(self) -> bool:
        """The person who filled the declaration in: may not decide on it."""
        return Part.DRAFTER in self.parts

    @property
    def recused(self) -> bool:
        """The person has withdrawn from the case, or was removed: gets nothing."""
        return Part.RECUSED in self.parts


UNASKED = ("organisation__contact_name", "organisation__contact_phone")
"""Of a unit that is party to a case nobody asks whom to call; reading the number means decrypting it."""


def parties_of(case: Case) -> list[CaseParty]:
    """The units that are party to the case now, the newest first. One query for as long as the object lives."""
    known: list[CaseParty] | None = case.__dict__.get("_parties")
    if known is None:
        rows = case.parties.filter(until__isnull=True).select_related("organisation").defer(*UNASKED)
        known = case.__dict__["_parties"] = sorted(rows, key=lambda party: party.pk, reverse=True)
    return known


def only_follows(actor: Actor, relations: Relations) -> bool:
    """Whether the actor's unit has nothing to do with the case but having nominated."""
    held = relations.capacities & READING[Role.RECOMMENDER]
    return actor.role == Role.RECOMMENDER and held == {Capacity.NOMINATOR}


def is_nominated(case: Case) -> bool:
    """Whether another unit put the applicant forward. No query once the parties are known."""
    return any(party.capacity == Capacity.NOMINATOR for party in parties_of(case))


def remember_parties(cases: Sequence[Case]) -> None:
    """Read the parties of several cases at once, as :func:`parties_of` has them. One query."""
    known: dict[int, list[CaseParty]] = {case.pk: [] for case in cases}
    rows = CaseParty.objects.filter(case__in=known, until__isnull=True).select_related("organisation")
    for party in rows.defer(*UNASKED).order_by("-pk"):
        known[party.case_id].append(party)
    for case in cases:
        case.__dict__["_parties"] = known[case.pk]


def parts_of(case: Case) -> list[tuple[int, str]]:
    """Who takes part in the case now, as user key and capacity. One query for as long as the object lives."""
    known: list[tuple[int, str]] | None = case.__dict__.get("_parts")
    if known is None:
        rows = case.participations.filter(until__isnull=True, voided_at__isnull=True)
        known = case.__dict__["_parts"] = list(rows.values_list("user_id", "capacity"))
    return known


def relations_of(actor: Actor, case: Case) -> Relations:
    """The actor's relations to the case, with the limits of the person they stand in for (DESIGN: a substitute inherits

    the limits of both). Two queries for as long as the case object lives; none for the system actor.
    """
    if actor.system or actor.user is None:
        return Relations(frozenset(), frozenset())
    capacities = frozenset(p.capacity for p in parties_of(case) if actor.covers_organisation(p.organisation))
    people = [person.pk for person in (actor.user, actor.on_behalf_of) if person is not None]
    parts = frozenset(
        capacity
        for user_id, capacity in parts_of(case)
        if user_id == actor.user.pk or (user_id in people and capacity in LIMITING_PARTS)
    )
    return Relations(capacities, parts)


def add_party(*, case: Case, organisation: Organisation, capacity: Capacity) -> CaseParty:
    """Make a unit party to a case (idempotent). Called by the engine only, inside its transaction."""
    party, _ = CaseParty.objects.get_or_create(
        case=case, organisation=organisation, capacity=capacity.value, until=None
    )
    case.__dict__.pop("_parties", None)
    return party


def add_participation(*, case: Case, user: User, part: Part, reason: str = "") -> Participation:
    """Give a person a part in a case (idempotent) and project it onto guardian's rows.

    Called by the engine only, inside its transaction. The participation is the truth; an expired or void one gives
    nothing, whatever guardian says.
    """
    participation, created = Participation.objects.get_or_create(
        case=case, user=user, capacity=part.value, until=None, voided_at=None, defaults={"reason": reason}
    )
    case.__dict__.pop("_parts", None)
    if created and part in (Part.EXPERT, Part.OBSERVER, Part.DELEGATE):
        from guardian.shortcuts import assign_perm

        assign_perm("cases.view_case", user, case)
    return participation


def end_participation(*, case: Case, user: User, part: Part, reason: str, void: bool = False) -> None:
    """End (or void) a person's part and take guardian's row back. Called by the engine only."""
    from audit import clock

    rows = case.participations.filter(
        user=user, capacity=part.value, until__isnull=True, voided_at__isnull=True
    )
    rows.update(reason=reason, **({"voided_at": clock.now()} if void else {"until": clock.now()}))
    case.__dict__.pop("_parts", None)
    if not case.participations.filter(
        user=user,
        capacity__in=[Part.EXPERT, Part.OBSERVER, Part.DELEGATE],
        until__isnull=True,
        voided_at__isnull=True,
    ).exists():
        from guardian.shortcuts import remove_perm

        remove_perm("cases.view_case", user, case)
