"""发起申报: drafts to go on with; the rounds that take declarations, for which units, until when; and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.models import Organisation
from audit.punctuation import listed
from cases.enums import DeclarationStatus
from cases.errors import Invalid, NotAllowed
from cases.models import Case, Declaration
from cases.policy import visible
from cases.relations import SEES_DRAFTS
from programmes.enums import RoundStatus
from programmes.models import Round
from workflows import carried
from workflows.batch_units import units_in_reach
from workflows.opening import open_case, require_open
from workflows.programme_kinds import grouped
from workflows.typed import name_fields
from workflows.views.refusals import PersonAtWork, for_actors, status_of

UNITS = 200
"""So many units are offered at once; of more, one is looked for by its name."""


@dataclass(frozen=True, slots=True)
class Units:
    """可代为申报的单位: those offered. ``more``: there are others; ``wanted``: what was looked for; ``missed``: in vain;

    ``cut``: more have it in their name than are offered.
    """

    offered: list[Organisation]
    more: bool = False
    wanted: str = ""
    missed: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """申报批次: one round as the page offers it. ``reason``: why this actor cannot declare in it now."""

    round: Round
    kinds: str
    kinds_clause: str
    units: tuple[Organisation, ...]
    reason: str
    clause: str
    brought: int = 0
    """So many answers of the pre-check would be taken into the draft."""

    @property
    def fits(self) -> bool:
        """Whether the programme takes declarations from any of the actor's units."""
        return bool(self.units)


UNFOLDED = 3
"""Up to this many open rounds stand open on the page; of more, one is chosen first."""
DRAFTS = 10
"""So many drafts are shown to go on with; the list of cases has the others."""


def _shown(request: PersonAtWork, calls: list[Call], units: Units) -> dict[str, Any]:
    """The rounds for the page: those that fit by kind, the others apart; drafts begun before come first."""
    fitting = [call for call in calls if call.fits]
    drafts = list(_drafts(request.actor)[: DRAFTS + 1])
    return {
        "calls": calls,
        "groups": grouped(fitting, lambda call: (call.round.authority.name, call.round.edition.pack)),
        "others": [call for call in calls if not call.fits],
        "unfolded": sum(1 for call in fitting if not call.reason) <= UNFOLDED,
        "wanted": request.POST.get("round") or request.GET.get("round") or "",
        "drafts": drafts[:DRAFTS],
        "more_drafts": len(drafts) > DRAFTS,
        "units": units,
        "most_units": UNITS,
    }


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: PersonAtWork) -> HttpResponse:
    """Choose a round and a unit, name the project, and begin. Three queries, and one a round for its limit."""
    actor = request.actor
    name_fields(request, {"title": _("项目名称"), "round": _("批次"), "unit": _("申报单位")})
    if actor.role not in SEES_DRAFTS:
        raise NotAllowed("not_permitted", _("由申报单位发起申报；您当前的身份不能发起。"))
    calls, units = _calls(request)
    if request.method != "POST":
        return render(
            request, "cases/start.html", _shown(request, calls, units) | {"typed": {}, "errors": {}}
        )
    call = next((each for each in calls if str(each.round.public_id) == request.POST.get("round")), None)
    unit = next(
        (u for u in (call.units if call else ()) if str(u.public_id) == request.POST.get("unit")), None
    )
    try:
        if call is None or unit is None:
            message = _("请选择批次和申报单位。")
            raise Invalid("no_round", message, fields={"unit": message})
        title = request.POST.get("title", "")
        case = open_case(round=call.round, applicant=unit, title=title, actor=actor, clicked=True)
    except (Invalid, NotAllowed) as refusal:
        errors = refusal.fields or {"": refusal.message}
        context = _shown(request, *_calls(request)) | {"typed": request.POST, "errors": errors}
        return render(request, "cases/start.html", context, status=status_of(refusal))
    return _begun(request, case, bring=bool(call.brought) and request.POST.get("bring") == "on")


