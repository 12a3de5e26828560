"""What the doors of the organisation tree ask of a unit before they change it."""

from __future__ import annotations

from typing import Final

from django.db.models import Max
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from accounts.errors import Refusal
from accounts.models import Organisation, OrganisationAlias
from accounts.models.organisation import SEGMENT_DIGITS
from accounts.validators import compact_uscc

PATH_LENGTH: Final = Organisation._meta.get_field("path").max_length or 0
"""Characters of the column."""


def require_active(parent: Organisation | None) -> None:
    """Raise Refusal ``parent_inactive`` when a unit would come under one that is out of use."""
    if parent is not None and not parent.is_active:
        message = _("上级单位“%(name)s”已停用。") % {"name": parent.name}
        raise Refusal("parent_inactive", message, fields={"parent": message})


def require_same_authority(parent: Organisation | None, authority: Organisation) -> None:
    """Raise Refusal ``other_authority`` when the unit above belongs to another authority."""
    if parent is not None and parent.authority_id != authority.pk:
        message = _("上级单位属于其他地区。")
        raise Refusal("other_authority", message, fields={"parent": message})


def require_name_free(
    name: str, authority: Organisation, but: Organisation | None = None, *, field: str = "name"
) -> None:
    """Raise Refusal ``name_taken`` (beside ``field``) when another unit of the authority answers to the name, now or
    formerly.
    """
    others = Organisation.objects.filter(authority=authority, name=name)
    aliases = OrganisationAlias.objects.filter(authority=authority, name=name)
    if but is not None:
        others, aliases = others.exclude(pk=but.pk), aliases.exclude(organisation=but)
    if others.exists() or aliases.exists():
        message = _("“%(name)s”已是其他单位的名称或者别名。") % {"name": name}
        raise Refusal("name_taken", message, fields={field: message})


def require_uscc_free(uscc: str, but: Organisation | None = None) -> None:
    """Raise Refusal ``invalid`` when another unit, wherever, has the 统一社会信用代码. One query, none without one."""
    number = compact_uscc(uscc)
    others = Organisation.objects.filter(uscc=number)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if number and others.exists():
        message = _("该统一社会信用代码已登记在其他单位名下。")
        raise Refusal("invalid", message, fields={"uscc": message})


def require_not_too_deep(parent: Organisation | None, moved: Organisation | None = None) -> None:
    """Raise Refusal ``too_deep`` when a unit under ``parent``, or what is below ``moved``, would have no room for its path.

    One query where something moves, none else.
    """
    if parent is None:
        return
    below = SEGMENT_DIGITS + 1
    if moved is not None:
        deepest = Organisation.objects.within(moved).aggregate(deepest=Max(Length("path")))["deepest"]
        below += deepest - len(moved.path)
    if len(parent.path) + below > PATH_LENGTH:
        message = _("机构层级最多%(n)d级，请调整上级单位。") % {"n": PATH_LENGTH // (SEGMENT_DIGITS + 1)}
        raise Refusal("too_deep", message, fields={"parent": message})
