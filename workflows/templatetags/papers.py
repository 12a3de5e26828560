"""Tags by which templates offer a declaration on paper."""

from __future__ import annotations

from django import template

from workflows.documents.pdf import can_print

register = template.Library()


@register.simple_tag
def can_print_pdf() -> bool:
    """Whether PDF files can be made on this machine."""
    return can_print()
