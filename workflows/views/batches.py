"""批量导入: one file, one draft a line. The template; what a file would come to; taking it over; what is to be mended.

Two steps, without script as well: nothing is written before the person confirms. Each line is a transaction of its own, and
confirming twice gives the same drafts (:mod:`workflows.batch_opening`).
"""

from __future__ import annotations

import hashlib
import time
import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Actor
from accounts.errors import Refusal
from cases.errors import Invalid
from programmes.models import Edition, Round
from workflows.batch_lines import Line, judge_lines, over_limit
from workflows.batch_opening import Declared, Origin, open_line, opened_before
from workflows.batch_units import named_units
from workflows.spreadsheets.batch_reading import read_batch
from workflows.spreadsheets.batch_writing import Mending, batch_file
from workflows.spreadsheets.batches import UNIT, batch_columns
from workflows.spreadsheets.layout import file_name
from workflows.views.batch_pages import (
    Call,
    Outcome,
    batch_of,
    call_of,
    choose_page,
    preview_page,
    result_page,
)
from workflows.views.batch_preview import Preview, brought, carried, new_origin
from workflows.views.refusals import PersonAtWork, for_actors, status_of
from workflows.views.spreadsheet_pages import saved_as, shown_name

PATIENCE = 20
"""Seconds after which a confirmation hands back what it has made so far; the person goes on with the rest."""


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """Choose a file; look at what would become of each line; confirm, and see what was made."""
    call = call_of(request.actor, public_id, full="_batch" in request.POST)
    if request.method != "POST":
        return choose_page(request, call)
    upload = request.FILES.get("file")
    try:
        if "_batch" in request.POST:
            preview = brought(request.POST["_batch"], call.round, request.actor)
            return _taken(request, call, preview)
        if upload is None:
            raise Invalid("no_file", _("请选择文件。"))
        return _previewed(request, call, upload)
    except Invalid as invalid:
        refused = {"refused": str(invalid.message), "file_name": shown_name(upload)}
        return choose_page(request, call, refused, status=status_of(invalid))


@for_actors
@require_safe
def template(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponseBase:
    """A file with the columns of the round's forms, to be filled in with Excel."""
    call = call_of(request.actor, public_id)
    return saved_as(batch_file(batch_of(call)), file_name(call.round.name, _("批量导入模板")))


@for_actors
@require_POST
def mend(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponseBase:
    """The lines with something wrong, as they were typed, with the reasons beside them; to be uploaded again."""
    call = call_of(request.actor, public_id, full=True)
    preview = brought(request.POST.get("_batch", ""), call.round, request.actor, forever=True)
    lines = [Mending(line.values, line.problems) for line in preview.lines if line.state == "bad"]
    if not lines:
        raise Invalid("no_rows", _("没有需要改正的行。"))
    return saved_as(batch_file(batch_of(call), lines), file_name(call.round.name, _("待改正的行")))


# Steps ----------------------------------------------------------------------------------------------------------------


def _previewed(request: PersonAtWork, call: Call, upload: UploadedFile[Any]) -> HttpResponse:
    """Read the file and show every line; nothing is written."""
    round_ = call.round
    file = read_batch(
        upload,
        batch_columns(round_.edition.pack),
        digest=round_.edition.digest,
        several=call.several,
        named=lambda digest: _edition_name(round_, digest),
    )
    if file.round and file.round != str(round_.public_id):
        file.notes.append(
            _("这个文件是按其他批次下载的模板填写的，表单相同；各行将导入“%(round)s”，请核对。")
            % {"round": round_.name}
        )
    lines = judge_lines(round_, file.rows, request.actor, own=call.own)
    origin = new_origin(shown_name(upload), _sha256(upload))
    batch = carried(round_, origin, lines, request.actor, file.notes)
    return preview_page(request, call, Preview(origin, lines, file.notes), batch)


def _edition_name(round_: Round, digest: str) -> str:
    """What an edition of this authority is called; '' for any other."""
    published = Edition.objects.filter(digest=digest, programme__authority=round_.authority_id)
    edition = published.select_related("programme").defer("source").first()
    if edition is None:
        return ""
    return _("%(programme)s（%(number)s版）") % {
        "programme": edition.programme.title,
        "number": edition.number,
    }


def _sha256(upload: UploadedFile[Any]) -> str:
    upload.seek(0)
    held = hashlib.sha256()
    for chunk in upload.chunks():
        held.update(chunk)
    return held.hexdigest()


def _taken(request: PersonAtWork, call: Call, preview: Preview) -> HttpResponse:
    """Open the drafts of the lines that were ticked, one after another; what cannot be opened does not hold up the rest."""
    ticked = set(request.POST.getlist("take"))
    lines = [line for line in preview.lines if line.state != "bad" and str(line.number) in ticked]
    units = named_units(
        request.actor,
        call.round.edition.pack.programme.applicant.kinds,
        call.own,
        (line.values.get(UNIT, "") for line in (lines or preview.lines)),
    )
    if not lines:
        for line in preview.lines:
            line.unit = units.named(line.values.get(UNIT, "")).unit
        refused = _("没有勾选要导入的行，未导入任何内容。")
        return preview_page(request, call, preview, request.POST["_batch"], refused)
    before = opened_before(preview.origin, (line.number for line in lines))
    outcomes, waiting, until = [], [], time.monotonic() + PATIENCE
    for line in lines:
        named = units.named(line.values.get(UNIT, ""))
        line.unit = named.unit
        if line.number in before:
            outcomes.append(Outcome(line, before[line.number]))
        elif time.monotonic() > until and len(outcomes) > len(before):
            waiting.append(line)
        else:
            problem = named.problem or ("" if _as_shown(line) else _("申报单位已有变化，请重新上传。"))
            outcomes.append(_opened(call.round, line, problem, request.actor, preview.origin))
    return result_page(request, call, preview, outcomes, waiting)


def _as_shown(line: Line) -> bool:
    """Whether what was typed still means the unit that the person saw: names change hands."""
    return line.unit is not None and str(line.unit.public_id) == line.shown


def _opened(round_: Round, line: Line, problem: str, actor: Actor, origin: Origin) -> Outcome:
    if problem or line.unit is None:
        return Outcome(line, reason=problem)
    again = line.state == "again"
    try:
        opened = open_line(
            round=round_, line=line, applicant=line.unit, actor=actor, origin=origin, again=again
        )
    except Declared as declared:
        return Outcome(line, reason=str(declared.message), other=declared.case)
    except Refusal as refusal:
        limit = round_.edition.pack.programme.round.drafts_per_applicant
        full = over_limit(limit) if refusal.code == "draft_limit" else ""  # the line may be another unit's
        return Outcome(line, reason=full or str(refusal.message))
    return Outcome(line, opened.case, opened.new)
