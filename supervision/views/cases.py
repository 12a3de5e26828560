"""One case under the eyes of the supervisor: its record, whether it stands, who read it, taking it out."""

from __future__ import annotations

import re
import uuid

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from audit import clock
from audit.models import ReadEntry
from audit.verify import verify_chain
from cases.sealing import sealed_for, sealed_reason
from supervision import wording
from supervision.access import READ_KIND, WatchRequest, note_read, supervisor_only, watched_case
from supervision.entries import Found
from supervision.exports import export_record
from workflows.addresses import address

PAGE = 50


@require_safe
@supervisor_only
def case_record(request: WatchRequest, public_id: uuid.UUID) -> HttpResponse:
    """The whole record of a case, the latest entry first."""
    case = watched_case(request.actor, public_id)
    page = Paginator(case.chain.entries.order_by("-seq"), PAGE).get_page(request.GET.get("page"))
    note_read(request.actor, case, "supervision.record")
    context = {
        "case": case,
        "page": page,
        "found": [Found(entry, case) for entry in page],
        "case_url": address("cases:detail", case.public_id),
    }
    return render(request, "supervision/record.html", context)


@require_POST
@supervisor_only
def verify(request: WatchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Read the chain from its first entry to its head and say whether it stands."""
    case = watched_case(request.actor, public_id)
    note_read(request.actor, case, "supervision.verify")
    fault = verify_chain(case.chain)
    context = {"case": case, "fault": fault, "verified_at": clock.now()}
    partial = request.headers.get("HX-Request")
    return render(request, f"supervision/{'verdict' if partial else 'verified'}.html", context)


@require_safe
@supervisor_only
def reads(request: WatchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Who saw what of the case, the latest first; this look included."""
    case = watched_case(request.actor, public_id)
    note_read(request.actor, case, "supervision.reads")
    rows = ReadEntry.objects.filter(kind=READ_KIND, key=str(case.public_id)).order_by("-at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    told = [
        (row, wording.read_label(row.what, case.edition.pack), wording.role_label(row.role)) for row in page
    ]
    return render(request, "supervision/reads.html", {"case": case, "page": page, "reads": told})


@require_POST
@supervisor_only
def export(request: WatchRequest, public_id: uuid.UUID) -> HttpResponse:
    """The record as lines of JSON, to be verified without us."""
    case = watched_case(request.actor, public_id)
    if sealed_for(request.actor, case):
        raise PermissionDenied(sealed_reason(case))
    response = HttpResponse(
        export_record(case=case, actor=request.actor), content_type="application/x-ndjson; charset=utf-8"
    )
    name = re.sub(r"[^A-Za-z0-9-]", "-", case.case_no) or str(case.public_id)
    response["Content-Disposition"] = f'attachment; filename="{name}.jsonl"'
    return response
