"""Values of slots: reading what was decided, and writing it for storage. 待定值类型"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from programmes.calendar import Duration, DurationError
from programmes.form_values import DATES, NUMBER, normal
from programmes.schema import Pack, Rubric, Slot, Text

SlotContent = Duration | int | Decimal | dt.date | str | bool | None
TOO_MUCH = 10**12
"""No number that is left to a decision comes near it: whoever types as much has mistaken the key or the unit."""


class SlotError(ValueError):
    """A value that does not fit its slot; ``text`` says so in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def read_slot(slot: Slot, value: Any) -> SlotContent:
    """A slot's value, typed: Duration, int, Decimal, date, str or bool; None for none. SlotError when it does not fit."""
    if value is None or value == "":
        return None
    match slot.type:
        case "duration":
            return _duration(value)
        case "integer":
            number = _number(value)
            if number != number.to_integral_value():
                raise SlotError(Text(zh="应为整数", en="a whole number is expected"))
            return int(number)
        case "decimal":
            return _number(value)
        case "date":
            return _date(value)
        case "boolean":
            if not isinstance(value, bool):
                raise SlotError(Text(zh="应为是或者否", en="true or false is expected"))
            return value
        case "text":
            return _text(slot, str(value))


def require_decidable(pack: Pack, name: str, value: SlotContent) -> None:
    """Refuse what nobody can have decided: a number below zero or of absurd size, a panel that cannot sit, a pass mark

    beyond the total. SlotError says which.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return
    if value < 0:
        raise SlotError(Text(zh="不得小于0", en="it cannot be less than 0"))
    if value >= TOO_MUCH:
        raise SlotError(Text(zh="数值过大，请核对单位", en="the number is too large; check the unit"))
    for rubric in pack.rubrics.values():
        for use in (use for use, slot in rubric.slots.items() if slot == name):
            _require_use(rubric, use, value)


def _require_use(rubric: Rubric, use: str, value: int | Decimal) -> None:
    if use == "panel_minimum" and value < 1:
        raise SlotError(Text(zh="人数不得少于1人", en="a panel has one member at least"))
    if use == "panel_minimum" and rubric.odd_panel and value % 2 == 0:
        raise SlotError(Text(zh="人数应为单数", en="the number of members must be odd"))
    if use == "pass_mark" and value > rubric.total:
        zh = f"不得高于总分{rubric.total:f}分"
        raise SlotError(Text(zh=zh, en=f"it cannot be above the total of {rubric.total:f}"))


def stored(value: SlotContent) -> str | int | bool | None:
    """The JSON form of a slot's value: decimals and dates as text, durations as packs write them."""
    match value:
        case Duration():
            return f"{value.amount} {value.unit.value}"
        case Decimal():
            return format(value, "f")
        case dt.date():
            return value.isoformat()
    return value


def _text(slot: Slot, text: str) -> str:
    if slot.choices and text not in {choice.code for choice in slot.choices}:
        zh = "、".join(f"{choice.label.zh}（{choice.code}）" for choice in slot.choices)
        en = ", ".join(f"{choice.label.en or choice.code} ({choice.code})" for choice in slot.choices)
        raise SlotError(Text(zh=f"应为下列之一：{zh}", en=f"choose one of: {en}"))
    return text


def _duration(value: Any) -> Duration:
    if isinstance(value, Duration):
        return value
    try:
        return Duration.parse(str(value))
    except DurationError:
        raise SlotError(
            Text(
                zh="期限应写作 5 working_day、90 day、3 month 或者 1 year",
                en="write 5 working_day, 90 day, 3 month or 1 year",
            )
        ) from None


def _number(value: Any) -> Decimal:
    text = normal(value)
    if isinstance(value, bool | float) or not NUMBER.fullmatch(text):
        raise SlotError(Text(zh="应为数字", en="a number is expected"))
    return Decimal(text)


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.date):
        return value
    match = next((found for pattern in DATES if (found := pattern.fullmatch(normal(value)))), None)
    try:
        if match is not None:
            return dt.date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        pass
    raise SlotError(Text(zh="应为日期，如2020-12-31", en="a date is expected, such as 2020-12-31"))
