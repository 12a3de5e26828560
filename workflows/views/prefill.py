"""预填: take over what the person ticked, into cells that are still blank."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from cases.drafting import Edits, Lines
from cases.saving import save_cells
from cases.whole_forms import new_line
from workflows.drafts import form_of, open_draft
from workflows.prefill import offers_of
from workflows.views.refusals import PersonAtWork, for_actors


@for_actors
@require_POST
def prefill(request: PersonAtWork, public_id: uuid.UUID, code: str) -> HttpResponse:
    """Values come from their sources, never from the request: it only says which cells."""
    draft = open_draft(request.actor, public_id)
    spec = form_of(draft, code)
    wanted = set(request.POST.getlist("take"))
    taken = [offer for offer in offers_of(request.actor, draft, spec) if offer.path in wanted]
    cells, lines, sources = {}, {}, {}
    for offer in taken:
        sources[offer.path] = offer.source
        if not isinstance(offer.value, list) or not all(isinstance(line, dict) for line in offer.value):
            cells[offer.path] = offer.value
            continue
        ids = [new_line() for _line in offer.value]
        lines[offer.path] = Lines(tuple(ids), ())
        for line, values in zip(ids, offer.value, strict=True):
            cells |= {f"{offer.path}.{line}.{key}": value for key, value in values.items()}
    if taken:
        edits = Edits(draft.version(code), cells, lines)
        saved = save_cells(case=draft.case, form_code=code, edits=edits, actor=request.actor, sources=sources)
        count = len(taken) - len({clash.path for clash in saved.clashes})
        told = ngettext("已填入%(n)s项，请逐项核对。", "已填入%(n)s项，请逐项核对。", count)
        messages.success(request, told % {"n": count})
    else:
        messages.info(request, _("没有选择要填入的内容。"))
    return redirect("cases:form", draft.case.public_id, code)
