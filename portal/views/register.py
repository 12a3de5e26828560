"""在册名录: the list, an entry, and the certificate that anybody may check."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from audit import clock
from cases.models import Plaque, Standing
from portal.certificates import address, certificate, qr_svg
from portal.forms import RegisterFilter
from portal.register import (
    FILED_PUBLICLY,
    GOOD,
    SHOWN,
    end_of,
    entries,
    held,
    history,
    line,
    tiers_known,
    with_plaques,
)

PAGE = 20


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Who is accredited or listed, or was. Six queries, two more with a programme or a region chosen."""
    form = RegisterFilter(request.GET, tiers=tiers_known(None))
    form.is_valid()
    chosen = form.cleaned_data
    page = Paginator(entries(**chosen), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "filtered": any(chosen.values()),
        "page": page,
        "lines": [line(standing) for standing in page],
    }
    return render(request, "portal/register.html", context)


@require_safe
def entry(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One holder: what it is now, by which decision, and what it was. An earlier result leads to the same page."""
    rows = Standing.objects.filter(Q(status__in=SHOWN) | FILED_PUBLICLY)
    standing = get_object_or_404(with_plaques(rows), public_id=public_id)
    results = history(standing)
    now = next((row for row in results if row.current), None)
    if now is None or not any(row.status in GOOD or row.in_register for row in results):
        raise Http404
    if now.pk != standing.pk:
        standing = with_plaques(Standing.objects.filter(pk=now.pk)).get()
    shown = line(standing)
    plaques: list[Plaque] = standing.case.plaques_shown  # type: ignore[attr-defined]
    context = {
        "line": shown,
        "standing": standing,
        "history": results,
        "plaques": held(plaques),
        "end": end_of(standing),
    }
    return render(request, "portal/entry.html", context)


@require_safe
def certificate_page(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The certificate, and on top of it whether it is good today: what the code on the paper leads to."""
    plaque = get_object_or_404(
        Plaque.objects.select_related("authority", "case__applicant", "case__edition").defer(
            "case__edition__source"
        ),
        public_id=public_id,
    )
    context = {
        "certificate": certificate(plaque),
        "plaque": plaque,
        "url": address(plaque),
        "now": clock.now(),
    }
    return render(request, "portal/certificate.html", context)


@require_safe
@cache_control(public=True, max_age=3600)
def certificate_code(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The certificate's QR code as SVG."""
    plaque = get_object_or_404(Plaque, public_id=public_id)
    return HttpResponse(qr_svg(plaque), content_type="image/svg+xml")
