"""The editor: one file of a working copy, saved, checked, added, renamed, removed, taken back. 编写"""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import Refusal
from accounts.forms import add_refusal
from audit import clock
from programmes.models import WorkingCopy, WorkingFile
from workshop import copies as doors
from workshop.access import BenchRequest, copies_of, editors_only
from workshop.copies import ChangedMeanwhile, files_of, is_path, like
from workshop.findings import examine
from workshop.forms import FileNameForm
from workshop.schema_help import help_for
from workshop.views.copies import copy_page, frame

MOST = 200
"""Problems that are listed; the rest is counted."""


@require_http_methods(["GET", "POST"])
@editors_only
def edit(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """The editor of a file, and its saving: 409 with both texts when somebody was faster."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    path = request.GET.get("path", "")
    if request.method == "POST":
        return _save(request, shown, path)
    file = shown.files.filter(path=path).select_related("changed_by").first()
    if file is None:
        raise Http404
    return _editor(request, shown, path, file.text, file.version, file)


def _save(request: BenchRequest, shown: WorkingCopy, path: str) -> HttpResponse:
    text, version = request.POST.get("text", ""), request.POST.get("version", "")
    plain = request.headers.get("Accept", "").startswith("application/json")
    try:
        file = doors.save_file(
            copy=shown,
            path=path,
            text=text,
            version=int(version) if version.isdigit() and len(version) < 10 else 0,
            actor=request.actor,
        )
    except ChangedMeanwhile as refusal:
        if plain:
            return _conflict(refusal)
        current = refusal.current
        return _editor(
            request, shown, path, text, current.version if current else 0, current, refusal=refusal
        )
    except Refusal as refusal:
        if plain:
            return JsonResponse({"message": str(refusal.message)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        file = shown.files.filter(path=path).first()
        return _editor(request, shown, path, text, file.version if file else 0, file, refusal=refusal)
    if plain:
        at = f"{clock.local(file.changed_at):%H:%M:%S}"
        return JsonResponse({"version": file.version, "message": _("已保存 %(at)s") % {"at": at}})
    messages.success(request, _("已保存。"))
    return redirect(editor_url(shown, path))


def _conflict(refusal: ChangedMeanwhile) -> JsonResponse:
    """Both are kept: theirs is in the answer, one's own is still in the editor."""
    current = refusal.current
    told = _("该文件已被删除，您的内容尚未保存。")
    if current is not None:
        at = f"{clock.local(current.changed_at):%m-%d %H:%M}"
        told = _("%(who)s已于 %(at)s 修改该文件，您的内容尚未保存。") % {
            "who": current.changed_by.name,
            "at": at,
        }
    answer = {
        "message": told,
        "version": current.version if current is not None else 0,
        "text": current.text if current is not None else None,
    }
    return JsonResponse(answer, status=HTTPStatus.CONFLICT)


def _editor(
    request: BenchRequest,
    shown: WorkingCopy,
    path: str,
    text: str,
    version: int,
    file: WorkingFile | None,
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    line = request.GET.get("line", "")
    context = {
        **frame(request, shown, "files"),
        "path": path,
        "text": text,
        "file_version": version,
        "file": file,
        "theirs": file.text if isinstance(refusal, ChangedMeanwhile) and file is not None else None,
        "refusal": refusal,
        "help": help_for(path),
        "line": line if line.isdigit() and len(line) < 7 else "",
        "files": shown.files.order_by("path").values_list("path", flat=True),
        "design_name": path[len("forms/") : -len(".yaml")] if path.startswith("forms/") else "",
        "renaming": FileNameForm(initial={"path": path}),
    }
    status = HTTPStatus.OK
    if refusal is not None:
        conflict = isinstance(refusal, ChangedMeanwhile)
        status = HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "workshop/editor.html", context, status=status)


@require_http_methods(["GET", "POST"])
@editors_only
def check(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """All problems of the pack, as a fragment; posted: with ``text`` in place of the file ``path``. Nothing is written."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    files = files_of(shown)
    path = request.POST.get("path", "")
    if request.method == "POST" and is_path(path):
        stored = files.get(path, b"").decode()
        text = like(request.POST.get("text", "")[: doors.LONGEST], stored)
        files[path] = text.encode("utf-8", "replace")
    problems = examine(files).problems
    context = {
        "copy": shown,
        "problems": problems[:MOST],
        "more": max(0, len(problems) - MOST),
        "total": len(problems),
        "path": path,
    }
    return render(request, "workshop/problems.html", context)


@require_POST
@editors_only
def add(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """A new, empty file."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    form = FileNameForm(request.POST)
    if form.is_valid():
        try:
            file = doors.add_file(copy=shown, path=form.cleaned_data["path"], actor=request.actor)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return redirect(editor_url(shown, file.path))
    return copy_page(request, shown, adding=form)


@require_POST
@editors_only
def rename(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Another name for a file."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    path, to = request.GET.get("path", ""), request.POST.get("path", "")
    try:
        file = doors.rename_file(copy=shown, path=path, to=to, actor=request.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect(
            editor_url(shown, path) if is_path(path) else reverse("workshop:copy", args=[public_id])
        )
    messages.success(request, _("已改名为“%(path)s”。") % {"path": file.path})
    return redirect(editor_url(shown, file.path))


@require_POST
@editors_only
def remove(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a file out; its text is kept."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    path = request.GET.get("path", "")
    try:
        doors.remove_file(copy=shown, path=path, actor=request.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("已删除“%(path)s”，可在“旧稿”中恢复。") % {"path": path})
    return redirect("workshop:copy", shown.public_id)


@require_safe
@editors_only
def earlier(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """What the files said before; of one file with ``path``; one text with ``id``."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    path, key = request.GET.get("path", ""), request.GET.get("id", "")
    rows = shown.earlier_texts.select_related("written_by")
    rows = rows.filter(path=path) if path else rows
    one = rows.filter(pk=int(key)).first() if key.isdigit() and len(key) < 15 else None
    if key and one is None:
        raise Http404
    context = {
        **frame(request, shown, "files"),
        "page": Paginator(rows.defer("text"), 30).get_page(request.GET.get("page")),
        "path": path,
        "one": one,
    }
    return render(request, "workshop/earlier.html", context)


@require_POST
@editors_only
def restore(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Let a file say again what it said."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    key = request.POST.get("id", "")
    try:
        file = doors.restore_text(
            copy=shown, earlier=int(key) if key.isdigit() and len(key) < 15 else 0, actor=request.actor
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("workshop:earlier", shown.public_id)
    messages.success(request, _("已恢复“%(path)s”。") % {"path": file.path})
    return redirect(editor_url(shown, file.path))


def editor_url(shown: WorkingCopy, path: str) -> str:
    """The address of a file's editor."""
    return f"{reverse('workshop:file', args=[shown.public_id])}?{urlencode({'path': path})}"
