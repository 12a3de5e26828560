"""Reading one typed-in value, as people in offices type them. 填写值

Full-width digits, thousands separators, 年月日 dates, percent signs and the cell's own unit are understood. What cannot be
read is reported beside the field and never guessed: ``1.2亿``, or an amount in another unit, is answered with a question.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from audit import clock
from audit.canonical import MAX_INTEGER
from programmes import contacts
from programmes.form_cells import Input
from programmes.units import UNITS, converted

Json = str | int | bool | list[str] | None


class Reading(NamedTuple):
    """读数: the value for storage (None: blank), or the message that goes beside the field, or a question as well."""

    value: Json = None
    error: str = ""
    warning: str = ""


NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?|[-+]?\.[0-9]+")
GROUPED = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
IN_UNITS = re.compile(r"([-+]?[0-9,]*\.?[0-9]+)([^0-9,.]{1,6})")
IN_LARGE_UNITS = re.compile(r"([-+]?[0-9]+(?:\.[0-9]+)?)(万|亿)(亿)?元?")
DATES = (
    re.compile(r"(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})"),
    re.compile(r"(?P<y>[0-9]{4})年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日?"),
    re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
)
MAX_INTEGER_DIGITS = 18
MAX_PLACES = 6
MAX_TYPED = 64
"""Signs of a number that anybody would type; Python reads longer ones, at a price."""
SCALE = {"万": Decimal(10) ** 4, "亿": Decimal(10) ** 8}
TRUE = frozenset({"true", "on", "1", "yes", "是", "有", "√"})
FALSE = frozenset({"false", "off", "0", "no", "否", "无", "×"})
SEPARATORS = re.compile(r"[,，、;；\n]+")
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Control characters and zero-width marks that come along when pasting; tab and line feed stay."""


BLANK = Reading()
PLAIN = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")
STORED = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,6})?")
"""Numbers as they are stored; a form with a long table reads some ten thousand of them at every save, so that what needs
no understanding any more is told from it first. Neither too many digits nor too many places."""


def read(entry: Input, raw: Any) -> Reading:
    """Read what was typed at ``entry``: a string, or already a JSON value. Blank gives no value and no error."""
    if isinstance(raw, str):
        if not raw.strip() or (not raw.isprintable() and not INVISIBLE.sub("", raw).strip()):
            return BLANK
    elif raw is None or raw == [] or raw == ():
        return BLANK
    return READERS[entry.type](entry, raw)


def normal(raw: Any) -> str:
    """The text without blanks around it, with full-width signs made plain, for reading numbers, dates and codes."""
    text = str(raw)
    if text.isascii() and text.isprintable():
        return text.replace(" ", "")
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    return text.replace("\u2212", "-").replace(" ", "").strip()


def _text(entry: Input, raw: Any) -> Reading:
    text = str(raw).strip()
    if not text.isprintable() or "  " in text:
        text = INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
        if entry.type == "text":
            text = " ".join(text.split())
    if not text:
        return Reading()
    if len(text) > entry.max_length:
        return Reading(
            error=_("不得超过%(limit)s字，现为%(count)s字") % {"limit": entry.max_length, "count": len(text)}
        )
    if entry.holds:
        error = contacts.fault(entry.holds, text)
        return Reading(error=error) if error else Reading(contacts.kept(entry.holds, text))
    return Reading(text, warning=contacts.question(entry.seems, text)) if entry.seems else Reading(text)


