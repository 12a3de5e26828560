"""What an answer says and what another one would do, in words. 预审答复的用语"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from audit.punctuation import listed
from programmes import eligibility_changes
from programmes.eligibility import Asked


def label_of(asked: Asked) -> str:
    """What a question is about: the label that the form prints, or the question itself."""
    return str(asked.entry.label)


def shown(asked: Asked, stored: Any) -> str:
    """An answer in words, with its unit."""
    entry = asked.entry
    if entry.type == "boolean":
        return _("是") if stored is True or stored == "true" else _("否")
    if entry.choices:
        labels = {choice.code: str(choice.label) for choice in entry.choices}
        codes = stored if isinstance(stored, list) else [stored]
        return listed(labels.get(code, str(code)) for code in codes)
    return _number(stored, unit_of(asked)) if entry.type in eligibility_changes.NUMBERS else str(stored)


def unit_of(asked: Asked) -> str:
    """The unit that the answer is counted in."""
    return asked.entry.unit or asked.question.unit


def changes_told(
    changes: Iterable[eligibility_changes.Change], answers: Mapping[str, Any]
) -> tuple[str, ...]:
    """What would have to be otherwise, each with what is missing."""
    return tuple(_told(change, change.asked.key in answers) for change in changes)


def _told(change: eligibility_changes.Change, answered: bool) -> str:
    values = {"what": label_of(change.asked), "value": _wanted(change)}
    match change.limit:
        case "least" if change.asked.entry.type == "date":
            told = _("%(what)s不早于%(value)s")
        case "most" if change.asked.entry.type == "date":
            told = _("%(what)s不晚于%(value)s")
        case "least":
            told = _("%(what)s达到%(value)s")
        case "above":
            told = _("%(what)s超过%(value)s")
        case "most":
            told = _("%(what)s不超过%(value)s")
        case "below":
            told = _("%(what)s低于%(value)s")
        case _:
            told = _("%(what)s：%(value)s")
    gap = _gap(change) if answered and change.gap is not None else ""
    return told % values + (_("（%(gap)s）") % {"gap": gap} if gap else "")


def _wanted(change: eligibility_changes.Change) -> str:
    """The answer wanted; of a choice, those that would do."""
    if change.asked.entry.type == "choice" and isinstance(change.value, list):
        return _("或者").join(shown(change.asked, code) for code in change.value)
    return shown(change.asked, change.value)


def _gap(change: eligibility_changes.Change) -> str:
    assert change.gap is not None
    amount = _number(format(change.gap, "f"), unit_of(change.asked))
    if change.limit in ("least", "above"):
        return _("还差%(amount)s") % {"amount": amount}
    return _("超出%(amount)s") % {"amount": amount}


def _number(stored: Any, unit: str) -> str:
    number = Decimal(str(stored))
    plain = number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
    return f"{plain:,f}{unit}"
