"""Units of measure that forms print, and how they relate: 万元 and 亿元, 亩 and 平方公里. 计量单位"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Measure = Literal["money", "area", "people", "firms"]


@dataclass(frozen=True, slots=True)
class Unit:
    """``size`` in the measure's base unit: 元, 平方米, 人, 家. 亩 is 2000/3 平方米, so areas count in thirds of one."""

    measure: Measure
    size: Decimal


def _unit(measure: Measure, size: int) -> Unit:
    return Unit(measure, Decimal(size))


UNITS: dict[str, Unit] = {
    "元": _unit("money", 1),
    "千元": _unit("money", 10**3),
    "万元": _unit("money", 10**4),
    "百万元": _unit("money", 10**6),
    "千万元": _unit("money", 10**7),
    "亿元": _unit("money", 10**8),
    "平方米": _unit("area", 3),
    "㎡": _unit("area", 3),
    "m2": _unit("area", 3),
    "亩": _unit("area", 2000),
    "公顷": _unit("area", 30000),
    "平方公里": _unit("area", 3 * 10**6),
    "平方千米": _unit("area", 3 * 10**6),
    "km2": _unit("area", 3 * 10**6),
    "人": _unit("people", 1),
    "万人": _unit("people", 10**4),
    "家": _unit("firms", 1),
    "万家": _unit("firms", 10**4),
}
COUNTED = frozenset(UNITS) | frozenset("个项户名台套件场次宗") | {"家次", "人次", "万户"}
"""What may be added up: shares, years and prices may not."""


def adds_up(unit: str) -> bool:
    """Whether a total of such values means something."""
    return unit in COUNTED


def converted(amount: Decimal, given: str, asked: str) -> Decimal | None:
    """An amount in another unit of the same measure; None when the two do not measure the same."""
    one, other = UNITS.get(given), UNITS.get(asked)
    if one is None or other is None or one.measure != other.measure:
        return None
    return amount * one.size / other.size
