"""申报材料 on paper: the print page and its margins, the Word file, the PDF; the dossier of a case."""

from __future__ import annotations

import io
import uuid
from http import HTTPStatus

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor
from cases.declaration_pdfs import is_awaited, is_there, pdf_of, prints
from cases.errors import NotAllowed, NotVisible, Unavailable
from cases.models import Case, Declaration
from cases.relations import SEES_DRAFTS
from workflows.case_pages import find_case, frame, note_read, require_part
from workflows.declaration_checks import draft_step
from workflows.documents.declaration import foot_of, mark_of, title_of
from workflows.documents.dossier import contents_of, make_dossier
from workflows.documents.markup import sheets
from workflows.documents.names import safe_name
from workflows.documents.pdf import can_print
from workflows.documents.printing import ask_for, names_signers, paper_of, source_of
from workflows.documents.standalone import margin_style
from workflows.documents.word import word_file
from workflows.sent_versions import chosen, versions_of
from workflows.served_files import BLOCK
from workflows.views.refusals import PersonAtWork, for_actors

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
MOST_DIGITS = 9


@for_actors
@require_safe
def print_view(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """The whole declaration on A4 in the printed order, or one ``form`` of it; the applicant may print the draft."""
    case, version, readable = _asked_for(request.actor, public_id, request.GET.get("v", ""))
    code = request.GET.get("form", "")
    paper = paper_of(case, version, readable, code)
    note_read(request.actor, case, "case.print")
    pack = case.edition.pack
    context = {
        "case": case,
        "version": version,
        "code": code,
        "sheets": sheets(paper),
        "forms": [pack.forms[each] for each in draft_step(case).forms],
    }
    return render(request, "cases/print.html", context)


@for_actors
@require_safe
def print_style(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """What stands in the margins of the printed pages, as a style sheet (page boxes take no text from the page)."""
    case, version, _readable = _asked_for(request.actor, public_id, request.GET.get("v", ""))
    answer = HttpResponse(
        margin_style(mark_of(version), foot_of(case, version)), content_type="text/css; charset=utf-8"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


@for_actors
@require_safe
def word(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponseBase:
    """The declaration, or one ``form`` of it, as a Word file; the applicant may take the draft."""
    case, version, readable = _asked_for(request.actor, public_id, request.GET.get("v", ""))
    paper = paper_of(case, version, readable, request.GET.get("form", ""))
    note_read(request.actor, case, "case.word")
    return _download(io.BytesIO(word_file(paper)), _name(case, version, paper.title, ".docx"), WORD)


@for_actors
@require_safe
def pdf(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponseBase:
    """The declaration, or one ``form`` of it, as a PDF; the applicant may take the draft.

    What is not there yet is asked for, and a page says so (202). That page comes back with the number of its request
    (``ask``) and gets what answers it, be the draft changed meanwhile or not.
    """
    case, version, readable = _asked_for(request.actor, public_id, request.GET.get("v", ""))
    code = request.GET.get("form", "")
    title, named = title_of(case, code), names_signers(version, readable, code)
    row, asked = pdf_of(version, code, named=named), _number(request.GET.get("ask", ""))
    polled = "HX-Request" in request.headers
    draft = version.submitted_at is None
    ready = draft and row is not None and 0 < asked <= row.made and is_there(row)
    waiting = draft and row is not None and 0 < asked <= row.asked and asked > row.failed and is_awaited(row)
    source = ""
    if (
        not ready and not waiting
    ):  # whoever waits for an earlier answer does not have the draft laid out again
        source = source_of(case, version, readable, code)
        ready = row is not None and prints(row, source)
    if row is not None and ready and not polled:
        note_read(request.actor, case, "case.pdf")
        answer = _download(row.file.open("rb"), _name(case, version, title, ".pdf"), PDF)
        answer["Content-Length"] = str(row.size)
        return answer
    failed = not ready and row is not None and 0 < asked <= row.failed
    if not ready and not failed:
        if not can_print():
            raise Unavailable("no_pdf", _("服务器未安装 PDF 组件，请用“打印”页面另存为 PDF。"))
        if row is None or asked > row.asked or not is_awaited(row) or (not asked and row.wanted != source):
            row = ask_for(version, code, named=named, source=source)
    assert row is not None
    told = {"version": version, "code": code, "title": title, "pdf": row, "ready": ready, "failed": failed}
    context = told | {"asked": asked or row.asked}
    if polled:
        return render(request, "cases/pdf_state.html", context | {"case": case})
    status = HTTPStatus.OK if failed else HTTPStatus.ACCEPTED
    return render(request, "cases/pdf.html", context | frame(case, request.actor, ""), status=status)


def _number(text: str) -> int:
    """The number of a request as an address gives it; 0 for none."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else 0


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def dossier(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponseBase:
    """What the dossier holds for this reader; POST gives it out."""
    actor = request.actor
    case = find_case(actor, public_id)
    readable = require_part(actor, case, "declaration")
    if case.is_draft:
        raise NotAllowed("not_sent", _("申报材料尚未提交，还没有案卷。"))
    if request.method != "POST":
        context = frame(case, actor, "")
        context["contents"] = contents_of(readable, drafts=context["drafting"])
        return render(request, "cases/dossier.html", context)
    note_read(actor, case, "case.dossier")
    made = make_dossier(case, actor)
    return _download(made.file, made.name, "application/zip")


def _asked_for(actor: Actor, public_id: uuid.UUID, number: str) -> tuple[Case, Declaration, frozenset[str]]:
    """The case and the version asked for (a draft for its applicant), as far as the actor may read them."""
    case = find_case(actor, public_id)
    readable = require_part(actor, case, "declaration")
    version = chosen(versions_of(case, drafts=actor.role in SEES_DRAFTS), number)
    if version is None:
        raise NotVisible("invisible", _("尚无可打印的申报材料。"))
    return case, version, readable


def _name(case: Case, version: Declaration, title: str, ending: str) -> str:
    named = f"{case.title}-{title}" if title != case.title else f"{case.title}-申报材料"
    edition = f"第{version.version_no}版" if version.submitted_at else "草稿"
    return safe_name(f"{named}-{edition}"[:54] + ending)


def _download(file: io.BytesIO | object, name: str, kind: str) -> FileResponse:
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    answer.block_size = BLOCK
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
