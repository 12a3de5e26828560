"""The doors of rounds: open, close, decide what the policy left open. 批次

Each round has a record of its own (chain kind ``round``). Locks: the round's row (its programme's, while it does not
exist yet), then the chain head.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from accounts.guards import require_reason
from accounts.models import Organisation
from accounts.organisations import find_organisation
from audit import chain, clock
from programmes.enums import RoundStatus
from programmes.guards import OPENERS, require_role
from programmes.models import Edition, Programme, Round, SlotValue
from programmes.rules import Verdict, blocking, evaluate, resolve_context
from programmes.schema import Pack
from programmes.slot_types import SlotError, read_slot, require_decidable, stored
from programmes.slots import SlotReading, default_values, slot, slot_values, slots

__all__ = [
    "SlotReading",
    "close_round",
    "fill_slot",
    "open_round",
    "opened_in",
    "slot",
    "slot_values",
    "slots",
    "verdicts_on_opening",
]

GATE: Final = "round.open"
CHAIN_KIND: Final = "round"
YEARS: Final = range(2000, 2101)


@transaction.atomic
def open_round(
    *,
    programme: Programme,
    year: int,
    name: str = "",
    opens_on: dt.date,
    closes_on: dt.date | None = None,
    actor: Actor,
    reason: str = "",
) -> tuple[Round, list[Verdict]]:
    """启动批次: call for declarations under the edition in effect on ``opens_on``, from ``opens_on`` to ``closes_on`` inclusive.

    An empty ``name`` becomes the pack's own. The pack's rules at ``round.open`` are asked: a hard one refuses, a soft
    one (原则上…) needs ``reason``, which is recorded with the verdicts. Returns the round and all verdicts.

    Raises Refusal: not_permitted, no_edition, expired, bad_year, bad_dates, name_taken, rule_failed, reason_missing.
    Order: lock, permission, rules, round, its chain, record.
    """
    programme = (
        Programme.objects.select_for_update(of=("self",)).select_related("authority").get(pk=programme.pk)
    )
    require_role(
        actor, OPENERS, authority_id=programme.authority_id, programme_code=programme.code, system=True
    )
    edition = programme.current_edition(on=opens_on)
    if edition is None:
        raise Refusal("no_edition", _("该事项没有已发布的政策版本。"))
    _require_in_effect(edition.pack, opens_on)
    _require_unit(actor, programme.authority, edition.pack)
    name = name.strip() or edition.pack.programme.round.name.zh.format(year=year)
    _require_plausible(programme, year, name, opens_on, closes_on)
    before = opened_in(programme, year)
    verdicts = verdicts_on_opening(edition.pack, year=year, opens_on=opens_on, opened_this_year=before)
    _require_passed(verdicts, reason)
    round = _create(programme, edition, year, name, opens_on, closes_on, reason.strip(), actor)
    _record(
        round,
        "round.opened",
        actor,
        {
            "programme": programme.code,
            "edition": edition.digest,
            "year": year,
            "name": name,
            "opens_on": opens_on.isoformat(),
            "closes_on": closes_on.isoformat() if closes_on else None,
            "reason": reason.strip(),
            "verdicts": _told(verdicts),
        },
        clause=edition.pack.programme.round.clause,
    )
    return round, verdicts


def opened_in(programme: Programme, year: int) -> int:
    """How many rounds of the programme were opened for that year. One query."""
    return programme.rounds.filter(year=year, opened_at__isnull=False).count()


def verdicts_on_opening(
    pack: Pack, *, year: int, opens_on: dt.date, opened_this_year: int = 0
) -> list[Verdict]:
    """What the pack's rules say of opening a round on that day; for showing before anybody decides. No query.

    ``opened_this_year``: rounds opened for that year before (:func:`opened_in`).
    """
    known = {
        "round.year": year,
        "round.opens_month": opens_on.month,
        "round.opens_on": opens_on,
        "round.accredited_count": 0,
        "round.passed_review_count": 0,
        "round.opened_this_year": opened_this_year,
        "today": clock.today(),
    }
    facts = resolve_context(
        pack,
        form_data={},
        system_facts=known,
        action_data={},
        slots=default_values(pack.programme.slots),
        gate=GATE,
    )
    return evaluate(pack, GATE, facts, subject="round")


@transaction.atomic
def close_round(*, round: Round, actor: Actor, reason: str = "") -> Round:
    """截止批次: no further declarations; cases under way go on. Raises Refusal: not_permitted, round_not_open."""
    round = _locked(round, actor)
    if round.status != RoundStatus.OPEN:
        raise Refusal("round_not_open", _("该批次未在申报中。"))
    round.status, round.closed_at = RoundStatus.CLOSED, clock.now()
    round.version += 1
    round.save(update_fields=["status", "closed_at", "version"])
    _record(round, "round.closed", actor, {"reason": reason.strip(), "version": round.version})
    return round


@transaction.atomic
def fill_slot(*, round: Round, name: str, value: Any, reason: str, actor: Actor) -> SlotValue:
    """决定待定值: fill a slot for one round; an earlier decision is superseded, never erased.

    ``value`` as typed in (``5 working_day``, ``60``, ``2020-12-31``). Raises Refusal: not_permitted (the system decides
    nothing), unknown_slot, reason_missing, bad_value. Order: lock, permission, value, rows, record.
    """
    round = _locked(round, actor)
    if actor.user is None:
        raise Refusal("not_permitted", _("待定值须由人员决定。"))
    spec = round.edition.pack.programme.slots.get(name)
    if spec is None:
        raise Refusal("unknown_slot", _("政策中没有待定值“%(name)s”。") % {"name": name})
    reason = require_reason(reason)
    try:
        read = read_slot(spec, value)
        require_decidable(round.edition.pack, name, read)
        decided = stored(read)
    except SlotError as error:
        raise Refusal("bad_value", str(error.text), spec.clause, {"value": str(error.text)}) from None
    if decided is None:
        raise Refusal("bad_value", _("请填写取值。"), spec.clause, {"value": _("请填写取值。")})
    before = round.slot_values.filter(name=name, superseded=False).first()
    round.slot_values.filter(name=name, superseded=False).update(superseded=True)
    entry = SlotValue.objects.create(
        round=round, name=name, value=decided, decided_by=actor.user, decided_at=clock.now(), reason=reason
    )
    round.version += 1
    round.save(update_fields=["version"])
    data = {"slot": name, "value": decided, "before": before.value if before else None, "reason": reason}
    _record(round, "round.slot_filled", actor, data | {"version": round.version}, clause=spec.clause)
    return entry


def _locked(round: Round, actor: Actor) -> Round:
    """The row as it is now, under lock, if the actor may act on it."""
    rows = Round.objects.select_for_update(of=("self",)).select_related(
        "programme", "authority", "edition", "chain"
    )
    held = rows.defer("edition__source").get(pk=round.pk)
    require_role(actor, OPENERS, authority_id=held.authority_id, programme_code=held.programme.code)
    _require_unit(actor, held.authority, held.edition.pack)
    return held


def _require_unit(actor: Actor, authority: Organisation, pack: Pack) -> None:
    """An officer acts for the unit that the edition names, not for any other unit of the authority."""
    spec = pack.programme.roles.get("officer")
    if actor.role != Role.OFFICER or spec is None or not spec.organization:
        return
    unit = find_organisation(authority=authority, name=spec.organization)
    if unit is not None and not actor.covers_organisation(unit):
        raise Refusal("not_permitted", _("该事项由%(unit)s办理。") % {"unit": unit.name}, spec.clause)


def _require_in_effect(pack: Pack, opens_on: dt.date) -> None:
    """Refusal ``expired`` where the measure has ended by then, with what follows it."""
    until = pack.programme.effective_until
    if not until or opens_on <= dt.date.fromisoformat(until):
        return
    message = _("本办法有效期至%(day)s，此后不再启动批次。") % {"day": until}
    raise Refusal("expired", message, fields={"opens_on": message})


def _require_plausible(
    programme: Programme, year: int, name: str, opens_on: dt.date, closes_on: dt.date | None
) -> None:
    if year not in YEARS:
        raise Refusal("bad_year", _("请核对年度。"), fields={"year": _("请核对年度。")})
    if closes_on is not None and closes_on < opens_on:
        message = _("截止日期不得早于开始日期。")
        raise Refusal("bad_dates", message, fields={"closes_on": message})
    if max(closes_on or opens_on, opens_on).year not in YEARS:
        message = _("请核对日期。")
        raise Refusal("bad_dates", message, fields={"closes_on" if closes_on else "opens_on": message})
    if len(name) > 200 or programme.rounds.filter(name=name).exists():
        message = _("批次名称已被使用或者过长。")
        raise Refusal("name_taken", message, fields={"name": message})


def _require_passed(verdicts: Sequence[Verdict], reason: str) -> None:
    found = blocking(verdicts)
    if found.refused:
        raise Refusal("rule_failed", _messages(found.refused), found.refused[0].clause)
    if found.needs_reason and not reason.strip():
        message = _("%(rules)s请填写理由后再启动。") % {"rules": _messages(found.needs_reason)}
        raise Refusal("reason_missing", message, found.needs_reason[0].clause, {"reason": message})


def _messages(verdicts: Sequence[Verdict]) -> str:
    return "".join(str(verdict.message) for verdict in verdicts)


def _create(
    programme: Programme,
    edition: Edition,
    year: int,
    name: str,
    opens_on: dt.date,
    closes_on: dt.date | None,
    reason: str,
    actor: Actor,
) -> Round:
    round = Round(
        programme=programme,
        edition=edition,
        authority=programme.authority,
        year=year,
        name=name,
        opens_on=opens_on,
        closes_on=closes_on,
        status=RoundStatus.OPEN,
        opened_at=clock.now(),
        opened_by=actor.user,
        reason=reason,
    )
    round.chain = chain.open_chain(
        kind=CHAIN_KIND, key=str(round.public_id), authority=programme.authority.code
    )
    round.save(force_insert=True)
    return round


def _told(verdicts: Sequence[Verdict]) -> list[dict[str, str]]:
    return [{"rule": v.rule_id, "outcome": v.outcome, "level": v.level, "clause": v.clause} for v in verdicts]


def _record(round: Round, action: str, actor: Actor, data: Mapping[str, Any], *, clause: str = "") -> None:
    assert round.chain is not None
    chain.append(
        chain=round.chain,
        action=action,
        actor=actor.stamp(),
        subject=str(round.public_id),
        data=data,
        clause=clause,
    )
