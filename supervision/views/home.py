"""监察首页 and 红黄牌: who is late."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit import clock
from supervision.access import WatchRequest, note_overview, supervisor_only
from supervision.forms import CardFilter
from supervision.lateness import Lateness, lateness_of, of_lateness, shown, watched_items
from supervision.queries import home_for

PAGE = 30


@require_safe
@supervisor_only
def home(request: WatchRequest) -> HttpResponse:
    """Who is late, who will be, what happened last."""
    note_overview(request.actor, "supervision.home")
    return render(request, "supervision/home.html", {"home": home_for(request.actor)})


@require_safe
@supervisor_only
def cards(request: WatchRequest) -> HttpResponse:
    """Every item that is late or about to be. Three queries, and one for the choice of programmes."""
    form = CardFilter(request.GET, watcher=request.actor)
    form.is_valid()
    chosen, today = form.cleaned_data, clock.today()
    card = chosen.get("card")
    items = of_lateness(watched_items(request.actor), Lateness(card) if card else None, today)
    if unit := (chosen.get("unit") or "").strip():
        items = items.filter(organisation__name__icontains=unit)
    if programme := chosen.get("programme"):
        items = items.filter(programme=programme)
    page = Paginator(shown(items), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "filtered": any(chosen.values()),
        "page": page,
        "rows": [(item, lateness_of(item, today)) for item in page],
    }
    return render(request, "supervision/cards.html", context)
