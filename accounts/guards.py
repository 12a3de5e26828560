"""What the doors of this room ask before they change anything."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import Refusal

if TYPE_CHECKING:
    from django.db.models import Model

    from accounts.actors import Actor
    from accounts.models import Organisation

REASON_LENGTH: Final = 300
"""Characters; the width of every column that keeps a reason in this room."""
HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories of characters that a name does not show."""


def require_administrator(
    actor: Actor, role: Role, *, authority: Organisation | None, organisation: Organisation | None = None
) -> None:
    """Raise Refusal ``not_permitted`` unless ``actor`` is that administrator of ``authority``, or the system.

    An administrator sitting at the authority itself reaches all of it; one further down, what the assignment
    covers.
    """
    if actor.system:
        return
    reaches = actor.at_the_top or (organisation is not None and actor.covers_organisation(organisation))
    if actor.role == role and authority is not None and actor.authority_id == authority.pk and reaches:
        return
    raise Refusal("not_permitted", _("此项操作须由本地区的%(role)s办理。") % {"role": role.label})


def require_reason(reason: str) -> str:
    """``reason`` stripped. Raises Refusal ``reason_missing`` when nothing is left, ``reason_too_long`` past
    300.
    """
    reason = reason.strip()
    if not reason:
        message = _("请填写事由或者依据。")
        raise Refusal("reason_missing", message, fields={"reason": message})
    if len(reason) > REASON_LENGTH:
        message = _("事由或者依据不得超过%(limit)d字。") % {"limit": REASON_LENGTH}
        raise Refusal("reason_too_long", message, fields={"reason": message})
    return reason


def require_plain(**texts: str) -> None:
    """Raise Refusal ``invalid`` by field where a name has characters that are not seen: control, direction, zero width."""
    message = _("不得含有不可见的控制字符，请重新录入。")
    hidden = [name for name, text in texts.items() if any(unicodedata.category(c) in HIDDEN for c in text)]
    if hidden:
        raise Refusal("invalid", message, fields=dict.fromkeys(hidden, message))


def require_valid(instance: Model, exclude: set[str] | None = None) -> None:
    """Raise Refusal ``invalid`` with the messages by field unless the row passes its own validation."""
    try:
        instance.full_clean(exclude=exclude)
    except ValidationError as error:
        fields = {name: "".join(messages) for name, messages in error.message_dict.items()}
        message = fields.pop(NON_FIELD_ERRORS, "") or _("填写内容有误，请按提示更正。")
        raise Refusal("invalid", message, fields=fields) from error
