"""Printed grids of a declaration as spreadsheets: a file is read, what it would change is shown cell by cell, then taken over.

Only the cells that differ are saved, each against the version that the preview showed: what a colleague has put into the
same cell meanwhile stays until the person decides. 指标表导入
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.cells import places_of
from cases.drafting import Edits
from cases.errors import Invalid
from cases.saving import Saved, save_cells
from programmes.form_cells import inputs_of
from programmes.forms import clean_form, display_value, label_of
from programmes.schema import Form
from workflows.case_pages import frame
from workflows.declaration_checks import draft_step
from workflows.draft_answers import clashes_shown
from workflows.draft_requests import number_of
from workflows.drafts import Draft, open_draft
from workflows.form_notes import ClashShown
from workflows.forms_ui import Block, Changed, picture_of
from workflows.spreadsheets.grid_changes import CellChange, changes_of, require_known_cells
from workflows.spreadsheets.grid_importing import GridImport, read_grid
from workflows.spreadsheets.grids import Grid
from workflows.views.refusals import PersonAtWork
from workflows.views.spreadsheet_pages import SHOWN_REMARKS, carried, form_address, shown_name

KEEP, CLEAR = "keep", "clear"


@dataclass(frozen=True, slots=True)
class Contested:
    """A cell that a colleague has changed since the preview: what they put there, and what the file has."""

    path: str
    label: str
    theirs: ClashShown
    mine: str


def grid_page(request: PersonAtWork, draft: Draft, form: Form, grid: Grid) -> HttpResponse:
    """Import into a grid: choose a file, look at what would change, take it over."""
    if request.method != "POST":
        return _page(request, draft, form, grid, {})
    if "_cells" in request.POST:
        return _confirm(request, draft, form, grid)
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Invalid("no_file", _("请选择文件。"))
        read = read_grid(upload, grid, form_code=form.code, pack=draft.case.edition.pack)
        held = carried(read.cells)
    except Invalid as invalid:
        refused = {"refused": str(invalid.message), "file_name": shown_name(upload)}
        return _page(request, draft, form, grid, refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    told = {"file_name": shown_name(upload), "cells_json": held} | _preview(draft, form, grid, read)
    return _page(request, draft, form, grid, told)


def _preview(draft: Draft, form: Form, grid: Grid, read: GridImport) -> dict[str, Any]:
    stored = draft.content(form.code)
    changes = changes_of(grid, stored, read.cells, blanks=False)
    cleared = [key for key in changes_of(grid, stored, read.cells, blanks=True) if key not in changes]
    return {
        "read": read,
        "first_errors": read.errors[:SHOWN_REMARKS],
        "more_errors": max(0, len(read.errors) - SHOWN_REMARKS),
        "first_questions": read.questions[:SHOWN_REMARKS],
        "more_questions": max(0, len(read.questions) - SHOWN_REMARKS),
        "changes": len(changes),
        "cleared": [label_of(form, key) for key in cleared],
        "blocks": _blocks(form, grid, stored, changes),
    }


def _blocks(
    form: Form, grid: Grid, stored: Mapping[str, Any], changes: Mapping[str, CellChange]
) -> list[Block]:
    """The grid as it would be, with what stands there now beside each cell that differs."""
    data = dict(stored) | {key: change.after for key, change in changes.items()}
    cleaned = clean_form(form, data, partial=True)
    was = {key: display_value(change.entry, change.before) for key, change in changes.items()}
    warnings = {key: text for key, text in cleaned.warnings.items() if key in changes}
    errors = {key: text for key, text in cleaned.errors.items() if key in changes}
    marks = Changed(was, frozenset())
    picture = picture_of(form, cleaned.data, errors=errors, warnings=warnings, changed=marks, editing=False)
    keys = {row.key for row in grid.fields}
    blocks = (block for part in picture.parts for block in part.blocks if block.kind == "grid")
    return [block for block in blocks if keys & {row.row.key for row in block.rows}]


def _confirm(request: PersonAtWork, draft: Draft, form: Form, grid: Grid) -> HttpResponse:
    """Write what differs. Where colleagues have changed the same cells meanwhile, say so and ask about these again."""
    cells = _sent_cells(request, grid)
    again = "_contested" in request.POST
    if again:
        taken = set(request.POST.getlist("take"))
        cells = {path: text for path, text in cells.items() if path in taken}
    changes = changes_of(
        grid, draft.content(form.code), cells, blanks=again or request.POST.get("blanks") == CLEAR
    )
    base = number_of(request.POST.get("_version"))
    edits = Edits(base, {path: cells[path] for path in changes})
    if edits.blank:
        messages.info(request, _("没有需要导入的变动，现有内容保持不变。"))
        return redirect(_back(draft, form, grid))
    saved = save_cells(case=draft.case, form_code=form.code, edits=edits, actor=request.actor)
    if saved.clashes:
        return _ask_again(request, draft, form, grid, saved, len(changes) - len(saved.clashes), cells)
    bad = sum(path in saved.cleaned.errors for path in changes)
    if bad:
        told = _("已导入%(n)s格，其中%(bad)s格内容需要更正，已在表中逐格标出。")
        messages.warning(request, told % {"n": len(changes), "bad": bad})
    else:
        messages.success(request, _("已导入%(n)s格。") % {"n": len(changes)})
    return redirect(_back(draft, form, grid))


def _ask_again(
    request: PersonAtWork,
    draft: Draft,
    form: Form,
    grid: Grid,
    saved: Saved,
    done: int,
    cells: Mapping[str, str],
) -> HttpResponse:
    inputs = grid.inputs
    contested = [
        Contested(
            clash.path,
            label_of(form, clash.path),
            theirs,
            display_value(inputs[clash.path], clash.mine),
        )
        for clash, theirs in zip(saved.clashes, clashes_shown(saved.clashes, places_of(form)), strict=True)
    ]
    told = {
        "contested": contested,
        "done": done,
        "version": saved.row.version,
        "cells_json": carried({each.path: cells[each.path] for each in contested}),
    }
    fresh = open_draft(request.actor, draft.case.public_id)
    return _page(request, fresh, form, grid, told, status=HTTPStatus.CONFLICT)


def _sent_cells(request: PersonAtWork, grid: Grid) -> dict[str, str]:
    try:
        sent = json.loads(request.POST["_cells"])
        json.dumps(sent, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        sent = None
    return require_known_cells(grid, sent)


def _back(draft: Draft, form: Form, grid: Grid) -> str:
    return f"{form_address(draft, form)}#f-{grid.key}"


def _filled(grid: Grid, stored: Mapping[str, Any], keys: Iterable[str]) -> int:
    return sum(stored.get(key) not in (None, "") for key in keys)


def _page(
    request: PersonAtWork,
    draft: Draft,
    form: Form,
    grid: Grid,
    context: dict[str, Any],
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    forms = draft.case.edition.pack.forms
    inputs = grid.inputs
    whole = frame(draft.case, request.actor, "") | {
        "draft": draft.declaration,
        "form": form,
        "grid": grid,
        "rows": [(row, next(inputs_of(row))) for row in grid.fields],
        "count": len(inputs),
        "existing": _filled(grid, draft.content(form.code), inputs),
        "limit_bytes": settings.SPREADSHEET_MAX_BYTES,
        "version": draft.version(form.code),
        "forms": [forms[code] for code in draft_step(draft.case).forms],
        **context,
    }
    return render(request, "cases/grid_import.html", whole, status=status)
