"""案卷: everything of a case that one reader may read, as one archive that can be checked without us.

Each part is asked for as its page asks (:func:`cases.policy.fields`): what a reader is not shown is not in their archive,
nor named there. Files go from the storage into a temporary file piece by piece, so that memory does not grow with them.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.records import record
from audit import clock
from audit.display import exported
from audit.models import Chain, Entry
from audit.punctuation import noted, strung
from cases.errors import NotAllowed
from cases.models import Case, Declaration, Material
from cases.relations import SEES_DRAFTS
from cases.signatures import seal_item
from workflows.case_pages import require_part
from workflows.decision_lines import decision_lines, title_of
from workflows.declaration_checks import draft_step, materials_form
from workflows.documents.binder import Binder, blocks_of
from workflows.documents.declaration import document_of
from workflows.documents.dossier_parts import (
    OBJECTED,
    Sheet,
    appraisal_sheets,
    building_sheet,
    correction_sheets,
    objection_sheet,
    register_sheet,
)
from workflows.documents.layout import LANGUAGE
from workflows.documents.names import safe_name
from workflows.documents.printing import paper_of, sent_pdf
from workflows.documents.seals import seals_of
from workflows.documents.standalone import page, standing_alone
from workflows.documents.word import word_file
from workflows.panel import panel_of
from workflows.sent_versions import files_of, sent_only, versions_of
from workflows.timeline import entries_of, happenings

MOST_ENTRIES: Final = 2000
SENT: Final = "01-申报材料"
FILES: Final = "02-附件材料"
EARLIER: Final = "03-以前版本的附件"
LETTERS: Final = "04-决定与文书"
REVIEWED: Final = "06-评审"
RECORD: Final = "07-办理记录"
DRAFT: Final = "11-草稿"
REVIEW_PARTS: Final = frozenset({"sheets", "own_sheet", "aggregate", "experts"})
"""Of which the page of the review is made; one of them opens it."""


@dataclass(slots=True)
class Dossier:
    """The archive: a temporary file at its start; whoever reads it closes it."""

    name: str
    file: IO[bytes]
    files: int


def contents_of(readable: frozenset[str], *, drafts: bool = False) -> list[str]:
    """What an archive for a reader of ``readable`` holds, in words; ``drafts``: of those who fill the declaration in."""
    parts = [_("申报材料各版本（Word 文件、PDF 和打印页）"), _("附件材料，按材料清单分文件夹")]
    if "decisions" in readable:
        parts.append(_("决定清单、文书和接收回执"))
        parts.append(_("收件登记簿和补正清单"))
    else:
        parts.append(_("补正清单和修改情况"))
    if "objections" in readable:
        parts.append(
            _("公示和公布的内容、异议及处理情况（含异议人身份，应予保密）")
            if "objectors" in readable
            else _("公示和公布的内容、异议及处理情况（不含异议人身份）")
        )
    if readable & REVIEW_PARTS:
        parts.append(_("评审情况（您有权查阅的部分）"))
    if "appraisals" in readable:
        parts.append(_("建设进展、年度考核和整改情况"))
    if drafts:
        parts.append(_("正在填报的草稿和尚未提交的附件（标明“草稿”）"))
    parts.append(_("办理记录（您有权查阅的部分）"))
    if "record" in readable:
        parts.append(_("留痕链全文（每行一条，可脱离本系统核验）"))
    parts.append(_("文件清单（含每个文件的 SHA-256）和核验说明"))
    return parts


def make_dossier(case: Case, actor: Actor) -> Dossier:
    """The archive of the case for ``actor``, who sees the case (case as ``find_case`` gives it).

    Raises NotAllowed without the declaration, or where nothing was sent yet. Giving out the chained record is recorded
    on the authority's chain, as ``supervision.exports`` does.
    """
    readable = require_part(actor, case, "declaration")
    everything = versions_of(case, drafts=actor.role in SEES_DRAFTS)
    versions = [version for version in everything if version.submitted_at is not None]
    if not versions:
        raise NotAllowed("not_sent", _("申报材料尚未提交，还没有案卷。"))
    out = tempfile.TemporaryFile(prefix="licheng-dossier-")  # noqa: SIM115 - handed to the answer, which closes it
    try:
        with zipfile.ZipFile(out, "w") as archive, translation.override(LANGUAGE):
            binder = Binder(archive)
            _declared(binder, case, versions, readable)
            _materials(binder, case, versions[0])
            letters = _letters(binder, case, readable, versions[0]) if "decisions" in readable else {}
            if "objections" in readable:
                _notices(binder, case)
            _reviewed(binder, case, actor, readable)
            entries = list(entries_of(case, MOST_ENTRIES))
            _told(binder, case, actor, readable, entries)
            for sheet in _gathered(case, actor, readable, versions, letters, entries):
                binder.text(sheet.folder, sheet.name, sheet.html, sheet.marks)
            for draft in everything:
                if draft.submitted_at is None:
                    _draft(binder, case, draft, readable)
            _listing(binder, case, versions[0], actor)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return Dossier(safe_name(f"{case.case_no}-{case.title}-案卷.zip"), out, len(binder.listed))


def _declared(binder: Binder, case: Case, versions: Sequence[Declaration], readable: frozenset[str]) -> None:
    """Every version that was sent as a Word file, and as a PDF where that is made; the newest as a page, too."""
    materials = list(case.materials.order_by("uploaded_at", "pk"))
    for version in versions:
        paper = document_of(case, version, materials, seals=seals_of(version, readable))
        name = f"申报材料-第{version.version_no}版"
        binder.add(SENT, f"{name}.docx", [word_file(paper)])
        pdf = sent_pdf(version, readable)
        if pdf is not None:
            with pdf.file.open("rb") as source:
                binder.add(SENT, f"{name}.pdf", blocks_of(source), expected=pdf.sha256)
        if version is versions[0]:
            binder.text(SENT, f"{name}.html", standing_alone(paper))


def _materials(binder: Binder, case: Case, newest: Declaration) -> None:
    """The files of every version that was sent, those of the newest apart, a folder an item of the list."""
    files = list(sent_only(case.materials.all()).order_by("uploaded_at", "pk"))
    current = {file.pk for file in files_of(files, newest)}
    folders = _folders(case)
    for file in files:
        part = FILES if file.pk in current else EARLIER
        binder.file(f"{part}/{folders(file)}", file)


def _folders(case: Case) -> Callable[[Material], str]:
    """The name of a file's folder: place and title of its item in the list."""
    listed = materials_form(case.edition.pack, draft_step(case))
    items = (
        {item.key: (place, item.label.zh) for place, item in enumerate(listed.fields, 1)} if listed else {}
    )

    def folder(file: Material) -> str:
        place, title = items.get(file.item) or (len(items) + 1, _other_item(case, file.item))
        return f"{place:02d}-{safe_name(title)[:30].strip()}"

    return folder


