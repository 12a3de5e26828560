"""填报: the overview of a declaration, and one page a form, saved while one types. Works without script too."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from audit import clock
from cases.cells import Content, places_of, split, understood
from cases.declarations import may_edit, save_form
from cases.errors import Conflict, NotAllowed
from cases.models import Case, DeclarationForm
from cases.reasons import PREFIX
from cases.relations import is_nominated, relations_of
from cases.saving import Saved, changes_since, save_cells
from programmes.forms import Cleaned, clean_form
from programmes.schema import Form
from workflows import presence
from workflows.case_pages import find_case, frame
from workflows.correction_pages import correction_context
from workflows.declaration_checks import draft_step, form_progress, progress_of
from workflows.draft_answers import (
    answer_of,
    clashes_shown,
    others_told,
    people_told,
    standing_of_form,
    state_of,
)
from workflows.draft_requests import Request, number_of, read_json, read_page, seen_marks
from workflows.drafts import Draft, draft_from, form_in, form_of, live_materials, open_draft
from workflows.form_notes import ClashShown, to_places
from workflows.form_sections import open_sections
from workflows.forms_ui import picture_of
from workflows.prefill import offers_of
from workflows.typed import labels_of_form, name_fields
from workflows.undrawn_lines import with_undrawn
from workflows.views.confirming import confirm_ticked
from workflows.views.refusals import PersonAtWork, as_json, for_actors, status_of, wants_json


@for_actors
@require_safe
def overview(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """How far the declaration is: every form, every material, and what the rules say so far."""
    draft = open_draft(request.actor, public_id)
    case = draft.case
    relations = relations_of(request.actor, case)
    progress = progress_of(
        case, draft.declaration, live_materials(case), actor=request.actor, relations=relations
    )
    context = frame(case, request.actor, "") | {"draft": draft.declaration, "progress": progress}
    context["nominated"] = is_nominated(case)
    context |= correction_context(case, draft.declaration)
    return render(request, "cases/declaration.html", context)


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: PersonAtWork, public_id: uuid.UUID, code: str) -> HttpResponse:
    """One form: drawn from the edition, saved cell by cell; what cannot be read is kept as typed, with a message."""
    if request.method == "POST" and wants_json(request):
        return _save_script(request, public_id, code)
    if request.method == "POST":
        request.POST = with_undrawn(request.POST)  # type: ignore[assignment]
        known = find_case(request.actor, public_id).edition.pack.forms.get(code)
        name_fields(request, labels_of_form(known) if known is not None else {})
    draft = open_draft(request.actor, public_id)
    spec = form_of(draft, code)
    if request.method == "POST":
        return _save_page(request, draft, spec)
    data = draft.content(code)
    return _page(request, draft, spec, Drawn(data, clean_form(spec, data, partial=True)))


@for_actors
@require_safe
def form_checks(request: PersonAtWork, public_id: uuid.UUID, code: str) -> HttpResponse:
    """What the rules say of one form as it is saved now: a part of its page."""
    draft = open_draft(request.actor, public_id)
    spec = form_of(draft, code)
    data = draft.content(code)
    standing = standing_of_form(request, draft, spec, data, clean_form(spec, data, partial=True))
    context = {"case": draft.case, "form": spec, "checks": standing.checks, "notes": standing.notes}
    return render(request, "cases/form_checks.html", context)


@for_actors
@require_safe
def here(request: PersonAtWork, public_id: uuid.UUID, code: str) -> JsonResponse:
    """A sign of life of a page that saves nothing just now: who else is here, and what they have changed since."""
    draft = open_draft(request.actor, public_id)
    spec = form_of(draft, code)
    tab = request.GET.get("tab", "")[:36]
    people = presence.note(
        draft.declaration.pk, code, request.actor, tab=tab, field=request.GET.get("field", "")[:120]
    )
    base, row = number_of(request.GET.get("version")), draft.forms.get(code)
    told: dict[str, Any] = {"version": draft.version(code), "people": people_told(people)}
    if row is not None and row.version > base:
        standing = standing_of_form(request, draft, spec, row.data, clean_form(spec, row.data, partial=True))
        told |= {"others": others_told(changes_since(spec, row, base, tab))}
        told |= state_of(request, draft, spec, row.data, standing)
    return JsonResponse(told)


# Saving ----------------------------------------------------------------------------------------------------------------


def _save_script(request: PersonAtWork, public_id: uuid.UUID, code: str) -> JsonResponse:
    """Seven statements beside those of signing in; the rules' facts may ask more."""
    case = find_case(request.actor, public_id)
    if not may_edit(request.actor, case):
        raise NotAllowed("not_editable", _("申报材料当前不可修改。"))
    spec = form_in(case, code)
    sent = read_json(request, case.edition.pack)
    if sent.user and sent.user != str(request.user.public_id):
        text = _("现在登录的是%(who)s，与填写本页的不是同一人；内容已暂存在本机，请用原账号重新登录。")
        raise Conflict("other_user", text % {"who": request.user.name})
    if sent.whole is not None:
        return _save_whole(request, open_draft(request.actor, public_id), spec, sent)
    saved = _save(request, case, spec, sent)
    people = presence.note(saved.draft.pk, code, request.actor, tab=sent.edits.tab, field=sent.at)
    return JsonResponse(answer_of(request, draft_from(case, saved.draft), spec, saved, people))


