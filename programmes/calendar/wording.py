"""Chinese and English side by side, without Django: no language need be active to explain a term."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A short text in both languages, as packs and calendar files write it: ``{zh, en}``."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The text for a language code: ``zh``, ``zh-hans``, ``en``…; ValueError for another language."""
        return self.zh if is_chinese(language) else self.en


def is_chinese(language: str) -> bool:
    """Whether a language code means Chinese; ValueError unless it is Chinese or English."""
    root = language.lower().replace("_", "-").split("-")[0]
    if root not in ("zh", "en"):
        raise ValueError(f"terms are explained in zh or en, not in {language!r}")
    return root == "zh"


def write_date(day: dt.date, language: str, *, known_year: int | None = None) -> str:
    """``2021年3月8日`` / ``8 March 2021``; the year is left out when it is ``known_year``."""
    if is_chinese(language):
        year = "" if day.year == known_year else f"{day.year}年"
        return f"{year}{day.month}月{day.day}日"
    year = "" if day.year == known_year else f" {day.year}"
    return f"{day.day} {day:%B}{year}"


def write_range(first: dt.date, last: dt.date, language: str, *, known_year: int | None = None) -> str:
    """``3月10日至3月17日`` / ``10 March to 17 March``; one day alone stands alone."""
    if first == last:
        return write_date(first, language, known_year=known_year)
    link = "至" if is_chinese(language) else " to "
    head = write_date(first, language, known_year=known_year)
    tail = write_date(last, language, known_year=first.year if is_chinese(language) else known_year)
    return f"{head}{link}{tail}"


def write_count(count: int, noun: str) -> str:
    """``1 day``, ``5 days``: the English plural."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