def _number(entry: Input, raw: Any) -> Decimal | Reading:
    if isinstance(raw, str) and PLAIN.fullmatch(raw):
        return Decimal(raw)
    if isinstance(raw, bool | list | dict | float):
        return Reading(error=_("请填写数字"))
    text = normal(raw)
    if len(text) > MAX_TYPED:
        return Reading(error=_in_words(entry))
    if entry.type == "percent":
        text = text.removesuffix("%")
    elif text.endswith("%"):
        return Reading(error=_("本项不是百分比，请填写数字，不带百分号"))
    elif entry.unit:
        text = text.removesuffix(normal(entry.unit))
    if question := _question(entry, text):
        return Reading(error=_in_words(entry), warning=question)
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif "," in text and NUMBER.fullmatch(text.replace(",", "")):
        return Reading(error=_("千位分隔符位置有误，请核对数字"))
    if not NUMBER.fullmatch(text):
        return Reading(error=_in_words(entry))
    return Decimal(text)


def _in_words(entry: Input) -> str:
    if entry.unit and entry.type != "percent":
        return _("请填写数字，以“%(unit)s”为单位") % {"unit": entry.unit}
    return _("请填写数字")


def _question(entry: Input, text: str) -> str:
    """``1.2亿`` or ``5000元`` where 万元 are asked: say what it would be and let the person decide; '' for all else."""
    amount = _in_large_units(entry, text)
    if amount is None:
        amount = _in_other_unit(entry, text)
    if amount is None:
        return ""
    rounded = round(amount, MAX_PLACES)
    return _("“%(typed)s”是否应填%(plain)s（单位：%(unit)s）？") % {
        "typed": text,
        "plain": format(rounded.normalize(), "f"),
        "unit": entry.unit or _("未注明"),
    }


def _in_large_units(entry: Input, text: str) -> Decimal | None:
    match = IN_LARGE_UNITS.fullmatch(text)
    if match is None:
        return None
    amount = Decimal(match[1]) * SCALE[match[2]] * (SCALE[match[3]] if match[3] else 1)
    for sign, scale in SCALE.items():
        if entry.unit.startswith(sign):
            amount /= scale
    return amount


def _in_other_unit(entry: Input, text: str) -> Decimal | None:
    match = IN_UNITS.fullmatch(text)
    if match is None or match[2] not in UNITS:
        return None
    number = match[1]
    if GROUPED.fullmatch(number):
        number = number.replace(",", "")
    return converted(Decimal(number), match[2], entry.unit) if NUMBER.fullmatch(number) else None


def _outside(entry: Input, number: Decimal | int) -> str:
    if entry.minimum is not None and number < entry.minimum:
        return _("不得小于%(limit)s") % {"limit": format(entry.minimum, "f")}
    if entry.maximum is not None and number > entry.maximum:
        return _("不得大于%(limit)s") % {"limit": format(entry.maximum, "f")}
    return ""


def _limits(entry: Input, number: Decimal) -> str:
    if error := _outside(entry, number):
        return error
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MAX_PLACES:
        return _("小数不得超过%(places)s位") % {"places": MAX_PLACES}
    if abs(number) >= Decimal(10) ** MAX_INTEGER_DIGITS:
        return _("数值过大，请核对单位")
    return ""


def _integer(entry: Input, raw: Any) -> Reading:
    if type(raw) is int and abs(raw) <= MAX_INTEGER:
        return Reading(error=error) if (error := _outside(entry, raw)) else Reading(raw)
    number = _number(entry, raw)
    if isinstance(number, Reading):
        return number
    if number != number.to_integral_value():
        return Reading(error=_("请填写整数"))
    error = _limits(entry, number)
    if not error and abs(number) > MAX_INTEGER:
        error = _("数值过大，请核对单位")
    return Reading(error=error) if error else Reading(int(number))


def _decimal(entry: Input, raw: Any) -> Reading:
    if isinstance(raw, str) and STORED.fullmatch(raw):
        return Reading(error=error) if (error := _outside(entry, Decimal(raw))) else Reading(raw)
    number = _number(entry, raw)
    if isinstance(number, Reading):
        return number
    error = _limits(entry, number)
    return Reading(error=error) if error else Reading(format(number, "f"))


