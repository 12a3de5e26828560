"""工作副本: its files, what is wrong with them, its lifecycle, what differs; import, upload and download."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import Refusal
from accounts.forms import add_refusal
from programmes.editions import persons_of
from programmes.enums import CopyStatus
from programmes.models import Programme, WorkingCopy
from programmes.problems import PackError
from workshop import copies as doors
from workshop.access import BenchRequest, copies_of, editors_only
from workshop.copies import archive_of, files_of, number_of
from workshop.differences import differences, sides_of
from workshop.drawing import draw
from workshop.findings import examine, programme_of
from workshop.forms import DiscardForm, FileNameForm, NoteForm, UploadForm
from workshop.uploads import MAX_UPLOAD
from workshop.views.answers import archive_file, status_of

GROUPS = (
    ("", gettext_lazy("政策")),
    ("forms/", gettext_lazy("表单")),
    ("letters/", gettext_lazy("文书")),
    ("scenarios/", gettext_lazy("演练脚本")),
)


@require_http_methods(["GET", "POST"])
@editors_only
def import_pack(request: BenchRequest) -> HttpResponse:
    """Make a working copy of an uploaded pack."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid():
        organisation = request.actor.organisation
        try:
            assert organisation is not None
            made = doors.import_pack(
                source=_bytes(form), authority=organisation.authority or organisation, actor=request.actor
            )
        except PackError as error:
            problems = error.problems
            form.add_error("pack", _("该文件不能作为政策包导入。"))
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已导入为工作副本。"))
            return redirect("workshop:copy", made.public_id)
    context = {"form": form, "problems": problems}
    return render(request, "workshop/import.html", context, status=status_of(form))


@require_safe
@editors_only
def copy(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """The copy: its files by kind, its state, and what may be done with it."""
    return copy_page(request, get_object_or_404(copies_of(request.actor), public_id=public_id))


def copy_page(
    request: BenchRequest,
    shown: WorkingCopy,
    *,
    adding: FileNameForm | None = None,
    uploading: UploadForm | None = None,
    noting: NoteForm | None = None,
    discarding: DiscardForm | None = None,
    problems: Any = (),
) -> HttpResponse:
    """The page of a copy; 422 with a form that was refused."""
    refused = next((form for form in (adding, uploading, noting, discarding) if form is not None), None)
    context = {
        **frame(request, shown, "files"),
        "groups": _groups(shown),
        "adding": adding or FileNameForm(),
        "uploading": uploading or UploadForm(),
        "noting": noting or NoteForm(),
        "discarding": discarding or DiscardForm(),
        "refused_problems": problems,
        "earlier": shown.earlier_texts.count(),
    }
    status = 422 if problems else status_of(refused)
    return render(request, "workshop/copy.html", context, status=status)


def frame(request: BenchRequest, shown: WorkingCopy, tab: str) -> dict[str, Any]:
    """What every page of a copy shows at its head. Two queries."""
    authors = list(shown.authors.order_by("pk"))
    first = shown.files.filter(path="programme.yaml").values_list("text", flat=True).first()
    return {
        "copy": shown,
        "tab": tab,
        "number": number_of(first or ""),
        "authors": authors,
        "own_work": bool(persons_of(request.actor) & {author.pk for author in authors}),
        "editing": shown.status == CopyStatus.EDITING,
        "submitted": shown.status == CopyStatus.SUBMITTED,
        "digest": shown.edition.digest if shown.edition is not None else "",
    }


def _groups(shown: WorkingCopy) -> list[dict[str, Any]]:
    rows = list(shown.files.order_by("path").defer("text").select_related("changed_by"))
    found = []
    for prefix, title in GROUPS:
        mine = [row for row in rows if (row.path.startswith(prefix) if prefix else "/" not in row.path)]
        found.append({"title": title, "prefix": prefix, "files": mine})
    return found


@require_POST
@editors_only
def discard(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give a copy up."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    form = DiscardForm(request.POST)
    if form.is_valid():
        try:
            doors.discard_copy(copy=shown, reason=form.cleaned_data["reason"], actor=request.actor)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("工作副本已作废。"))
            return redirect("workshop:programmes")
    return copy_page(request, shown, discarding=form)


@require_safe
@editors_only
def download(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """The copy's files as one pack, sound or not."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    return archive_file(archive_of(shown), f"{shown.code}-working-copy")


@require_POST
@editors_only
def upload(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Replace the copy's files by those of an uploaded pack."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    form = UploadForm(request.POST, request.FILES)
    problems: Any = ()
    if form.is_valid():
        try:
            doors.replace_files(
                copy=shown, source=_bytes(form), version=version_in(request), actor=request.actor
            )
        except PackError as error:
            problems = error.problems
            form.add_error("pack", _("该文件不能作为政策包导入。"))
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已用上传的政策包替换全部文件，原有内容可在“旧稿”中找回。"))
            return redirect("workshop:copy", shown.public_id)
    return copy_page(request, shown, uploading=form, problems=problems)


@require_safe
@editors_only
def lifecycle(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """The lifecycle drawn, with the offending path of the problem that is asked for (the first, unless told)."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    files = files_of(shown)
    programme = programme_of(files)
    unsound = [problem for problem in examine(files).problems if problem.path]
    asked = request.GET.get("problem", "0")
    chosen = int(asked) if asked.isdecimal() and len(asked) < 5 and int(asked) < len(unsound) else 0
    path = unsound[chosen].path if unsound else ()
    context = {
        **frame(request, shown, "lifecycle"),
        "drawing": draw(programme, path=path) if programme is not None else None,
        "unsound": unsound,
        "chosen": chosen,
    }
    return render(request, "workshop/copy_lifecycle.html", context)


@require_safe
@editors_only
def compare(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """What differs between the copy and an edition of its programme (its base, unless told)."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    owner = shown.programme or (shown.base.programme if shown.base is not None else None)
    others = sides_of(owner) if isinstance(owner, Programme) else []
    wanted = request.GET.get("with", "") or (str(shown.base.public_id) if shown.base is not None else "")
    chosen = next((side for side in others if str(side.public_id) == wanted), next(iter(others), None))
    pack = examine(files_of(shown)).pack
    context = {
        **frame(request, shown, "compare"),
        "others": others,
        "chosen": chosen,
        "unreadable": pack is None,
        "found": differences(chosen.edition.pack, pack) if chosen is not None and pack is not None else None,
    }
    return render(request, "workshop/copy_compare.html", context)


def version_in(request: BenchRequest) -> int:
    """The version of the copy that the page showed; 0 when it gives none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _bytes(form: UploadForm) -> bytes:
    data = form.cleaned_data["pack"]
    if data.size > MAX_UPLOAD:
        raise Refusal("too_large", _("上传的文件过大。"))
    return bytes(data.read())
