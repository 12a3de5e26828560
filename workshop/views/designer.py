"""表单设计: the forms of a copy, one of them as it is, its preview and its own settings; what is moved or taken out."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import Refusal
from accounts.forms import add_refusal
from audit.punctuation import listed
from programmes.enums import CopyStatus
from programmes.models import WorkingCopy, WorkingFile
from programmes.problems import PackError, Problem
from programmes.schema import Form
from workflows.forms_ui import NEVER, picture_of
from workshop import designing, form_changes
from workshop.access import BenchRequest, copies_of, editors_only
from workshop.copies import ChangedMeanwhile, files_of
from workshop.design_forms import FormSettings
from workshop.designing import FOLDER, OpenForm, opened, path_of
from workshop.field_settings import MOST_PRINTED
from workshop.findings import examine
from workshop.form_display import clauses_in, design_of, key_at
from workshop.form_uses import index_of
from workshop.views.answers import status_of
from workshop.views.copies import frame, version_in

STEPS = {"up": -1, "down": 1}


@require_safe
@editors_only
def form_list(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """The forms of a copy, and what is wrong with each. Five queries."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    rows = []
    files = list(shown.files.filter(path__startswith=FOLDER).order_by("path").select_related("changed_by"))
    wrong: dict[str, int] = {}
    pack = files_of(shown)
    for problem in examine(pack).problems:
        wrong[problem.file] = wrong.get(problem.file, 0) + 1
    for file in files:
        read = _read(file)
        name = file.path.removeprefix(FOLDER).removesuffix(".yaml")
        uses = index_of(pack).form(read.form.code) if read is not None else ()
        rows.append(
            {"file": file, "name": name, "read": read, "wrong": wrong.get(file.path, 0), "uses": uses}
        )
    context = {**frame(request, shown, "design"), "rows": rows}
    return render(request, "workshop/design/list.html", context)


