"""推荐名单 and its letter: what a unit has recommended in a round, in order, and the letter on A4."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Refusal
from accounts.models import Organisation
from cases.errors import Invalid, NotVisible
from cases.models import Case, Decision
from cases.recommendations import standing_places
from programmes.citations import written_out
from programmes.models import Round
from programmes.schema import FormField
from workflows.recommendation_lists import (
    Listed,
    decide_list,
    declare_step,
    listed,
    order_of,
)
from workflows.views.refusals import PersonAtWork, for_actors, reasons_of, status_of, wants_json

RANK = "rank."


@dataclass(frozen=True, slots=True)
class ListLine:
    """One case of the list; ``rank`` as typed, or as it stands."""

    case: Case
    rank: str
    decision: Decision | None


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def recommended(request: PersonAtWork, round_id: uuid.UUID, unit_id: uuid.UUID) -> HttpResponse:
    """The list: its order can be decided by the unit while the round is open; the province reads it."""
    row, unit = _named(round_id, unit_id)
    if request.method != "POST":
        return _page(request, listed(request.actor, row, unit))
    ranks = {n.removeprefix(RANK): str(v) for n, v in request.POST.items() if n.startswith(RANK)}
    try:
        _decide(request, row, unit, ranks)
    except Refusal as refusal:
        if wants_json(request) or isinstance(refusal, NotVisible):
            raise
        return _page(request, listed(request.actor, row, unit), refusal)
    messages.success(request, _("推荐名单已保存。"))
    return redirect("workflows:recommended", round_id, unit_id)


def _decide(request: PersonAtWork, row: Round, unit: Organisation, ranks: dict[str, str]) -> None:
    now, post = listed(request.actor, row, unit), request.POST
    order = [str(case.public_id) for case in now.cases]
    if now.ranked:
        order, wrong = order_of(ranks)
        if wrong:
            raise Invalid("invalid", wrong, fields={"order": wrong})
    seen = post.get("version", "")
    decide_list(
        round_=row,
        unit=unit,
        order=order,
        document_no=post.get("document_no", "").strip(),
        reason=post.get("reason", "").strip(),
        seen=int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
        actor=request.actor,
    )


def _named(round_id: uuid.UUID, unit_id: uuid.UUID) -> tuple[Round, Organisation]:
    rows = Round.objects.select_related("programme", "edition", "authority", "chain")
    row = rows.filter(public_id=round_id).first()
    unit = Organisation.objects.filter(public_id=unit_id).first()
    if row is None or unit is None:
        raise NotVisible("invisible", _("未找到该推荐名单。"))
    return row, unit


def _page(request: PersonAtWork, now: Listed, refusal: Refusal | None = None) -> HttpResponse:
    post = request.POST if refusal is not None else {}
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    context = {
        "listed": now,
        "lines": _lines(now, {str(k): str(v) for k, v in post.items()}),
        "document_no": post.get("document_no", now.newest.document_no if now.newest else ""),
        "reason": post.get("reason", ""),
        "errors": {name: str(text) for name, text in fields.items()},
        "refusal": reasons_of(refusal) if refusal is not None else [],
    }
    status = status_of(refusal).value if refusal is not None else 200
    return render(request, "workflows/recommended.html", context, status=status)


def _lines(now: Listed, typed: dict[str, str]) -> list[ListLine]:
    """The cases with their place and the decision that recommended them. One query."""
    rows = Decision.objects.filter(case__in=now.cases, procedure="declare", action="recommend")
    decisions = {row.case_id: row for row in rows.order_by("pk")}
    known = standing_places(now.newest, now.cases) if now.newest is not None else {}
    lines = []
    for case in now.cases:
        key = str(case.public_id)
        place = str(known.get(key, ""))
        lines.append(ListLine(case, typed.get(f"{RANK}{key}", place), decisions.get(case.pk)))
    return lines


@for_actors
@require_safe
def letter(request: PersonAtWork, round_id: uuid.UUID, unit_id: uuid.UUID) -> HttpResponse:
    """推荐函: the whole list on A4, with its number and a place for the seal; nothing of a list seen in part."""
    row, unit = _named(round_id, unit_id)
    now = listed(request.actor, row, unit)
    if not now.complete:
        raise NotVisible("invisible", _("未找到该推荐名单。"))
    programme = row.edition.pack.programme
    officer = programme.roles.get("officer")
    context = {
        "listed": now,
        "lines": _lines(now, {}),
        "programme": programme.title.zh,
        "to": officer.organization if officer and officer.organization else programme.issuer.zh,
        "statements": [field.label.zh for field in _confirmed(now)],
        "clause": _clause(now),
    }
    return render(request, "workflows/recommendation_letter.html", context)


def _confirmed(now: Listed) -> list[FormField]:
    """What a unit confirms with each recommendation: a case with a no is not recommended."""
    step = declare_step(now.round.edition.pack)
    asks = step.asks.get("recommend", ()) if step is not None else ()
    return [field for field in asks if field.type == "boolean"]


def _clause(now: Listed) -> str:
    step = declare_step(now.round.edition.pack)
    pack = now.round.edition.pack
    return written_out(pack, step.clauses.get("recommend") or step.clause) if step is not None else ""
