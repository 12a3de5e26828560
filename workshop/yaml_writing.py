"""Values as YAML in the hand of the packs: short mappings in braces, long ones line by line. 写成 YAML

What is written reads back as the very same value by :mod:`programmes.yaml_source`; a word that would become a number,
a boolean or nothing there is put in quotes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import yaml

from programmes import yaml_source
from programmes.problems import PackError

WIDTH: Final = 118
"""A mapping that would be longer in braces is written line by line."""
UNFOLDED: Final = 1_000_000
ROOMY: Final = ("fields", "sections")
"""Lists whose items are written line by line, however short they are."""


def inline(value: Any) -> str:
    """The value on one line, so that it may stand in braces as well."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{inline(key)}: {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """A text, number, boolean or nothing on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
    return _text(str(value))


def entry(key: str, value: Any, indent: int) -> list[str]:
    """A key with its value as lines that begin in column ``indent``."""
    blank, name = " " * indent, scalar(key)
    short = f"{blank}{name}: {inline(value)}"
    nested = isinstance(value, Mapping | list) and bool(value)
    if not nested or (len(short) <= WIDTH and _fits(key, value)):
        return [short]
    if isinstance(value, Mapping):
        inner = [line for k, v in value.items() for line in entry(str(k), v, indent + 2)]
    else:
        inner = [line for each in value for line in item(each, indent + 2, braces=key not in ROOMY)]
    return [f"{blank}{name}:", *inner]


def item(value: Any, indent: int, *, braces: bool) -> list[str]:
    """An item of a list as lines, the dash in column ``indent``. ``braces``: a short mapping is put in them."""
    dash = " " * indent + "- "
    short = f"{dash}{inline(value)}"
    if not isinstance(value, Mapping) or not value:
        return [short]
    if braces and len(short) <= WIDTH and all(_fits(str(k), v) for k, v in value.items()):
        return [short]
    lines = list(_entries(value, indent + 2))
    return [dash + lines[0][indent + 2 :], *lines[1:]]


def _entries(value: Mapping[str, Any], indent: int) -> Iterator[str]:
    for key, each in value.items():
        yield from entry(str(key), each, indent)


def _fits(key: str, value: Any) -> bool:
    """Whether the value is plain enough to stand in braces: no list of mappings anywhere in it."""
    if isinstance(value, Mapping):
        return all(_fits(str(k), v) for k, v in value.items())
    return not (isinstance(value, list) and any(isinstance(each, Mapping | list) for each in value))


def _text(text: str) -> str:
    dumped = yaml.safe_dump([text], default_flow_style=True, width=UNFOLDED, allow_unicode=True)
    plain = dumped.strip()[1:-1]
    if "\n" not in plain and _reads_as(plain, text):
        return plain
    single = "'" + text.replace("'", "''") + "'"
    if text.isprintable() and _reads_as(single, text):
        return single
    double = yaml.safe_dump(text, default_style='"', width=UNFOLDED, allow_unicode=True)
    return double.strip()


def _reads_as(written: str, text: str) -> bool:
    """Whether it is this text both in braces and after a key."""
    try:
        told = yaml_source.load(f"[{{k: {written}}}]", file="").value
        return bool(told == [{"k": text}] and yaml_source.load(f"k: {written}\n", file="").value == told[0])
    except PackError:
        return False
