"""Who else has a form open, and where in it: advisory, kept in the cache for less than a minute. 在场

Nothing depends on it: when the cache is away nobody seems to be there, and everything else goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from accounts.actors import Actor
from audit import clock

SECONDS = 45
"""How long a sign of life counts; a page gives one every twenty seconds and with every save."""
MOST = 8
"""How many people are shown."""
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Present:
    """One colleague at the form, and the cell they are in ('' when they are in none)."""

    name: str
    field: str


def note(draft_id: int, form_code: str, actor: Actor, *, tab: str, field: str) -> list[Present]:
    """Say that ``actor`` is here; returns who else is, themselves in another window included once."""
    if actor.user is None:
        return []
    key = f"presence:{draft_id}:{form_code}"
    now = clock.now().timestamp()
    mine = {"user": actor.user.pk, "name": actor.user.name, "field": field, "at": now}
    try:
        there: Mapping[str, Any] = cache.get(key) or {}
        live = {page: one for page, one in there.items() if 0 <= now - one["at"] < SECONDS}
        cache.set(key, {**live, tab: mine} if tab else live, SECONDS)
    except Exception:  # the cache may be any server; a page must never fail for the sake of a name
        LOG.warning("presence is not available", exc_info=True)
        return []
    others: dict[int, Present] = {}
    for page, one in sorted(live.items(), key=lambda each: each[1]["at"]):
        if page != tab and one["user"] != actor.user.pk:
            others[one["user"]] = Present(one["name"], one["field"])
    return list(others.values())[:MOST]
