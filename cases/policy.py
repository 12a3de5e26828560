"""Who may do what to a case: four questions answered from one set of rules. 权限

1. :func:`may` — may this actor do this to this case? Yes, or no with the reason.
2. :func:`visible` — which cases may they see? (a queryset; :func:`can_see` is the same rule for one case)
3. :func:`fields` — which parts of a case may they read?
4. :func:`who_may` — which users may do this to this case?

Actions are named as gates are: ``<procedure>.<action>`` or ``command.<action>``. Nothing here looks at work items or at
the policy's rules: whether the case waits for the action now is the engine's business.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor, users_under, users_with
from accounts.enums import Role
from accounts.models import RoleAssignment, User
from audit import clock
from audit.models import Entry
from audit.punctuation import listed
from cases.enums import Capacity, Part, Stage
from cases.errors import NotAllowed, NotVisible
from cases.models import Case, CaseParty, Participation
from cases.relations import (
    CAPACITIES,
    PERSONAL_PARTS,
    READING,
    SEES_DRAFTS,
    Relations,
    parties_of,
    parts_of,
    relations_of,
)
from cases.sealing import TAKES_IN, seal_clause, sealed_for, sealed_reason
from programmes.lifecycle import COMMAND_STAGES, LISTED
from programmes.procedures import COMMANDS, MAIN_LINE, PROCEDURES, STAGES_OF, action_of

ALSO: dict[str, frozenset[Role]] = {
    "command.report_misconduct": frozenset({Role.SUPERVISOR, Role.CHIEF}),
    "appraise.submit_appraisal": frozenset({Role.OPERATOR}),
    "appraise.submit_rectification": frozenset({Role.OPERATOR}),
    "command.report_progress": frozenset({Role.OPERATOR}),
}
"""Roles that may act beside the one named in the procedure. A chief may do whatever an officer may."""

STAGES_TOO: dict[str, frozenset[Stage]] = {
    "publicize.uphold_objection": frozenset({Stage.ACCREDIT}),
    "publicize.dismiss_objection": frozenset({Stage.ACCREDIT}),
}
"""Where an action exists beside the stage of its procedure: an objection posted in time that arrives during approval."""

DECIDES = frozenset({Role.RECOMMENDER, Role.OFFICER, Role.CHIEF, Role.EXPERT, Role.APPROVER, Role.SUPERVISOR})
"""Roles that a person who drafted the declaration must not act in on that case (supervisors decide on misconduct)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, or no with a stable code, the reason in the user's language and the clause."""

    allowed: bool
    code: str = ""
    reason: str = ""
    clause: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Answer(True)


def all_actions() -> list[str]:
    """Every action name there is, in the order of the procedures."""
    names = [f"{p.code}.{a.code}" for p in PROCEDURES.values() for d in p.duties for a in d.actions]
    return list(dict.fromkeys(names)) + [f"command.{code}" for code in COMMANDS]


def roles_for(action: str) -> frozenset[Role]:
    """The roles that may act; empty for actions of the system alone."""
    procedure, _, code = action.partition(".")
    role = COMMANDS[code].role if procedure == "command" else action_of(procedure, code).role
    if role == "system":
        return frozenset()
    chief = {Role.CHIEF} if role == Role.OFFICER else set()
    return frozenset({Role(role)}) | chief | ALSO.get(action, frozenset())


def stages_for(action: str) -> frozenset[Stage]:
    """The stages in which the action can exist at all."""
    procedure, _, code = action.partition(".")
    if procedure == "command":
        return COMMAND_STAGES[code]
    if procedure in MAIN_LINE:
        own = frozenset(Stage(stage) for stage in STAGES_OF.get(procedure, (procedure,)))
        return own | STAGES_TOO.get(action, frozenset())
    if procedure == "consult":
        return LISTED | {Stage.REVIEW, Stage.ACCREDIT}
    return frozenset({Stage.BUILD, Stage.IN_FORCE, Stage.REVOKE})


def capacities_for(role: Role, action: str) -> frozenset[Capacity]:
    """In which capacities a unit must be party for its people to do this: opinions are given by the units asked."""
    if action.partition(".")[0] == "consult":
        return frozenset({Capacity.CONSULTED})
    return CAPACITIES.get(role, frozenset())


# -- 1. may this actor do this to this case? ---------------------------------------------------------------------


