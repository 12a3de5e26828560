"""Filling a declaration in: drafts, outside the engine, the case lock and the chain. 申报书填报

Saving a draft (``cases.saving``) is nobody's decision, so it takes no lock but its own rows; sending
(``declare.submit``) is the change of record and goes through the engine, which freezes the version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db.models import F
from django.utils.translation import gettext as _

from audit.canonical import dumps
from cases.enums import DeclarationStatus
from cases.errors import Conflict
from cases.models import Case, Declaration, DeclarationForm, Material
from cases.reasons import writers_of_reason
from cases.saving import EDITABLE_STAGES, may_edit, save_form
from cases.signatures import SEAL_PREFIX

__all__ = [
    "EDITABLE_STAGES",
    "content_mark",
    "draft_of",
    "last_sent",
    "may_edit",
    "newest_version",
    "open_next_version",
    "require_unchanged",
    "save_form",
    "writers_of",
]


def draft_of(case: Case, *, hold: bool = False) -> Declaration | None:
    """The version being filled in, with its forms; None when nothing is open for editing.

    ``hold`` keeps everybody from changing it until the transaction ends.
    """
    drafts = case.declarations.filter(status=DeclarationStatus.DRAFT)
    if hold:
        drafts = drafts.select_for_update()
    return drafts.prefetch_related("forms").order_by("-version_no").first()


def content_mark(draft: Declaration) -> str:
    """What a draft says and which files lie with it, as one short text: two pages that show the same have the same.

    Saving without changing anything does not change it. One query when the forms are prefetched.
    """
    files = draft.case.materials.filter(removed_at__isnull=True).order_by("public_id")
    content = {
        "forms": draft.data(),
        "files": [str(key) for key in files.values_list("public_id", flat=True)],
    }
    return hashlib.sha256(dumps(content).encode()).hexdigest()[:32]


def require_unchanged(draft: Declaration, seen: str) -> None:
    """Raise Conflict when the draft is not what the sender saw (``seen``: its :func:`content_mark`; '' is not asked)."""
    if seen and seen != content_mark(draft):
        who = draft.updated_by.name if draft.updated_by else ""
        raise Conflict(
            "draft_changed",
            _("您核对期间，%(who)s修改了申报材料。请重新核对后再提交；已填写的内容均未丢失。") % {"who": who},
        )


def last_sent(case: Case) -> Declaration | None:
    """The version that offices work on: the last one sent."""
    return (
        case.declarations.filter(submitted_at__isnull=False)
        .prefetch_related("forms")
        .order_by("-version_no")
        .first()
    )


def newest_version(case: Case) -> Declaration | None:
    """The version with the highest number: a draft, where there is one. One query."""
    return next(iter(case.declarations.order_by("-version_no")[:1]), None)


def open_next_version(
    *, case: Case, note: str, returned: bool = True, last: Declaration | None = None
) -> Declaration:
    """A new draft copied from the newest version (``last``, where it has been read): for correction (``returned``), or

    for bringing figures up to date while building. Lines keep their ids; reasons, the sources of values and confirmed
    numbers go along. Called by the engine only.
    """
    last = last or newest_version(case)
    assert last is not None
    draft = Declaration.objects.create(
        case=case, version_no=last.version_no + 1, note=note, explanations=last.explanations
    )
    DeclarationForm.objects.bulk_create(
        DeclarationForm(
            declaration=draft,
            form_code=form.form_code,
            data=form.data,
            updated_by_id=form.updated_by_id,
            rows=form.rows,
            sources=form.sources,
            writers=form.writers,
            confirmed=form.confirmed,
        )
        for form in last.forms.all()
    )
    if returned:
        case.declarations.filter(pk=last.pk).update(
            status=DeclarationStatus.RETURNED, updated_at=F("updated_at")
        )
    return draft


def writers_of(draft: Declaration, files: Iterable[Material] | None = None) -> set[int]:
    """The keys of everybody who filled a draft in (its forms prefetched), themselves or through a substitute: who wrote

    in its forms, gave a reason, or put a file there that lies with it (the scans of seals left out). One query, or none
    where the caller has read the ``files`` that lie there.
    """
    forms = list(draft.forms.all())
    wrote = {key for form in forms for key in form.writers}
    wrote |= {form.updated_by_id for form in forms if form.updated_by_id is not None}
    if files is None:
        files = Material.objects.filter(case=draft.case_id, removed_at__isnull=True)
    wrote |= {key for file in files if not file.item.startswith(SEAL_PREFIX) for key in file.people}
    return wrote | {key for entry in draft.explanations.values() for key in writers_of_reason(entry)}