def _save(request: PersonAtWork, case: Case, spec: Form, sent: Request) -> Saved:
    return save_cells(
        case=case, form_code=spec.code, edits=sent.edits, reasons=sent.reasons, actor=request.actor
    )


def _save_whole(request: PersonAtWork, draft: Draft, spec: Form, sent: Request) -> JsonResponse:
    """A form as a whole, from a script that knows no cells: all of it or nothing."""
    assert sent.whole is not None
    try:
        row, cleaned = save_form(
            case=draft.case,
            form_code=spec.code,
            raw=sent.whole,
            expected_version=sent.edits.base,
            actor=request.actor,
        )
    except Conflict as conflict:
        saved = draft.forms.get(spec.code)
        current = {
            "version": draft.version(spec.code),
            "mine": saved is not None and saved.updated_by == request.actor.user,
        }
        return JsonResponse(as_json(conflict) | current, status=HTTPStatus.CONFLICT)
    progress = form_progress(draft.case, spec, row.data, row)
    asked = {
        path: text for path, text in cleaned.warnings.items() if path in {*cleaned.errors, *progress.doubts}
    }
    told = {
        "version": row.version,
        "saved_at": clock.local(row.updated_at).isoformat(timespec="seconds"),
        "errors": cleaned.errors,
        "warnings": asked,
        "missing": progress.open,
        "percent": progress.percent,
    }
    return JsonResponse(told)


def _save_page(request: PersonAtWork, draft: Draft, spec: Form) -> HttpResponse:
    """A posted page: merged with what colleagues have done since it was drawn, else as a whole."""
    sent = read_page(request.POST, spec, draft.case.edition.pack)
    version = number_of(request.POST.get("_version"))
    try:
        if sent is None:
            _row, cleaned = save_form(
                case=draft.case,
                form_code=spec.code,
                raw=request.POST,
                expected_version=version,
                actor=request.actor,
            )
            return _go_on(request, draft, spec, cleaned)
        saved = _save(request, draft.case, spec, sent)
        confirm_ticked(request, draft.case, [f"{spec.code}:{one}" for one in request.POST.getlist("_sure")])
    except (Conflict, NotAllowed) as refusal:  # sent, withdrawn or given to others since the page was opened
        cleaned = clean_form(spec, request.POST, partial=True)
        return _page(request, draft, spec, Drawn(cleaned.data, cleaned, refusal=refusal))
    if saved.clashes:
        return _page(request, open_draft(request.actor, draft.case.public_id), spec, _with_mine(spec, saved))
    return _go_on(request, draft, spec, saved.cleaned)


