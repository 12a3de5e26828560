"""逐项核对: the officer's way through the list of materials, item by item, before accepting or returning."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.enums import MaterialVerdict
from cases.errors import Conflict, Invalid, NotAllowed
from cases.material_checks import Findings, checked_version, checks_by_item, mark_of, may_check, save_checks
from cases.models import Case, Declaration, MaterialCheck
from programmes.schema import FormField
from workflows.case_pages import find_case, frame, note_read, require_part
from workflows.declaration_checks import draft_step, materials_form
from workflows.sent_versions import files_of
from workflows.views.refusals import PersonAtWork, for_actors, status_of

VERDICT, REMARK, SEEN = "verdict.", "remark.", "seen."
REST_OK = "rest_ok"
"""The button that says: whatever was left open is in order."""


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def material_checks(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """Every item with its files, the verdict on it and a remark; saved as often as one likes."""
    actor = request.actor
    case = find_case(actor, public_id)
    require_part(actor, case, "declaration")
    if not may_check(actor, case):
        raise NotAllowed("not_checking", _("您目前不能核对本案材料。"))
    version = checked_version(case)
    if version is None:
        raise NotAllowed("nothing_to_check", _("目前没有待核对的申报材料。"))
    if request.method != "POST":
        note_read(actor, case, "case.declaration")
        return _page(request, case, version)
    findings = _findings(request, case)
    try:
        checked = save_checks(case=case, findings=findings, actor=actor)
    except (Conflict, Invalid) as refusal:
        current = checked_version(case) or version
        return _page(request, case, current, findings, refusal)
    total = len(_items(case))
    messages.success(
        request, _("核对结果已保存：共%(total)s项，已核对%(n)s项。") % {"total": total, "n": checked}
    )
    return redirect("cases:material_checks", public_id)


def _items(case: Case) -> list[FormField]:
    listed = materials_form(case.edition.pack, draft_step(case))
    return list(listed.fields) if listed else []


def _findings(request: PersonAtWork, case: Case) -> Findings:
    """What was sent; items that the page did not hold are left out."""
    rest = MaterialVerdict.OK.value if REST_OK in request.POST else ""
    sent = request.POST
    number = sent.get("version_no", "")
    keys = [item.key for item in _items(case) if f"{VERDICT}{item.key}" in sent]
    found = {
        key: (
            sent.get(f"{VERDICT}{key}", "") or ("" if sent.get(f"{REMARK}{key}", "").strip() else rest),
            sent.get(f"{REMARK}{key}", ""),
        )
        for key in keys
    }
    seen = {key: sent.get(f"{SEEN}{key}", "") for key in keys}
    return Findings(int(number) if number.isascii() and number.isdecimal() else 0, found, seen)


def _page(
    request: PersonAtWork,
    case: Case,
    version: Declaration,
    findings: Findings | None = None,
    refusal: Conflict | Invalid | None = None,
) -> HttpResponse:
    checks = checks_by_item(version)
    files = files_of(list(case.materials.order_by("uploaded_at", "pk")), version)
    errors = {name: str(text) for name, text in refusal.fields.items()} if refusal is not None else {}
    lines = [
        {
            "item": item,
            "files": [file for file in files if file.item == item.key],
            "check": checks.get(item.key),
            "verdict_error": errors.get(f"{VERDICT}{item.key}", ""),
            "remark_error": errors.get(f"{REMARK}{item.key}", ""),
        }
        | _shown(item.key, checks.get(item.key), findings, refusal)
        for item in _items(case)
    ]
    context = frame(case, request.actor, "declared") | {
        "version": version,
        "version_no": version.version_no,
        "lines": lines,
        "verdicts": MaterialVerdict.choices,
        "checked": sum(line["check"] is not None for line in lines),
        "wanting": sum(1 for row in checks.values() if row.verdict != MaterialVerdict.OK),
        "errors": len(errors),
        "conflict": refusal.message if isinstance(refusal, Conflict) else "",
    }
    status = status_of(refusal) if refusal is not None else HTTPStatus.OK
    return render(request, "cases/material_checks.html", context, status=status)


def _shown(
    key: str, row: MaterialCheck | None, findings: Findings | None, refusal: Conflict | Invalid | None
) -> dict[str, str]:
    """Verdict and remark of one item: as typed where the person changed it, else as stored now.

    ``seen`` goes back with the form. What the person is told of in a conflict, they have seen.
    """
    stored = (row.verdict, row.remark) if row is not None else ("", "")
    if findings is None or key not in findings.changed:
        return {"verdict": stored[0], "remark": stored[1], "seen": mark_of(*stored)}
    verdict, remark = findings.found[key]
    told = isinstance(refusal, Conflict)
    return {"verdict": verdict, "remark": remark, "seen": mark_of(*stored) if told else findings.seen[key]}
