"""Telephone numbers, addresses for mail and codes of units in a form's cells. 联系方式和代码

A field that says what it ``holds`` refuses anything else; where only the label tells, a question stands beside the cell.
People write several numbers into one blank, in full-width digits, with blanks and long dashes: all of that is understood.
"""

from __future__ import annotations

import re
import unicodedata
from typing import get_args

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.validators import clean_phone, compact_uscc, validate_phone, validate_uscc
from programmes.schema.forms import Holds

KINDS: tuple[Holds, ...] = get_args(Holds)

_SEVERAL = re.compile(r"[、,，;；/\n]+")
_MOBILE = re.compile(r"(?:\+?86|0086)?1[3-9][0-9]{9}")
_POSTCODE = re.compile(r"[0-8][0-9]{5}")
_IN_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_ENDS: tuple[tuple[Holds, re.Pattern[str]], ...] = (
    ("mobile", re.compile(r"(手机|手机号|手机号码|移动电话)$")),
    ("landline", re.compile(r"(座机|座机号码|固定电话|固话|传真|传真号码|传真电话)$")),
    ("phone", re.compile(r"(电话|电话号码)$")),
    ("email", re.compile(r"(邮箱|电子邮件|电子信箱|邮箱地址|电子邮件地址|e-?mail)$", re.IGNORECASE)),
    ("postcode", re.compile(r"(邮编|邮政编码)$")),
    ("uscc", re.compile(r"统一社会信用代码$")),
)
_TWO_THINGS = re.compile(r"[及与和或、/／]")


def told_by(label: str) -> Holds | None:
    """What a cell holds going by its Chinese ``label`` alone; None where it does not say, or names two things (联系人及电话)."""
    words = _IN_BRACKETS.sub("", label).strip(" *：:")
    if _TWO_THINGS.search(words):
        return None
    return next((kind for kind, ends in _ENDS if ends.search(words)), None)


def kept(holds: Holds, text: str) -> str:
    """``text`` as it is stored: half-width, codes without separators."""
    match holds:
        case "uscc":
            return compact_uscc(text)
        case "postcode":
            return _plain(text)
        case "email":
            return unicodedata.normalize("NFKC", text).strip()
        case _:
            return clean_phone(text)


def fault(holds: Holds, text: str) -> str:
    """What is wrong with ``text``, ready to show; '' where it is what the cell holds."""
    match holds:
        case "uscc":
            return _said(validate_uscc, text)
        case "postcode":
            return "" if _POSTCODE.fullmatch(_plain(text)) else _("邮政编码应为6位数字")
        case "email":
            parts = _parts(text, email=True) or [text.strip()]
            bad = next((each for each in parts if _said(validate_email, each)), None)
            return (
                ""
                if bad is None
                else _("“%(typed)s”不是电子邮箱地址，应如name@example.cn") % {"typed": bad[:64]}
            )
        case _:
            return _phones(holds, text)


def question(holds: Holds, text: str) -> str:
    """What is asked beside a cell whose label alone tells what it holds; '' where nothing is."""
    said = fault(holds, text)
    return _("%(said)s。请核对是否填写有误。") % {"said": said.rstrip("。")} if said else ""


def _phones(holds: Holds, text: str) -> str:
    numbers = _parts(text, email=False)
    if not numbers:
        return _("请填写电话号码")
    for number in numbers:
        plain = re.sub(r"[-\s]", "", clean_phone(number))
        mobile = bool(_MOBILE.fullmatch(plain))
        if holds == "mobile" and not mobile:
            return _("“%(typed)s”不是手机号码，手机号码为11位数字") % {"typed": number[:32]}
        if holds == "landline" and mobile:
            return _("“%(typed)s”是手机号码，本项应填固定电话，如0851-87989000") % {"typed": number[:32]}
        if said := _said(validate_phone, number):
            return said
    return ""


def _parts(text: str, *, email: bool) -> list[str]:
    """The several things that a cell names. Blanks part them only where the whole is none by itself."""
    text = unicodedata.normalize("NFKC", text) if email else clean_phone(text.replace("\n", ";"))
    found: list[str] = []
    for part in (each.strip() for each in _SEVERAL.split(text)):
        single = not part or (not email and not _said(validate_phone, part))
        found += [part] if single else part.split()
    return [part for part in found if part]


def _plain(text: str) -> str:
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))


def _said(validate: object, text: str) -> str:
    assert callable(validate)
    try:
        validate(text)
    except ValidationError as error:
        return str(error.messages[0])
    return ""
