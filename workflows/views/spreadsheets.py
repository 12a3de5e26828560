"""Tables and grids of a declaration as spreadsheets: templates and exports to save, files to import. 表格导入导出

Importing takes two steps, without script as well: the file is read and shown with everything that is wrong in it, nothing
is written; then the person confirms. What was read travels in the page, so nothing has to be kept in between, and a
session that ends meanwhile loses nothing.
"""

from __future__ import annotations

import json
import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.declarations import save_form
from cases.errors import Conflict, Invalid, NotVisible
from programmes.form_cells import field_of
from programmes.forms import Cleaned
from programmes.schema import Form, FormField
from workflows.case_pages import frame
from workflows.declaration_checks import draft_step
from workflows.drafts import Draft, form_of, open_draft
from workflows.spreadsheets.grids import grid_of
from workflows.spreadsheets.guide import kind_name
from workflows.spreadsheets.importing import Import, Mode, already_there, merged_rows, read_upload
from workflows.spreadsheets.layout import columns_of, file_name
from workflows.spreadsheets.writing import Source, form_file, grid_file, table_file
from workflows.views.grid_sheets import grid_page
from workflows.views.refusals import PersonAtWork, for_actors, status_of
from workflows.views.spreadsheet_pages import SHOWN_REMARKS, carried, form_address, saved_as, shown_name

