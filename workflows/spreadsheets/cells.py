"""One value between a form and a spreadsheet's cell, both ways, without losing a digit. 单元格

Going out, numbers and dates are numbers and dates where Excel can hold them exactly, everything else is text: never a
formula. Coming in, what Excel shows counts: a number with the places that its format shows, a percentage as one, a
serial number in a column of dates as its day.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.cell import Cell
from openpyxl.utils.datetime import from_excel

from programmes import form_values
from programmes.form_cells import Input

EXACT_DIGITS = 15
"""Significant digits that Excel keeps."""
LARGEST = Decimal(10) ** form_values.MAX_INTEGER_DIGITS
FIRST_DAY = dt.date(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was; earlier days stand as text."""
SERIALS = range(18264, 73416)
"""1950 to 2100 as Excel counts days."""
TEXT_FORMAT = "@"
DATE_FORMAT = "yyyy-mm-dd"
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
"""Parts of a number format that are text, colours or widths."""
PLACES = re.compile(r"[0#?]\.(0*)")
ZEROS = re.compile(r"0{2,}")
NUMBERS = frozenset({"integer", "decimal", "percent"})
BOOLEANS = {True: "是", False: "否"}


@dataclass(frozen=True, slots=True)
class Grain:
    """A cell as the file holds it: value, number format, and what is wrong with it beforehand (a failed formula)."""

    value: Any
    format: str = "General"
    broken: str = ""

    @property
    def blank(self) -> bool:
        """Nothing is in it."""
        return not self.broken and (
            self.value is None or (isinstance(self.value, str) and not self.value.strip())
        )


NOTHING = Grain(None)


@dataclass(frozen=True, slots=True)
class Taken:
    """A cell as it goes into the form: its text, and what should be known about how it was read."""

    text: str
    remark: str = ""


# Going out ----------------------------------------------------------------------------------------------------------


def put(cell: Cell, entry: Input, stored: Any) -> None:
    """Write a stored value (or what was typed and could not be read) into a cell."""
    value, shape = as_cell(entry, stored)
    if value is None:
        return
    if isinstance(value, str):
        cell.value, cell.data_type = UNPRINTABLE.sub("", value), "s"
        cell.quotePrefix = True  # stays text when somebody edits it, whatever it begins with
    else:
        cell.value = value
    cell.number_format = shape


def as_cell(entry: Input, stored: Any) -> tuple[Any, str]:
    """The value that a cell gets, and its number format."""
    if stored is None or stored == "" or stored == []:
        return None, "General"
    value = form_values.typed_value(entry, stored)
    match value:
        case None:
            return "、".join(map(str, stored)) if isinstance(stored, list) else str(stored), TEXT_FORMAT
        case bool():
            return BOOLEANS[value], TEXT_FORMAT
        case int() | Decimal():
            return _number_out(entry, Decimal(value))
        case dt.datetime():
            return value.replace(tzinfo=None), f"{DATE_FORMAT} hh:mm:ss"
        case dt.date():
            return (value, DATE_FORMAT) if value >= FIRST_DAY else (value.isoformat(), TEXT_FORMAT)
        case list():
            return _choices_out(entry, value), TEXT_FORMAT
    return (_label(entry, value) if entry.type == "choice" else str(value)), TEXT_FORMAT


def _number_out(entry: Input, number: Decimal) -> tuple[Any, str]:
    digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    if len(digits) > EXACT_DIGITS:
        return format(number, "f"), TEXT_FORMAT
    whole = "#,##0" if entry.unit and entry.unit != "年" else "0"
    shape = f"{whole}.{'0' * places}" if places else whole
    return (float(number) if places else int(number)), shape


def _label(entry: Input, code: str) -> str:
    """The label of a choice; its code where another choice is called the same."""
    labels = [str(choice.label) for choice in entry.choices]
    label = next((str(choice.label) for choice in entry.choices if choice.code == code), code)
    return code if labels.count(label) > 1 else label


