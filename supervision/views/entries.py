"""办理留痕: the record across cases, and one entry of it."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.models import Entry
from cases.models import Case
from cases.sealing import sealed_for, sealed_reason
from supervision.access import WatchRequest, note_overview, note_read, supervisor_only, watched_case
from supervision.entries import Found, entries_seen_by, matching, page_of
from supervision.forms import EntryFilter
from supervision.telling import Row, rows_of


@require_safe
@supervisor_only
def entry_list(request: WatchRequest) -> HttpResponse:
    """Who did what, across the cases of the supervisor's authority."""
    form = EntryFilter(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    found = matching(entries_seen_by(request.actor), **chosen)
    page = page_of(found, request.GET.get("after", ""))
    note_overview(request.actor, "supervision.entries")
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "form": form,
        "filtered": any(chosen.values()),
        "page": page,
        "first": not request.GET.get("after"),
        "query": query.urlencode(),
    }
    return render(request, "supervision/entries.html", context)


@require_safe
@supervisor_only
def entry(request: WatchRequest, public_id: uuid.UUID, seq: int) -> HttpResponse:
    """One entry in plain words, with the hash that holds it in its chain."""
    case = watched_case(request.actor, public_id)
    row = get_object_or_404(case.chain.entries.all(), seq=seq)
    note_read(request.actor, case, "supervision.entry")
    context = {
        "case": case,
        "found": Found(row, case),
        "rows": _rows(request, row, case),
        "sealed": sealed_for(request.actor, case),
        "last": row.seq >= case.chain.head_seq,
    }
    return render(request, "supervision/entry.html", context)


def _rows(request: WatchRequest, row: Entry, case: Case) -> list[Row]:
    """What the entry tells; while the declaration is sealed, that it is."""
    if sealed_for(request.actor, case):
        return [Row(_("正文"), sealed_reason(case))]
    return rows_of(row, case)
