"""What a claim comes to: the formula, then the caps, then who bears it. 补助金额核算

Sums are in 万元 and exact; only the result is rounded, half up to the yuan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from programmes.expressions import Undecided
from programmes.schema import AwardSpec, Pack, Text
from programmes.scope import AWARD, compiled, compiled_share

YUAN = Decimal("0.0001")
"""One yuan in 万元."""
ZERO = Decimal(0)


class NotReckoned(ValueError):
    """An input is missing or nothing can be computed: nothing is guessed. ``reason`` in both languages; the clause."""

    def __init__(self, reason: Text, clause: str) -> None:
        super().__init__(reason.en)
        self.reason = reason
        self.clause = clause


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim by the pack (万元): by the formula (None: the deciding body sets the sum), the lowest cap (None: no cap),

    the stage of a staged award, and how each figure came about.
    """

    computed: Decimal | None
    ceiling: Decimal | None
    stage: str
    basis: tuple[dict[str, str], ...]

    @property
    def most(self) -> Decimal | None:
        """The most that may be granted, to the yuan and never below 0; None: neither formula nor cap."""
        limits = [limit for limit in (self.computed, self.ceiling) if limit is not None]
        return max(to_yuan(min(limits)), ZERO) if limits else None


def to_yuan(amount: Decimal) -> Decimal:
    """万元, rounded half up to the yuan."""
    return amount.quantize(YUAN, ROUND_HALF_UP)


def reckon(pack: Pack, spec: AwardSpec, values: Mapping[str, Any]) -> Claim:
    """The claim over the values of :func:`programmes.rules.resolve_context`. Raises NotReckoned."""
    basis: list[dict[str, str]] = []
    computed = ceiling = None
    if spec.amount:
        computed = _number(pack, spec.amount, values, spec.clause)
        basis.append(_told("formula", spec.amount, computed, spec.clause))
    for cap in spec.caps:
        most = max(_number(pack, cap.amount, values, cap.clause), ZERO)
        basis.append(_told(cap.label.zh, cap.amount, most, cap.clause))
        ceiling = most if ceiling is None else min(ceiling, most)
    stage = ""
    if spec.stage:
        found = compiled(pack, spec.stage, expects="text").evaluate(values)
        if isinstance(found, Undecided) or not found:
            raise NotReckoned(
                Text(zh="无法确定申请的是哪一阶段的奖励", en="the stage claimed is not known"), spec.clause
            )
        stage = str(found)
    return Claim(computed, ceiling, stage, tuple(basis))


def _told(what: str, expression: str, value: Decimal, clause: str) -> dict[str, str]:
    return {"what": what, "expression": expression, "value": f"{value:f}", "clause": clause}


def _number(pack: Pack, text: str, values: Mapping[str, Any], clause: str) -> Decimal:
    found = compiled(pack, text, expects="decimal").evaluate(values)
    if isinstance(found, Undecided):
        raise NotReckoned(found.reason, clause)
    return Decimal(str(found))


def shares_of(pack: Pack, spec: AwardSpec, amount: Decimal, values: Mapping[str, Any]) -> dict[str, Decimal]:
    """Who bears how much of ``amount``, by the payers' codes. Raises NotReckoned, also when they do not add up to it."""
    shares: dict[str, Decimal] = {}
    for share in spec.shares:
        found = compiled_share(pack, share.amount).evaluate({**values, AWARD: amount})
        if isinstance(found, Undecided):
            raise NotReckoned(found.reason, share.clause)
        shares[share.code] = to_yuan(Decimal(str(found)))
    if shares and sum(shares.values(), ZERO) != amount:
        raise NotReckoned(
            Text(zh="各级分担金额之和与审定金额不符", en="the shares do not add up to the sum"), spec.clause
        )
    return shares
