"""Where the words that a case rests on can be read: in the edition it is pinned to. 条款链接"""

from __future__ import annotations

import hashlib

from django.urls import reverse

from cases.models import Case
from programmes.citations import clauses_of


def anchor_of(clause_id: str) -> str:
    """A clause's place on its edition's page: short, stable, plain ASCII."""
    return "c" + hashlib.sha256(clause_id.encode()).hexdigest()[:10]


def clause_url(case: Case, citation: str) -> str:
    """The address of the first clause that a citation names; '' when it names none. No query."""
    found = clauses_of(case.edition.pack, citation) if citation else []
    if not found:
        return ""
    return f"{reverse('cases:policy', args=[case.edition.public_id])}#{anchor_of(found[0].id)}"


def clause_words(case: Case, citation: str) -> str:
    """The decisive words of a citation as printed, for a tooltip; '' when there are none. No query."""
    found = clauses_of(case.edition.pack, citation) if citation else []
    return "\n".join(clause.quote for clause in found if clause.quote)
