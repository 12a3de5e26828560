"""What an action asks for, understood and checked, with a message beside each field. 填写内容"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit import clock
from audit.punctuation import parted
from cases.errors import Invalid
from programmes import form_values
from programmes.form_cells import inputs_of
from programmes.procedures import Ask

MAX_TEXT = 20_000
MAX_DIGITS = 12


class _Bad(ValueError):
    """A value that cannot be used; the message is for the person."""


RECORDED = "recorded"
"""Under this key a page sends what the policy asks, apart from what the procedure asks."""


def clean(asked: Iterable[Ask], raw: Mapping[str, Any]) -> dict[str, Any]:
    """The values of what is ``asked``, typed. Raises Invalid with a message for each field at fault; nothing is guessed."""
    data: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for ask in asked:
        value = given_for(ask, raw)
        if value in (None, "", [], {}):
            if ask.required:
                errors[name_of(ask)] = _("请填写“%(label)s”。") % {"label": ask.label}
            data[ask.key] = None
            continue
        try:
            data[ask.key] = _own(ask, value) if ask.field is not None else _CLEANERS[ask.type](ask, value)
        except _Bad as bad:
            errors[name_of(ask)] = str(bad)
    if errors:
        raise Invalid("invalid", parted(errors.values()), fields=errors)
    return data


def name_of(ask: Ask) -> str:
    """The name of the ask's control on a page and of its message."""
    return ask.key if ask.field is None else f"{RECORDED}.{ask.key}"


def given_for(ask: Ask, raw: Mapping[str, Any]) -> Any:
    """What was sent for an ask: the policy's own may stand under ``recorded`` or flat."""
    if ask.field is None:
        return raw.get(ask.key)
    apart = raw.get(RECORDED)
    return apart[ask.key] if isinstance(apart, Mapping) and ask.key in apart else raw.get(ask.key)


def _own(ask: Ask, value: Any) -> Any:
    """A value that the policy asks: read as a form's blank of that type is read."""
    assert ask.field is not None
    entry = next(inputs_of(ask.field))
    reading = form_values.read(entry, _plain(value))
    if reading.error:
        raise _Bad(reading.error)
    return form_values.typed_value(entry, reading.value)


def _plain(value: Any) -> Any:
    """A date or number given as such (by code, not by a page) as it would be typed."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return (
        format(value, "f")
        if isinstance(value, Decimal)
        else str(value)
        if isinstance(value, float)
        else value
    )


def to_store(asked: Iterable[Ask], data: Mapping[str, Any]) -> dict[str, Any]:
    """Of the typed values, those that the policy asks, as JSON; blanks left out."""
    return {
        ask.key: _plain(data[ask.key])
        for ask in asked
        if ask.field is not None and data.get(ask.key) is not None
    }


def _text(ask: Ask, value: Any) -> str:
    text = str(value).replace("\x00", "").strip()
    if not text and ask.required:
        raise _Bad(_("请填写“%(label)s”。") % {"label": ask.label})
    if len(text) > MAX_TEXT:
        raise _Bad(_("内容超过%(limit)s字，请精简。") % {"limit": MAX_TEXT})
    return text


def _boolean(ask: Ask, value: Any) -> bool:
    given = value in (True, "true", "on", "1", 1)
    if ask.required and not given:
        raise _Bad(_("请确认：%(label)s。") % {"label": ask.label})
    return given


def _date(ask: Ask, value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value).strip())
    except ValueError:
        raise _Bad(_("日期格式应为“年-月-日”，例如2026-03-01。")) from None


def _datetime(ask: Ask, value: Any) -> dt.datetime:
    """A moment; one without a zone is Shanghai's."""
    try:
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise _Bad(_("请填写日期和时间，如2020-12-31 09:30")) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=clock.SHANGHAI)


def _integer(ask: Ask, value: Any) -> int:
    try:
        return int(str(value).strip())
    except ValueError:
        raise _Bad(_("请填写整数。")) from None


def _list(ask: Ask, value: Any) -> list[str]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list | tuple):
        raise _Bad(_("填写内容无效，请重新填写。"))
    return [str(v) for v in value]


