"""What a receipt tells beside number and code. 受理回执"""

from __future__ import annotations

from accounts.organisations import find_organisation
from cases.models import Objection


def handling_office(objection: Objection) -> str:
    """处理机关: the office that the policy names for it, by its full name; else the authority. One query or two."""
    case = objection.notice.case
    officer = case.edition.pack.programme.roles.get("officer")
    name = officer.organization if officer else ""
    found = find_organisation(authority=case.authority, name=name) if name else None
    return found.name if found else name or objection.notice.authority.name