@require_safe
@editors_only
def form_page(request: BenchRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """A form as it is: headings, fields, columns, each with what is wrong there. Five queries."""
    shown, file = form_file(request, public_id, name)
    return design_page(request, shown, file)


def form_file(request: BenchRequest, public_id: uuid.UUID, name: str) -> tuple[WorkingCopy, WorkingFile]:
    """The copy and the form's file; 404 when there is none."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    file = shown.files.filter(path=path_of(name)).select_related("changed_by").first()
    if file is None:
        raise Http404
    return shown, file


def design_page(
    request: BenchRequest, shown: WorkingCopy, file: WorkingFile, *, refusal: Refusal | None = None
) -> HttpResponse:
    """The page of a form; 409 or 422 with what was refused."""
    files = files_of(shown)
    found = examine(files)
    read = _read(file)
    context: dict[str, Any] = {
        **form_frame(request, shown, file, read),
        "problems": [problem for problem in found.problems if problem.file == file.path],
        "refusal": refusal,
        "unreadable_pack": found.pack is None,
    }
    if read is not None:
        context["design"] = design_of(read, files, found.problems)
    status = HTTPStatus.OK
    if refusal is not None:
        conflict = isinstance(refusal, ChangedMeanwhile)
        status = HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "workshop/design/form.html", context, status=status)


def form_frame(
    request: BenchRequest, shown: WorkingCopy, file: WorkingFile, read: OpenForm | None
) -> dict[str, Any]:
    """What every page of a form shows at its head. Two queries."""
    return {
        **frame(request, shown, "design"),
        "path": file.path,
        "file": file,
        "name": file.path.removeprefix(FOLDER).removesuffix(".yaml"),
        "read": read,
        "held": "" if shown.status == CopyStatus.EDITING else held_text(shown),
    }


def held_text(shown: WorkingCopy) -> str:
    """Why a copy that is not being written cannot be changed."""
    match shown.status:
        case CopyStatus.SUBMITTED:
            return _("该工作副本已送审，撤回或者退回后方可修改。")
        case CopyStatus.PUBLISHED:
            return _("该工作副本已发布为版本，内容不得改动；需要修改的，请克隆该版本。")
    return _("该工作副本已作废，不能修改。")


def _read(file: WorkingFile) -> OpenForm | None:
    try:
        return opened(file)
    except PackError:
        return None


def readable(file: WorkingFile) -> OpenForm:
    """The file as a form; 404 when it is none (its page says why)."""
    read = _read(file)
    if read is None:
        raise Http404
    return read


def reading(request: BenchRequest, shown: WorkingCopy, file: WorkingFile) -> tuple[OpenForm, str]:
    """The file as a form and '', or the form as it was opened and why nothing can be saved now; 404 when neither.

    What was typed on a form that nobody can read any longer stays on its page.
    """
    read = _read(file)
    if read is not None:
        return read, ""
    then = as_opened(request, shown, file)
    if then is None:
        raise Http404
    return then, _("该表单在您打开之后有了格式问题，尚未保存。改正后刷新本页再保存；您填写的内容保留在下面。")


def as_opened(request: BenchRequest, shown: WorkingCopy, file: WorkingFile) -> OpenForm | None:
    """The form as it was when the page that is posted was opened, if it has changed since."""
    if request.method != "POST":
        return None
    kept = shown.earlier_texts.filter(path=file.path, version=version_in(request)).first()
    return _read(WorkingFile(path=file.path, text=kept.text, version=kept.version)) if kept else None


@require_safe
@editors_only
def preview(request: BenchRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """The form as an applicant will see it, blank. Nothing that is typed there is sent."""
    shown, file = form_file(request, public_id, name)
    read = readable(file)
    context = form_frame(request, shown, file, read)
    context["picture"] = picture_of(blank(read.form), {}, editing=True, prefix="preview-")
    context["conditional"] = [
        entry for entry in read.form.fields if entry.visible_when.strip() not in ("", NEVER)
    ]
    return render(request, "workshop/design/preview.html", context)


def blank(form: Form) -> Form:
    """The form with all its fields asked, whether their conditions can be read or not; but those that nobody is."""
    fields = []
    for entry in form.fields:
        never = entry.visible_when.strip() == NEVER
        rows = min(entry.printed_rows, MOST_PRINTED)
        fields.append(entry.model_copy(update={"visible_when": NEVER if never else "", "printed_rows": rows}))
    return form.model_copy(update={"fields": tuple(fields)})


@require_http_methods(["GET", "POST"])
@editors_only
def new_form(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """A new form: its code, title and kind; then its page."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    data = request.POST if request.method == "POST" else None
    form = FormSettings(data, item={}, clauses=clauses_in(files_of(shown)), new=True)
    if data is not None and form.is_valid():
        item = form_changes.ordered(
            "form", {**form.result(), "kind": form.cleaned_data["kind"], "fields": []}
        )
        try:
            file = designing.add_form(copy=shown, data=item, actor=request.actor)
        except Refusal as refusal:
            taken = refusal.code in ("code_taken", "path_taken", "bad_path")
            form.add_error("code" if taken else None, str(refusal.message))
        else:
            messages.success(request, _("表单已新增，请接着新增表单项。"))
            return redirect("workshop:form", shown.public_id, file.path.removeprefix(FOLDER)[: -len(".yaml")])
    held = "" if shown.status == CopyStatus.EDITING else held_text(shown)
    context = {**frame(request, shown, "design"), "form": form, "held": held}
    return render(request, "workshop/design/new.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@editors_only
def settings(request: BenchRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """A form's own settings: title, clause, kind, origin, note."""
    shown, file = form_file(request, public_id, name)
    read, lost = reading(request, shown, file)
    clauses = clauses_in(files_of(shown))
    data = request.POST if request.method == "POST" else None
    form = FormSettings(data, item=read.data, clauses=clauses)
    theirs: list[dict[str, str]] | None = None
    status = HTTPStatus.CONFLICT if lost else None
    if data is not None and form.is_valid() and not lost:

        def change(value: dict[str, Any]) -> None:
            new = form_changes.ordered("form", form.result())
            value.clear()
            value.update(new)

        try:
            designing.change_form(
                copy=shown, path=file.path, version=version_in(request), actor=request.actor, change=change
            )
        except ChangedMeanwhile as refusal:
            form.add_error(None, str(refusal.message))
            theirs = differing(form, FormSettings(item=read.data, clauses=clauses))
            status = HTTPStatus.CONFLICT
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("workshop:form", shown.public_id, name)
    context = {**form_frame(request, shown, file, read), "form": form, "theirs": theirs}
    context["conflict"] = theirs is not None
    context["held"] = lost or context["held"]
    return render(request, "workshop/design/settings.html", context, status=status or status_of(form))


@require_http_methods(["GET", "POST"])
@editors_only
def form_steps(request: BenchRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """Which steps of the programme use a form; posted: exactly the ticked ones."""
    shown, file = form_file(request, public_id, name)
    read = readable(file)
    programme = shown.files.filter(path=designing.PROGRAMME).select_related("changed_by").first()
    try:
        steps = designing.steps_for(programme.text, read.form) if programme is not None else []
    except PackError:
        steps = []
    if programme is None or not steps:
        message = _("programme.yaml 尚有格式问题，改正后方可选择环节。")
        return design_page(request, shown, file, refusal=Refusal("unreadable", message))
    chosen = {step.code for step in steps if step.used}
    refusal: Refusal | None = None
    if request.method == "POST":
        chosen = set(request.POST.getlist("step")) & {step.code for step in steps}
        try:
            designing.use_form(
                copy=shown, form=read.form, steps=chosen, version=version_in(request), actor=request.actor
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已保存。"))
            return redirect("workshop:form", shown.public_id, name)
    context = {
        **form_frame(request, shown, file, read),
        "steps": steps,
        "chosen": chosen,
        "programme": programme,
        "refusal": refusal,
        "file": programme if refusal is not None else file,
    }
    status = HTTPStatus.OK
    if refusal is not None:
        conflict = isinstance(refusal, ChangedMeanwhile)
        status = HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "workshop/design/steps.html", context, status=status)


def differing(mine: Any, theirs: Any) -> list[dict[str, str]]:
    """Where what was typed and what now stands in the file differ, setting by setting."""
    found = []
    for bound in mine:
        if bound.name in theirs.fields:
            other = theirs[bound.name]
            if bound.field.has_changed(other.initial, bound.data):
                here, there = told(bound.field, bound.data), told(other.field, other.initial)
                found.append({"label": str(bound.label), "mine": here, "theirs": there})
    return found


def told(field: Any, value: Any) -> str:
    """A setting's value in words."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    labels = dict(getattr(field, "choices", ()))
    values = value if isinstance(value, list | tuple) else [value]
    return listed(str(labels.get(each, each if each is not None else "")) for each in values) or "—"


@require_POST
@editors_only
def arrange(request: BenchRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """Move a field, a column or a heading, or take one out: ``do`` is ``field-up:CODE``, ``column-remove:FIELD.CODE``…"""
    shown, file = form_file(request, public_id, name)
    if version_in(request) != file.version:
        return design_page(request, shown, file, refusal=ChangedMeanwhile(file))
    read = readable(file)
    doing, _colon, target = request.POST.get("do", "").partition(":")
    what, _dash, how = doing.partition("-")
    common = {"copy": shown, "path": file.path, "version": version_in(request), "actor": request.actor}
    key, _dot, column = target.partition(".")
    try:
        if what == "field" and how == "remove" and read.field(key) is not None:
            designing.remove_field(key=key, **common)
        elif what == "column" and how == "remove" and read.field(key) is not None:
            designing.remove_column(key=key, column=column, **common)
        else:
            designing.change_form(change=_moving(read, what, how, target), **common)
    except Refusal as refusal:
        file = shown.files.filter(path=file.path).select_related("changed_by").first() or file
        return design_page(request, shown, file, refusal=refusal)
    if how == "remove":
        messages.success(request, _("已删除，原有内容可在“旧稿”中找回。"))
    anchor = f"#f-{key}" if what in ("field", "column") and (what, how) != ("field", "remove") else ""
    return redirect(reverse("workshop:form", args=[public_id, name]) + anchor)


def _moving(read: OpenForm, what: str, how: str, target: str) -> designing.Change:
    """The change that a button asks for; 404 for what is not there."""
    key, _dot, column = target.partition(".")
    step = STEPS.get(how)
    entry = read.field(key)
    sections = len(read.form.sections)
    if what == "field" and step and entry is not None:
        return lambda form: form_changes.move_field(form, key, step)
    if what == "column" and step and entry is not None and column in {each.key for each in entry.columns}:
        return lambda form: form_changes.move_column(_field_in(form, key), column, step)
    if what == "section" and target.isdecimal() and len(target) < 5 and int(target) < sections:
        number = int(target)
        if how == "remove":
            return lambda form: form_changes.remove_section(form, number)
        if step:
            return lambda form: form_changes.move_section(form, number, step)
    raise Http404


def _field_in(form: dict[str, Any], key: str) -> dict[str, Any]:
    found = form_changes.field_in(form, key)
    assert found is not None
    return found


@require_POST
@editors_only
def remove_form(request: BenchRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """Take a form out that nothing names."""
    shown, file = form_file(request, public_id, name)
    readable(file)
    try:
        designing.remove_form(copy=shown, path=file.path, version=version_in(request), actor=request.actor)
    except Refusal as refusal:
        return design_page(request, shown, file, refusal=refusal)
    messages.success(request, _("已删除“%(path)s”，可在“旧稿”中恢复。") % {"path": file.path})
    return redirect("workshop:forms", shown.public_id)


def at(problems: list[Problem], read: OpenForm, key: str, column: str = "") -> list[Problem]:
    """The problems that stand at a field, or at one of its columns."""
    mine = [each for each in problems if each.file == read.file.path and key_at(read.form, each.where) == key]
    return [each for each in mine if f".columns.{column}" in each.where] if column else mine