def _people(ask: Ask, value: Any) -> list[User]:
    try:
        ids = [uuid.UUID(part) for part in _list(ask, value)]
    except ValueError:
        raise _Bad(_("人员选择无效，请重新选择。")) from None
    if len(set(ids)) != len(ids):
        raise _Bad(_("同一人员不能重复选择。"))
    people = {
        u.public_id: u
        for u in User.objects.filter(public_id__in=ids, is_active=True).select_related("organisation")
    }
    if len(people) != len(ids):
        raise _Bad(_("所选人员不存在或已停用。"))
    return [people[i] for i in ids]


def _mapping(ask: Ask, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _Bad(_("填写内容无效，请重新填写。"))
    return dict(value)


def _texts(ask: Ask, value: Any) -> dict[str, str]:
    return {str(k): str(v).strip()[:MAX_TEXT] for k, v in _mapping(ask, value).items()}


def points_of(value: Mapping[str, Any]) -> tuple[dict[str, Decimal], dict[str, str]]:
    """Points as exact decimals (full-width digits understood), and a message for each that is none."""
    points: dict[str, Decimal] = {}
    errors: dict[str, str] = {}
    for key, given in value.items():
        text = str(given).strip().translate(_WIDE)
        try:
            number = Decimal(text)
            if not number.is_finite():
                raise InvalidOperation
            points[str(key)] = _tamed(number)
        except InvalidOperation:
            errors[str(key)] = _("请填写分数。") if not text else _("分数应为数字。")
    return points, errors


def _tamed(number: Decimal) -> Decimal:
    """A number of absurd size as one that is merely out of range: nothing overflows, the message is the right one."""
    if abs(number.adjusted()) <= MAX_DIGITS:
        return number
    return Decimal(1).scaleb(MAX_DIGITS if number.adjusted() > 0 else -MAX_DIGITS).copy_sign(number)


def _decimal(ask: Ask, value: Any) -> Decimal:
    text = form_values.normal(value)
    if form_values.GROUPED.fullmatch(text):
        text = text.replace(",", "")
    points, errors = points_of({ask.key: text})
    if errors:
        raise _Bad(_("请填写数字。"))
    return points[ask.key]


MOST_DEFECTS = 100


def _defects(ask: Ask, value: Any) -> list[dict[str, str]]:
    """The items of a list of corrections: a list of mappings, or a page's ``<n>.<part>`` → text. Blank lines are left

    out, and those that are ticked away.
    """
    if not isinstance(value, Mapping | list | tuple):
        raise _Bad(_("填写内容无效，请重新填写。"))
    rows = list(_rows(value).values()) if isinstance(value, Mapping) else list(value)
    cleaned = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            raise _Bad(_("填写内容无效，请重新填写。"))
        parts = {key: _text(ask, row.get(key) or "") for key in ("target", "problem", "remedy", "source")}
        if row.get("drop") or not (parts["target"] or parts["problem"] or parts["remedy"]):
            continue
        if not parts["problem"]:
            raise _Bad(_("第%(n)s项：请写明存在的问题。") % {"n": number})
        cleaned.append(parts)
    if len(cleaned) > MOST_DEFECTS:
        raise _Bad(_("补正事项超过%(n)s项，请合并同类事项。") % {"n": MOST_DEFECTS})
    return cleaned


def _rows(value: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """What a page sent, by line: ``3.problem`` → line 3."""
    rows: dict[int, dict[str, Any]] = {}
    for name, text in value.items():
        number, _dot, part = str(name).partition(".")
        if number.isdecimal() and len(number) < 5:
            rows.setdefault(int(number), {})[part] = text
    return dict(sorted(rows.items()))


_WIDE = str.maketrans("０１２３４５６７８９．－", "0123456789.-")

_CLEANERS: dict[str, Callable[[Ask, Any], Any]] = {
    "text": _text,
    "rich_text": _text,
    "choice": _text,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "integer": _integer,
    "decimal": _decimal,
    "units": _list,
    "multi_choice": _list,
    "people": _people,
    "sheet": _mapping,
    "items": _texts,
    "scores": _mapping,
    "form": _mapping,
    "defects": _defects,
}
