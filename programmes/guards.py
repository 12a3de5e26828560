"""Who may change policies and rounds. 办理权限"""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal

EDITORS = frozenset({Role.POLICY_ADMIN})
OPENERS = frozenset({Role.OFFICER, Role.POLICY_ADMIN})


def require_role(
    actor: Actor, roles: frozenset[Role], *, authority_id: int, programme_code: str, system: bool = False
) -> None:
    """Refusal ``not_permitted`` unless the actor holds one of ``roles`` for this authority and programme.

    ``system``: the named system actor may do it too (setting up, never in a person's name).
    """
    if actor.system and system:
        return
    if actor.role not in roles:
        raise Refusal("not_permitted", _("您的角色不能办理此事。"))
    if actor.authority_id != authority_id or not actor.covers_programme(programme_code):
        raise Refusal("not_permitted", _("该事项不在您的授权范围内。"))
