"""What a nominating unit finds on its page: rounds, units to choose from, what it has nominated. 提名页"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.bodies import above_all, same_body, territory_of
from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation
from accounts.validators import compact_uscc
from audit import clock
from audit.punctuation import listed
from cases.errors import NotAllowed
from cases.models import Case, Nomination
from programmes.enums import RoundStatus
from programmes.models import Round
from programmes.nominations import nomination_of
from programmes.schema import NominationSpec
from programmes.slot_types import SlotContent
from programmes.slots import values_in
from workflows import labels
from workflows.nominating import limit_of, require_nominator, used_up
from workflows.opening import drafts_of, require_running

FOUND = 20
"""So many units are offered at once; of more, one is looked for."""
PAGE = 20
SHORTEST_CODE = 8
"""From so many characters on, a credit code is searched for by its beginning."""


@dataclass(frozen=True, slots=True)
class NominationCall:
    """提名批次: a round in which the actor's unit may nominate; ``reason``: why it cannot just now."""

    round: Round
    spec: NominationSpec
    limit: int | None
    used: int
    reason: str = ""
    clause: str = ""

    @property
    def kinds(self) -> str:
        """Which kinds of units may be nominated."""
        kinds = self.round.edition.pack.programme.applicant.kinds
        return listed(OrganisationKind(kind).label for kind in kinds if kind in OrganisationKind.values)

    @property
    def left(self) -> int | None:
        """How many may still be nominated; None: no limit."""
        return None if self.limit is None else max(self.limit - self.used, 0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """被提名单位: ``bar``: why it cannot be nominated."""

    unit: Organisation
    bar: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Units to choose from. ``more``: there are others than those offered; ``wanted``: what was looked for."""

    candidates: list[Candidate] = field(default_factory=list)
    wanted: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True)
class NominationLine:
    """One nomination of the unit, with what has become of it. ``readable``: its case is open to the unit."""

    nomination: Nomination
    state: str
    tone: str
    readable: bool

    @property
    def case(self) -> Case:
        """The case that began with it."""
        return self.nomination.case


def rounds_for(actor: Actor) -> list[Round]:
    """The open rounds in which the actor's unit may nominate, those that end first in front. One query."""
    if actor.role != Role.RECOMMENDER or actor.organisation is None:
        return []
    today, unit = clock.today(), actor.organisation
    rounds = (
        Round.objects.filter(status=RoundStatus.OPEN, authority_id=actor.authority_id, opens_on__lte=today)
        .filter(Q(closes_on__isnull=True) | Q(closes_on__gte=today))
        .select_related("programme", "edition", "authority")
        .defer("edition__source")
        .order_by("closes_on", "-pk")
    )
    found = []
    for round_ in rounds:
        spec = nomination_of(round_.edition.pack)
        if spec is not None and unit.kind in spec.by and actor.covers_programme(round_.programme.code):
            found.append(round_)
    return found


def nominates(actor: Actor) -> bool:
    """Whether the unit has anything to do with nominations: an open round, or something it nominated. Two queries."""
    return bool(rounds_for(actor)) or (actor.role == Role.RECOMMENDER and nominated_by(actor).exists())


def calls_for(actor: Actor) -> list[NominationCall]:
    """The rounds with what is left of the unit's limit. Three queries, however many rounds there are."""
    assert actor.organisation is not None
    rounds = rounds_for(actor)
    counted = Nomination.objects.filter(
        round__in=rounds, organisation=actor.organisation, declined_at__isnull=True
    )
    used = dict(counted.order_by().values_list("round").annotate(n=Count("pk"))) if rounds else {}
    decided = values_in(rounds)
    return [_call(round_, actor, used.get(round_.pk, 0), decided[round_.pk]) for round_ in rounds]


def _call(round_: Round, actor: Actor, used: int, decided: Mapping[str, SlotContent]) -> NominationCall:
    spec = require_nominator(round_, actor)
    try:
        require_running(round_, actor)
        limit = limit_of(round_, spec, decided)
    except NotAllowed as refusal:
        return NominationCall(round_, spec, None, used, str(refusal.message), refusal.clause)
    reason = ""
    if limit is not None and used >= limit:
        reason = used_up(limit, used)
    return NominationCall(round_, spec, limit, used, reason, spec.clause if reason else "")


def find_units(call: NominationCall, actor: Actor, wanted: str, chosen: str = "") -> Found:
    """Units that the round admits, with ``wanted`` in their name or credit code; ``chosen`` (a public id) among them.

    Six queries, however many units there are.
    """
    own = actor.organisation
    assert own is not None
    everybody = _admitted(call, own)
    rows = list(_matching(everybody, wanted).order_by("path")[: FOUND + 1])
    offered = rows[:FOUND]
    picked = _unit_of(everybody, chosen)
    if picked is not None and picked not in offered:
        offered = [picked, *offered]
    above = above_all([own, *offered])
    taken = _taken(call.round, offered)
    candidates = []
    for unit in offered:
        bar = ""
        if same_body(own, unit, above):
            bar = _("本单位，或者与本单位属同一法人，不得自荐")
        elif unit.pk in taken:
            bar = _("在本批次已有申报")
        candidates.append(Candidate(unit, bar))
    return Found(candidates, wanted, len(rows) > FOUND)


def _admitted(call: NominationCall, own: Organisation) -> QuerySet[Organisation]:
    kinds = call.round.edition.pack.programme.applicant.kinds
    units = Organisation.objects.filter(
        authority_id=call.round.authority_id, is_active=True, kind__in=kinds
    ).defer("contact_name", "contact_phone")
    if call.spec.within == "territory":
        place = territory_of(own)
        units = units.filter(path__startswith=place.path) if place is not None else units.none()
    return units


def _matching(units: QuerySet[Organisation], wanted: str) -> QuerySet[Organisation]:
    if not wanted:
        return units
    code = compact_uscc(wanted)
    coded = Q(uscc__startswith=code) if len(code) >= SHORTEST_CODE else Q(pk__in=[])
    return units.filter(Q(name__icontains=wanted) | Q(short_name__icontains=wanted) | coded)


def _unit_of(units: QuerySet[Organisation], chosen: str) -> Organisation | None:
    try:
        return units.filter(public_id=uuid.UUID(chosen)).first() if chosen else None
    except ValueError:
        return None


def _taken(round_: Round, units: list[Organisation]) -> set[int]:
    """Of these, the units that have as many declarations in the round as they may. One query at most."""
    limit = round_.edition.pack.programme.round.drafts_per_applicant
    if not limit or not units:
        return set()
    return {pk for pk, n in drafts_of(round_, (unit.pk for unit in units)).items() if n >= limit}


def nominated_by(actor: Actor) -> QuerySet[Nomination]:
    """What the actor's unit has nominated, the newest first: itself, not the units under it."""
    rows = Nomination.objects.filter(organisation=actor.organisation)
    if actor.programme_code:
        rows = rows.filter(case__programme__code=actor.programme_code)
    return rows


def page_of(actor: Actor, number: str | None) -> Page[Nomination]:
    """A page of them, with what a line needs. Two queries."""
    rows = nominated_by(actor).select_related(
        "case__applicant", "case__edition", "case__programme", "round", "organisation"
    )
    return Paginator(rows.defer("case__edition__source"), PAGE).get_page(number)


def lines_of(page: Page[Nomination]) -> list[NominationLine]:
    """The lines of a page. No query.

    The nominator follows the state from the beginning; the case itself opens to it with the first sending, as to any
    other unit: what is being filled in is nobody's but the unit's that declares.
    """
    return [_line(nomination) for nomination in page.object_list]


def _line(nomination: Nomination) -> NominationLine:
    case = nomination.case
    if nomination.declined_at is not None:
        return NominationLine(nomination, _("已谢绝"), "warning", False)
    if case.is_draft:
        waiting = nomination.round.is_open_on(clock.today())
        state = _("待被提名单位填报提交") if waiting else _("批次已截止，未提交")
        return NominationLine(nomination, state, "neutral" if waiting else "warning", False)
    state = str(case.get_closure_display()) if case.closure else labels.step_name(case)
    return NominationLine(nomination, state, "neutral" if case.closure else "active", True)
