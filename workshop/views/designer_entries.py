"""表单项、表列、小节: the pages on which one of them is made or changed. One page each, which works without script."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Refusal
from accounts.forms import add_refusal
from audit.punctuation import listed
from programmes.models import WorkingCopy, WorkingFile
from workshop import designing, form_changes
from workshop.access import BenchRequest, editors_only
from workshop.copies import ChangedMeanwhile, files_of
from workshop.design_forms import EntryForm, Rows, SectionForm
from workshop.designing import OpenForm
from workshop.field_settings import COLUMN_KINDS, KINDS
from workshop.findings import examine
from workshop.form_display import kind_name, offers_of
from workshop.form_guards import places_text, unread_text
from workshop.form_uses import Index, Uses, codes_of, index_of
from workshop.option_rows import said
from workshop.views.answers import status_of
from workshop.views.copies import version_in
from workshop.views.designer import (
    as_opened,
    at,
    design_page,
    differing,
    form_file,
    form_frame,
    reading,
)


@dataclass(slots=True)
class Desk:
    """One field or column that is being edited."""

    shown: WorkingCopy
    file: WorkingFile
    read: OpenForm
    files: dict[str, bytes]
    owner: dict[str, Any] | None
    """The field that a column belongs to; None for a field."""
    item: dict[str, Any]
    """As it is written; {} for a new one."""
    uses: Uses
    held: str = ""
    """Why nothing can be saved, where what it belongs to has changed meanwhile."""

    @property
    def key(self) -> str:
        """Its code; '' for a new one."""
        return str(self.item.get("key", ""))

    @property
    def column(self) -> bool:
        """Is it a column?"""
        return self.owner is not None

    @property
    def unread(self) -> str:
        """Why its code stays, where files cannot be read that may name it; '' for a new one."""
        return unread_text(self.index.unread) if self.item and self.index.unread else ""

    @property
    def index(self) -> Index:
        """The names of the pack."""
        return index_of(self.files)

    def form(self, request: BenchRequest, kind: str, *, bound: bool, typed: bool = False) -> EntryForm:
        """Its settings for that kind."""
        keys = _keys(self)
        return EntryForm(
            request.POST if bound else None,
            item=self.item,
            kind=kind,
            column=self.column,
            offers=offers_of(self.read, self.files, self.item, kind),
            taken=keys - {self.key},
            fixed=bool(self.uses or self.unread),
            section=_section(self, request),
            key=_free_key(keys, "col" if self.column else "item"),
            clause=self.read.form.clause,
            typed=request.POST if typed else None,
        )


def _keys(desk: Desk) -> set[str]:
    if desk.owner is not None:
        return {str(each["key"]) for each in desk.owner.get("columns") or ()}
    return codes_of(desk.read.form) | {entry.key for entry in desk.read.form.fields}


def _free_key(taken: set[str], stem: str) -> str:
    return next(key for number in range(1, 10_000) if (key := f"{stem}_{number}") not in taken)


def _section(desk: Desk, request: BenchRequest) -> int | None:
    if desk.column or not desk.read.form.sections:
        return None
    sections = len(desk.read.form.sections)
    wanted = request.GET.get("section", "")
    if desk.key:
        return form_changes.section_of(dict(desk.read.data), desk.key)
    near = form_changes.section_of(dict(desk.read.data), request.GET.get("after", ""))
    asked = int(wanted) if wanted.isdecimal() and len(wanted) < 5 and int(wanted) < sections else None
    return asked if asked is not None else near if near is not None else sections - 1


@require_http_methods(["GET", "POST"])
@editors_only
def field(request: BenchRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """A field's settings (``key``), or a new field (behind ``after``, under the heading ``section``)."""
    shown, file = form_file(request, public_id, name)
    read, held = reading(request, shown, file)
    key = request.GET.get("key", "")
    item = form_changes.field_in(dict(read.data), key) if key else {}
    if item is None and not _gone(request, file):
        raise Http404
    item = item or {}
    files = files_of(shown)
    entry = read.field(key)
    uses = index_of(files).field(read.form.code, entry) if entry is not None else ()
    return _edit(request, Desk(shown, file, read, files, None, item, uses, held), "text", KINDS)


