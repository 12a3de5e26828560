"""The main navigation: which entries a role sees, in which order. 主导航"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from programmes.guards import EDITORS, OPENERS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

HANDLERS = frozenset(
    {
        Role.APPLICANT,
        Role.OPERATOR,
        Role.RECOMMENDER,
        Role.OFFICER,
        Role.CHIEF,
        Role.EXPERT,
        Role.APPROVER,
        Role.SUPERVISOR,
    }
)
SUPERVISOR = frozenset({Role.SUPERVISOR})
EVERYBODY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Entry:
    """导航项: an address by its name. One that does not resolve is left out.

    Everybody sees an entry for EVERYBODY, people without any role too, unless ``at_home_elsewhere`` has their role.
    """

    route: str
    label: _StrPromise
    icon: str
    roles: frozenset[Role] = EVERYBODY
    at_home_elsewhere: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as shown on one page."""

    url: str
    label: _StrPromise
    icon: str
    current: bool


ENTRIES = (
    Entry("workflows:home", _("首页"), "home", at_home_elsewhere=SUPERVISOR),
    Entry("supervision:home", _("首页"), "home", SUPERVISOR),
    Entry("workflows:worklist", _("待办事项"), "checklist", HANDLERS),
    Entry("cases:list", _("案件"), "folder", HANDLERS),
    Entry("notifications:list", _("消息"), "bell"),
    Entry("supervision:entries", _("办理留痕"), "history", SUPERVISOR),
    Entry("supervision:cards", _("红黄牌"), "cards", SUPERVISOR),
    Entry("workshop:programmes", _("政策工作台"), "scale", EDITORS),
    Entry("workshop:rounds", _("批次管理"), "calendar-event", OPENERS),
    Entry("portal:index", _("公示公告"), "speakerphone"),
)


def links_for(role: Role | None, request: HttpRequest) -> list[Link]:
    """The links that ``role`` sees; without a role, what is everybody's. At most one is marked as current."""
    shown = [(entry, url) for entry in ENTRIES if _visible(entry, role) for url in _address(entry.route)]
    here = _current_route([entry.route for entry, _url in shown], request)
    return [Link(url, entry.label, entry.icon, entry.route == here) for entry, url in shown]


def _visible(entry: Entry, role: Role | None) -> bool:
    if role is None:
        return entry.roles is EVERYBODY
    return role in entry.roles and role not in entry.at_home_elsewhere


def _address(route: str) -> Iterator[str]:
    try:
        yield reverse(route)
    except NoReverseMatch:
        return


def _current_route(routes: list[str], request: HttpRequest) -> str | None:
    """The entry of this very page; else one of the same room, its home last."""
    match = request.resolver_match
    if match is None:
        return None
    if match.view_name in routes:
        return match.view_name
    near = [route for route in routes if match.namespace and route.startswith(f"{match.namespace}:")]
    return min(near, key=lambda route: route.endswith(":home"), default=None)