SHOWN_ROWS = 5


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: PersonAtWork, public_id: uuid.UUID, code: str, key: str) -> HttpResponse:
    """Import into a table (or a grid, :mod:`grid_sheets`): choose a file, look at what was read, confirm."""
    draft = open_draft(request.actor, public_id)
    if (grid := grid_of(form_of(draft, code), key)) is not None:
        return grid_page(request, draft, form_of(draft, code), grid)
    form, field = _table_of(draft, code, key)
    if request.method != "POST":
        return _page(request, draft, form, field, {})
    if "_rows" in request.POST:
        return _confirm(request, draft, form, field)
    mode = _mode(request)
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Invalid("no_file", _("请选择文件。"))
        read = _read(draft, form, field, upload)
        merged_rows(field, draft.content(code).get(key) or (), read.rows, mode)  # there is room for them
        rows_json = carried(read.rows)
    except Invalid as invalid:
        refused = {"refused": str(invalid.message), "file_name": shown_name(upload), "mode": mode}
        return _page(request, draft, form, field, refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    told = {"file_name": shown_name(upload), "mode": mode, "rows_json": rows_json}
    return _preview(request, draft, form, field, read, told)


@for_actors
@require_safe
def table_template(request: PersonAtWork, public_id: uuid.UUID, code: str, key: str) -> HttpResponseBase:
    """An empty table or grid to be filled in with Excel."""
    draft = open_draft(request.actor, public_id)
    if (grid := grid_of(form_of(draft, code), key)) is not None:
        source = _source(draft, form_of(draft, code))
        return saved_as(grid_file(source, grid), file_name(grid.title, _("模板")))
    form, field = _table_of(draft, code, key)
    return saved_as(table_file(_source(draft, form), field), file_name(str(field.label), _("模板")))


@for_actors
@require_safe
def table_rows(request: PersonAtWork, public_id: uuid.UUID, code: str, key: str) -> HttpResponseBase:
    """The table or grid as it is saved now; imported again it is the same."""
    draft = open_draft(request.actor, public_id)
    if (grid := grid_of(form_of(draft, code), key)) is not None:
        held = grid_file(_source(draft, form_of(draft, code)), grid, draft.content(code))
        return saved_as(held, file_name(draft.case.title, grid.title))
    form, field = _table_of(draft, code, key)
    rows = draft.content(code).get(key) or ()
    return saved_as(
        table_file(_source(draft, form), field, rows), file_name(draft.case.title, str(field.label))
    )


@for_actors
@require_safe
def form_workbook(request: PersonAtWork, public_id: uuid.UUID, code: str) -> HttpResponseBase:
    """A whole form as it is saved now: a sheet for its items, its grid, and each of its tables."""
    draft = open_draft(request.actor, public_id)
    form = form_of(draft, code)
    held = form_file(_source(draft, form), draft.content(code))
    return saved_as(held, file_name(draft.case.title, str(form.title)))


def save_table(
    *, draft: Draft, form: Form, field: FormField, rows: list[dict[str, Any]], version: int, actor: Any
) -> Cleaned:
    """Put rows into a table of the draft: the one place from which imports are saved. Raises as ``save_form`` does."""
    raw = {**draft.content(form.code), field.key: rows}
    _row, cleaned = save_form(
        case=draft.case, form_code=form.code, raw=raw, expected_version=version, actor=actor
    )
    return cleaned


# Steps ----------------------------------------------------------------------------------------------------------------


def _table_of(draft: Draft, code: str, key: str) -> tuple[Form, FormField]:
    form = form_of(draft, code)
    field = field_of(form, key)
    if field is None or field.type != "table":
        raise NotVisible("invisible", _("未找到该表。"))
    return form, field


def _mode(request: PersonAtWork) -> Mode:
    return "append" if request.POST.get("mode") == "append" else "replace"


def _read(draft: Draft, form: Form, field: FormField, upload: UploadedFile[Any]) -> Import:
    edition = draft.case.edition
    return read_upload(upload, field, form_code=form.code, digest=edition.digest, pack=edition.pack)


def _preview(
    request: PersonAtWork, draft: Draft, form: Form, field: FormField, read: Import, told: dict[str, Any]
) -> HttpResponse:
    context = {
        "read": read,
        "first_errors": read.errors[:SHOWN_REMARKS],
        "more_errors": max(0, len(read.errors) - SHOWN_REMARKS),
        "first_questions": read.questions[:SHOWN_REMARKS],
        "more_questions": max(0, len(read.questions) - SHOWN_REMARKS),
        **told,
        **_sample(field, read.rows),
    }
    return _page(request, draft, form, field, context)


def _sample(field: FormField, rows: list[dict[str, str]]) -> dict[str, Any]:
    columns = columns_of(field)
    lines = [[row.get(column.key, "") for column in columns] for row in rows[:SHOWN_ROWS]]
    return {"count": len(rows), "sample": lines, "sampled": len(lines)}


def _confirm(request: PersonAtWork, draft: Draft, form: Form, field: FormField) -> HttpResponse:
    """Write what was read. When a colleague has changed the form meanwhile, say so and ask again: nothing is lost."""
    rows, mode = _sent_rows(request, field), _mode(request)
    current = draft.content(form.code).get(field.key) or ()
    try:
        version = int(request.POST.get("_version", ""))
    except ValueError:
        version = -1
    if mode == "append" and already_there(form, field, current, rows):  # confirmed twice
        messages.info(request, _("这%(n)s行已经导入，未重复追加。") % {"n": len(rows)})
        return redirect(f"{form_address(draft, form)}#f-{field.key}")
    try:
        whole = merged_rows(field, current, rows, mode)
        cleaned = save_table(
            draft=draft, form=form, field=field, rows=whole, version=version, actor=request.actor
        )
    except (Conflict, Invalid) as refusal:
        told = {"refused": str(refusal.message), "asked_again": isinstance(refusal, Conflict)}
        again = {"read": Import(rows, [], [], []), "mode": mode, "rows_json": request.POST["_rows"]}
        context = told | again | _sample(field, rows)
        return _page(request, draft, form, field, context, status=status_of(refusal))
    _tell(request, field, len(rows), cleaned)
    return redirect(f"{form_address(draft, form)}#f-{field.key}")


def _sent_rows(request: PersonAtWork, field: FormField) -> list[dict[str, str]]:
    """The rows as the preview carried them. They are what the person might as well have typed: saving reads them anew."""
    keys = {column.key for column in columns_of(field)}
    try:
        sent = json.loads(request.POST["_rows"])
        json.dumps(sent, ensure_ascii=False).encode()
        if not isinstance(sent, list) or not sent or not all(isinstance(row, dict) for row in sent):
            raise TypeError
        rows = [{key: str(row[key]) for key in row if key in keys} for row in sent]
    except (ValueError, TypeError, RecursionError):
        raise Invalid("bad_request", _("提交的内容无法识别，请重新上传文件。")) from None
    return rows


def _tell(request: PersonAtWork, field: FormField, count: int, cleaned: Cleaned) -> None:
    bad = sum(path.startswith(f"{field.key}.") for path in cleaned.errors)
    if bad:
        told = _("已导入%(n)s行，其中%(bad)s处内容需要更正，已在表中逐格标出。")
        messages.warning(request, told % {"n": count, "bad": bad})
    else:
        messages.success(request, _("已导入%(n)s行。") % {"n": count})


# Pages ----------------------------------------------------------------------------------------------------------------


def _source(draft: Draft, form: Form) -> Source:
    edition = draft.case.edition
    return Source(form, str(draft.case.programme.title), edition.number, edition.digest)


def _page(
    request: PersonAtWork,
    draft: Draft,
    form: Form,
    field: FormField,
    context: dict[str, Any],
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    forms = draft.case.edition.pack.forms
    existing = len(draft.content(form.code).get(field.key) or ())
    whole = frame(draft.case, request.actor, "") | {
        "draft": draft.declaration,
        "form": form,
        "field": field,
        "columns": columns_of(field),
        "described": [(column, kind_name(column.entry)) for column in columns_of(field)],
        "limit_bytes": settings.SPREADSHEET_MAX_BYTES,
        "existing": existing,
        "version": draft.version(form.code),
        "forms": [forms[code] for code in draft_step(draft.case).forms],
        "mode": "append",
        **context,
    }
    return render(request, "cases/sheet_import.html", whole, status=status)