def _with_mine(spec: Form, saved: Saved) -> Drawn:
    """What is stored now, and at every clash what the person has typed."""
    places, content, reasons = places_of(spec), saved.content, {}
    for clash in saved.clashes:
        table, line, column = split(clash.path)
        if clash.path.startswith(PREFIX):
            reasons[clash.path.removeprefix(PREFIX)] = clash.mine
        elif clash.kind == "removed":
            entries = places.tables[table]
            typed = {name: understood(entries[name], raw) for name, raw in clash.mine.items()}
            content.tables[table][line] = {name: value for name, value in typed.items() if value is not None}
        elif clash.kind == "changed" and (not line or column):
            content.put(clash.path, clash.mine)
    shown = {clash.path: clash for clash in clashes_shown(saved.clashes, places)}
    data = content.data()
    cleaned = clean_form(spec, data, partial=True)
    return Drawn(data, cleaned, to_places(shown, content.ids()), content, reasons)


def _go_on(request: PersonAtWork, draft: Draft, spec: Form, cleaned: Cleaned) -> HttpResponse:
    """Saved without script: back to the form, or on to the one asked for."""
    if cleaned.errors:
        told = ngettext(
            "已保存，有%(n)s处内容需要更正。", "已保存，有%(n)s处内容需要更正。", len(cleaned.errors)
        )
        messages.warning(request, told % {"n": len(cleaned.errors)})
        return redirect("cases:form", draft.case.public_id, spec.code)
    messages.success(request, _("已保存。"))
    target = request.POST.get("_next", "")
    if target in draft_step(draft.case).forms:
        return redirect("cases:form", draft.case.public_id, target)
    if target == "materials":
        return redirect("cases:materials", draft.case.public_id)
    return redirect("cases:form", draft.case.public_id, spec.code)


# The page --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a form's page shows: stored data, or what was typed where it could not be saved."""

    data: Mapping[str, Any]
    cleaned: Cleaned
    clashes: Mapping[str, ClashShown] = field(default_factory=dict)
    content: Content | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    refusal: Conflict | NotAllowed | None = None


def _page(request: PersonAtWork, draft: Draft, spec: Form, drawn: Drawn) -> HttpResponse:
    codes = draft_step(draft.case).forms
    place = codes.index(spec.code)
    forms = draft.case.edition.pack.forms
    standing = standing_of_form(request, draft, spec, drawn.data, drawn.cleaned)
    notes = replace(standing.notes, clashes=drawn.clashes)
    if drawn.content is not None:
        notes = replace(notes, ids=drawn.content.ids())
    row: DeclarationForm | None = draft.forms.get(spec.code)
    errors, refusal = drawn.cleaned.errors, drawn.refusal
    warnings = {path: text for path, text in drawn.cleaned.warnings.items() if path not in notes.confirmed}
    context = frame(draft.case, request.actor, "") | {
        "draft": draft.declaration,
        "form": spec,
        "picture": picture_of(spec, drawn.data, errors=errors, warnings=warnings, editing=True, notes=notes),
        "errors": errors,
        "version": draft.version(spec.code),
        "seen": seen_marks(spec, row),
        "sure_url": reverse("cases:form_sure", args=[draft.case.public_id, spec.code]),
        "saved": row,
        "progress": standing.progress,
        "filled": _nav(draft, codes, standing.progress),
        "sections": open_sections(spec, standing.progress),
        "checks": standing.checks,
        "notes": notes,
        "clashes": list(drawn.clashes.values()),
        "offers": offers_of(request.actor, draft, spec) if refusal is None and not drawn.clashes else [],
        "conflict": refusal if isinstance(refusal, Conflict) else None,
        "refused": refusal if isinstance(refusal, NotAllowed) else None,
        "previous": forms[codes[place - 1]] if place else None,
        "following": forms[codes[place + 1]] if place + 1 < len(codes) else None,
    }
    status = status_of(refusal) if refusal else HTTPStatus.CONFLICT if drawn.clashes else HTTPStatus.OK
    return render(request, "cases/form.html", context, status=status)


def _nav(draft: Draft, codes: tuple[str, ...], here: Any) -> list[Any]:
    """How far every form is. No query."""
    pack = draft.case.edition.pack
    return [
        here if code == here.form.code else form_progress(draft.case, pack.forms[code], draft.content(code))
        for code in codes
    ]