def _other_item(case: Case, item: str) -> str:
    """The name of an item that the list does not have: a sealed page, or an item of an earlier edition."""
    sealed = seal_item(case, item)
    return sealed.label.zh if sealed is not None else "其他材料"


def _letters(binder: Binder, case: Case, readable: frozenset[str], newest: Declaration) -> dict[int, str]:
    """The list of decisions and their letters; returns where the letter of each decision (by its key) lies."""
    rows = list(case.decisions.select_related("user", "organisation").order_by("decided_at", "pk"))
    lines = decision_lines(case, rows, readable)
    context = {"case": case, "lines": lines, "version": newest, "readable": readable}
    binder.text(LETTERS, "决定清单.html", page("cases/dossier/decisions.html", "决定清单", context))
    places = {}
    for number, row in enumerate((row for row in rows if row.letter), 1):
        spec = case.edition.pack.letters.get(row.letter_code)
        title = spec.title.zh if spec else title_of(case, row)
        day = clock.local(row.decided_at).strftime("%Y%m%d")
        letter = page("cases/dossier/letter.html", title, {"case": case, "decision": row})
        places[row.pk] = binder.text(LETTERS, f"{number:02d}-{day}-{safe_name(title)}.html", letter)
    return places


def _notices(binder: Binder, case: Case) -> None:
    rows = case.notices.select_related("deadline").order_by("published_at", "pk")
    for number, row in enumerate(rows, 1):
        notice = page("cases/dossier/notice.html", row.title, {"case": case, "notice": row})
        binder.text(OBJECTED, f"{number:02d}-{safe_name(row.title)}.html", notice)


