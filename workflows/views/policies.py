"""政策依据: an edition for reading, clause by clause; where every citation on a case's pages leads."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.errors import NotVisible
from programmes.citations import clauses_of
from programmes.enums import EditionStatus
from programmes.models import Edition
from programmes.schema import Clause, Document, Pack, Rule
from workflows.clause_links import anchor_of
from workflows.views.refusals import PersonAtWork, for_actors

SLOT_CODE = re.compile(r" ?([a-z]+(?:_[a-z0-9]+)+)")
"""How a note writes the code of a slot."""


@dataclass(frozen=True, slots=True)
class ReadClause:
    """A clause with its place on the page and the rules that rest on it."""

    clause: Clause
    anchor: str
    note: str
    rules: tuple[Rule, ...]


@for_actors
@require_safe
def policy(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """A published edition: documents, steps, clauses, rules. No query beside the edition's own."""
    edition = (
        Edition.objects.filter(public_id=public_id)
        .exclude(status=EditionStatus.DRAFT)
        .select_related("programme__authority")
        .defer("source")
        .first()
    )
    if edition is None:
        raise NotVisible("invisible", _("未找到该政策版本。"))
    pack = edition.pack
    context = {
        "edition": edition,
        "programme": pack.programme,
        "documents": list(_documents(pack)),
        "slots": list(pack.programme.slots.values()),
    }
    return render(request, "cases/policy.html", context)


def _documents(pack: Pack) -> Iterator[tuple[Document, list[ReadClause]]]:
    """Each policy document with its clauses in their order."""
    resting: dict[str, list[Rule]] = {}
    for rule in pack.rules.values():
        for clause in clauses_of(pack, rule.clause):
            resting.setdefault(clause.id, []).append(rule)
    for document in pack.programme.documents:
        clauses = (clause for clause in pack.clauses.values() if clause.document == document.code)
        read = (
            ReadClause(each, anchor_of(each.id), _by_name(pack, each.note), tuple(resting.get(each.id, ())))
            for each in clauses
        )
        yield document, list(read)


def _by_name(pack: Pack, note: str) -> str:
    """A note with the slots that it mentions by their code called by their titles."""
    slots = pack.programme.slots
    return SLOT_CODE.sub(lambda code: f"“{slots[code[1]].title}”" if code[1] in slots else code[0], note)
