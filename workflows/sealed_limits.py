"""Limits that wait for the unsealing follow their round: another last day, and they are reckoned anew. 启封起算

A round is closed, shortened or given more days beside the door of the cases, so the dispatcher looks, before it fires
anything, whether the limits still say what the rounds say.
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import Q

from cases import deadlines
from cases.enums import DeadlineStatus
from cases.models import Deadline
from cases.sealing import limit_start
from programmes.calendar import PauseReason, StartRule
from programmes.models import Round
from workflows import items
from workflows.enums import ItemStatus
from workflows.lock import lock_case
from workflows.models import WorkItem

logger = logging.getLogger(__name__)


def follow_rounds() -> int:
    """Reckon anew what the rounds have left behind; returns how many limits. One query, one more a round that has some."""
    live = Deadline.objects.filter(after_seal=True, status__in=deadlines.LIVE)
    rounds = Round.objects.filter(pk__in=live.values("case__round"))
    stale = [
        pk
        for round_ in rounds.only("closes_on", "closed_at", "status")
        for pk in live.filter(_left_behind(round_), case__round=round_).values_list("pk", flat=True)
    ]
    return sum(_tried(pk) for pk in stale)


def _left_behind(round_: Round) -> Q:
    """The limits that are reckoned from another day than the round's unsealing, or stand though it is known."""
    starts = {rule: limit_start(round_, rule) for rule in StartRule}
    if None in starts.values():
        return Q(status=DeadlineStatus.RUNNING)
    right = [Q(term__start_rule=rule.value, starts_on=start) for rule, start in starts.items()]
    return Q(status=DeadlineStatus.PAUSED) | ~(right[0] | right[1])


def _tried(deadline_id: int) -> int:
    """One that cannot be reckoned anew is left for the next time and stops none of the others."""
    try:
        return _follow(deadline_id)
    except Exception:
        logger.exception("limit %s does not follow its round", deadline_id)
        return 0


def _follow(deadline_id: int) -> int:
    """Under the case's lock: 1 when the limit was set anew, 0 when it is settled by now or stands for another reason."""
    case_id = Deadline.objects.values_list("case_id", flat=True).get(pk=deadline_id)
    with transaction.atomic():
        case = lock_case(case_id)
        deadline = Deadline.objects.get(pk=deadline_id)
        deadline.case = case
        others = deadline.pauses.exclude(reason=PauseReason.SEALED)
        if deadline.status not in deadlines.LIVE or others.filter(until__isnull=True).exists():
            return 0
        fresh = deadlines.after_moved_seal(deadline=deadline)
        for item in WorkItem.objects.filter(deadline=deadline, status=ItemStatus.OPEN):
            items.set_limit(item, fresh)
        return 1