def _choices_out(entry: Input, codes: list[str]) -> str:
    labels = [_label(entry, code) for code in codes]
    clear = not any(form_values.SEPARATORS.search(label) for label in labels)
    return "、".join(labels if clear else codes)


# Coming in ----------------------------------------------------------------------------------------------------------


def take(entry: Input, grain: Grain, epoch: dt.datetime) -> Taken:
    """The text that a form takes from a cell."""
    value = grain.value
    match value:
        case None:
            return Taken("", grain.broken)
        case bool():
            return Taken(BOOLEANS[value], grain.broken)
        case int() | float():
            taken = _number_in(entry, value, grain.format, epoch)
            return Taken(taken.text, grain.broken or taken.remark)
        case dt.datetime() | dt.date() | dt.time() | dt.timedelta():
            return Taken(_moment_in(entry, value, grain.format), grain.broken)
    text = UNPRINTABLE.sub("", str(value).replace("_x000D_", "").replace("\r\n", "\n")).strip()
    return Taken(text, grain.broken)


def _number_in(entry: Input, value: float, shape: str, epoch: dt.datetime) -> Taken:
    number = _shown_digits(value)
    if number is None:
        return Taken(str(value))
    plain = QUOTED.sub("", shape.split(";")[0])
    if entry.type in ("date", "datetime") and number == int(number) and int(number) in SERIALS:
        day = from_excel(int(number), epoch)
        told = _("数字%(number)s按Excel日期读作%(day)s") % {"number": int(number), "day": f"{day:%Y-%m-%d}"}
        return Taken(f"{day:%Y-%m-%d}", told)
    if entry.type not in NUMBERS and "%" not in plain:
        return _code_in(number, plain)
    percent = "%" in plain
    if abs(number) >= LARGEST:
        return Taken(f"{number:f}")  # larger than any form takes: told there
    number = number * 100 if percent else number
    number = number.normalize() if number else Decimal(0)
    shown, remark = _with_places(number, plain)
    return Taken(f"{shown:f}%" if percent else f"{shown:f}", remark)


def _shown_digits(value: float) -> Decimal | None:
    """The fifteen digits that Excel shows; None for what is no number."""
    if isinstance(value, float):
        number = Decimal(format(value, f".{EXACT_DIGITS}g"))
        return number if number.is_finite() else None
    return Decimal(value)


def _with_places(number: Decimal, plain: str) -> tuple[Decimal, str]:
    """With as many places as the cell shows; cut to them only where a form could not take more, and then it is told."""
    exponent = number.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    match = PLACES.search(plain)
    wanted = len(match[1]) if match else 0
    if places > form_values.MAX_PLACES and match and wanted <= form_values.MAX_PLACES:
        cut = number.quantize(Decimal(1).scaleb(-wanted), rounding=ROUND_HALF_UP)
        told = _("小数位数较多，已按表格中显示的%(shown)s读入") % {"shown": f"{cut:f}"}
        return cut, told
    return number.quantize(Decimal(1).scaleb(-max(places, wanted))), ""


def _code_in(number: Decimal, plain: str) -> Taken:
    """A number in a column of texts: a code, a telephone number, a year."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if ZEROS.fullmatch(plain):
        text = text.zfill(len(plain))
    if abs(number) >= Decimal(10) ** EXACT_DIGITS:
        return Taken(text, _("Excel对数字只保留15位，后几位可能已变为0，请核对；长编号应设为文本格式后录入"))
    return Taken(text)


def _moment_in(entry: Input, value: Any, shape: str) -> str:
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    day = f"{value:%Y-%m-%d}" if value.year > 999 else value.isoformat()[:10]
    timed = isinstance(value, dt.datetime) and value.time() != dt.time()
    if entry.type == "datetime":
        return f"{day}T{value:%H:%M:%S}" if isinstance(value, dt.datetime) else day
    plain = QUOTED.sub("", shape.split(";")[0]).lower()
    if timed and "h" in plain:
        return f"{day} {value:%H:%M:%S}"
    if entry.type == "date" or "d" in plain:
        return day
    return f"{value.year}年{value.month}月" if "年" in shape else f"{day[:7]}"
