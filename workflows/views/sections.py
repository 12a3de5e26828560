"""The tabs of a case: what was declared, the review, notices and objections, decisions and letters, what came after."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.errors import NotVisible
from cases.models import Decision
from programmes.default_letters import letter_of
from workflows.award_lines import award_view
from workflows.case_pages import find_case, frame, mark_of, note_read, require_part
from workflows.decision_lines import decision_lines, title_of
from workflows.objection_lines import objection_lines
from workflows.panel import panel_of
from workflows.upkeep import appraisal_lines
from workflows.views.refusals import PersonAtWork, for_actors


@for_actors
@require_safe
def review(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """The panel, its sheets and what they come to: each reader what they may see."""
    actor = request.actor
    case = find_case(actor, public_id)
    readable = require_part(actor, case, "sheets", "own_sheet", "aggregate", "experts", "misconduct")
    context = frame(case, actor, "review") | {"panel": panel_of(case, actor, readable)}
    if "misconduct" in readable:
        context["misconducts"] = list(
            case.misconducts.select_related("expert", "reported_by").order_by("-reported_at")
        )
    note_read(actor, case, "case.review")
    return render(request, "cases/review.html", context)


@for_actors
@require_safe
def notices(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """What the public was shown, and what it objected, as far as the reader may know."""
    actor = request.actor
    case = find_case(actor, public_id)
    readable = require_part(actor, case, "objections")
    context = frame(case, actor, "notices") | {
        "notices": list(case.notices.select_related("deadline").order_by("-published_at", "-pk")),
        "objections": objection_lines(case, readable),
    }
    note_read(actor, case, "case.objectors" if "objectors" in readable else "case.notices")
    return render(request, "cases/notices.html", context)


@for_actors
@require_safe
def decisions(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """Every decision with its clause, its letter and the rules that were not plainly met."""
    actor = request.actor
    case = find_case(actor, public_id)
    readable = require_part(actor, case, "decisions")
    rows = case.decisions.select_related("user", "organisation").order_by("-decided_at", "-pk")
    standings = case.standings.select_related("decision").order_by("-since", "-pk")
    context = frame(case, actor, "decisions") | {
        "decisions": decision_lines(case, rows, readable),
        "standings": [(row, mark_of(case, row)) for row in standings],
        "plaques": list(case.plaques.order_by("-issued_on", "-pk")),
        "awards": award_view(case),
    }
    note_read(actor, case, "case.decisions")
    return render(request, "cases/decisions.html", context)


@for_actors
@require_safe
def upkeep(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """Progress of construction, appraisals and rectifications."""
    actor = request.actor
    case = find_case(actor, public_id)
    require_part(actor, case, "appraisals")
    context = frame(case, actor, "upkeep") | {
        "reports": list(case.progress_reports.select_related("reported_by").order_by("-reported_at", "-pk")),
        "appraisals": appraisal_lines(case),
    }
    note_read(actor, case, "case.upkeep")
    return render(request, "cases/upkeep.html", context)


@for_actors
@require_safe
def letter(request: PersonAtWork, public_id: uuid.UUID, decision_id: uuid.UUID) -> HttpResponse:
    """The letter that went with a decision, as it was sent; A4."""
    actor = request.actor
    case = find_case(actor, public_id)
    require_part(actor, case, "decisions")
    decision = (
        Decision.objects.filter(case=case, public_id=decision_id)
        .exclude(letter="")
        .select_related("organisation")
        .first()
    )
    if decision is None:
        raise NotVisible("invisible", _("未找到该文书。"))
    note_read(actor, case, "case.letter")
    spec = letter_of(case.edition.pack, decision.letter_code)
    context = {
        "case": case,
        "decision": decision,
        "title": spec.title.zh if spec else title_of(case, decision),
    }
    return render(request, "cases/letter.html", context)
