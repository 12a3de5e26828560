"""补正事项: what can be asked to be mended, where it stands in the declaration, and what became of it.

A list of corrections is told once and complete: items with the blank or the material they are about, what is wrong and
what to do. The same targets are read back when the applicant sends again: beside each item stands what changed there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from audit.punctuation import parted, strung
from cases.models import Case, Declaration, Defect, Material
from programmes.schema import Form, FormField
from workflows.declaration_changes import Change, changes_in
from workflows.declaration_checks import draft_step, materials_form
from workflows.sent_versions import file_changes

FIELD, FORM, MATERIAL, PAPER = "field:", "form:", "material:", "paper"


@dataclass(frozen=True, slots=True)
class Target:
    """涉及内容: a blank, a whole form, an item of the materials, the paper copies. ``code`` is what is stored."""

    code: str
    label: str
    group: str
    url: str = ""
    """Where the applicant mends it."""
    read_url: str = ""
    """Where it is read."""


def targets_of(case: Case) -> list[Target]:
    """Everything an item may be about, in the order of the declaration. No query."""
    found = [target for form in forms_of(case) for target in _of_form(case, form)]
    listed = materials_form(case.edition.pack, draft_step(case))
    for item in listed.fields if listed is not None else ():
        found.append(_of_material(case, item))
    return [*found, Target(PAPER, _("报送的纸质材料、电子版"), _("其他"))]


def forms_of(case: Case) -> list[Form]:
    """The forms of the declaration in their order."""
    return [case.edition.pack.forms[code] for code in draft_step(case).forms]


def _of_form(case: Case, form: Form) -> Iterator[Target]:
    url = reverse("cases:form", args=[case.public_id, form.code])
    read_page = reverse("cases:declared", args=[case.public_id])
    read = f"{read_page}#form-{form.code}"
    yield Target(
        f"{FORM}{form.code}", _("%(form)s（整表）") % {"form": form.title}, str(form.title), url, read
    )
    for entry in form.fields:
        code = f"{FIELD}{form.code}.{entry.key}"
        yield Target(
            code,
            str(entry.label),
            str(form.title),
            f"{url}#f-{entry.key}",
            f"{read_page}#{form.code}-f-{entry.key}",
        )


def _of_material(case: Case, item: FormField) -> Target:
    url = reverse("cases:materials", args=[case.public_id]) + f"#m-{item.key}"
    read = reverse("cases:declared", args=[case.public_id]) + "#files"
    return Target(f"{MATERIAL}{item.key}", str(item.label), _("申报材料清单"), url, read)


def told(targets: Mapping[str, Target], code: str) -> str:
    """What a target is called in a letter: 《申报表》“联系电话”; '' for something else."""
    target = targets.get(code)
    if target is None or code == PAPER:
        return target.label if target is not None else ""
    if code.startswith(FORM):
        return _("《%(form)s》") % {"form": target.group}
    if code.startswith(MATERIAL):
        return _("申报材料“%(item)s”") % {"item": target.label}
    return _("《%(form)s》“%(field)s”") % {"form": target.group, "field": target.label}


def in_words(case: Case, rows: Sequence[Mapping[str, str]], remark: str) -> str:
    """The list as the letter and the record have it: numbered lines, then the remark."""
    targets = {target.code: target for target in targets_of(case)}
    lines = []
    for number, row in enumerate(rows, start=1):
        about, problem, remedy = told(targets, row["target"]), _closed(row["problem"]), row["remedy"]
        text = _("%(about)s：%(problem)s") % {"about": about, "problem": problem} if about else problem
        if remedy:
            text += _("补正要求：%(remedy)s") % {"remedy": _closed(remedy)}
        lines.append(f"{number}．{text}")
    return "\n".join([*lines, *([remark] if remark else [])])


def _closed(text: str) -> str:
    text = text.strip()
    return text if text.endswith(("。", "！", "？", "；", ".", "!", "?")) else f"{text}。"


# -- what became of it -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mended:
    """补正情况: one item with its target and what changed there since. ``touched`` is None: the system cannot tell."""

    defect: Defect
    target: Target | None
    label: str
    changes: tuple[Change, ...]
    files: tuple[tuple[Material, bool], ...]
    """Files with whether they came (else they went)."""
    touched: bool | None


def defects_of(case: Case, declaration: Declaration) -> list[Defect]:
    """The items told with the return that opened this version. One query."""
    return list(Defect.objects.filter(case=case, declaration=declaration).order_by("position"))


def wanted_of_materials(defects: Sequence[Defect]) -> dict[str, str]:
    """What the return says about each item of the materials, by its key, in the words of the list. No query."""
    found: dict[str, list[str]] = {}
    for defect in defects:
        if defect.target.startswith(MATERIAL):
            said = strung(text.strip().rstrip("。；") for text in (defect.problem, defect.remedy))
            found.setdefault(defect.target.removeprefix(MATERIAL), []).append(said)
    return {key: parted(texts) for key, texts in found.items()}


def mended(
    case: Case,
    defects: Sequence[Defect],
    version: Declaration,
    earlier: Declaration | None,
    materials: Sequence[Material],
) -> list[Mended]:
    """Each item beside what differs at its place between ``earlier`` and ``version`` (a draft: as it is now)."""
    targets = {target.code: target for target in targets_of(case)}
    then, now = earlier.data() if earlier is not None else {}, version.data()
    changed = {
        form.code: changes_in(form, then.get(form.code, {}), now.get(form.code, {})).changes
        for form in forms_of(case)
    }
    moved = file_changes(materials, version, earlier)
    lines = []
    for defect in defects:
        changes = tuple(_changes_at(defect.target, changed))
        files = tuple(
            (move.material, move.added)
            for move in moved
            if defect.target == f"{MATERIAL}{move.material.item}"
        )
        known = defect.target.startswith((FIELD, FORM, MATERIAL))
        lines.append(
            Mended(
                defect,
                targets.get(defect.target),
                told(targets, defect.target),
                changes,
                files,
                bool(changes or files) if known else None,
            )
        )
    return lines


def _changes_at(code: str, changed: Mapping[str, Sequence[Change]]) -> Iterator[Change]:
    if code.startswith(FORM):
        yield from changed.get(code.removeprefix(FORM), ())
    elif code.startswith(FIELD):
        form, _dot, key = code.removeprefix(FIELD).partition(".")
        yield from (change for change in changed.get(form, ()) if change.field == key)


def clean_rows(case: Case, rows: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, str]], str]:
    """The rows with known targets, and what is wrong with the first that is not right ('' when all are)."""
    known = {target.code for target in targets_of(case)} | {""}
    for number, row in enumerate(rows, start=1):
        if row["target"] not in known:
            return [], _("第%(n)s项：请从所列内容中选择。") % {"n": number}
    return [dict(row) for row in rows], ""
