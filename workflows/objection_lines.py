"""Objections as a reader may see them: the one place that decides what of an objection is told. 异议的查阅

Every page goes through here. By the answer of :func:`cases.policy.fields`:

* ``objections`` — that there is one, when it came and what became of it;
* ``reasons`` — its number and contents, what kind of person objects, and the office's finding (an applicant reads the
  finding in the letter, where the law has one sent);
* ``objectors`` — who objects and how they are reached. Nobody else learns it, neither the applicant nor the approving body.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from audit.punctuation import strung
from cases.enums import ObjectionStatus
from cases.models import Case, Objection

EXISTENCE, CONTENT, IDENTITY = "objections", "reasons", "objectors"
"""What must be readable for each layer."""
TONES: dict[str, str] = {ObjectionStatus.OPEN: "warning", ObjectionStatus.UPHELD: "danger"}


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """异议: one objection, with nothing in it that the reader may not know ('' = not told, or not there)."""

    status: str
    tone: str
    received_at: dt.datetime
    decided_at: dt.datetime | None
    number: str = ""
    kind: str = ""
    content: str = ""
    finding: str = ""
    arrival: str = ""
    letter_url: str = ""
    answered_by: int | None = None
    """Key of the decision whose letter answers it; None where there is none, or none for the reader."""
    name: str = ""
    contact: str = ""


def objection_line(row: Objection, readable: Collection[str]) -> ObjectionLine | None:
    """``row`` for a reader of ``readable``; None when they may not know of it. No query with its decision loaded."""
    if EXISTENCE not in readable:
        return None
    url = _letter(row) if "decisions" in readable else ""
    told: dict[str, str] = {"letter_url": url}
    if CONTENT in readable:
        told |= {
            "number": row.number,
            "kind": str(row.get_kind_display()),
            "content": row.content,
            "finding": row.finding,
            "arrival": _arrival(row),
        }
    if IDENTITY in readable:
        told |= {"name": row.name or "", "contact": row.contact or ""}
    return ObjectionLine(
        status=str(row.get_status_display()),
        tone=TONES.get(row.status, "neutral"),
        received_at=row.received_at,
        decided_at=row.decided_at,
        answered_by=row.decision_id if url else None,
        **told,
    )


def objection_lines(case: Case, readable: Collection[str]) -> list[ObjectionLine]:
    """The objections of a case, the newest first. One query; what the reader may not know is not even fetched."""
    rows = case.objections.select_related("decision", "case").order_by("-received_at", "-pk")
    if IDENTITY not in readable:
        rows = rows.defer("name", "contact")
    lines = (objection_line(row, readable) for row in rows)
    return [line for line in lines if line is not None]


def _arrival(row: Objection) -> str:
    """邮寄，2020-07-20收到，邮戳2020-07-16."""
    days = (
        _("%(day)s收到") % {"day": row.received_on} if row.received_on else "",
        _("邮戳%(day)s") % {"day": row.postmarked_on} if row.postmarked_on else "",
    )
    return strung((row.get_channel_display(), *days))


def _letter(row: Objection) -> str:
    if row.decision is None or not row.decision.letter:
        return ""
    return reverse("cases:letter", args=[row.case.public_id, row.decision.public_id])
