"""首页: what is open now, what was announced last, and how one has a say."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.enums import NoticeKind
from cases.models import Standing
from portal.notices import bulletin, published, taking_objections
from portal.register import GOOD

OPEN_SHOWN = 6
NEWS_SHOWN = 5


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The public's room. Four queries."""
    open_now = [bulletin(notice) for notice in taking_objections()[: OPEN_SHOWN + 1]]
    context = {
        "bulletins": open_now[:OPEN_SHOWN],
        "more": len(open_now) > OPEN_SHOWN,
        "announcements": published().filter(kind=NoticeKind.ANNOUNCEMENT)[:NEWS_SHOWN],
        "case_studies": published().filter(kind=NoticeKind.CASE_STUDY)[:NEWS_SHOWN],
        "accredited": Standing.objects.filter(current=True, status__in=GOOD).count(),
    }
    return render(request, "portal/index.html", context)
