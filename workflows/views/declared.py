"""申报材料, for reading: any version that was sent, and what changed in it. On paper: :mod:`workflows.views.documents`."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.material_checks import may_check
from cases.models import Case, Declaration
from workflows.case_pages import find_case, frame, note_read, require_part
from workflows.declaration_checks import draft_step, materials_form
from workflows.defects import defects_of, mended
from workflows.sent_versions import before, chosen, file_changes, files_of, read_forms, versions_of
from workflows.views.refusals import PersonAtWork, for_actors


@for_actors
@require_safe
def declared(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """The declaration as it was sent; ``v`` chooses the version. What differs from the one before is marked."""
    actor = request.actor
    case = find_case(actor, public_id)
    require_part(actor, case, "declaration")
    context = frame(case, actor, "declared")
    everything = versions_of(case, drafts=context["drafting"])
    versions = [version for version in everything if version.submitted_at is not None]
    version = chosen(versions, request.GET.get("v", ""))
    context |= {"versions": versions, "version": version, "drafting": len(everything) > len(versions)}
    if version is not None:
        named = "contacts" in context["readable"]
        context |= _content(case, version, before(versions, version), named=named)
        note_read(actor, case, "case.declaration")
        context["checking"] = version is versions[0] and may_check(actor, case)
    return render(request, "cases/declared.html", context)


def _content(
    case: Case, version: Declaration, earlier: Declaration | None, *, named: bool
) -> dict[str, object]:
    everything = list(case.materials.select_related("uploaded_by").order_by("uploaded_at", "pk"))
    listed = materials_form(case.edition.pack, draft_step(case))
    files = files_of(everything, version)
    forms = read_forms(case, version, earlier, named=named)
    moved = file_changes(everything, version, earlier)
    return {
        "earlier": earlier,
        "forms": forms,
        "list": listed,
        "items": [
            (item, [file for file in files if file.item == item.key], item.links)
            for item in (listed.fields if listed else ())
        ],
        "titles": {each.picture.code: each.picture.title for each in forms},
        "changed": [each for each in forms if each.changes.changes],
        "moved_files": moved,
        "mended": mended(case, defects_of(case, version), version, earlier, everything) if earlier else [],
        "change_count": sum(len(each.changes.changes) for each in forms) + len(moved),
    }
