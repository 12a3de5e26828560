"""Units, people and the policy itself, set up in an empty database through the doors. 班底"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from accounts.actors import Actor, actor_for
from accounts.assignments import grant_role
from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation
from accounts.organisations import create_organisation
from accounts.users import create_user
from audit import clock
from cases import policy
from cases.models import Case, ScoreSheet
from programmes.editions import load_pack, publish_edition
from programmes.models import Programme
from workflows.enums import ItemStatus
from workflows.models import WorkItem
from workflows.rehearsal import companions
from workflows.rehearsal.schema import Person, Unit
from workflows.rehearsal.script import Script
from workflows.rehearsal.vocabulary import AUTHORITY

PASSWORD_BYTES = 18
REASON = "演练"


class NotEmpty(RuntimeError):
    """A scenario is played in an empty database, never beside real cases."""


@dataclass
class Cast:
    """Who is there, by the names the scenario gives them."""

    authority: Organisation
    programme: Programme
    beside: dict[str, Programme] = field(default_factory=dict)
    """The further programmes of the scenario, by id."""
    units: dict[str, Organisation] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def programme_called(self, name: str) -> Programme:
        """The scenario's own programme when ``name`` is empty or its id, else one beside it. KeyError: none of them."""
        return self.programme if name in ("", self.programme.code) else self.beside[name]

    def for_action(self, action: str, opener: str) -> str:
        """Who does this when the scenario does not say: the applicant who opened the case, else the first person of

        the cast in the role the procedure names, else in a role that may act beside it. KeyError: nobody may.
        """
        roles = policy.roles_for(action)
        if opener and self.actors[opener].role in roles:
            return opener
        for role in sorted(roles, key=lambda role: role == Role.CHIEF):
            for name, actor in self.actors.items():
                if actor.role == role:
                    return name
        raise KeyError(action)

    def in_role(self, role: Role) -> str:
        """The first person of the cast in that role. KeyError: nobody is."""
        for name, actor in self.actors.items():
            if actor.role == role:
                return name
        raise KeyError(role)

    def applicant_of(self, unit: Organisation) -> str:
        """The first person of the cast who declares for that unit; '' when nobody does."""
        for name, actor in self.actors.items():
            if actor.role == Role.APPLICANT and actor.covers_organisation(unit):
                return name
        return ""

    def experts(self, number: int, *, but: frozenset[int] = frozenset()) -> list[str]:
        """The first experts of the cast, those with the user keys ``but`` left out, as user ids for a form."""
        users = [a.user for a in self.actors.values() if a.role == Role.EXPERT and a.user is not None]
        return [str(user.public_id) for user in users if user.pk not in but][:number]

    def awaited(self, case: Case) -> list[str]:
        """The experts whose sheets the case waits for, in the order of the cast."""
        open_seats = WorkItem.objects.filter(case=case, status=ItemStatus.OPEN, assignee__isnull=False)
        waiting = set(open_seats.values_list("assignee_id", flat=True))
        return [name for name, actor in self.actors.items() if actor.user and actor.user.pk in waiting]

    def void_experts(self, case: Case) -> frozenset[int]:
        """Keys of the experts whose sheets were voided."""
        rows = ScoreSheet.objects.filter(case=case, voided_at__isnull=False)
        return frozenset(rows.values_list("expert_id", flat=True))


def assemble(script: Script) -> Cast:
    """Set up the authority, the cast and the published edition, as of the clock's today. NotEmpty: something is there.

    Raises what the doors refuse; PackRefused when the pack may not be published.
    """
    if Organisation.objects.exists():
        raise NotEmpty("the database is not empty")
    system = Actor.system_actor()
    authority = _authority(script)
    cast = Cast(authority, _programme(script.repertoire.archive, authority))
    cast.units[AUTHORITY] = authority
    for name in script.scenario.beside:
        cast.beside[name] = _programme(companions.archive_of(name), authority)
    for key in script.units:
        _unit(key, script.units, cast)
    for key, person in script.people.items():
        cast.actors[key] = _person(key, person, cast, system)
    return cast


def _authority(script: Script) -> Organisation:
    programme, spec = script.pack.programme, script.units.get(AUTHORITY)
    return create_organisation(
        name=spec.name if spec else programme.authority_name or programme.authority,
        kind=OrganisationKind(spec.kind) if spec else OrganisationKind.CITY,
        code=programme.authority,
        actor=Actor.system_actor(),
    )


def _programme(archive: bytes, authority: Organisation) -> Programme:
    system = Actor.system_actor()
    edition = load_pack(archive=archive, authority=authority, actor=system)
    return publish_edition(edition=edition, actor=system).programme


def _unit(key: str, specs: dict[str, Unit], cast: Cast) -> Organisation:
    """The unit, its parents first. A circle of parents is refused by the recursion's missing end."""
    if key in cast.units:
        return cast.units[key]
    spec = specs[key]
    parent = (
        _unit(spec.parent, {k: s for k, s in specs.items() if k != key}, cast)
        if spec.parent
        else cast.authority
    )
    cast.units[key] = create_organisation(
        name=spec.name,
        kind=OrganisationKind(spec.kind),
        parent=parent,
        uscc=spec.uscc,
        region_code=spec.region_code,
        aliases=spec.aliases,
        actor=Actor.system_actor(),
    )
    return cast.units[key]


def _person(key: str, person: Person, cast: Cast, system: Actor) -> Actor:
    unit = cast.units[person.unit]
    user = create_user(
        username=key,
        name=person.name,
        password=secrets.token_urlsafe(PASSWORD_BYTES),
        organisation=unit,
        must_change_password=False,
        actor=system,
    )
    assignment = grant_role(
        user=user,
        role=Role(person.role),
        organisation=unit,
        subtree=person.unit == AUTHORITY,
        valid_from=clock.today(),
        reason=REASON,
        actor=system,
    )
    return actor_for(assignment)
