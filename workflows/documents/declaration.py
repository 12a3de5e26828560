"""A declaration as one document: cover, contents, forms in order, the list of materials. 申报材料文本"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils import translation

from audit import clock
from cases.errors import NotVisible
from cases.models import Case, Declaration, Material
from programmes.schema import Form, Pack
from workflows.declaration_checks import draft_step, materials_form
from workflows.documents.layout import LANGUAGE, lay_out
from workflows.documents.paper import (
    Cover,
    CoverLine,
    Paper,
    PaperForm,
    PaperTable,
    Seal,
    cell,
    head_cell,
    label,
    said,
)
from workflows.letters import date_text
from workflows.sent_versions import files_of

DRAFT_MARK = "草稿 · 未提交"
BLANK_DATE = "年　　月　　日"
SEAL_PLACE = "（盖章）"
MATERIAL_WIDTHS = (70, 480, 450)
DIGEST_SHOWN = 12


def document_of(
    case: Case, version: Declaration, materials: Sequence[Material], *, seals: Sequence[Seal] = ()
) -> Paper:
    """The whole declaration as it is printed. ``materials``: all files of the case, removed ones too. No query.

    ``version`` comes with its forms; ``seals`` are told on the cover.
    """
    pack, data = case.edition.pack, version.data()
    forms = [pack.forms[code] for code in draft_step(case).forms]
    covers = [form for form in forms if is_cover(form)]
    with translation.override(LANGUAGE):
        cover = _printed_cover(covers[0], data) if covers else _own_cover(case, version)
        laid = [lay_out(form, data.get(form.code, {})) for form in forms if not is_cover(form)]
        listed = materials_form(pack, draft_step(case))
        if listed is not None:
            laid.append(_materials(pack, listed, files_of(materials, version)))
    return Paper(
        title=case.title,
        mark=mark_of(version),
        foot=foot_of(case, version),
        cover=cover,
        forms=tuple(laid),
        stamp=_stamp(version),
        seals=tuple(seals),
    )


def form_document(case: Case, version: Declaration, code: str) -> Paper:
    """One form of the declaration; NotVisible when the declaration has none of that code. No query."""
    title = title_of(case, code)
    form = case.edition.pack.forms[code]
    data = version.data().get(code, {})
    cover = _printed_cover(form, {code: data}) if is_cover(form) else None
    return Paper(
        title=title,
        mark=mark_of(version),
        foot=foot_of(case, version),
        cover=cover,
        forms=() if cover else (lay_out(form, data),),
        stamp=_stamp(version),
    )


def title_of(case: Case, code: str = "") -> str:
    """What the whole document is called, or that of one form; NotVisible when there is no such form. No query."""
    if not code:
        return case.title
    if code not in draft_step(case).forms:
        raise NotVisible("invisible", translation.gettext("未找到该表。"))
    return case.edition.pack.forms[code].title.zh


def blank_document(form: Form) -> Paper:
    """The form with nothing filled in, as the notice prints it. No query."""
    cover = _printed_cover(form, {}) if is_cover(form) else None
    forms = () if cover else (lay_out(form, {}),)
    return Paper(form.title.zh, "", (), cover, forms, "")


def is_cover(form: Form) -> bool:
    """Whether the form is the printed cover of the declaration."""
    return form.paper is not None and form.paper.layout == "cover"


def mark_of(version: Declaration) -> str:
    """What stands at the head of every page: that this was not sent, as long as it was not."""
    return "" if version.submitted_at else DRAFT_MARK


def foot_of(case: Case, version: Declaration) -> tuple[str, ...]:
    """What binds a printed page to what was sent; a draft has nothing to be bound to."""
    if version.submitted_at is None:
        return ()
    sent = clock.local(version.submitted_at).strftime("%Y-%m-%d %H:%M")
    return (
        f"编号 {case.case_no}　第{version.version_no}版　{sent} 提交",
        f"SHA-256 {version.digest}",
    )


def _stamp(version: Declaration) -> str:
    at = version.submitted_at or version.updated_at
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _printed_cover(form: Form, data: Mapping[str, Mapping[str, Any]]) -> Cover:
    """The cover as the pack has it: its blanks in order; a file among them is the place of the seal beside the blank."""
    paper = form.paper
    assert paper is not None
    blanks: list[CoverLine] = []
    laid = lay_out(form, data.get(form.code, {}))
    fields = {str(field.label): field for field in form.fields}
    rows = [row for table in laid.blocks if isinstance(table, PaperTable) for row in table.rows]
    for name, value in ((row[0].text, row[-1].text) for row in rows):
        field = fields.get(name)
        if field is not None and field.type in ("file", "files"):
            if blanks:
                last = blanks[-1]
                blanks[-1] = CoverLine(last.label, last.value, SEAL_PLACE)
            continue
        dated = field is not None and field.type == "date"
        blanks.append(CoverLine(name, value or (BLANK_DATE if dated else "")))
    return Cover(paper.annex, paper.heading or (form.title.zh,), tuple(blanks), paper.imprint)


def _own_cover(case: Case, version: Declaration) -> Cover:
    """A cover for programmes whose policy prints none."""
    sent = version.submitted_at
    return Cover(
        annex="",
        lines=(case.programme.title_zh, "申报材料"),
        blanks=(
            CoverLine("项目名称", case.title),
            CoverLine("申报单位", case.applicant.name, SEAL_PLACE),
            CoverLine("申报批次", case.round.name),
            CoverLine("填报日期", date_text(clock.local(sent).date()) if sent else BLANK_DATE),
        ),
        imprint=(),
    )


def _materials(pack: Pack, listed: Form, files: Sequence[Material]) -> PaperForm:
    """The list of materials as printed, with the form or the files under each item."""
    head = tuple(head_cell(name, "col") for name in ("序号", "材料名称", "表单或附件"))
    lines = []
    for item in listed.fields:
        shown = [said(f"见《{pack.forms[code].title.zh}》") for code in item.links if code in pack.forms]
        shown += [
            said(f"{file.name}（{filesizeformat(file.size)}，SHA-256 {file.sha256[:DIGEST_SHOWN]}…）")
            for file in files
            if file.item == item.key
        ]
        number = str(item.number) if item.number else ""
        lines.append(
            (
                cell(said(label(number), align="center")),
                cell(said(label(str(item.label)))),
                cell(*(shown or [said("—")])),
            )
        )
    title = str(listed.title)
    table = PaperTable("block", MATERIAL_WIDTHS, (head, *lines), 1, title)
    supplementary = listed.origin == "supplementary"
    return PaperForm(listed.code, title, (title,), "", supplementary, False, (table,))
