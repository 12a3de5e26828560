"""影响推演 and 脚本演练: started here, run at once or in the background, and told."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from programmes.enums import TrialKind, TrialStatus
from programmes.models import Trial
from programmes.problems import Problem
from workflows.rehearsal.reading import COMMON, FOLDER
from workshop.access import BenchRequest, copies_of, editors_only, trials_of
from workshop.copies import archive_of, files_of
from workshop.findings import examine
from workshop.results import flip_rows, money_rows, reports_of
from workshop.tasks import carry_out, cases_of, enqueue, new_trial
from workshop.views.copies import frame

AT_ONCE = 200
"""Up to so many cases a replay is run in the request; above, in the background."""
UNDER_WAY = (TrialStatus.QUEUED, TrialStatus.RUNNING)


@require_http_methods(["GET", "POST"])
@editors_only
def what_if(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """How many cases there are to try the copy on, what was tried before; posted: try it."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    count = cases_of(shown.programme).count()
    files = files_of(shown)
    problems = [] if request.method == "GET" else list(examine(files, scenarios=False).problems)
    if request.method == "POST" and not problems:
        made = _new(request, shown, TrialKind.WHAT_IF, at_once=count <= AT_ONCE)
        return redirect("workshop:trial", made.public_id)
    context = {
        **frame(request, shown, "what_if"),
        "count": count,
        "at_once": AT_ONCE,
        "problems": problems,
        "trials": _recent(shown, TrialKind.WHAT_IF),
    }
    return render(request, "workshop/what_if.html", context, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
@editors_only
def scenarios(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """The copy's scenarios and what came of them last; posted: play one (``name``) or all, in the background."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    files = files_of(shown)
    names = sorted(path.removeprefix(FOLDER) for path in files if path.startswith(FOLDER))
    names = [name for name in names if name != COMMON]
    problems: list[Problem] = []
    if request.method == "POST":
        wanted = [name for name in request.POST.getlist("name") if name in names]
        problems = _hindering(examine(files).problems, wanted or names)
        if not names:
            messages.error(request, _("本工作副本没有演练脚本。"))
        elif not problems:
            made = _new(request, shown, TrialKind.SCENARIOS, names=wanted)
            return redirect("workshop:trial", made.public_id)
    context = {
        **frame(request, shown, "scenarios"),
        "scenarios": [{"name": name, "path": f"{FOLDER}{name}"} for name in names],
        "common": f"{FOLDER}{COMMON}" in files,
        "problems": problems,
        "trials": _recent(shown, TrialKind.SCENARIOS),
    }
    return render(request, "workshop/scenarios.html", context, status=422 if problems else 200)


@require_safe
@editors_only
def trial(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """A trial: how far it is, or what came of it. Asked by htmx: the part that changes alone."""
    shown = get_object_or_404(trials_of(request.actor), public_id=public_id)
    fragment = request.headers.get("HX-Request") == "true"
    copy = get_object_or_404(copies_of(request.actor), pk=shown.copy_id)
    context: dict[str, Any] = {
        **({} if fragment else frame(request, copy, shown.kind)),
        "copy": copy,
        "trial": shown,
        "under_way": shown.status in UNDER_WAY,
        "percent": 100 * shown.done // shown.total if shown.total else 0,
    }
    if shown.result is not None and shown.kind == TrialKind.WHAT_IF:
        rows = Paginator(flip_rows(shown.result), 50).get_page(request.GET.get("page"))
        context |= {"result": shown.result, "page": rows, "money": money_rows(shown.result)}
    elif shown.result is not None:
        reports = reports_of(shown.result)
        context |= {"reports": reports, "failed": sum(1 for report in reports if not report.ok)}
    name = "workshop/trial_body.html" if fragment else "workshop/trial.html"
    return render(request, name, context)


def _new(
    request: BenchRequest,
    shown: Any,
    kind: TrialKind,
    *,
    at_once: bool = False,
    names: list[str] | None = None,
) -> Trial:
    with transaction.atomic():
        made = new_trial(copy=shown, kind=kind, source=archive_of(shown), actor=request.actor, names=names)
        if not at_once:
            enqueue(made)
    return carry_out(made) if at_once else made


def _hindering(problems: tuple[Problem, ...], names: list[str]) -> list[Problem]:
    """The problems that keep these scenarios from being played; those of other scenarios do not."""
    wanted = {f"{FOLDER}{name}" for name in [*names, COMMON]}
    return [p for p in problems if not p.file.startswith(FOLDER) or p.file in wanted]


def _recent(shown: Any, kind: TrialKind) -> list[Trial]:
    rows = shown.trials.filter(kind=kind).select_related("asked_by").defer("source", "result")
    return list(rows[:10])
