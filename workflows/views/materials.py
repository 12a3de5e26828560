"""申报材料: the list with what is there, uploading and taking out."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.punctuation import listed
from cases.enums import ScanState
from cases.errors import Invalid, NotVisible
from cases.file_names import harmless_name
from cases.materials import add_material, material_limits, remove_material
from cases.models import Case, Material
from cases.uploads import open_uploads
from programmes.schema import FormField
from workflows.case_pages import find_case, frame
from workflows.declaration_checks import draft_step, form_progress, materials_form, materials_progress
from workflows.defects import defects_of, wanted_of_materials
from workflows.drafts import Draft, live_materials, open_draft
from workflows.material_list import item_lines, twin_notes
from workflows.views.refusals import PersonAtWork, for_actors

MOST_INFECTED = 20
"""Files taken out for a virus that the page goes on naming."""


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def materials(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """The items of the list with their state; takes one or several files for one of them."""
    draft = open_draft(request.actor, public_id)
    if request.method != "POST":
        return _page(request, draft, "", [])
    item = item_of_list(draft.case, request.POST.get("item", ""))
    taken, refused = _take(request, draft.case, item)
    if refused:
        return _page(request, draft, item.key, refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("已上传%(n)s个文件。") % {"n": len(taken)})
    _point_out_twins(request, draft.case, taken)
    return redirect(f"{request.path}#m-{item.key}")


def item_of_list(case: Case, key: str) -> FormField:
    """An item of this declaration's list that takes files. Raises Invalid (field ``item``)."""
    form = materials_form(case.edition.pack, draft_step(case))
    found = next((item for item in form.fields if item.key == key), None) if form else None
    if found is None or found.type not in ("file", "files"):
        raise Invalid("unknown_item", _("没有这一项材料。"), fields={"item": _("没有这一项材料。")})
    return found


def _take(request: PersonAtWork, case: Case, item: FormField) -> tuple[list[Material], list[str]]:
    """Take every file that can be taken; the message for each that cannot."""
    uploads: list[UploadedFile[Any]] = request.FILES.getlist("file")
    if not uploads:
        return [], [_("请选择文件。")]
    known = {choice.code for choice in item.choices}
    tags = [tag for tag in request.POST.getlist("tags") if tag in known]
    if item.type == "file" and len(uploads) > 1:
        return [], [_("本项只能上传1个文件。")]
    taken, refused = [], []
    for upload in uploads:
        try:
            taken.append(
                add_material(case=case, item=item.key, upload=upload, tags=tags, actor=request.actor)
            )
        except Invalid as invalid:
            name = harmless_name(upload.name or "")
            refused.append(_("“%(name)s”：%(why)s") % {"name": name, "why": invalid.message})
    return taken, refused


def _point_out_twins(request: PersonAtWork, case: Case, taken: list[Material]) -> None:
    live = live_materials(case)
    for row in taken:
        for note in twin_notes(case, row, live):
            messages.warning(request, _("“%(name)s”%(note)s。") % {"name": row.name, "note": note})


def _page(
    request: PersonAtWork, draft: Draft, item: str, refused: list[str], *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    case, step = draft.case, draft_step(draft.case)
    pack = case.edition.pack
    forms = {code: form_progress(case, pack.forms[code], draft.content(code)) for code in step.forms}
    everything = list(
        case.materials.select_related("uploaded_by", "on_behalf_of").order_by("uploaded_at", "pk")
    )
    files = [file for file in everything if file.removed_at is None]
    sent = draft.declaration
    progress = materials_progress(case, step, forms, files)
    told = defects_of(case, sent) if sent.version_no > 1 else []
    context = frame(case, request.actor, "") | {
        "draft": sent,
        "version": None,
        "list": materials_form(pack, step),
        "items": item_lines(progress, everything, wanted_of_materials(told), sent.created_at),
        "infected": [
            file
            for file in everything
            if file.scan == ScanState.INFECTED and file.uploaded_at >= sent.created_at
        ][-MOST_INFECTED:],
        "scanning": any(file.scanning for file in files),
        "unfinished": open_uploads(case, request.actor),
        "kept_days": settings.MATERIAL_UPLOAD_DAYS,
        "refused_item": item,
        "refused": refused,
        "limits": material_limits(),
        "held_bytes": sum(file.size for file in files),
        "types": listed(material_limits().types),
        "forms": [pack.forms[code] for code in step.forms],
    }
    return render(request, "cases/materials.html", context, status=status)


@for_actors
@require_POST
def remove(request: PersonAtWork, public_id: uuid.UUID, material_id: uuid.UUID) -> HttpResponse:
    """Take a file out of the draft; the record keeps that it was there."""
    case = find_case(request.actor, public_id)
    material = Material.objects.filter(case=case, public_id=material_id, removed_at__isnull=True).first()
    if material is None:
        raise NotVisible("invisible", _("未找到该文件。"))
    material.case = case
    remove_material(material=material, actor=request.actor)
    messages.success(request, _("已移除“%(name)s”。") % {"name": material.name})
    return redirect("cases:materials", public_id)
