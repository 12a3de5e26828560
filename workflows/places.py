"""How many titles there may be in a year or a round, in all and of each tier: counted under lock. 认定数量"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from audit import clock
from cases.errors import NotAllowed
from cases.numbers import hold_counter
from cases.titles import accredited_in_round, accredited_in_year, first_accredited_on
from programmes.schema import PlacesSpec
from programmes.slots import slot
from workflows.turn import Turn


@dataclass(frozen=True, slots=True)
class Row:
    """How many titles (of one tier) there may be and have been given; ``limit`` None: not decided yet."""

    label: str
    limit: int | None
    given: int


def told(turn: Turn) -> list[Row]:
    """The numbers of the period, for whoever decides. Two queries a number; none where nothing is counted."""
    spec = turn.pack.programme.places
    if spec is None or spec.counts_at != turn.gate:
        return []
    rows = [("", spec.total), *spec.tiers.items()]
    return [
        Row(
            _tier_name(turn, tier) if tier else str(_("合计")),
            _number(turn, written),
            _given(turn, spec, tier),
        )
        for tier, written in rows
        if written
    ]


def hold(turn: Turn) -> None:
    """Lock what this action counts in, before the rules ask how many there are. No query where nothing is counted."""
    spec = turn.pack.programme.places
    if spec is None or spec.counts_at != turn.gate:
        return
    hold_counter(f"places:{turn.case.authority_id}:{turn.case.programme_id}:{_period(turn, spec)}")


def require(turn: Turn) -> None:
    """Raise NotAllowed when the places of the period, or of the tier being given, are used up or not yet decided.

    A case that has the title (of that tier) already needs no place: a renewal is no new recognition.
    """
    spec = turn.pack.programme.places
    if spec is None or spec.counts_at != turn.gate:
        return
    tier = turn.standing.get("tier", "") or turn.outcome
    for which, written in (("", spec.total), (tier, spec.tiers.get(tier, ""))):
        if not written or first_accredited_on(turn.case, which) is not None:
            continue
        limit = _limit(turn, spec, written)
        if _given(turn, spec, which) >= limit:
            name = _tier_name(turn, which)
            message = (
                _("“%(tier)s”的认定数量（%(n)s个）已用完。") % {"tier": name, "n": limit}
                if which
                else _("认定数量（%(n)s个）已用完。") % {"n": limit}
            )
            raise NotAllowed("places_used", message, spec.clause)


def _given(turn: Turn, spec: PlacesSpec, tier: str) -> int:
    if spec.period == "round":
        return accredited_in_round(turn.case, tier)
    return accredited_in_year(turn.case, _today().year, tier)


def _period(turn: Turn, spec: PlacesSpec) -> str:
    return f"round:{turn.case.round_id}" if spec.period == "round" else str(_today().year)


def _today() -> dt.date:
    return clock.today()


def _limit(turn: Turn, spec: PlacesSpec, written: str) -> int:
    """As :func:`_number`; NotAllowed while it is undecided."""
    number = _number(turn, written)
    if number is None:
        raise NotAllowed("places_undecided", _("本期认定数量尚未确定。"), spec.clause)
    return number


def _number(turn: Turn, written: str) -> int | None:
    """The number written, or what the round has decided for the slot; None while that is undecided."""
    if written not in turn.pack.programme.slots:
        return int(written)
    value = slot(turn.case.round, written).value
    return None if value is None else int(str(value))


def _tier_name(turn: Turn, code: str) -> str:
    plaque = turn.pack.programme.plaque
    tiers = [*(plaque.tiers if plaque else ()), *turn.step.grades]
    return next((str(tier.label) for tier in tiers if tier.code == code), code)
