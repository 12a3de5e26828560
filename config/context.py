"""What every page is given: navigation, who acts, unread messages, the demo and rehearsal banners."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from accounts.actors import Actor
from audit import clock
from config.navigation import Link, links_for
from notifications.inbox import unread_count

LIVE_PART = ("notifications/live.html", "partials/nothing.html")
"""The live socket's part of every page: the first of these that exists."""


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of every page.

    Whatever needs the database is lazy and asked for only where the page shows it: a page of the public's
    room makes no query here.
    """
    rehearsal = settings.REHEARSAL
    return {
        "demo": settings.DEMO,
        "rehearsal": rehearsal,
        "rehearsal_now": clock.local(clock.now()) if rehearsal else None,
        "nav": SimpleLazyObject(lambda: _nav(request)),
        "unread": SimpleLazyObject(lambda: unread_count(request.user)),
        "live_part": LIVE_PART,
        "bell_url": _address("notifications:list"),
        "portal_url": _address("portal:index"),
        "sign_in_url": _address("accounts:sign_in"),
    }


def _nav(request: HttpRequest) -> list[Link]:
    actor: Actor | None = getattr(request, "actor", None)  # the middleware may not have come so far
    return links_for(actor.role if actor else None, request)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
