"""Declarations as they were sent: what offices, experts and supervisors read. 已提交的申报材料"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cases.confirmations import Question, answered_in
from cases.enums import DeclarationStatus
from cases.models import Case, Declaration, DeclarationForm, Material
from programmes.schema import Form
from workflows.declaration_changes import FormChanges, changes_in
from workflows.declaration_checks import draft_step
from workflows.form_notes import Notes
from workflows.forms_ui import Picture, picture_of


@dataclass(frozen=True, slots=True)
class ReadForm:
    """One form of a version, drawn for reading, with what changed in it."""

    picture: Picture
    changes: FormChanges


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that came or went between two versions."""

    material: Material
    added: bool


def versions_of(case: Case, *, drafts: bool = False) -> list[Declaration]:
    """The versions that were sent, the newest first (with ``drafts``: those being filled in too). Two queries."""
    forms = DeclarationForm.objects.select_related("updated_by")
    rows = case.declarations.select_related("submitted_by").prefetch_related(
        Prefetch("forms", queryset=forms)
    )
    wanted = Q(submitted_at__isnull=False) | (Q(status=DeclarationStatus.DRAFT) if drafts else Q(pk__in=[]))
    return list(rows.filter(wanted).order_by("-version_no"))


def chosen(versions: Sequence[Declaration], number: str) -> Declaration | None:
    """The version with this number as an address gives it; the newest when there is none such."""
    found = (version for version in versions if str(version.version_no) == number)
    return next(found, versions[0] if versions else None)


def before(versions: Sequence[Declaration], version: Declaration) -> Declaration | None:
    """The version sent before this one."""
    earlier = (each for each in versions if each.version_no < version.version_no)
    return max(earlier, key=lambda each: each.version_no, default=None)


def read_forms(
    case: Case, version: Declaration, earlier: Declaration | None, *, named: bool = False
) -> list[ReadForm]:
    """The version's forms in the order of the declaration, compared with ``earlier``; beside the cells which numbers the

    applicant confirmed (``named``: and who did). No query, one for the names where there are any.
    """
    pack, step = case.edition.pack, draft_step(case)
    now, then = version.data(), earlier.data() if earlier else {}
    forms = [pack.forms[code] for code in step.forms]
    rows = {row.form_code: row for row in version.forms.all()}
    answered = {form.code: answered_in(form, rows.get(form.code)) for form in forms}
    names = _names(answered.values()) if named else {}
    return [
        _read(
            form, now.get(form.code, {}), then.get(form.code, {}), earlier, _said(answered[form.code], names)
        )
        for form in forms
    ]


def _read(
    form: Form,
    now: dict[str, object],
    then: dict[str, object],
    earlier: Declaration | None,
    confirmed: dict[str, str],
) -> ReadForm:
    changes = changes_in(form, then, now) if earlier is not None else FormChanges(form)
    notes = Notes(confirmed=confirmed)
    return ReadForm(picture_of(form, now, changed=changes.marks, editing=False, notes=notes), changes)


def _names(answered: Iterable[Mapping[str, Question]]) -> dict[int, str]:
    answers = [each.answer for some in answered for each in some.values() if each.answer is not None]
    keys = {answer.user_id for answer in answers if answer.user_id is not None}
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def _said(answered: Mapping[str, Question], names: Mapping[int, str]) -> dict[str, str]:
    """The question as the applicant met it, and that they stand by the number."""
    said = {}
    for place, question in answered.items():
        assert question.answer is not None
        who, at = names.get(question.answer.user_id or 0, ""), question.answer.at[:16].replace("T", " ")
        answer = _("申报单位已确认填写无误（%(who)s）。") % {
            "who": " ".join(part for part in (who, at) if part)
        }
        said[place] = f"{question.text}{answer}"
    return said


def files_of(materials: Sequence[Material], version: Declaration) -> list[Material]:
    """Of all files of the case, those that lay with the declaration when this version was sent (a draft: lie now)."""
    sent = version.submitted_at
    if sent is None:
        return [file for file in materials if file.removed_at is None]
    return [
        file
        for file in materials
        if file.uploaded_at <= sent and (file.removed_at is None or file.removed_at > sent)
    ]


def file_changes(
    materials: Sequence[Material], version: Declaration, earlier: Declaration | None
) -> list[FileChange]:
    """Files that came or went since ``earlier``."""
    if earlier is None:
        return []
    now, then = files_of(materials, version), files_of(materials, earlier)
    came = [FileChange(file, True) for file in now if file not in then]
    return came + [FileChange(file, False) for file in then if file not in now]


def sent_only(files: QuerySet[Material]) -> QuerySet[Material]:
    """The files that belonged to some version that was sent: a draft's are the applicant's alone."""
    sent = Declaration.objects.filter(case=OuterRef("case"), submitted_at__gte=OuterRef("uploaded_at"))
    before_removal = sent.filter(submitted_at__lt=OuterRef("removed_at"))
    return files.filter(Exists(before_removal) | (Q(removed_at__isnull=True) & Exists(sent)))
