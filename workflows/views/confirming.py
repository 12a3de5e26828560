"""填写无误: confirming numbers that are asked about, from a form's page or on the way to sending. Works without script."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from cases.cells import content_of, places_of
from cases.confirmations import Confirmed, confirm_figures, questions_of
from cases.models import Case
from programmes.forms import clean_form, label_of
from programmes.schema import Form
from workflows.draft_answers import doubts_told, notes_of_questions
from workflows.draft_requests import bad_request
from workflows.drafts import form_in, form_of, open_draft
from workflows.form_notes import to_paths, to_places
from workflows.views.refusals import PersonAtWork, for_actors, wants_json

MOST = 500
"""Values that are confirmed at one time."""


@for_actors
@require_POST
def form_sure(request: PersonAtWork, public_id: uuid.UUID, code: str) -> HttpResponse:
    """Confirm values of one form (``sure``: ``path:mark``); a script is told what stands beside the cells now."""
    draft = open_draft(request.actor, public_id)
    spec = form_of(draft, code)
    tokens = [f"{code}:{token}" for token in request.POST.getlist("sure")]
    if not wants_json(request):
        confirm_ticked(request, draft.case, tokens)
        return redirect("cases:form", public_id, code)
    seen = _seen(tokens).get(code)
    if not seen:
        raise bad_request()
    done = confirm_figures(case=draft.case, form_code=code, seen=seen, actor=request.actor)
    cleaned = clean_form(spec, done.row.data, partial=True)
    places = places_of(spec)
    content = content_of(places, done.row)
    told = doubts_told(notes_of_questions(questions_of(spec, done.row, cleaned)), cleaned, content, places)
    told |= {"errors": to_paths(cleaned.errors, content, places), "changed": list(done.changed)}
    return JsonResponse(told)


def confirm_ticked(request: PersonAtWork, case: Case, tokens: Iterable[str]) -> None:
    """Confirm what was ticked on a page (``FORM:path:mark``), and say what came of it. Raises as ``confirm_figures``."""
    count = 0
    for code, seen in _seen(tokens).items():
        spec = form_in(case, code)
        done = confirm_figures(case=case, form_code=code, seen=seen, actor=request.actor)
        count += len(seen) - len(done.changed)
        for label in _changed_labels(spec, done):
            text = _("“%(label)s”的数值已改变，未作确认，请重新核对。")
            messages.warning(request, text % {"label": label})
    if count:
        told = ngettext("已确认%(n)s处填写无误。", "已确认%(n)s处填写无误。", count)
        messages.success(request, told % {"n": count})


def _seen(tokens: Iterable[str]) -> dict[str, dict[str, str]]:
    """Form code → path → mark of the value that the page showed. Raises Invalid for what no page of ours sends."""
    forms: dict[str, dict[str, str]] = {}
    for number, token in enumerate(tokens):
        parts = token.split(":")
        if len(parts) != 3 or number >= MOST:
            raise bad_request()
        code, path, mark = parts
        forms.setdefault(code, {})[path] = mark
    return forms


def _changed_labels(spec: Form, done: Confirmed) -> list[str]:
    ids = content_of(places_of(spec), done.row).ids()
    labels = []
    for path in done.changed:
        place = next(iter(to_places({path: ""}, ids)), "")
        labels.append(label_of(spec, place) if place else str(spec.title))
    return labels
