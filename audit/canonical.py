"""Canonical JSON (RFC 8785 style): one text, byte for byte, for one meaning. 规范 JSON

Keys sorted by their UTF-16 code units, no spaces, UTF-8, shortest escapes. Numbers are integers only:
decimals are strings in plain notation (``"12.50"`` keeps its zero), datetimes are UTC with six decimals and
``Z``, dates ISO.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from audit.errors import CanonicalError

MAX_INTEGER = 2**53 - 1  # beyond it a reader in JavaScript would see another number (RFC 7493)


def dumps(value: Any) -> str:
    """The canonical JSON text of ``value``.

    Takes None, bool, int, str, Decimal, aware datetime, date, UUID, enum members (by value), mappings with
    string keys, lists and tuples. Raises CanonicalError for anything else: a float, a naive datetime, a
    set, a lazily translated string, an integer beyond 2^53-1, a lone surrogate.
    """
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CanonicalError(f"not UTF-8: {error}") from error
    return text


def instant(moment: dt.datetime) -> str:
    """``moment`` as the record writes it, ``2026-01-02T03:04:05.000000Z``. Raises CanonicalError if naive."""
    if moment.tzinfo is None:
        raise CanonicalError("a naive datetime has no instant")
    return moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return _plain(value.value)
        case None | bool() | str():
            return value
        case int():
            if abs(value) > MAX_INTEGER:
                raise CanonicalError(f"integer beyond 2^53-1: {value}")
            return int(value)
        case Decimal():
            if not value.is_finite():
                raise CanonicalError(f"not a number: {value}")
            return format(value, "f")
        case dt.datetime():  # before date: a datetime is a date
            return instant(value)
        case dt.date():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
        case Mapping():
            keyed = [(_key(key), item) for key, item in value.items()]
            return {key: _plain(item) for key, item in sorted(keyed, key=_utf16)}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            raise CanonicalError(f"no canonical form for {type(value).__name__}")


def _key(key: Any) -> str:
    key = key.value if isinstance(key, Enum) else key
    if not isinstance(key, str):
        raise CanonicalError(f"a key must be a string, not {type(key).__name__}")
    return key


def _utf16(pair: tuple[str, Any]) -> bytes:
    return pair[0].encode("utf-16-be", "surrogatepass")
