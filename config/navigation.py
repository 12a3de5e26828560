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

    from accounts.actors import Actor

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
SECURITY = frozenset({Role.SECURITY_ADMIN})
KEEPERS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})
AUDIT = frozenset({Role.AUDIT_ADMIN})
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
    pages: frozenset[str] = frozenset()
    """Pages beneath it. With any, no other page of its room counts as near."""
    at_the_top: bool = False
    """Only for who acts at the authority itself."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as shown on one page."""

    url: str
    label: _StrPromise
    icon: str
    current: bool


PERSON_PAGES = ("new", "edit", "status", "password", "unlock", "factor")
UNIT_PAGES = ("new", "edit", "rename", "move", "alias", "status")


def _pages(noun: str, acts: tuple[str, ...]) -> frozenset[str]:
    """accounts:unit and accounts:unit_edit, unit_rename…"""
    return frozenset({f"accounts:{noun}", *(f"accounts:{noun}_{act}" for act in acts)})


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
    Entry("accounts:people", _("人员账号"), "users", KEEPERS, pages=_pages("person", PERSON_PAGES)),
    Entry("accounts:units", _("机构目录"), "building", KEEPERS, pages=_pages("unit", UNIT_PAGES)),
    Entry("accounts:grants", _("任职授权"), "shield-lock", SECURITY, pages=_pages("grant", ("new", "end"))),
    Entry("accounts:signers", _("签章人登记"), "signature", SECURITY, pages=_pages("signer", ("end",))),
    Entry(
        "supervision:administration",
        _("管理留痕"),
        "history",
        AUDIT,
        pages=frozenset({"supervision:administration_verify"}),
        at_the_top=True,
    ),
    Entry("portal:index", _("公示公告"), "speakerphone"),
)


def links_for(role: Role | None, request: HttpRequest) -> list[Link]:
    """The links that ``role`` sees; without a role, what is everybody's. At most one is marked as current."""
    actor: Actor | None = getattr(request, "actor", None)
    at_the_top = actor is not None and actor.at_the_top
    shown = [
        (entry, url)
        for entry in ENTRIES
        if _visible(entry, role) and (at_the_top or not entry.at_the_top)
        for url in _address(entry.route)
    ]
    here = _current_route([entry for entry, _url in shown], request)
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


def _current_route(entries: list[Entry], request: HttpRequest) -> str | None:
    """The entry of this very page; else the one that names it; else one of the same room, its home last."""
    match = request.resolver_match
    if match is None:
        return None
    for entry in entries:
        if match.view_name == entry.route or match.view_name in entry.pages:
            return entry.route
    routes = [entry.route for entry in entries if not entry.pages]
    near = [route for route in routes if match.namespace and route.startswith(f"{match.namespace}:")]
    return min(near, key=lambda route: route.endswith(":home"), default=None)
