"""公示公告: the list and a notice's own page."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.forms import NoticeFilter, ObjectionForm
from portal.notices import Bulletin, bulletin, published, taking_objections

PAGE = 20


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """All notices by kind and programme, or those that take objections. Three queries, four with a programme."""
    form = NoticeFilter(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    notices = taking_objections() if chosen.get("open") else published()
    if kind := chosen.get("kind"):
        notices = notices.filter(kind=kind)
    if programme := chosen.get("programme"):
        notices = notices.filter(case__programme=programme)
    page = Paginator(notices, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "filtered": any(chosen.values()),
        "page": page,
        "bulletins": [bulletin(notice) for notice in page],
    }
    return render(request, "portal/notices.html", context)


@require_safe
def notice(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One notice, how its window is reckoned, and the form for an objection while it is open. One query."""
    return notice_page(
        request, bulletin(get_object_or_404(published(), public_id=public_id)), ObjectionForm()
    )


def notice_page(
    request: HttpRequest, shown: Bulletin, form: ObjectionForm, *, refused: str = "", status: int = 200
) -> HttpResponse:
    """The page of a notice with ``form`` as it stands; ``refused`` says why an objection was not taken."""
    context = {"bulletin": shown, "notice": shown.notice, "form": form, "refused": refused}
    return render(request, "portal/notice.html", context, status=status)
