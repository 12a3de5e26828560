"""Values that a policy leaves to a later decision: what holds in a round. 待定值"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from programmes.models import Round, SlotValue
from programmes.schema import Slot
from programmes.slot_types import SlotContent, read_slot


@dataclass(frozen=True, slots=True)
class SlotReading:
    """取值: ``value`` typed (Duration, int, Decimal, date, str, bool or None). ``decision`` is None when nobody has
    decided and the pack's default holds; ``proposed``: that default is ours, not the text's."""

    name: str
    value: SlotContent
    proposed: bool
    decision: SlotValue | None = None


def slot(round: Round, name: str) -> SlotReading:
    """The value of a slot in ``round``: as decided, else the pack's default. One query. KeyError: no such slot."""
    spec = round.edition.pack.programme.slots[name]
    decision = round.slot_values.filter(name=name, superseded=False).select_related("decided_by").first()
    return _reading(name, spec, decision)


def slot_value(round: Round, name: str) -> SlotContent:
    """The value of a slot in ``round``, without who decided it. One query. KeyError: no such slot."""
    spec = round.edition.pack.programme.slots[name]
    decided = round.slot_values.filter(name=name, superseded=False).order_by().values_list("value", flat=True)
    return read_slot(spec, next(iter(decided), spec.default))


def slots(round: Round) -> dict[str, SlotReading]:
    """Every slot of the round's edition, in the pack's order. One query."""
    decided = {
        decision.name: decision
        for decision in round.slot_values.filter(superseded=False).select_related("decided_by")
    }
    specs = round.edition.pack.programme.slots
    return {name: _reading(name, spec, decided.get(name)) for name, spec in specs.items()}


def slot_values(round: Round) -> dict[str, SlotContent]:
    """Every slot's value by name, typed: what :func:`programmes.rules.resolve_context` wants. One query."""
    return {name: reading.value for name, reading in slots(round).items()}


def values_in(rounds: Sequence[Round]) -> dict[int, dict[str, SlotContent]]:
    """Every slot's value by name, of several rounds by their keys. One query, none without rounds."""
    decided: dict[int, dict[str, str]] = defaultdict(dict)
    rows = SlotValue.objects.filter(round__in=rounds, superseded=False).order_by()
    for key, name, value in rows.values_list("round_id", "name", "value"):
        decided[key][name] = value
    return {
        round_.pk: {
            name: read_slot(spec, decided[round_.pk].get(name, spec.default))
            for name, spec in round_.edition.pack.programme.slots.items()
        }
        for round_ in rounds
    }


def default_values(specs: dict[str, Slot]) -> dict[str, SlotContent]:
    """The pack's defaults, typed: before a round exists."""
    return {name: read_slot(spec, spec.default) for name, spec in specs.items()}


def _reading(name: str, spec: Slot, decision: SlotValue | None) -> SlotReading:
    if decision is not None:
        return SlotReading(name, read_slot(spec, decision.value), proposed=False, decision=decision)
    return SlotReading(name, read_slot(spec, spec.default), proposed=spec.source == "proposed")