@require_http_methods(["GET", "POST"])
@editors_only
def column(request: BenchRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """The settings of a column (``key``) of a table or grid (``field``), or a new one (behind ``after``)."""
    shown, file = form_file(request, public_id, name)
    read, held = reading(request, shown, file)
    key = request.GET.get("key", "")
    owner = form_changes.field_in(dict(read.data), request.GET.get("field", ""))
    entry = read.field(request.GET.get("field", ""))
    if owner is None or entry is None or entry.type not in ("grid", "table"):
        then = as_opened(request, shown, file)
        owner = form_changes.field_in(dict(then.data), request.GET.get("field", "")) if then else None
        if then is None or owner is None:
            if _gone(request, file):
                return design_page(request, shown, file, refusal=ChangedMeanwhile(file))
            raise Http404
        read = then
        held = _("该列所在的表已被他人删除或者改为其他类型，不能保存。您填写的内容保留在下面。")
    item = form_changes.column_in(owner, key) if key else {}
    if item is None and not _gone(request, file):
        raise Http404
    item = item or {}
    files = files_of(shown)
    uses = index_of(files).column(read.form.code, entry, key) if item and entry is not None else ()
    return _edit(request, Desk(shown, file, read, files, owner, item, uses, held), "text", COLUMN_KINDS)


def _gone(request: BenchRequest, file: WorkingFile) -> bool:
    """Whether what was opened has been taken out meanwhile: what was typed can then be put in as a new one."""
    return request.method == "POST" and version_in(request) != file.version


def _edit(request: BenchRequest, desk: Desk, first: str, kinds: Any) -> HttpResponse:
    stored = str(desk.item.get("type", first))
    if request.method != "POST":
        return _page(request, desk, desk.form(request, stored, bound=False))
    kind = request.POST.get("type", "")
    kind = kind if kind in kinds else stored
    asked = request.POST.get("do", "save")
    if asked != "save" or request.POST.get("drawn") != kind:
        return _page(
            request, desk, desk.form(request, kind, bound=False, typed=True), redrawn=asked == "save"
        )
    form = desk.form(request, kind, bound=True)
    theirs: list[dict[str, str]] | None = None
    status = None
    if desk.held:
        status = HTTPStatus.CONFLICT
    elif form.is_valid() and _choices_free(desk, form):
        try:
            designing.change_form(
                copy=desk.shown,
                path=desk.file.path,
                version=version_in(request),
                actor=request.actor,
                change=_change(desk, form, request.GET.get("after", "")),
            )
        except ChangedMeanwhile as refusal:
            form.add_error(None, str(refusal.message))
            theirs = _theirs(desk, form, request)
            status = HTTPStatus.CONFLICT
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return _saved(request, desk, form)
    return _page(request, desk, form, theirs=theirs, status=status)


def _change(desk: Desk, form: EntryForm, after: str) -> designing.Change:
    item = form.result()

    def field(value: dict[str, Any]) -> None:
        if desk.item:
            form_changes.change_field(value, desk.key, item, section=form.target)
        else:
            form_changes.add_field(value, item, after=after, section=form.target)

    def column(value: dict[str, Any]) -> None:
        assert desk.owner is not None
        owner = form_changes.field_in(value, str(desk.owner["key"]))
        assert owner is not None
        if desk.item:
            form_changes.change_column(owner, desk.key, item)
        else:
            form_changes.add_column(owner, item, after=after)

    return column if desk.column else field


def _choices_free(desk: Desk, form: EntryForm) -> bool:
    """Options that rules or scenarios name stay."""
    rows = form.rows.get("choices")
    owner = desk.owner if desk.owner is not None else desk.item
    entry = desk.read.field(str(owner.get("key", "")))
    if rows is None or entry is None:
        return True
    kept = {line.code for line in rows.filled}
    for each in desk.item.get("choices") or ():
        code = str(each.get("code", ""))
        uses = desk.index.choice(desk.read.form.code, entry, desk.key if desk.column else "", code)
        if code not in kept and uses:
            text = _("选项“%(code)s”仍被引用，不能删除或者改代码：%(places)s。")
            rows.error = text % {"code": code, "places": places_text(uses)}
            form.add_error(None, rows.error)
            return False
    return True


def _theirs(desk: Desk, form: EntryForm, request: BenchRequest) -> list[dict[str, str]]:
    """What the file says now where that differs from what was typed."""
    other = desk.form(request, form.kind, bound=False)
    found = differing(form, other)
    for name, rows in form.rows.items():
        now = other.rows.get(name)
        if now is not None and _said(rows) != _said(now):
            label = _("选项") if name == "choices" else _("分项名称")
            found.append({"label": label, "mine": _said(rows), "theirs": _said(now)})
    return found


def _said(rows: Rows) -> str:
    return listed(f"{line.code} {line.zh}" for line in rows.filled) or "—"


def _saved(request: BenchRequest, desk: Desk, form: EntryForm) -> HttpResponse:
    args = [desk.shown.public_id, desk.read.name]
    key = str(form.cleaned_data.get("key", desk.key))
    if not desk.item and form.kind in ("grid", "table"):
        messages.success(request, _("已保存，请接着新增表列。"))
        return redirect(reverse("workshop:form_column", args=args) + "?" + urlencode({"field": key}))
    messages.success(request, _("已保存。"))
    owner = str(desk.owner["key"]) if desk.owner is not None else key
    return redirect(reverse("workshop:form", args=args) + f"#f-{owner}")


def _page(
    request: BenchRequest,
    desk: Desk,
    form: EntryForm,
    *,
    theirs: list[dict[str, str]] | None = None,
    status: int | None = None,
    redrawn: bool = False,
) -> HttpResponse:
    owner = str(desk.owner["key"]) if desk.owner is not None else ""
    problems = list(examine(desk.files).problems) if desk.item else []
    context = {
        **form_frame(request, desk.shown, desk.file, desk.read),
        "form": form,
        "desk": desk,
        "entry": desk.read.field(owner or desk.key),
        "kind_name": kind_name(form.kind),
        "basic": [form[name] for name in form.fields if name in BASIC],
        "plain": [form[each.name] for each in form.settings if not each.group],
        "logic": [form[each.name] for each in form.settings if each.group == "logic"],
        "print": [form[each.name] for each in form.settings if each.group == "print"],
        "dropped": [_dropped(name, desk.item) for name in form.dropped],
        "names": [(each.key, each.label) for each in desk.read.form.fields if each.key != desk.key],
        "theirs": theirs,
        "conflict": theirs is not None,
        "logic_open": _told(form, "logic"),
        "print_open": _told(form, "print"),
        "problems": at(problems, desk.read, owner or desk.key, desk.key if owner else ""),
        "redrawn": redrawn,
        "gone": bool(request.GET.get("key")) and not desk.item,
        "query": urlencode({name: value for name, value in _query(request, desk).items() if value}),
    }
    context["held"] = desk.held or context["held"]
    return render(request, "workshop/design/entry.html", context, status=status or status_of(form))


def _told(form: EntryForm, group: str) -> bool:
    """Whether a group of settings says something, or is complained of: then it is open."""
    settings = [each for each in form.settings if each.group == group]
    return any(
        form[each.name].initial not in (each.default, "") or form[each.name].errors for each in settings
    )


def _query(request: BenchRequest, desk: Desk) -> dict[str, str]:
    """What the page's address says; of something taken out meanwhile no longer its code: it would be a new one."""
    names = ("field", "key") if desk.item else ("field", "after", "section")
    return {name: request.GET.get(name, "") for name in names}


BASIC = ("key", "label_zh", "label_en", "section", "help_zh", "help_en")


def _dropped(name: str, item: dict[str, Any]) -> str:
    from workshop.field_settings import BY_NAME

    titles: dict[str, Callable[[], str]] = {
        "choices": lambda: _("选项（%(n)s个）") % {"n": len(item["choices"])},
        "columns": lambda: _("表列（%(n)s列）") % {"n": len(item["columns"])},
        "part_labels": lambda: _("分项名称"),
    }
    return titles[name]() if name in titles else str(BY_NAME[name].label)


@require_http_methods(["GET", "POST"])
@editors_only
def section(request: BenchRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """A heading's settings (``number`` from 0), or a new heading."""
    shown, file = form_file(request, public_id, name)
    read, lost = reading(request, shown, file)
    given = request.GET.get("number", "")
    number = int(given) if given.isdecimal() and len(given) < 5 else None
    sections = read.data.get("sections") or []
    if given and (number is None or number >= len(sections)) and not _gone(request, file):
        raise Http404
    clash = False
    if number is not None and request.method == "POST":
        same = _same_section(sections, number, said(request.POST.get("was", "")))
        clash = same is None  # renamed or taken out meanwhile
        number = same if same is not None else number if number < len(sections) else None
    item = sections[number] if number is not None else {}
    data = request.POST if request.method == "POST" else None
    form = SectionForm(data, item=item)
    theirs: list[dict[str, str]] | None = None
    status = HTTPStatus.CONFLICT if lost or clash else None
    if clash:
        form.add_error(None, str(ChangedMeanwhile(file).message))
        theirs = differing(form, SectionForm(item=item)) if number is not None else []
    elif data is not None and form.is_valid() and not lost:

        def change(value: dict[str, Any]) -> None:
            if number is not None:
                form_changes.change_section(value, number, form.result())
            else:
                form_changes.add_section(value, form.result())

        try:
            designing.change_form(
                copy=shown, path=file.path, version=version_in(request), actor=request.actor, change=change
            )
        except ChangedMeanwhile as refusal:
            form.add_error(None, str(refusal.message))
            theirs = differing(form, SectionForm(item=item))
            status = HTTPStatus.CONFLICT
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("workshop:form", shown.public_id, name)
    context = {
        **form_frame(request, shown, file, read),
        "form": form,
        "number": number,
        "theirs": theirs,
        "conflict": theirs is not None,
        "gone": clash and number is None,
        "was": _title(item) if clash else request.POST.get("was") or _title(item),
        "first_section": number is None and not sections,
    }
    context["held"] = lost or context["held"]
    return render(request, "workshop/design/section.html", context, status=status or status_of(form))


def _same_section(sections: list[dict[str, Any]], number: int, was: str) -> int | None:
    """The number that the heading opened as ``was`` has now; None: it cannot be told."""
    titles = [_title(each) for each in sections]
    if number < len(titles) and titles[number] == was:
        return number
    return titles.index(was) if titles.count(was) == 1 else None


def _title(section: dict[str, Any]) -> str:
    return said((section.get("title") or {}).get("zh"))
