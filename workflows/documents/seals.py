"""What a version bears of signatures and seals, told for its cover. 签章"""

from __future__ import annotations

from collections.abc import Collection

from audit import clock
from cases.enums import SignatureWay
from cases.models import Declaration, Signature
from cases.signatures import standing_signatures
from workflows.documents.paper import Seal
from workflows.letters import date_text

NAMES_IN = "contacts"
"""The part of a case that names the applicant's people (:func:`cases.policy.fields`)."""


def seals_of(version: Declaration, readable: Collection[str]) -> list[Seal]:
    """The signatures that stand on a version; people are named to those alone who may read their names. Two queries."""
    return [Seal(row.label, _told(row, named=NAMES_IN in readable)) for row in standing_signatures(version)]


def _told(row: Signature, *, named: bool) -> str:
    day = date_text(clock.local(row.signed_at).date())
    if row.way == SignatureWay.SCAN:
        who = f"，经手人{row.sealed_by}" if named else ""
        return f"{day}已盖章（扫描件存档{who}）"
    who = f"，签章人{row.signer.name}" if named else ""
    return f"{day}已电子签章（{row.organisation.name}{who}）"
