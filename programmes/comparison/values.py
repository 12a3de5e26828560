"""Values as people read them: a wording, a length of time, a structure by its parts. 取值"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from programmes.calendar import Duration, DurationError
from programmes.comparison.wordings import NAMES, NOTHING
from programmes.schema import Spec, Text

LENGTH = re.compile(r"\d+ (working_day|day|month|year)")


def plain(first: Iterable[str] = (), *, but: Iterable[str] = ()) -> Any:
    """Attribute by attribute; ``first`` come first, ``but`` are told elsewhere."""
    ahead, skipped = tuple(first), frozenset(but)

    def differences(before: BaseModel, after: BaseModel) -> Iterator[tuple[Text, Text, Text]]:
        names = dict.fromkeys([*ahead, *type(after).model_fields])
        for name in names:
            one, other = getattr(before, name), getattr(after, name)
            if name not in skipped and one != other:
                yield NAMES.get(name, Text(zh=name, en=name)), summary(one), summary(other)

    return differences


def as_text(value: str) -> Text:
    return Text(zh=value, en=value) if value else NOTHING


LONGEST = 600
SEPARATORS = {"zh": ("；", "、"), "en": ("; ", ", ")}
"""By language: what stands between the parts of a structure, and between things of a kind."""


def summary(value: Any) -> Text:
    """A value as people read it; a structure by its parts."""
    if value is None or value == "" or value == () or value == {}:
        return NOTHING
    if isinstance(value, Text):
        return Text(zh=value.zh, en=value.en or value.zh)
    if isinstance(value, bool):
        return Text(zh="是" if value else "否", en="yes" if value else "no")
    flat = Text(zh=_flat(value, "zh")[:LONGEST], en=_flat(value, "en")[:LONGEST])
    return flat if flat.zh else NOTHING


def _flat(value: Any, language: str) -> str:
    parted, listed = SEPARATORS[language]
    if isinstance(value, Text):
        return value.zh if language == "zh" else value.en or value.zh
    if isinstance(value, Spec):
        parts = {name: getattr(value, name) for name in type(value).model_fields}
        shown = {name: part for name, part in parts.items() if part not in (None, "", (), {}, False)}
        return parted.join(f"{_name(name, language)} {_flat(part, language)}" for name, part in shown.items())
    if isinstance(value, bool):
        yes, no = ("是", "否") if language == "zh" else ("yes", "no")
        return yes if value else no
    if isinstance(value, str):
        return _word(value, language)
    if isinstance(value, Mapping):
        return parted.join(f"{key} {_flat(part, language)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return listed.join(_flat(part, language) for part in value)
    return format(value, "f") if hasattr(value, "as_tuple") else str(value)


def _word(value: str, language: str) -> str:
    """A text as it stands; a length of time in words: 10 working_day → 10个工作日."""
    if not LENGTH.fullmatch(value):
        return value
    try:
        return Duration.parse(value).label(language)
    except DurationError:
        return value


def _name(name: str, language: str) -> str:
    found = NAMES.get(name)
    return name if found is None else found.zh if language == "zh" else found.en
