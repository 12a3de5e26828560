"""How a right that holds from/until comes to its end: assignments, substitutions, registered signers. 终止"""

from __future__ import annotations

import datetime as dt

from accounts.errors import Refusal
from accounts.models import RoleAssignment, SignerRegistration, Substitution
from audit import clock


def end_on(
    row: RoleAssignment | Substitution | SignerRegistration,
    on: dt.date,
    *,
    reason: str,
    ended: str,
    too_early: str,
) -> None:
    """Make ``on`` the last valid day of a locked row; a row that would end before it begins is voided.

    Raises Refusal ``already_ended`` (message ``ended``), ``in_the_past`` (message ``too_early``) when ``on`` is earlier
    than yesterday: it would take the right away from what was done since.
    """
    if row.voided_at is not None or (row.valid_until is not None and row.valid_until <= on):
        raise Refusal("already_ended", ended)
    if on < clock.today() - dt.timedelta(days=1):
        raise Refusal("in_the_past", too_early, fields={"on": too_early})
    if on < row.valid_from:
        row.voided_at = clock.now()
    else:
        row.valid_until = on
    row.void_reason = reason
    row.save(update_fields=["valid_until", "voided_at", "void_reason"])
