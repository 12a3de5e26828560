"""Filters by which templates tell what was declared."""

from __future__ import annotations

from django import template
from django.urls import reverse

from cases.file_types import IMAGES, PREVIEWED
from cases.models import Declaration, Material
from programmes.schema import FormField

register = template.Library()


@register.filter
def material_tags(file: Material, item: FormField) -> list[str]:
    """The items of the list for which a file is evidence, by their labels."""
    labels = {choice.code: str(choice.label) for choice in item.choices}
    return [labels[tag] for tag in file.tags if tag in labels]


@register.filter
def file_icon(file: Material) -> str:
    """The icon of the file's kind."""
    if file.content_type in IMAGES:
        return "photo"
    return "file-text" if file.content_type in PREVIEWED else "paperclip"


@register.simple_tag
def file_address(file: Material, version: Declaration | str | None = None) -> str:
    """Where a file's name leads: to its preview, or to the file itself where there is none. Expects ``file.case``'s

    public id to be loaded. ``version``: the version being read.
    """
    if file.content_type not in PREVIEWED:
        return reverse("cases:material", args=[file.case.public_id, file.public_id])
    number = version.version_no if isinstance(version, Declaration) and version.submitted_at else ""
    return file_page(file, number)


@register.filter
def file_page(file: Material, version_no: int | str) -> str:
    """The preview page of a file, among the files of the version with this number ('' = the draft's)."""
    where = reverse("cases:material_view", args=[file.case.public_id, file.public_id])
    return f"{where}?v={version_no}" if version_no else where
