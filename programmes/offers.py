"""The programmes that a role may be limited to, as the room of accounts asks for them. 事项选项"""

from __future__ import annotations

from accounts.models import Organisation
from programmes.models import Programme


def programme_choices(authority: Organisation) -> list[tuple[str, str]]:
    """Code and title of every programme of the authority, by title. One query."""
    return [
        (row.code, row.title)
        for row in Programme.objects.filter(authority=authority).order_by("title_zh", "pk")
    ]
