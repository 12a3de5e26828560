"""Reading back what the room has put on the record."""

from __future__ import annotations

from typing import Any

from audit.models import Entry


def entries(action: str, key: str = "guiyang") -> list[Entry]:
    """The entries of that action on the authority's chain, oldest first."""
    return list(Entry.objects.filter(chain__kind="authority", chain__key=key, action=action).order_by("seq"))


def last(action: str, key: str = "guiyang") -> Entry:
    """The newest entry of that action; fails when there is none."""
    found = entries(action, key)
    assert found, f"no entry {action} on authority:{key}"
    return found[-1]


def data_of(action: str, key: str = "guiyang") -> dict[str, Any]:
    """The data of the newest entry of that action."""
    data: dict[str, Any] = last(action, key).content["data"]
    return data
