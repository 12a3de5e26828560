"""断点续传: where a browser's script sends files piece by piece. Everything is answered in JSON.

``POST uploads/`` opens a session or finds the one that was left; ``GET uploads/<id>/`` says how much has arrived;
``PATCH`` adds a piece (header ``Upload-Offset``); ``POST uploads/<id>/`` takes the whole; ``DELETE`` gives it up.
"""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import Refusal
from cases.errors import Invalid
from cases.models import Material, UploadSession
from cases.uploads import OffsetConflict, begin_upload, drop_upload, finish_upload, take_piece, upload_of
from workflows.case_pages import find_case
from workflows.drafts import live_materials
from workflows.material_list import twin_notes
from workflows.views.materials import item_of_list
from workflows.views.refusals import PersonAtWork, as_json, for_actors, status_of


@for_actors
@require_POST
def begin(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """Open a session for one file under one item: ``item, tags, name, size, fingerprint``."""
    case = find_case(request.actor, public_id)
    sent = request.POST
    try:
        item = item_of_list(case, sent.get("item", ""))
        known = {choice.code for choice in item.choices}
        session = begin_upload(
            case=case,
            item=item.key,
            tags=[tag for tag in sent.getlist("tags") if tag in known],
            name=sent.get("name", ""),
            size=_whole(sent.get("size", "")),
            fingerprint=sent.get("fingerprint", ""),
            actor=request.actor,
        )
    except Refusal as refusal:
        return _refused(refusal)
    told = _told(session) | {
        "url": reverse("cases:upload", args=[case.public_id, session.public_id]),
        "piece": settings.MATERIAL_CHUNK_BYTES,
    }
    return JsonResponse(told, status=HTTPStatus.OK if session.received else HTTPStatus.CREATED)


@for_actors
@require_http_methods(["GET", "HEAD", "PATCH", "POST", "DELETE"])
def upload(request: PersonAtWork, public_id: uuid.UUID, upload_id: uuid.UUID) -> HttpResponse:
    """One session of this person: its state, a piece, its end, or giving it up."""
    case = find_case(request.actor, public_id)
    try:
        session = upload_of(case, upload_id, request.actor)
        match request.method:
            case "PATCH":
                return _piece(request, session)
            case "POST":
                return _finished(finish_upload(session=session, actor=request.actor), session)
            case "DELETE":
                drop_upload(session)
                return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return JsonResponse(_told(session), headers={"Cache-Control": "no-store"})
    except Refusal as refusal:
        return _refused(refusal)


def _piece(request: PersonAtWork, session: UploadSession) -> HttpResponse:
    try:
        content = request.body
    except RequestDataTooBig:
        raise Invalid("bad_piece", _("收到的文件片段过大，请刷新页面后重试。")) from None
    except UnreadablePostError:  # the line went dead
        raise Invalid("bad_piece", _("网络中断，片段未收完。")) from None
    offset = _whole(request.headers.get("Upload-Offset", ""))
    take_piece(session=session, offset=offset, content=content, actor=request.actor)
    return JsonResponse(_told(session))


def _finished(row: Material, session: UploadSession) -> HttpResponse:
    live = live_materials(session.case)
    return JsonResponse(
        {
            "id": str(row.public_id),
            "name": row.name,
            "size": row.size,
            "sha256": row.sha256,
            "scan": row.scan,
            "notes": twin_notes(session.case, row, live),
        }
    )


def _told(session: UploadSession) -> dict[str, object]:
    return {
        "id": str(session.public_id),
        "name": session.name,
        "size": session.size,
        "received": session.received,
        "done": session.material_id is not None,
    }


def _whole(text: str) -> int:
    """A number of bytes as sent. Raises Invalid."""
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Invalid("bad_number", _("文件大小或者位置无效，请刷新页面后重试。"))
    return int(text)


def _refused(refusal: Refusal) -> HttpResponse:
    told = as_json(refusal)
    if isinstance(refusal, OffsetConflict):
        told["received"] = refusal.received
    return JsonResponse(told, status=status_of(refusal))
