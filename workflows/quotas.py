"""Drawing on a quota: counted under lock. 名额

The action that draws on a quota holds the quota's counter row until it is committed, so that of two that ask for the
last place at the same moment one is refused.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import Organisation
from cases.errors import NotAllowed
from cases.models import QuotaUse
from cases.numbers import hold_counter
from cases.quotas import quota_period, quota_unit, used_by_others
from programmes.schema import QuotaSpec
from programmes.slots import slot
from workflows.turn import Turn


def hold(turn: Turn) -> None:
    """Lock the quota that this action draws on and say how much of it others have used. No query without a quota.

    What is used up is refused by the pack's own rule, where it has one, else by :func:`use`.
    """
    spec = turn.pack.programme.quota
    if spec is None or spec.counts_at != turn.gate:
        return
    hold_counter(f"quota:{spec.key}:{_unit(turn, spec).pk}:{quota_period(turn.case, spec)}")
    turn.pending |= {"quota.used": used_by_others(turn.case, spec)}


def use(turn: Turn) -> None:
    """Draw on the quota that :func:`hold` has locked; a case that is put forward again uses no second place.

    Raises NotAllowed when it is used up, whatever the pack's rules say.
    """
    spec = turn.pack.programme.quota
    if spec is None or spec.counts_at != turn.gate:
        return
    unit, period = _unit(turn, spec), quota_period(turn.case, spec)
    limit = limit_of(turn, spec)
    if turn.pending["quota.used"] >= limit:
        raise NotAllowed("quota_used", _("本期名额（%(n)s个）已用完。") % {"n": limit}, spec.clause)
    QuotaUse.objects.get_or_create(
        key=spec.key, unit=unit, period=period, case=turn.case, defaults={"used_at": turn.now}
    )
    used = turn.pending["quota.used"] + 1
    turn.record |= {"quota": {"key": spec.key, "unit": str(unit.public_id), "period": period, "used": used}}


def _unit(turn: Turn, spec: QuotaSpec) -> Organisation:
    unit = quota_unit(turn.case, spec)
    if unit is None:
        raise NotAllowed("no_recommender", _("本案尚无推荐单位，不能占用名额。"), spec.clause)
    return unit


def limit_of(turn: Turn, spec: QuotaSpec) -> int:
    """The limit: a number, or what the round has decided for the slot. NotAllowed while that is undecided."""
    if spec.limit not in turn.pack.programme.slots:
        return int(spec.limit)
    value = slot(turn.case.round, spec.limit).value
    if value is None:
        raise NotAllowed("quota_undecided", _("本期名额尚未确定。"), spec.clause)
    return int(str(value))
