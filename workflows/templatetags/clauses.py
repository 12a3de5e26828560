"""Clauses as screens name them: the article, and of which document where a pack rests on several. 条款标注"""

from __future__ import annotations

from django import template
from django.template.context import Context

from cases.models import Case
from programmes.citations import on_screen
from programmes.models import Edition

register = template.Library()

CITING = "_citing_edition"
"""Where the page keeps the edition that its clauses belong to: parts of a page are drawn without the page's context."""


@register.simple_tag(takes_context=True)
def cites(context: Context, holder: object) -> str:
    """From here on the page's clauses are those of this edition, or of this case's; anything else changes nothing.

    No query: a case whose edition was not read along says nothing.
    """
    request = getattr(context, "request", None)
    if isinstance(holder, Case):
        holder = holder.edition if Case.edition.is_cached(holder) else None
    if request is not None and isinstance(holder, Edition):
        setattr(request, CITING, holder)
    return ""


@register.simple_tag(takes_context=True)
def cited(context: Context, citation: object) -> str:
    """A citation for the screen. No query while the edition's pack is cached."""
    edition: Edition | None = getattr(getattr(context, "request", None), CITING, None)
    return on_screen(str(citation), edition.pack.programme.documents if edition is not None else ())
