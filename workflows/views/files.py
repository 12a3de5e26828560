"""A material file itself, and the page on which it is looked at. 材料文件"""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.errors import NotAllowed, NotVisible
from cases.file_types import IMAGES, PREVIEWED
from cases.models import Case, Material
from cases.relations import SEES_DRAFTS
from workflows.case_pages import find_case, frame, note_read, read_lately, require_part
from workflows.material_list import neighbours_of
from workflows.sent_versions import sent_only
from workflows.served_files import begins, serve
from workflows.views.refusals import PersonAtWork, for_actors


@for_actors
@require_safe
def material(request: PersonAtWork, public_id: uuid.UUID, material_id: uuid.UUID) -> HttpResponseBase:
    """The file itself: shown when the browser can show it harmlessly, otherwise handed over for saving."""
    case, row = _find(request, public_id, material_id)
    if row.infected:
        raise NotAllowed("infected", _("该文件检出病毒，不能打开。"))
    if row.scanning:
        raise NotAllowed("scan_pending", _("该文件正在进行病毒扫描，扫描完成后方可打开。"))
    answer = serve(request, row, save=request.GET.get("save") == "1", framed=request.GET.get("frame") == "1")
    what = f"material.{row.item}.{row.public_id.hex}"
    if begins(request) or not read_lately(request.actor, case, what):
        note_read(request.actor, case, what)
    return answer


@for_actors
@require_safe
def preview(request: PersonAtWork, public_id: uuid.UUID, material_id: uuid.UUID) -> HttpResponse:
    """The file on a page of its own, with the one before and the one after in the list being read (``v``)."""
    case, row = _find(request, public_id, material_id)
    version = request.GET.get("v", "")
    context = frame(case, request.actor, "") | {
        "file": row,
        "is_image": row.content_type in IMAGES,
        "gone": row.readable and not row.file.storage.exists(row.file.name or ""),
        "shown": row.readable and row.content_type in PREVIEWED,
        "near": neighbours_of(case, row, request.actor, version),
        "version_no": version if version.isdecimal() else "",
        "filling_in": request.actor.role in SEES_DRAFTS and not version,
    }
    return render(request, "cases/preview.html", context)


def _find(request: PersonAtWork, public_id: uuid.UUID, material_id: uuid.UUID) -> tuple[Case, Material]:
    """The case and the file, for whoever may read it now: a link opens nothing without the permission."""
    actor = request.actor
    case = find_case(actor, public_id)
    require_part(actor, case, "declaration")
    files = Material.objects.filter(case=case, public_id=material_id).exclude(file="")
    row = (files if actor.role in SEES_DRAFTS else sent_only(files)).first()
    if row is None:
        raise NotVisible("invisible", _("未找到该文件。"))
    return case, row