def may(actor: Actor, action: str, case: Case, relations: Relations | None = None) -> Answer:
    """May ``actor`` do ``action`` to ``case``? Order: visibility, role, unit, separation of duties, stage.

    At most three queries (two when ``relations`` is not given, one for the pack's separation pairs when they name the
    action).
    """
    if actor.system:
        return YES
    relations = relations or relations_of(actor, case)
    if not _sees(actor, case, relations):
        return _no("invisible", action, case.stage)
    assert actor.role is not None
    if action not in TAKES_IN and sealed_for(actor, case):
        return Answer(False, "sealed", sealed_reason(case), seal_clause(case))
    code = permitted(actor.role, relations, action, stage=case.stage)
    return _no(code, action, case.stage) if code else _separated(actor, action, case)


def permitted(role: Role, relations: Relations, action: str, *, stage: str) -> str:
    """The rule without the database: '' for yes, else the code of the refusal. The permission matrix is made of this."""
    if role not in roles_for(action):
        return "wrong_role"
    if role not in (Role.EXPERT, Role.SUPERVISOR) and not capacities_for(role, action) & relations.capacities:
        return "wrong_unit"
    if relations.drafter and role in DECIDES:
        return "separation_of_duties"
    if stage == Stage.CLOSED:
        return "closed"
    return "" if stage in stages_for(action) else "wrong_stage"


def _no(code: str, action: str, stage: str) -> Answer:
    """The refusal in the user's language."""
    match code:
        case "invisible":
            reason = _("未找到该案件。")
        case "wrong_role":
            reason = _wrong_role(roles_for(action))
        case "wrong_unit":
            reason = _("该事项不由贵单位办理。")
        case "separation_of_duties":
            reason = _("您是本案申报材料的填报人，不得参与本案的审核、评审和审批。")
        case "closed":
            reason = _("本案已办结，不能再办理。")
        case _:
            reason = _("本案现处于“%(stage)s”阶段，不能办理此事项。") % {"stage": Stage(stage).label}
    return Answer(False, code, reason)


def require(actor: Actor, action: str, case: Case, relations: Relations | None = None) -> None:
    """:func:`may`, raising NotVisible (404) or NotAllowed (403) for a no."""
    enforce(may(actor, action, case, relations))


def enforce(answer: Answer) -> None:
    """Raise NotVisible (404) or NotAllowed (403) when the answer is no."""
    if answer:
        return
    kind = NotVisible if answer.code == "invisible" else NotAllowed
    raise kind(answer.code, answer.reason, answer.clause)


def _wrong_role(roles: frozenset[Role]) -> str:
    if not roles:
        return _("该事项由系统按期限自动办理。")
    names = listed(role.label for role in Role if role in roles)
    return _("该事项由%(roles)s办理。") % {"roles": names}


def _separated(actor: Actor, action: str, case: Case) -> Answer:
    """The pack's pairs of actions that one person must not both do on a case (both directions).

    What somebody did for another binds both: the record names both, and so does the actor.
    """
    others = _kept_apart(action, case)
    if not others or actor.user is None:
        return YES
    people = tuple(person.pk for person in (actor.user, actor.on_behalf_of) if person is not None)
    known: dict[tuple[int, ...], set[str]] = case.__dict__.setdefault("_done_by", {})
    if people not in known:
        known[people] = _done_by(case, people)
    done = known[people]
    if done & others:
        return Answer(
            False, "separation_of_duties", _("您已办理本案的前置环节，依规定须由其他人员办理此事项。")
        )
    return YES


def remember_record(case: Case, entries: Collection[Entry]) -> None:
    """A page has read the whole record of the case: separation of duties need not read it again."""
    case.__dict__["_record"] = [(entry.action, entry.actor_id, entry.on_behalf_of_id) for entry in entries]


def _done_by(case: Case, people: Collection[int]) -> set[str]:
    """What these people have done to the case, themselves or through somebody who stood in for them. One query, or none."""
    record: list[tuple[str, int | None, int | None]] | None = case.__dict__.get("_record")
    if record is not None:
        return {action for action, doer, behalf in record if doer in people or behalf in people}
    entries = Entry.objects.filter(chain=case.chain_id)
    by_them = entries.filter(Q(actor_id__in=people) | Q(on_behalf_of_id__in=people))
    return set(by_them.values_list("action", flat=True))


def _kept_apart(action: str, case: Case) -> set[str]:
    """The actions that whoever does ``action`` must not have done."""
    return {b if a == action else a for a, b in case.edition.pack.programme.separation if action in (a, b)}


# -- 2. which cases may they see? --------------------------------------------------------------------------------


