"""The open draft of a case, for those who may fill it in. 申报草稿"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts.actors import Actor
from cases.declarations import may_edit
from cases.enums import DeclarationStatus
from cases.errors import NotAllowed, NotVisible
from cases.models import Case, Declaration, DeclarationForm, Material
from programmes.schema import Form
from workflows.case_pages import find_case
from workflows.declaration_checks import draft_step


@dataclass(frozen=True, slots=True)
class Draft:
    """申报草稿: the case, the version being filled in, and its forms by code."""

    case: Case
    declaration: Declaration
    forms: Mapping[str, DeclarationForm]

    def content(self, code: str) -> dict[str, Any]:
        """What is stored of a form; empty when nobody has begun it."""
        row = self.forms.get(code)
        return row.data if row is not None else {}

    def version(self, code: str) -> int:
        """The form's version as the page shows it; 0 when nobody has begun it."""
        row = self.forms.get(code)
        return row.version if row is not None else 0


def open_draft(actor: Actor, public_id: uuid.UUID) -> Draft:
    """The draft that ``actor`` may fill in. Five queries.

    Raises NotVisible; NotAllowed when nothing is open for editing, or not for them.
    """
    case = find_case(actor, public_id)
    forms = DeclarationForm.objects.select_related("updated_by")
    declaration = (
        case.declarations.filter(status=DeclarationStatus.DRAFT)
        .prefetch_related(Prefetch("forms", queryset=forms))
        .first()
    )
    if declaration is None or not may_edit(actor, case):
        raise NotAllowed("not_editable", _("申报材料当前不可修改。"))
    return draft_from(case, declaration)


def form_of(draft: Draft, code: str) -> Form:
    """A form of this declaration; NotVisible when it has none of that code."""
    return form_in(draft.case, code)


def form_in(case: Case, code: str) -> Form:
    """A form of this case's declaration; NotVisible when it has none of that code."""
    if code not in draft_step(case).forms:
        raise NotVisible("invisible", _("未找到该表。"))
    return case.edition.pack.forms[code]


def draft_from(case: Case, declaration: Declaration) -> Draft:
    """The draft whose forms are at hand already. No query."""
    return Draft(case, declaration, {row.form_code: row for row in declaration.forms.all()})


def live_materials(case: Case) -> list[Material]:
    """The files that lie with the draft now, in the order in which they came. One query."""
    return list(case.materials.filter(removed_at__isnull=True).order_by("uploaded_at", "pk"))
