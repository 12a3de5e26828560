"""政策工作台: programmes with their editions and working copies, and what an edition says."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Refusal
from accounts.forms import add_refusal
from programmes.editions import authors_of, persons_of
from programmes.enums import CopyStatus, EditionStatus
from programmes.models import Edition, WorkingCopy
from workshop.access import BenchRequest, copies_of, editions_of, editors_only, programmes_of
from workshop.copies import clone_edition, next_number
from workshop.differences import Side, differences, sides_of
from workshop.display import gates_of, slots_of, steps_of
from workshop.drawing import draw
from workshop.forms import CloneForm, RetireForm
from workshop.views.answers import archive_file, status_of

PAGE = 30
OPEN = (CopyStatus.EDITING, CopyStatus.SUBMITTED)


@require_safe
@editors_only
def programmes(request: BenchRequest) -> HttpResponse:
    """The programmes of the authority with their editions, working copies and cases under way. Six queries."""
    words, wanted = request.GET.get("q", "").strip()[:100], request.GET.get("status", "")
    running = Count("cases", filter=Q(cases__closure="", cases__submitted_at__isnull=False))
    latest = Edition.objects.defer("source").select_related("published_by").annotate(running=running)
    rows = programmes_of(request.actor).select_related("authority")
    if words:
        rows = rows.filter(
            Q(title_zh__icontains=words) | Q(title_en__icontains=words) | Q(code__icontains=words)
        )
    if wanted in EditionStatus.values:
        rows = rows.filter(editions__status=wanted).distinct()
        latest = latest.filter(status=wanted)
    rows = rows.prefetch_related(
        Prefetch("editions", queryset=latest.order_by("-created_at", "-pk")),
        Prefetch(
            "working_copies",
            queryset=WorkingCopy.objects.filter(status__in=OPEN).select_related("changed_by"),
            to_attr="open_copies",
        ),
    )
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "q": words,
        "status": wanted,
        "statuses": EditionStatus.choices,
        "filtered": bool(words or wanted),
        "new_copies": copies_of(request.actor).filter(programme=None, status__in=OPEN),
    }
    return render(request, "workshop/programmes.html", context)


@require_safe
@editors_only
def edition(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """What one edition says: steps, rules, forms, slots, clauses; the rounds and cases under it; what may be done."""
    shown = get_object_or_404(editions_of(request.actor), public_id=public_id)
    return edition_page(request, shown)


def edition_page(
    request: BenchRequest, shown: Edition, *, retiring: RetireForm | None = None
) -> HttpResponse:
    """The page of an edition; 422 with a form that was refused."""
    pack = shown.pack
    draft = shown.status == EditionStatus.DRAFT
    copy = shown.working_copies.filter(status=CopyStatus.SUBMITTED).first() if draft else None
    context = {
        "edition": shown,
        "pack": pack,
        "steps": steps_of(pack),
        "gates": gates_of(pack),
        "slots": slots_of(pack),
        "drawing": draw(pack.programme),
        "clauses": pack.clauses.values(),
        "rounds": shown.rounds.order_by("-opens_on", "-pk"),
        "running": shown.cases.filter(closure="", submitted_at__isnull=False).count(),
        "others": shown.programme.editions.exclude(pk=shown.pk).exists(),
        "copy": copy,
        "own_work": draft and bool(authors_of(shown) & persons_of(request.actor)),
        "retiring": retiring or RetireForm(),
    }
    return render(request, "workshop/edition.html", context, status=status_of(retiring))


@require_http_methods(["GET", "POST"])
@editors_only
def clone(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Clone an edition into a working copy, under the number proposed or another."""
    shown = get_object_or_404(editions_of(request.actor), public_id=public_id)
    initial = {"number": next_number(shown)} if request.method == "GET" else {}
    form = CloneForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = clone_edition(edition=shown, actor=request.actor, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已建立工作副本。"))
            return redirect("workshop:copy", made.public_id)
    return render(request, "workshop/clone.html", {"edition": shown, "form": form}, status=status_of(form))


@require_safe
@editors_only
def download(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """The edition's pack as one file: importing it elsewhere gives the same digest."""
    shown = get_object_or_404(editions_of(request.actor).defer(None), public_id=public_id)
    return archive_file(bytes(shown.source), f"{shown.programme.code}-{shown.number}")


@require_safe
@editors_only
def compare(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """What differs between an edition and another one of its programme, in the words of the policy."""
    shown = get_object_or_404(editions_of(request.actor), public_id=public_id)
    others = sides_of(shown.programme, but=shown)
    chosen = next((side for side in others if str(side.public_id) == request.GET.get("with", "")), None)
    chosen = chosen or next(iter(others), None)
    context = {
        "subject": shown,
        "here": Side.of_edition(shown),
        "others": others,
        "chosen": chosen,
        "found": differences(chosen.edition.pack, shown.pack) if chosen is not None else None,
    }
    return render(request, "workshop/compare.html", context)