def visible(actor: Actor | None) -> QuerySet[Case]:
    """The cases that ``actor`` may see. One query whatever the number of cases or assignments."""
    cases = Case.objects.all()
    if actor is None:
        return cases.none()
    if actor.system:
        return cases
    if actor.user is None or actor.role is None:
        return cases.none()
    mine = Participation.objects.filter(
        case=OuterRef("pk"), user=actor.user, until__isnull=True, voided_at__isnull=True
    )
    condition = _by_role(actor, mine) | (
        Q(submitted_at__isnull=False) & Q(Exists(mine.filter(capacity__in=PERSONAL_PARTS)))
    )
    people = [person for person in (actor.user, actor.on_behalf_of) if person is not None]
    recused = Participation.objects.filter(
        case=OuterRef("pk"),
        user__in=people,
        capacity=Part.RECUSED,
        until__isnull=True,
        voided_at__isnull=True,
    )
    cases = cases.filter(condition).exclude(Exists(recused))
    if actor.programme_code:
        cases = cases.filter(programme__code=actor.programme_code)
    return cases


def _by_role(actor: Actor, mine: QuerySet[Participation]) -> Q:
    assert actor.role is not None
    if actor.role == Role.SUPERVISOR:
        return Q(authority_id=actor.authority_id, submitted_at__isnull=False)
    if actor.role == Role.EXPERT:
        return Q(submitted_at__isnull=False) & Q(Exists(mine.filter(capacity=Part.EXPERT)))
    capacities = READING.get(actor.role)
    if capacities is None:
        return Q(pk__in=[])
    party = CaseParty.objects.filter(
        actor.scope("organisation"), case=OuterRef("pk"), capacity__in=capacities, until__isnull=True
    )
    sent = Q() if actor.role in SEES_DRAFTS else Q(submitted_at__isnull=False)
    return Q(Exists(party)) & sent


def can_see(actor: Actor, case: Case) -> bool:
    """The rule of :func:`visible` for one case. Two queries."""
    return actor.system or _sees(actor, case, relations_of(actor, case))


def _sees(actor: Actor, case: Case, relations: Relations) -> bool:
    if actor.user is None or actor.role is None or not actor.covers_programme(case.programme.code):
        return False
    return sees(
        actor.role, relations, draft=case.is_draft, same_authority=case.authority_id == actor.authority_id
    )


def sees(role: Role, relations: Relations, *, draft: bool, same_authority: bool) -> bool:
    """The rule of visibility without the database; programme and person are checked before."""
    if relations.recused:
        return False
    if not draft and PERSONAL_PARTS & relations.parts:
        return True
    if role == Role.SUPERVISOR:
        return not draft and same_authority
    if role == Role.EXPERT:
        return not draft and Part.EXPERT in relations.parts
    if not READING.get(role, frozenset()) & relations.capacities:
        return False
    return role in SEES_DRAFTS or not draft


# -- 3. which parts of a case may they read? ---------------------------------------------------------------------

PARTS_OF_CASE = (
    "declaration",  # forms and materials
    "contacts",  # names and telephones of the applicant's people
    "decisions",  # decisions and letters
    "reasons",  # internal opinions beside the letter
    "experts",  # who is on the panel
    "sheets",  # everybody's score sheets
    "own_sheet",  # the reader's own sheet
    "aggregate",  # the panel's result
    "objections",  # objections and findings, without identity
    "objectors",  # who objected
    "appraisals",
    "misconduct",
    "record",  # the chained record
)
_APPLICANT = frozenset({"declaration", "contacts", "decisions", "aggregate", "objections", "appraisals"})
_OFFICER = frozenset(PARTS_OF_CASE) - {"own_sheet"}
_CONSULTED = frozenset({"declaration"})
"""What a unit reads that is only asked for its opinion."""
_NOMINATOR = frozenset({"declaration", "decisions"})
"""What a unit reads that only nominated: what was sent, and what was decided."""
_READS: dict[Role, frozenset[str]] = {
    Role.APPLICANT: _APPLICANT,
    Role.OPERATOR: _APPLICANT - {"aggregate"},
    Role.RECOMMENDER: frozenset({"declaration", "contacts", "decisions", "aggregate"}),
    Role.OFFICER: _OFFICER,
    Role.CHIEF: _OFFICER,
    Role.APPROVER: _OFFICER - {"objectors", "contacts"},
    Role.SUPERVISOR: _OFFICER,
    Role.EXPERT: frozenset({"declaration", "own_sheet"}),
}


BY_CAPACITY = frozenset({Role.RECOMMENDER, Role.OFFICER, Role.CHIEF})
"""Roles of which :func:`fields` asks in which capacity the unit is party to the case."""


