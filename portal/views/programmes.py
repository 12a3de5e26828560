"""申报指南: every programme with its rounds, one programme, and which programmes fit a unit."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from portal import programme_page as page
from portal.finder import asks, fits, places
from portal.forms import GuideFilter
from portal.programmes import guide_at, guides
from workflows.programme_kinds import grouped

PAGE = 12


@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """Programmes in force, those that take declarations now first. Four queries."""
    form = GuideFilter(request.GET)
    form.is_valid()
    chosen = {name: form.cleaned_data.get(name) or "" for name in ("q", "authority", "kind", "gives")}
    open_only = bool(form.cleaned_data.get("open"))
    shown = Paginator(guides(**chosen, open_only=open_only), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": shown,
        "groups": grouped(shown, lambda row: (row.programme.authority.name, row.pack)),
        "filtered": open_only or any(chosen.values()),
    }
    return render(request, "portal/programmes.html", context)


@require_safe
def programme(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One programme: who, until when, what it gives, what is needed, the steps, the clauses. Three queries."""
    guide = guide_at(public_id)
    if guide is None:
        raise Http404
    pack = guide.pack
    context = {
        "guide": guide,
        "gives": page.gives(pack),
        "materials": page.materials(pack),
        "forms": page.forms(pack),
        "stages": page.stages(pack),
        "documents": page.documents(pack),
    }
    return render(request, "portal/programme.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def finder(request: HttpRequest) -> HttpResponse:
    """Which programmes fit us: two answers, and every programme sorted by them. One query, four with answers."""
    sent = request.method == "POST"
    known = places()
    kind, region = asks(request.POST.get("kind", ""), request.POST.get("region", ""), known, sent=sent)
    answered = sent and not (kind.error or region.error)
    possible, excluded = fits(kind, known.get(region.value)) if answered else ([], [])
    context = {
        "who": [kind, region],
        "kind": kind,
        "answered": answered,
        "possible": possible,
        "excluded": excluded,
    }
    return render(request, "portal/finder.html", context, status=200 if answered or not sent else 422)