def _begun(request: PersonAtWork, case: Case, *, bring: bool) -> HttpResponse:
    """On to the new draft, with the answers of the pre-check where the person wants them there; they go either way."""
    answer = redirect("cases:declaration", case.public_id)
    if bring:
        _programme, answers = carried.carried(request)
        carried.bring_in(case, answers, request.actor)
    answer.delete_cookie(carried.COOKIE, samesite="Lax")
    return answer


def _drafts(actor: Actor) -> QuerySet[Case]:
    """What the actor's units are filling in: drafts, and declarations sent back, the newest first. One query."""
    open_drafts = Declaration.objects.filter(case=OuterRef("pk"), status=DeclarationStatus.DRAFT)
    cases = visible(actor).filter(Exists(open_drafts), stage="declare")
    return cases.select_related("round", "programme", "applicant").order_by("-pk")


def _calls(request: PersonAtWork) -> tuple[list[Call], Units]:
    """Rounds of the actor's authority that are not over, those that can be declared in first; and for which units."""
    actor = request.actor
    rounds = [
        round_
        for round_ in Round.objects.filter(
            authority_id=actor.authority_id, status__in=(RoundStatus.OPEN, RoundStatus.PLANNED)
        )
        .select_related("programme", "edition", "authority")
        .defer("edition__source")
        .order_by("-opens_on", "-pk")
        if actor.covers_programme(round_.programme.code)
    ]
    kinds = {kind for round_ in rounds for kind in round_.edition.pack.programme.applicant.kinds}
    units = _units(actor, kinds, request.GET.get("units", "").strip()[:100])
    known = carried.carried(request)
    calls = [_call(round_, units.offered, actor, known) for round_ in rounds]
    wanted = request.POST.get("round") or request.GET.get("round")
    return sorted(calls, key=lambda call: (bool(call.reason), str(call.round.public_id) != wanted)), units


def _units(actor: Actor, kinds: set[str], wanted: str) -> Units:
    """The units in whose name the actor may declare, in the order of the directory: of kinds that are asked for, with

    ``wanted`` in their name; where there is no such name, as if nothing had been looked for. Without a unit of such a
    kind the actor's own, about which the page then says why not. A query only for an assignment over a subtree, two when
    something is looked for.
    """
    if actor.organisation is None or actor.assignment is None:
        return Units([])
    if not actor.assignment.subtree:
        return Units([actor.organisation])
    every = units_in_reach(actor).filter(kind__in=kinds)
    first = list(every[: UNITS + 1])
    more = len(first) > UNITS
    if wanted and more:
        found = list(every.filter(name__icontains=wanted)[: UNITS + 1])
        if found:
            return Units(found[:UNITS], more, wanted, cut=len(found) > UNITS)
    return Units(first[:UNITS] or [actor.organisation], more, wanted, missed=bool(wanted and more))


def _call(round_: Round, units: list[Organisation], actor: Actor, known: tuple[str, dict[str, Any]]) -> Call:
    pack = round_.edition.pack
    spec = pack.programme.applicant
    kinds = listed(OrganisationKind(k).label for k in spec.kinds if k in OrganisationKind.values)
    fitting = tuple(unit for unit in units if unit.kind in spec.kinds)
    reason = clause = ""
    asked = (fitting or tuple(units))[:1]
    try:
        for unit in asked:
            require_open(round_, unit, actor)
    except NotAllowed as refusal:
        if len(fitting) < 2 or refusal.code != "draft_limit":  # another unit may still declare
            reason, clause = str(refusal.message), refusal.clause
    brought = 0
    if known[0] == str(round_.programme.public_id):
        lifecycle = pack.programme.lifecycle
        forms = carried.usable(pack, known[1], lifecycle.steps[lifecycle.start].forms)
        brought = sum(len(values) for values in forms.values())
    return Call(round_, kinds, spec.clause, fitting, reason, clause, brought)
