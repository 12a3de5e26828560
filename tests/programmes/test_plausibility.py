"""Amounts in the wrong unit are asked about, and never refused."""

from __future__ import annotations

from typing import Any

import pytest

from programmes.forms import clean_form
from programmes.plausibility import questions
from programmes.schema import Column, Form, FormField, Text

YEARS = tuple(
    Column(key=f"y{year}", label=Text(zh=f"{year}年"), type="decimal") for year in (2018, 2019, 2020)
)
FORM = Form(
    code="F",
    title=Text(zh="表"),
    clause="1",
    fields=(
        FormField(key="income", label=Text(zh="收入"), type="decimal", unit="万元", clause="1"),
        FormField(key="land", label=Text(zh="用地"), type="decimal", unit="亩", clause="1"),
        FormField(key="planned", label=Text(zh="规划面积"), type="decimal", unit="平方公里", clause="1"),
        FormField(key="staff", label=Text(zh="人数"), type="integer", unit="人", clause="1"),
        FormField(key="year", label=Text(zh="年度"), type="integer", unit="年", clause="1"),
        FormField(key="share", label=Text(zh="占比"), type="percent", unit="%", clause="1"),
        FormField(key="tax", label=Text(zh="税收"), type="grid", unit="万元", clause="1", columns=YEARS),
        FormField(
            key="rows",
            label=Text(zh="企业"),
            type="table",
            clause="1",
            columns=(
                Column(key="name", label=Text(zh="名称"), type="text"),
                Column(key="output", label=Text(zh="产值"), type="decimal", unit="万元"),
            ),
        ),
    ),
)


def rows(*amounts: str) -> dict[str, Any]:
    return {"rows": [{"name": f"企业{n}", "output": amount} for n, amount in enumerate(amounts)]}


@pytest.mark.parametrize(
    ("data", "asked"),
    [
        (
            {"income": "12000000"},
            {"income": "填报为12,000,000万元（即1,200亿元），请核对单位是否有误。"},
        ),
        ({"income": "9999999"}, {}),
        ({"income": "-12000000"}, {"income": "填报为-12,000,000万元（即-1,200亿元），请核对单位是否有误。"}),
        ({"income": "约一千二百万"}, {}),
        ({"land": "2000000"}, {"land": "填报为2,000,000亩（即1,333.3333平方公里），请核对单位是否有误。"}),
        ({"land": "4500"}, {}),
        ({"planned": "3000"}, {"planned": "填报为3,000平方公里，请核对单位是否有误。"}),
        ({"planned": "3.2"}, {}),
        ({"staff": 20000000}, {"staff": "填报为20,000,000人（即2,000万人），请核对单位是否有误。"}),
        ({"year": 2020, "share": "100"}, {}),
        ({"tax_y2018": "1200", "tax_y2019": "1350", "tax_y2020": "1500"}, {}),
        ({"tax_y2018": "0", "tax_y2019": "1350"}, {}),
        (
            {"tax_y2018": "1200", "tax_y2019": "12000000", "tax_y2020": "1500"},
            {
                "tax_y2019": "填报为12,000,000万元（即1,200亿元），约为“2020年”1,500万元的8,000倍，请核对单位是否有误。"
            },
        ),
        (
            {"tax_y2018": "1200", "tax_y2019": "0.12"},
            {
                "tax_y2019": "填报为0.12万元（即1,200元），仅约为“2018年”1,200万元的1/10,000，请核对单位是否有误。"
            },
        ),
        ({"tax_y2018": "0.12", "tax_y2019": "0.15", "tax_y2020": "0.13"}, {}),
        (rows("0.1", "900", "20000"), {}),  # too few lines to tell
        (rows("300", "500", "800", "1200", "2000"), {}),
        (
            rows("300", "500", "800", "1200", "8000000"),
            {
                "rows.4.output": "填报为8,000,000万元（即800亿元），约为本列一般水平（800万元）的10,000倍，"
                "请核对单位是否有误。"
            },
        ),
        (
            rows("300", "500", "0.08", "800", "1200"),
            {
                "rows.2.output": "填报为0.08万元（即800元），仅约为本列一般水平（500万元）的1/6,250，请核对单位是否有误。"
            },
        ),
    ],
)
def test_amounts_that_stand_out_are_asked_about(data: dict[str, Any], asked: dict[str, str]) -> None:
    assert questions(FORM, data) == asked


def test_a_question_hinders_nobody() -> None:
    data = {"income": "12,000,000", "land": "1", "planned": "1", "staff": "1", "year": "2020", "share": "1"}
    grid = {f"tax_y{year}": "1" for year in (2018, 2019, 2020)}
    cleaned = clean_form(FORM, data | grid | rows("1"), partial=False)
    assert cleaned.ok
    assert list(cleaned.warnings) == ["income"]
    assert cleaned.data["income"] == "12000000"


def test_a_table_of_strange_numbers_asks_only_so_often() -> None:
    data = rows(*["1"] * 60, *["90000000"] * 59)
    assert len(questions(FORM, data)) == 50


def test_what_cannot_be_stored_does_not_come_with_what_is_kept_as_typed() -> None:
    cleaned = clean_form(
        FORM, {"income": "约\x00一\ud800百\x07", "rows": [{"output": "\x01abc\x00"}]}, partial=True
    )
    assert cleaned.data == {"income": "约一百", "rows": [{"output": "abc"}]}
    assert set(cleaned.errors) == {"income", "rows.0.output"}
