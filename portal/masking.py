"""Names and numbers as a public page may show them: enough to recognise one's own, no more. 脱敏"""

from __future__ import annotations

import re

STAR = "*"


def mask_name(name: str) -> str:
    """The first character and stars: 王** for 王小明, 贵******* for a unit of eight characters."""
    name = name.strip()
    return name[:1] + STAR * max(len(name) - 1, 1) if name else ""


def mask_contact(contact: str) -> str:
    """A telephone number keeps three digits in front and two behind, a mail address its first letter and host,

    anything else its first two characters.
    """
    contact = contact.strip()
    if not contact:
        return ""
    if "@" in contact:
        person, _at, host = contact.partition("@")
        return f"{person[:1]}{STAR * 3}@{host}"
    if len(re.sub(r"\D", "", contact)) >= 7:
        return f"{contact[:3]}{STAR * 6}{contact[-2:]}"
    return contact[:2] + STAR * 4
