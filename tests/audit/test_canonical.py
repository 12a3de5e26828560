"""Canonical JSON: a table of values, what is refused, and the properties that hashing stands on."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from audit import canonical
from audit.canonical import MAX_INTEGER
from audit.errors import CanonicalError

SHANGHAI = dt.timezone(dt.timedelta(hours=8))


class Stage(StrEnum):
    FILE = "file"


class Number(Enum):
    TWO = Decimal("2.0")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (0, "0"),
        (-17, "-17"),
        (MAX_INTEGER, "9007199254740991"),
        (Decimal("12.50"), '"12.50"'),
        (Decimal("1E+3"), '"1000"'),
        (Decimal("0.000001"), '"0.000001"'),
        (dt.date(2026, 1, 2), '"2026-01-02"'),
        (dt.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC), '"2026-01-02T03:04:05.000006Z"'),
        (dt.datetime(2026, 1, 2, 7, 30, tzinfo=SHANGHAI), '"2026-01-01T23:30:00.000000Z"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Stage.FILE, '"file"'),
        (Number.TWO, '"2.0"'),
        ({Stage.FILE: 1}, '{"file":1}'),
        ("市大数据局", '"市大数据局"'),
        ('"\\/\b\f\n\r\t\x00\x1f\x7f\u2028<>&', '"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\u2028<>&"'),
        ((1, [2], {}), "[1,[2],{}]"),
        ({"b": 1, "a": {"d": 2, "c": 3}}, '{"a":{"c":3,"d":2},"b":1}'),
        # RFC 8785, 3.2.3: sorted by UTF-16 code units, not by code points
        (
            {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7},
            '{"\\r":2,"1":4,"\x80":6,"\xf6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}',
        ),
    ],
)
def test_value_has_one_text(value: Any, text: str) -> None:
    assert canonical.dumps(value) == text


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        Decimal("NaN"),
        Decimal("-Infinity"),
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        {1, 2},
        b"bytes",
        dt.datetime(2026, 1, 2),
        dt.time(1, 2),
        {1: "a"},
        {None: "a"},
        {"a": [object()]},
        "\ud800",
        {"\udfff": 1},
        gettext_lazy("是"),
    ],
)
def test_value_without_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(CanonicalError):
        canonical.dumps(value)


texts = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | texts,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(texts, children, max_size=4),
    max_leaves=20,
)


def shuffled(value: Any) -> Any:
    """The same value with every mapping built in the opposite order."""
    match value:
        case dict():
            return {key: shuffled(item) for key, item in reversed(value.items())}
        case list():
            return [shuffled(item) for item in value]
        case _:
            return value


@given(json_values)
def test_round_trip(value: Any) -> None:
    text = canonical.dumps(value)
    assert json.loads(text) == value
    assert canonical.dumps(json.loads(text)) == text


@given(json_values)
def test_order_of_keys_does_not_matter(value: Any) -> None:
    assert canonical.dumps(shuffled(value)) == canonical.dumps(value)


@given(json_values, json_values)
def test_different_values_have_different_texts(one: Any, two: Any) -> None:
    assert (canonical.dumps(one) == canonical.dumps(two)) == (repr_of(one) == repr_of(two))


def repr_of(value: Any) -> Any:
    """A comparable form in which True is not 1 and mappings have no order."""
    match value:
        case dict():
            return ("map", frozenset((key, repr_of(item)) for key, item in value.items()))
        case list():
            return ("list", tuple(repr_of(item) for item in value))
        case _:
            return (type(value).__name__, value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_decimal_keeps_its_digits(value: Decimal) -> None:
    assert Decimal(json.loads(canonical.dumps(value))) == value


@given(st.datetimes(timezones=st.timezones()))
def test_instant_is_the_same_moment(moment: dt.datetime) -> None:
    try:
        moment.astimezone(dt.UTC)
    except OverflowError:  # the first and last day of datetime itself
        return
    assert dt.datetime.fromisoformat(canonical.instant(moment)) == moment.astimezone(dt.UTC)
