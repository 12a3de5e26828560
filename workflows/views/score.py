"""评分: the expert's page, made for a phone on site."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Refusal
from cases.errors import Conflict, NotVisible
from workflows import addresses, engine
from workflows.case_pages import note_read, require_visible
from workflows.forms import messages_of, raw_of
from workflows.items import mark_opened
from workflows.models import WorkItem
from workflows.preview import spec_of
from workflows.sheets import SCORING, Sheet, own_item, sheet_of
from workflows.typed import labels_of_action, name_fields
from workflows.views.refusals import PersonAtWork, for_actors, reasons_of, status_of, wants_json


@require_http_methods(["GET", "HEAD", "POST"])
@for_actors
def score(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """评分页: the sheet to fill in; once submitted, one's own sheet to read."""
    if request.method == "POST":
        return _submit(request, public_id)
    item = own_item(public_id, request.actor)
    mark_opened(item=item, actor=request.actor)
    note_read(request.actor, item.case, "case.score")
    return _page(request, item, sheet_of(item, request.actor))


def _submit(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """Through the door. A script (``fetch``) is answered in JSON, so that nothing typed leaves the page."""
    submit = spec_of(SCORING.get(request.POST.get("duty", ""), SCORING["score"]))
    name_fields(request, labels_of_action(submit))
    try:
        result = engine.complete(
            public_id,
            submit.code,
            actor=request.actor,
            data=raw_of(submit, request.POST),
            idempotency_key=request.POST.get("idempotency_key", "")[:64],
        )
    except Refusal as refusal:
        require_visible(request.actor, _case_of(public_id))  # the door may have asked something else first
        if wants_json(request) or isinstance(refusal, NotVisible | Conflict):
            raise
        return _again(request, public_id, refusal)
    if wants_json(request):
        return JsonResponse({"message": result.message, "location": request.path})
    messages.success(request, result.message)
    return redirect(request.path)


def _case_of(item_id: uuid.UUID) -> uuid.UUID:
    """The case of an item (public ids); NotVisible for no item."""
    case_id = WorkItem.objects.filter(public_id=item_id).values_list("case__public_id", flat=True).first()
    if case_id is None:
        raise NotVisible("invisible", _("未找到该事项。"))
    return case_id


def _again(request: PersonAtWork, public_id: uuid.UUID, refusal: Refusal) -> HttpResponse:
    """The sheet once more, with everything that was typed."""
    item = own_item(public_id, request.actor)
    sheet = sheet_of(item, request.actor, request.POST, messages_of(refusal))
    return _page(request, item, sheet, refusal)


def _page(
    request: PersonAtWork, item: WorkItem, sheet: Sheet, refusal: Refusal | None = None
) -> HttpResponse:
    case = item.case
    declared = addresses.address("cases:declared", case.public_id)
    context: dict[str, Any] = {
        "sheet": sheet,
        "item": item,
        "case": case,
        "refusal": reasons_of(refusal) if refusal is not None else [],
        "idempotency_key": request.POST.get("idempotency_key") or uuid.uuid4().hex,
        "declaration_url": declared,
        "materials_url": f"{declared}#files",
        "recuse_url": (
            f"{addresses.address('workflows:act', case.public_id, 'review.recuse')}?item={item.public_id}"
            if item.procedure == "review"
            else ""
        ),
    }
    status = status_of(refusal).value if refusal is not None else 200
    return render(request, "workflows/score.html", context, status=status)
