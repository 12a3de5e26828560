"""The legal result of a case. 在册"""

from __future__ import annotations

import datetime as dt

from cases.enums import StandingStatus
from cases.models import Case, Decision, Standing


def current_standing(case: Case) -> Standing | None:
    """What the case legally is now, or None. One query."""
    return Standing.objects.filter(case=case, current=True).select_related("holder").first()


def set_standing(
    *, case: Case, status: StandingStatus, decision: Decision, on: dt.date, number: str = "", tier: str = ""
) -> Standing:
    """Write a new result and end the current one. Called by the engine only, with the decision it rests on.

    A withdrawal keeps the number and tier of what it withdraws, so that the register can show what ended.
    """
    ended = Standing.objects.filter(case=case, current=True).first()
    if ended is not None:
        Standing.objects.filter(pk=ended.pk).update(current=False, until=on)
        number, tier = number or ended.number, tier or ended.tier
    return Standing.objects.create(
        case=case,
        authority_id=case.authority_id,
        programme_id=case.programme_id,
        status=status,
        holder_id=case.applicant_id,
        number=number,
        tier=tier,
        since=on,
        decision=decision,
        clause=decision.clause,
        in_register=status == StandingStatus.FILED
        and case.edition.pack.programme.filing_register == "public",
    )