def fields(actor: Actor, case: Case) -> frozenset[str]:
    """Which of :data:`PARTS_OF_CASE` the actor may read, given that they see the case. No query where the parties are

    known (:func:`cases.relations.remember_parties` for a list), else one for the roles :data:`BY_CAPACITY`.

    One answer for pages, exports, search and API alike; nothing while the declaration is sealed
    (:mod:`cases.sealing`). The applicant reads the panel's result once review has ended.
    """
    if actor.system:
        return frozenset(PARTS_OF_CASE)
    readable = _READS.get(actor.role, frozenset()) if actor.role else frozenset()
    if sealed_for(actor, case):
        return frozenset()
    if actor.role in (Role.OFFICER, Role.CHIEF) and not _handles(actor, case):
        return readable & _CONSULTED
    if actor.role == Role.RECOMMENDER and not _party_as(Capacity.RECOMMENDER, actor, case):
        readable &= _NOMINATOR if _party_as(Capacity.NOMINATOR, actor, case) else readable
    if actor.role in (Role.APPLICANT, Role.RECOMMENDER) and case.stage in (
        Stage.DECLARE,
        Stage.FILE,
        Stage.BUILD,
        Stage.REVIEW,
    ):
        readable -= {"aggregate"}
    return readable


def _handles(actor: Actor, case: Case) -> bool:
    """Whether the actor's unit handles the case, rather than being asked about it. No query where relations are known."""
    return _party_as(Capacity.OFFICER, actor, case)


def _party_as(capacity: Capacity, actor: Actor, case: Case) -> bool:
    """Whether the actor's unit is party in this capacity. No query where relations are known."""
    return any(
        party.capacity == capacity and actor.covers_organisation(party.organisation)
        for party in parties_of(case)
    )


# -- 4. which users may? -----------------------------------------------------------------------------------------


def who_may(action: str, case: Case, unit_id: int | None = None) -> set[int]:
    """Keys of the users who hold a role and unit that lets them do ``action`` to ``case`` (separation of duties applied).

    For notifications and assignment; ``unit_id``: of that party alone. Experts: those who take part in the case.
    Whoever stands in for somebody has the limits of both: nobody acts for a person who may not act, nor who may not act
    themselves. One query for the holders, where supervisors may as well another one; beside it what the door has read
    already (parties, who takes part), and the record where the pack keeps actions apart.
    """
    roles = roles_for(action)
    if Role.EXPERT in roles:
        sitting = {user_id for user_id, part in parts_of(case) if part == Part.EXPERT}
        return set(User.objects.filter(pk__in=sitting, is_active=True).values_list("pk", flat=True))
    today, barred = clock.today(), _barred(action, case, roles)
    seats = [
        (role, party.organisation)
        for party in parties_of(case)
        for role in roles
        if party.capacity in capacities_for(role, action) and unit_id in (None, party.organisation_id)
    ]
    people = users_with(seats, case.programme.code, today, but_not=barred)
    if Role.SUPERVISOR in roles:
        people |= users_under(_supervisors(case), today, but_not=barred)
    return people


def who_nominated(case: Case) -> set[int]:
    """Keys of the users who act for the unit that nominated; nobody where nobody did. One query at most where the

    parties are known. Recused persons are left out.
    """
    seats = [
        (Role.RECOMMENDER, party.organisation)
        for party in parties_of(case)
        if party.capacity == Capacity.NOMINATOR
    ]
    if not seats:
        return set()
    recused = {user_id for user_id, part in parts_of(case) if part == Part.RECUSED}
    return users_with(seats, case.programme.code, clock.today(), but_not=recused)


def _barred(action: str, case: Case, roles: frozenset[Role]) -> frozenset[int]:
    """Keys of the users who may not do this whatever they hold: recused, drafter where others decide, or done before

    what is kept apart from it. One query at most where it is known who takes part.
    """
    barring = {Part.RECUSED, Part.DRAFTER} if roles & DECIDES else {Part.RECUSED}
    barred = {user_id for user_id, part in parts_of(case) if part in barring}
    if others := _kept_apart(action, case):
        entries = Entry.objects.filter(chain=case.chain_id, action__in=others)
        for pair in entries.values_list("actor_id", "on_behalf_of_id"):
            barred.update(pk for pk in pair if pk is not None)
    return frozenset(barred)


def _supervisors(case: Case) -> QuerySet[RoleAssignment]:
    """Supervisors of any unit of the case's authority, as :func:`visible` has it."""
    return RoleAssignment.objects.valid_on(clock.today()).filter(
        role=Role.SUPERVISOR,
        authority_id=case.authority_id,
        programme_code__in=("", case.programme.code),
    )