def _boolean(entry: Input, raw: Any) -> Reading:
    if isinstance(raw, bool):
        return Reading(raw)
    word = normal(raw).lower()
    if word in TRUE or word in FALSE:
        return Reading(word in TRUE)
    return Reading(error=_("请选择是或者否"))


def _date(entry: Input, raw: Any) -> Reading:
    text = normal(raw)
    match = next((found for pattern in DATES if (found := pattern.fullmatch(text))), None)
    if match is None:
        return Reading(error=_("请填写日期，如2020-12-31"))
    try:
        return Reading(dt.date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat())
    except ValueError:
        return Reading(error=_("没有这一天，请核对日期"))


TIME = re.compile(
    r"(?P<day>.+?)(?:T|日)(?P<h>[0-9]{1,2})[:时](?P<m>[0-9]{1,2})分?(?::?(?P<s>[0-9]{1,2})秒?)?"
)


def _datetime(entry: Input, raw: Any) -> Reading:
    """A day and a time of the day (local); a day alone is its first moment."""
    text = str(raw).strip()
    if re.search(r"[0-9] [0-9]", text):
        text = text.replace(" ", "T", 1)
    match = TIME.fullmatch(normal(text))
    day = _date(entry, match["day"] if match else text)
    if day.error:
        return Reading(error=_("请填写日期和时间，如2020-12-31 09:30"))
    hour, minute, second = (int(match[part] or 0) for part in "hms") if match else (0, 0, 0)
    try:
        time = dt.time(hour, minute, second)
    except ValueError:
        return Reading(error=_("没有这个时间，请核对"))
    return Reading(f"{day.value}T{time.isoformat()}")


def _code(entry: Input, raw: Any) -> str | None:
    """The code that ``raw`` names, itself or by its label (as in a sheet that somebody filled in)."""
    text = str(raw).strip()
    for choice in entry.choices:
        if text in (choice.code, choice.label.zh, choice.label.en):
            return choice.code
    plain = normal(text).lower()
    alike = {
        choice.code
        for choice in entry.choices
        if plain in {normal(name).lower() for name in (choice.code, choice.label.zh, choice.label.en)}
    }
    return alike.pop() if len(alike) == 1 else None


def _choice(entry: Input, raw: Any) -> Reading:
    code = _code(entry, raw)
    return Reading(error=_("请从所列选项中选择")) if code is None else Reading(code)


def _multi_choice(entry: Input, raw: Any) -> Reading:
    chosen = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else SEPARATORS.split(str(raw))
    codes = [(_code(entry, item), item) for item in chosen if str(item).strip()]
    unknown = next((item for code, item in codes if code is None), None)
    if unknown is not None:
        return Reading(error=_("“%(value)s”不在所列选项中") % {"value": unknown})
    order = {choice.code: place for place, choice in enumerate(entry.choices)}
    return Reading(sorted({code for code, _item in codes if code is not None}, key=order.__getitem__))


def _files(entry: Input, raw: Any) -> Reading:
    """Files are kept elsewhere; their public ids may be given here."""
    if entry.type == "file":
        return Reading(str(raw))
    listed = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else [raw]
    return Reading([str(item) for item in listed])


READERS: dict[str, Callable[[Input, Any], Reading]] = {
    "text": _text,
    "rich_text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "percent": _decimal,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "choice": _choice,
    "multi_choice": _multi_choice,
    "file": _files,
    "files": _files,
}


def typed_value(entry: Input, stored: Any) -> Any:
    """The stored value as Decimal, int, date, bool, str or list; None when blank or not readable (kept as typed)."""
    reading = read(entry, stored)
    if reading.error or reading.value is None:
        return None
    match entry.type:
        case "decimal" | "percent":
            return Decimal(str(reading.value))
        case "date":
            return dt.date.fromisoformat(str(reading.value))
        case "datetime":
            return dt.datetime.fromisoformat(str(reading.value)).replace(tzinfo=clock.SHANGHAI)
    return reading.value