def _reviewed(binder: Binder, case: Case, actor: Actor, readable: frozenset[str]) -> None:
    """The panel's result and the score sheets, as far as the page of the review shows them to this reader."""
    panel = panel_of(case, actor, readable) if readable & REVIEW_PARTS else None
    if panel is None or not (panel.sheets or panel.result or panel.seats):
        return
    context = {"case": case, "panel": panel, "own": "sheets" not in readable}
    binder.text(REVIEWED, "评审情况.html", page("cases/dossier/review.html", "评审情况", context))


def _told(
    binder: Binder, case: Case, actor: Actor, readable: frozenset[str], entries: Sequence[Entry]
) -> None:
    """What happened as the reader may be told; the chain itself for those who may read the record."""
    told = happenings(case, entries, actor, readable)
    context = {"case": case, "entries": list(reversed(told))}
    binder.text(RECORD, "办理记录.html", page("cases/dossier/timeline.html", "办理记录", context))
    if "record" in readable:
        binder.add(RECORD, "留痕.jsonl", _chain(case, actor))


def _gathered(
    case: Case,
    actor: Actor,
    readable: frozenset[str],
    versions: Sequence[Declaration],
    letters: Mapping[int, str],
    entries: Sequence[Entry],
) -> Iterator[Sheet]:
    """What else the case has gathered, each part where its page is readable."""
    if "objections" in readable:
        yield from objection_sheet(case, actor, readable, letters)
    if "decisions" in readable:
        yield from register_sheet(case)
    yield from correction_sheets(case, versions, readable)
    if "appraisals" in readable:
        yield from appraisal_sheets(case, letters)
        yield from building_sheet(case, entries, actor, readable)


def _draft(binder: Binder, case: Case, draft: Declaration, readable: frozenset[str]) -> None:
    """What the unit is filling in, marked as a draft, with the files that lie with it and were not sent yet."""
    paper = paper_of(case, draft, readable)
    name, marks = f"草稿-第{draft.version_no}版", {"draft": True}
    binder.add(DRAFT, f"{name}.docx", [word_file(paper)], marks=marks)
    binder.text(DRAFT, f"{name}.html", standing_alone(paper), marks)
    sent, folders = sent_only(case.materials.all()).values("pk"), _folders(case)
    files = case.materials.filter(removed_at__isnull=True).exclude(pk__in=sent)
    for file in files.order_by("uploaded_at", "pk"):
        binder.file(f"{DRAFT}/{folders(file)}", file, marks)


def _chain(case: Case, actor: Actor) -> list[bytes]:
    """The chain up to its head, a line an entry; that it was given out is itself recorded."""
    with transaction.atomic():
        head = Chain.objects.get(pk=case.chain_id)
        entries = head.entries.filter(seq__lte=head.head_seq).order_by("seq")
        lines = [f"{exported(entry)}\n".encode() for entry in entries]
        data = {"chain": head.label, "entries": len(lines), "head": head.head_hash}
        record(
            authority=case.authority, action="record.exported", actor=actor, subject=case.public_id, data=data
        )
    return lines


def _listing(binder: Binder, case: Case, newest: Declaration, actor: Actor) -> None:
    """The list of files with their digests, and how to check them."""
    held = list(binder.listed)
    whole = {
        "case_no": case.case_no,
        "title": case.title,
        "made_at": clock.local(clock.now()).isoformat(timespec="seconds"),
        "made_for": _reader(actor),
        "declaration": {"version": newest.version_no, "sha256": newest.digest},
        "files": held,
    }
    sums = "".join(f"{line['sha256']}  {line['path']}\n" for line in held if "bytes" in line)
    context = {
        "case": case,
        "version": newest,
        "recorded": f"{RECORD}/留痕.jsonl" in {e["path"] for e in held},
    }
    binder.text("", "说明.txt", render_to_string("cases/dossier/readme.txt", context))
    binder.text("", "SHA256SUMS.txt", sums)
    binder.text("", "清单.json", json.dumps(whole, ensure_ascii=False, indent=2) + "\n")


def _reader(actor: Actor) -> str:
    unit = actor.organisation.name if actor.organisation is not None else ""
    role = str(actor.role.label) if actor.role is not None else ""
    return noted(actor.user.name if actor.user is not None else "", strung((unit, role)))
