"""案件迁移: running cases go on under a newer edition, after a dry run and with a reason."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.errors import Refusal
from cases.models import Case
from programmes.enums import EditionStatus
from programmes.models import Edition
from programmes.procedures import COMMANDS, PROCEDURES, duty_of
from workflows import engine
from workflows.edition_moves import CaseMove, plan
from workshop.access import BenchRequest, editions_of, editors_only
from workshop.forms import MoveForm

MOST = 200
"""Cases that are moved in one go."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case's move; ``refusal``: why it stays."""

    move: CaseMove
    refusal: str = ""


@require_http_methods(["GET", "POST"])
@editors_only
def choose(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Choose cases (``step`` narrows them), see what would change (``action=plan``), move them (``action=move``)."""
    edition = get_object_or_404(editions_of(request.actor), public_id=public_id)
    rows = movable(edition)
    context: dict[str, Any] = {
        "edition": edition,
        "published": edition.status == EditionStatus.PUBLISHED,
        "form": MoveForm(),
        "most": MOST,
        "steps": _steps(edition, rows),
        "step": request.GET.get("step", ""),
    }
    if request.method == "GET":
        return render(request, "workshop/move.html", {**context, "cases": _listed(rows, context["step"])})
    keys = _keys(request)
    chosen = list(rows.filter(public_id__in=keys)[:MOST])
    form = MoveForm(request.POST) if request.POST.get("action") == "move" else MoveForm()
    context |= {"moves": [_told(move, edition) for move in plan(chosen, edition)], "form": form}
    if not chosen:
        context |= {"cases": _listed(rows, ""), "nothing_chosen": True, "moves": None}
        return render(request, "workshop/move.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not form.is_bound:
        return render(request, "workshop/move.html", context)
    if not form.is_valid():
        return render(request, "workshop/move.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    outcomes = [_move(request, case, edition, form.cleaned_data["reason"]) for case in chosen]
    context |= {"moves": None, "outcomes": outcomes, "moved": sum(1 for each in outcomes if not each.refusal)}
    return render(request, "workshop/move.html", context)


def movable(edition: Edition) -> Any:
    """The programme's cases that are under way under another edition, by step."""
    rows = Case.objects.filter(programme=edition.programme_id, closure="").exclude(edition=edition.pk)
    rows = rows.select_related("edition", "programme", "round__edition", "applicant", "chain")
    return rows.defer("edition__source", "round__edition__source").order_by("step", "pk")


def _steps(edition: Edition, rows: Any) -> list[dict[str, str]]:
    """The steps in which there are such cases, with what they are called."""
    seen = rows.order_by("step").values_list("step", "edition__digest").distinct()
    titles: dict[str, str] = {}
    editions = {
        each.digest: each for each in Edition.objects.filter(programme=edition.programme_id).defer("source")
    }
    for step, digest in seen:
        spec = editions[digest].pack.programme.lifecycle.steps.get(step)
        titles.setdefault(step, str(spec.title) if spec is not None else step)
    return [{"code": code, "title": title} for code, title in titles.items()]


def _listed(rows: Any, step: str) -> list[dict[str, Any]]:
    found = list((rows.filter(step=step) if step else rows)[:MOST])
    return [
        {"case": case, "step": str(case.edition.pack.programme.lifecycle.steps[case.step].title)}
        for case in found
    ]


def _keys(request: BenchRequest) -> list[uuid.UUID]:
    keys = []
    for text in request.POST.getlist("case")[:MOST]:
        try:
            keys.append(uuid.UUID(text))
        except ValueError:
            continue
    return keys


def _told(move: CaseMove, edition: Edition) -> dict[str, Any]:
    step = edition.pack.programme.lifecycle.steps.get(move.step)
    return {
        "move": move,
        "step": str(step.title) if step is not None else move.step,
        "limits": [
            {"duty": duty_title(edition, move.step, each.duty), "before": each.before, "after": each.after}
            for each in move.limits
        ],
    }


def duty_title(edition: Edition, step: str, duty: str) -> str:
    """What a duty is called in the edition; its code where nothing is known of it."""
    spec = edition.pack.programme.lifecycle.steps.get(step)
    owners = [(spec.procedure, spec.labels)] if spec is not None else []
    owners += [(side.flow, side.labels) for side in edition.pack.programme.side.values()]
    for procedure, labels in owners:
        if duty in labels:
            return str(labels[duty])
        if procedure in PROCEDURES and any(each.code == duty for each in PROCEDURES[procedure].duties):
            return str(duty_of(procedure, duty).title)
    return str(COMMANDS[duty].label) if duty in COMMANDS else duty


def _move(request: BenchRequest, case: Case, edition: Edition, reason: str) -> Outcome:
    """One case, one transaction; a refusal is told and the next case goes on."""
    try:
        done = engine.move_edition(case.public_id, edition, actor=request.actor, reason=reason)
    except Refusal as refusal:
        return Outcome(CaseMove(case.public_id, case.case_no, case.title, case.step), str(refusal.message))
    return Outcome(done)
