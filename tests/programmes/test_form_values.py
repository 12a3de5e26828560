"""What people type, and what becomes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.form_cells import Input
from programmes.form_values import read, typed_value
from programmes.schema import Choice, Text

CHOICES = (
    Choice(code="east", label=Text(zh="东部", en="East")),
    Choice(code="west", label=Text(zh="西部", en="West")),
)


def entry(kind: str, **changes: Any) -> Input:
    values: dict[str, Any] = {
        "key": "x",
        "cell": "x",
        "label": Text(zh="项"),
        "type": kind,
        "required": True,
        "unit": "",
        "help": None,
        "clause": "",
        "choices": CHOICES if "choice" in kind else (),
        "minimum": None,
        "maximum": None,
        "max_length": 10,
    }
    return Input(**(values | changes))


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("text", "  某 公司\t ", "某 公司"),
        ("text", "a\u200bb", "ab"),
        ("text", "第一行\n第二行", "第一行 第二行"),
        ("rich_text", "第一行\r\n第二行\n", "第一行\n第二行"),
        ("rich_text", " \n ", None),
        ("integer", "１２３", 123),
        ("integer", "1,234,567", 1234567),
        ("integer", "１，２３４", 1234),
        ("integer", "12.0", 12),
        ("integer", "-5", -5),
        ("integer", "−5", -5),
        ("integer", "+5", 5),
        ("integer", 7, 7),
        ("integer", "007", 7),
        ("decimal", "25.0", "25.0"),
        ("decimal", "１２，５００．５", "12500.5"),
        ("decimal", ".5", "0.5"),
        ("decimal", " 1 000 ", "1000"),
        ("decimal", Decimal("3.10"), "3.10"),
        ("percent", "12.5%", "12.5"),
        ("percent", "12.5％", "12.5"),
        ("percent", "12.5", "12.5"),
        ("boolean", "on", True),
        ("boolean", "是", True),
        ("boolean", "否", False),
        ("boolean", "0", False),
        ("boolean", True, True),
        ("date", "2020-12-31", "2020-12-31"),
        ("date", "2020/1/5", "2020-01-05"),
        ("date", "2020.01.05", "2020-01-05"),
        ("date", "2020年1月5日", "2020-01-05"),
        ("date", "２０２０年１月５日", "2020-01-05"),
        ("date", "20201231", "2020-12-31"),
        ("choice", "east", "east"),
        ("choice", "东部", "east"),
        ("choice", "West", "west"),
        ("multi_choice", ["west", "east"], ["east", "west"]),
        ("multi_choice", "东部、西部", ["east", "west"]),
        ("multi_choice", ["east", "east", ""], ["east"]),
        ("file", "0190-id", "0190-id"),
        ("files", ["a", "b"], ["a", "b"]),
        ("files", "a", ["a"]),
    ],
)
def test_what_is_understood(kind: str, typed: Any, stored: Any) -> None:
    reading = read(entry(kind, max_length=20), typed)
    assert (reading.value, reading.error) == (stored, "")


@pytest.mark.parametrize(
    "kind",
    ["text", "rich_text", "integer", "decimal", "percent", "boolean", "date", "choice", "multi_choice"],
)
@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000", "\u200b\ufeff ", "\u2066\u2069", []])
def test_blank_is_no_value_and_no_error(kind: str, blank: Any) -> None:
    reading = read(entry(kind), blank)
    assert (reading.value, reading.error, reading.warning) == (None, "", "")


@pytest.mark.parametrize(
    ("kind", "typed", "says", "changes"),
    [
        ("text", "一二三四五六七八九十一", "不得超过10字，现为11字", {}),
        ("integer", "abc", "请填写数字", {}),
        ("integer", "十二", "请填写数字", {}),
        ("integer", "12.5", "请填写整数", {}),
        ("integer", "1e5", "请填写数字", {}),
        ("integer", True, "请填写数字", {}),
        ("integer", "5%", "不带百分号", {}),
        ("decimal", "1.5", "请填写数字", {"typed": 1.5}),
        ("decimal", "12,34", "千位分隔符位置有误", {}),
        ("decimal", "1,2345", "千位分隔符位置有误", {}),
        ("decimal", "1.2.3", "请填写数字", {}),
        ("decimal", "--5", "请填写数字", {}),
        ("decimal", "NaN", "请填写数字", {}),
        ("decimal", "Infinity", "请填写数字", {}),
        ("decimal", "abc", "请填写数字，以“万元”为单位", {"unit": "万元"}),
        ("decimal", "-1", "不得小于0", {"minimum": Decimal(0)}),
        ("percent", "100.1%", "不得大于100", {"maximum": Decimal(100)}),
        ("decimal", "1.1234567", "小数不得超过6位", {}),
        ("decimal", "1" + "0" * 18, "数值过大", {}),
        ("boolean", "也许", "请选择是或者否", {}),
        ("date", "去年", "请填写日期，如2020-12-31", {}),
        ("date", "2021-02-29", "没有这一天", {}),
        ("date", "2021-13-01", "没有这一天", {}),
        ("choice", "north", "请从所列选项中选择", {}),
        ("multi_choice", ["east", "north"], "“north”不在所列选项中", {}),
    ],
)
def test_what_is_not_understood_is_said(kind: str, typed: Any, says: str, changes: dict[str, Any]) -> None:
    typed = changes.pop("typed", typed)
    reading = read(entry(kind, **changes), typed)
    assert reading.value is None
    assert says in reading.error


@pytest.mark.parametrize(
    ("typed", "unit", "asks"),
    [
        ("1.2亿", "万元", "“1.2亿”是否应填12000（单位：万元）？"),
        ("5万", "万元", "“5万”是否应填5（单位：万元）？"),
        ("3亿元", "万元", "“3亿元”是否应填30000（单位：万元）？"),
        ("5000元", "万元", "“5000元”是否应填0.5（单位：万元）？"),
        ("1,200万元", "亿元", "“1,200万元”是否应填0.12（单位：亿元）？"),
        ("0.2平方公里", "亩", "“0.2平方公里”是否应填300（单位：亩）？"),
        ("15亩", "公顷", "“15亩”是否应填1（单位：公顷）？"),
        ("１２亿", "万元", "“12亿”是否应填120000（单位：万元）？"),
        ("2万亿", "亿元", "“2万亿”是否应填20000（单位：亿元）？"),
        ("1.5万", "人", "“1.5万”是否应填15000（单位：人）？"),
    ],
)
def test_large_units_are_questioned_not_converted(typed: str, unit: str, asks: str) -> None:
    reading = read(entry("decimal", unit=unit), typed)
    assert reading.value is None
    assert reading.error.startswith("请填写数字")
    assert reading.warning == asks


@pytest.mark.parametrize(
    ("typed", "unit", "stored"),
    [
        ("300亩", "亩", "300"),
        ("300 亩", "亩", "300"),
        ("３００　亩", "亩", "300"),
        ("1,234.50万元", "万元", "1234.50"),
        ("1，234，567", "万元", "1234567"),
        ("3亿元", "亿元", "3"),
        ("30元/平方米", "元/平方米", "30"),
        ("\u200b12", "家", None),
    ],
)
def test_the_cell_s_own_unit_may_be_typed(typed: str, unit: str, stored: str | None) -> None:
    reading = read(entry("decimal", unit=unit), typed)
    assert reading.value == (stored if stored is not None else "12")
    assert (reading.error, reading.warning) == ("", "")


@pytest.mark.parametrize(
    "typed",
    ["300平方米厂房", "5万吨", "3亿家", "300千克", "1e400", "9" * 30, "9" * 5000, "-1" + "0" * 400, "∞"],
)
@pytest.mark.parametrize("kind", ["decimal", "integer", "percent"])
def test_what_is_no_amount_is_refused_and_never_breaks(typed: str, kind: str) -> None:
    reading = read(entry(kind, unit="" if kind == "percent" else "万元"), typed)
    assert reading.value is None
    assert reading.error


@pytest.mark.parametrize(("typed", "stored"), [(2**53 - 1, 2**53 - 1), (2**53, None), (-(2**53), None)])
def test_a_whole_number_is_one_that_every_reader_of_the_record_reads_alike(
    typed: int, stored: int | None
) -> None:
    reading = read(entry("integer", unit="家"), str(typed))
    assert (reading.value, bool(reading.error)) == (stored, stored is None)


@pytest.mark.parametrize("typed", ["（东部）", "东 部", "ＥＡＳＴ", "east "])
def test_a_choice_is_known_by_its_label_however_it_is_written(typed: str) -> None:
    choices = (
        Choice(code="east", label=Text(zh="(东部)", en="East")),
        Choice(code="w", label=Text(zh="东部")),
    )
    expected = {"（东部）": "east", "东 部": "w"}.get(typed, "east")
    assert read(entry("choice", choices=choices), typed).value == expected


@given(st.decimals(min_value=-(10**17), max_value=10**17, places=4))
def test_numbers_survive_storage_exactly(number: Decimal) -> None:
    cell = entry("decimal")
    stored = read(cell, f"{number:,f}").value
    assert typed_value(cell, stored) == number


@given(st.text(max_size=30))
def test_reading_never_raises(text: str) -> None:
    for kind in ("text", "integer", "decimal", "percent", "boolean", "date", "choice", "multi_choice"):
        reading = read(entry(kind), text)
        assert isinstance(reading.error, str)


NUMBERS = [
    "0",
    "-0",
    "-0.0",
    "7",
    "007",
    "12.50",
    "00.5",
    "-3.25",
    "1.",
    "9" * 18,
    "9" * 19,
    "0.123456",
    "0.1234567",
]


@pytest.mark.parametrize("kind", ["integer", "decimal", "percent"])
@pytest.mark.parametrize("typed", [*NUMBERS, "99.99", "100.01"])
def test_a_number_as_it_is_stored_reads_like_the_same_number_as_it_is_typed(kind: str, typed: str) -> None:
    for limits in ({}, {"minimum": Decimal(0)}, {"maximum": Decimal(100)}):
        assert read(entry(kind, **limits), typed) == read(entry(kind, **limits), f" {typed} ")


@given(st.integers())
def test_a_whole_number_reads_like_its_digits(number: int) -> None:
    limited = entry("integer", minimum=Decimal(-1000), maximum=Decimal(1000))
    assert read(limited, number) == read(limited, str(number))
    assert read(entry("integer"), number) == read(entry("integer"), str(number))
