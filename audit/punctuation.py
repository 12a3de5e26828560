"""How words are strung together in the reader's language: 、，；（） in Chinese, commas and brackets in English. 标点"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext


def listed(words: Iterable[object]) -> str:
    """Things of a kind: 甲、乙、丙."""
    return pgettext("between things in a list", "、").join(map(str, words))


def strung(parts: Iterable[object]) -> str:
    """Parts of one statement, empty ones left out: 市大数据局，经办人."""
    return pgettext("between parts of a statement", "，").join(str(part) for part in parts if part)


def parted(statements: Iterable[object]) -> str:
    """Statements side by side, the full stop at the very end alone: 甲未填写；乙有误。"""
    told = [str(statement) for statement in statements if statement]
    ahead = (statement.rstrip("。.") for statement in told[:-1])
    return pgettext("between statements", "；").join([*ahead, *told[-1:]])


def noted(text: object, note: object) -> str:
    """A text with a note in brackets; without a note the text alone: 王静（市大数据局，经办人）."""
    if not note:
        return str(text)
    return pgettext("a note in brackets", "%(text)s（%(note)s）") % {"text": text, "note": note}
