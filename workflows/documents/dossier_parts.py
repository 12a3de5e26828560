"""案卷, what a case gathers on its way: 收件与补正, 异议, 考核与整改, 建设进展, each as its page shows it to the reader.

Every sheet is asked for as its page asks (:func:`cases.policy.fields`), and one that would be empty is not made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from accounts.actors import Actor
from audit import clock
from audit.display import content_of
from audit.models import Entry
from cases.intake import entries_of as register_of
from cases.models import Case, Declaration, Defect
from programmes.schema import Form
from workflows.case_pages import note_read
from workflows.defects import Mended, mended, targets_of, told
from workflows.documents.layout import lay_out
from workflows.documents.names import safe_name
from workflows.documents.paper import Paper
from workflows.documents.standalone import page, standing_alone
from workflows.intake_lines import register_lines
from workflows.objection_lines import objection_lines
from workflows.sent_versions import before
from workflows.timeline import happenings
from workflows.upkeep import AppraisalLine, appraisal_lines

OBJECTED: Final = "05-公示公布"
RECEIVED: Final = "08-收件与补正"
APPRAISED: Final = "09-年度考核与整改"
BUILT: Final = "10-建设进展"
CONFIDENTIAL: Final = "含异议人身份，应予保密，查阅已记录"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the archive; ``marks`` are written beside it in the list of files."""

    folder: str
    name: str
    html: str
    marks: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DefectList:
    """补正清单: one return's list; ``items`` once it was answered, with what changed, ``lines`` until then."""

    told_on: str
    version_no: int
    lines: tuple[tuple[str, Defect], ...]
    items: tuple[Mended, ...]


def objection_sheet(
    case: Case, actor: Actor, readable: frozenset[str], letters: Mapping[int, str]
) -> Iterator[Sheet]:
    """The objections, what was found and how they were answered. Who objects is there for those who may read it, and

    that they were given it goes into the read log. ``letters``: decision → its letter in the archive. One query.
    """
    lines = objection_lines(case, readable)
    if not lines:
        return
    named = any(line.name or line.contact for line in lines)
    if named:
        note_read(actor, case, "case.objectors")
    rows = [(line, letters.get(line.answered_by or 0, "")) for line in reversed(lines)]
    html = page("cases/dossier/objections.html", "异议及处理", {"case": case, "rows": rows})
    yield Sheet(OBJECTED, "异议及处理.html", html, {"confidential": CONFIDENTIAL} if named else {})


def register_sheet(case: Case) -> Iterator[Sheet]:
    """The receipt register, replaced entries included. One query."""
    lines = register_lines(register_of(case))
    if lines:
        html = page("cases/dossier/register.html", "收件登记簿", {"case": case, "lines": lines})
        yield Sheet(RECEIVED, "收件登记簿.html", html)


def correction_sheets(
    case: Case, versions: Sequence[Declaration], readable: frozenset[str]
) -> Iterator[Sheet]:
    """The list of each return: with what became of it where a version answered it (part of reading the declaration),

    else as it was told (part of the decisions). ``versions``: those that were sent. One query, two with a list.
    """
    rows = Defect.objects.filter(case=case, declaration__isnull=False).select_related("declaration")
    found = [list(some) for _key, some in groupby(rows.order_by("declaration_id", "position"), _version)]
    if not found:
        return
    sent = {version.pk: version for version in versions}
    materials = list(case.materials.order_by("uploaded_at", "pk"))
    targets = {target.code: target for target in targets_of(case)}
    for defects in found:
        declaration = defects[0].declaration
        assert declaration is not None
        version = sent.get(declaration.pk)
        if version is None and "decisions" not in readable:
            continue
        earlier = before(versions, version) if version is not None else None
        items = mended(case, defects, version, earlier, materials) if version is not None else []
        listed = DefectList(
            clock.local(defects[0].told_at).strftime("%Y-%m-%d"),
            declaration.version_no,
            tuple((told(targets, defect.target), defect) for defect in defects) if version is None else (),
            tuple(items),
        )
        title = f"补正清单-{listed.told_on.replace('-', '')}告知"
        html = page("cases/dossier/corrections.html", "补正清单", {"case": case, "listed": listed})
        yield Sheet(RECEIVED, f"{title}.html", html)


def _version(defect: Defect) -> int | None:
    return defect.declaration_id


def appraisal_sheets(case: Case, letters: Mapping[int, str]) -> Iterator[Sheet]:
    """Each appraisal with what was reported, scores, result, rectifications and their acceptance; the form that went

    with it as a sheet of its own. Two queries.
    """
    for line in reversed(appraisal_lines(case)):
        name = safe_name(f"{line.appraisal.period}年度{line.kind.removeprefix('年度')}")
        rows = [(row, letters.get(row.decision_id or 0, "")) for row in line.rectifications]
        context = {
            "case": case,
            "line": line,
            "letter": letters.get(line.appraisal.decision_id or 0, ""),
            "rectifications": rows,
        }
        yield Sheet(APPRAISED, f"{name}.html", page("cases/dossier/appraisal.html", name, context))
        form = _form_of(case, line)
        if form is not None:
            paper = Paper(form.title.zh, "", (), None, (lay_out(form, line.appraisal.form_data),), "")
            yield Sheet(APPRAISED, f"{name}-填报表.html", standing_alone(paper))


def _form_of(case: Case, line: AppraisalLine) -> Form | None:
    """The form that was filled in for the appraisal; None where it has none, or nothing was reported."""
    side = case.edition.pack.programme.side.get(line.appraisal.side)
    return case.edition.pack.forms[side.form] if side and side.form and line.appraisal.form_data else None


def building_sheet(
    case: Case, entries: Sequence[Entry], actor: Actor, readable: frozenset[str]
) -> Iterator[Sheet]:
    """The reports of progress, and what was done and recorded while building, as the timeline tells it. One query.

    ``entries``: of the record, the newest first.
    """
    reports = list(case.progress_reports.select_related("reported_by").order_by("reported_at", "pk"))
    building = [entry for entry in entries if _while_building(case, entry)]
    done = list(reversed(happenings(case, building, actor, readable)))
    if reports or done:
        context = {"case": case, "reports": reports, "done": done, "named": "contacts" in readable}
        yield Sheet(BUILT, "建设进展.html", page("cases/dossier/building.html", "建设进展", context))


def _while_building(case: Case, entry: Entry) -> bool:
    """Whether it was done to the case in a building step: acts of the case, not what went on beside it."""
    came = (content_of(entry).get("data") or {}).get("from") or {}
    step = case.edition.pack.programme.lifecycle.steps.get(str(came.get("step") or ""))
    return step is not None and step.stage == "build"
