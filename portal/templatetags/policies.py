"""Links from a citation to the words it stands on. 条款链接"""

from __future__ import annotations

from django import template

from programmes.citations import clauses_of, written_out
from programmes.models import Edition
from programmes.schema import Pack
from workflows.clause_links import anchor_of

register = template.Library()


@register.simple_tag
def clause_at(pack: Pack, citation: str, page: str = "") -> str:
    """Where a citation's first clause stands on a programme's page; '' when it names none. No query."""
    found = clauses_of(pack, citation) if citation else []
    return f"{page}#{anchor_of(found[0].id)}" if found else ""


@register.filter
def basis(edition: Edition, citation: str) -> str:
    """A citation as a paper of the authority writes it. No query."""
    return written_out(edition.pack, citation)
