"""Reasons for soft rules, given while filling in and kept with the draft until it is sent. 说明理由"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit import clock
from cases.drafting import Clash
from cases.errors import Invalid
from cases.models import Declaration

MAX_LENGTH = 2000
"""Characters of one reason, as on the page that sends the declaration."""
PREFIX = "reason."
"""Begins the path of a reason where cells are named by theirs."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What was typed, and the version of the reason that the page showed; ``base`` None asks nobody."""

    text: str
    base: int | None


def reasons_kept(draft: Declaration) -> dict[str, str]:
    """Rule id → the reason given so far; blank ones are left out. No query."""
    return {rule: entry["text"] for rule, entry in draft.explanations.items() if entry.get("text")}


def reason_versions(draft: Declaration) -> dict[str, int]:
    """Rule id → the version of its reason, for the page to send back. No query."""
    return {rule: int(entry.get("version", 0)) for rule, entry in draft.explanations.items()}


def writers_of_reason(entry: Mapping[str, Any]) -> set[int]:
    """The keys of everybody who has worded a reason, themselves or through a substitute. No query."""
    return {key for key in (*entry.get("writers", ()), entry.get("user")) if key is not None}


def bring_in(draft: Declaration, given: Mapping[str, Reason], *, tab: str, actor: Actor) -> list[Clash]:
    """Put the reasons into ``draft`` (locked by the caller, who stores it); returns those that somebody else has

    changed since. Raises Invalid for a reason that is too long.
    """
    kept: dict[str, Any] = dict(draft.explanations)
    clashes = []
    for rule, reason in given.items():
        if len(reason.text) > MAX_LENGTH:
            told = _("理由不得超过%(limit)s字，现为%(count)s字") % {
                "limit": MAX_LENGTH,
                "count": len(reason.text),
            }
            raise Invalid("reason_too_long", told, fields={f"{PREFIX}{rule}": told})
        entry = kept.get(rule, {})
        version, text = int(entry.get("version", 0)), reason.text.strip()
        if text == entry.get("text", ""):
            continue
        own = bool(tab) and entry.get("tab") == tab
        if reason.base is not None and version > reason.base and not own:
            clashes.append(
                Clash(f"{PREFIX}{rule}", "changed", version, entry["user"], entry["at"], entry["text"], text)
            )
            continue
        kept[rule] = {
            "text": text,
            "version": version + 1,
            "user": actor.user.pk if actor.user else None,
            "writers": sorted(
                writers_of_reason(entry) | {p.pk for p in (actor.user, actor.on_behalf_of) if p is not None}
            ),
            "at": clock.local(clock.now()).isoformat(timespec="seconds"),
            "tab": tab,
        }
    draft.explanations = kept
    return clashes
