"""Registered signers with a second factor, and what is sent to sign a declaration."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pyotp
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor, actor_for
from accounts.enums import Role
from accounts.models import Organisation, SecondFactor, SignerRegistration, User
from accounts.second_factor import current_code
from audit import clock
from cases.declarations import draft_of
from cases.materials import add_material
from cases.models import Case, Declaration
from cases.signatures import content_of, item_of, required_signatures
from tests.factories.accounts import make_assignment, make_user

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
LONG_AGO = dt.date(2015, 1, 1)
"""Before the scenarios of the packs begin."""


@dataclass(frozen=True)
class Signer:
    """Somebody who may sign for a unit, and the telephone in their hand."""

    actor: Actor
    user: User
    registration: SignerRegistration

    @property
    def code(self) -> str:
        """What the telephone shows now."""
        return current_code(self.user)


def give_factor(user: User) -> SecondFactor:
    """A second factor that has been confirmed."""
    return SecondFactor.objects.create(user=user, secret=pyotp.random_base32(), confirmed_at=clock.now())


def make_signer(unit: Organisation, *, factor: bool = True, valid_from: dt.date = LONG_AGO) -> Signer:
    """A registered signer of the unit, who holds the role of its applicant."""
    user = make_user("签章人", organisation=unit)
    actor = actor_for(make_assignment(Role.APPLICANT, unit, user=user, valid_from=LONG_AGO))
    row = SignerRegistration.objects.create(
        user=user,
        organisation=unit,
        authority=unit.authority,
        valid_from=valid_from,
        reason="南府函〔2018〕1号",
    )
    if factor:
        give_factor(user)
    return Signer(actor, user, row)


def the_draft(case: Case) -> Declaration:
    """The version being filled in."""
    draft = draft_of(case)
    assert draft is not None
    draft.case = case
    return draft


def scan_data(case: Case, actor: Actor, **changed: Any) -> dict[str, Any]:
    """What signing the first place by scan sends; the scan is uploaded."""
    spec = required_signatures(case, "declare.submit")[0]
    content = content_of(the_draft(case))
    upload = SimpleUploadedFile("seal.pdf", PDF + content.encode())
    scan = add_material(case=case, item=item_of(spec), upload=upload, tags=[], actor=actor)
    return {
        "key": spec.key,
        "way": "scan",
        "seen": content,
        "statement": "on",
        "sealed_by": "办公室机要员",
        "material": str(scan.public_id),
    } | changed
