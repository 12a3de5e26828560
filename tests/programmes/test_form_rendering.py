"""The picture of a form that screens, prints and exports share."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from programmes.forms import clean_form, fields_flat, render
from tests.factories.programmes import mini_pack
from tests.programmes.test_forms import BASIC, FIRMS, FULL


def test_the_picture_has_every_cell_with_value_and_message() -> None:
    cleaned = clean_form(BASIC, FULL | {"revenue": "1.2亿"}, partial=True)
    picture = render(BASIC, cleaned.data, cleaned.errors, cleaned.warnings)
    cells = {cell.key: cell for cell in picture.cells}
    assert cells["revenue"].value == "1.2亿"
    assert cells["revenue"].display == "1.2亿"
    assert cells["revenue"].error and cells["revenue"].warning
    assert cells["revenue"].unit == "万元"
    assert cells["staff_rd_senior"].cell == "staff_rd"
    assert str(cells["staff_rd_senior"].label) == "其中高级职称"
    assert {entry.key for flat in fields_flat(BASIC) for entry in flat.inputs} == set(cells)


@pytest.mark.parametrize(
    ("key", "stored", "chinese", "english"),
    [
        ("revenue", "1234567.50", "1,234,567.50", "1,234,567.50"),
        ("listed", True, "是", "是"),
        ("region", "east", "东部", "East"),
        ("fields", ["cloud", "data"], "云计算、大数据", "Cloud, Data"),
        ("as_of", "2025-01-05", "2025年1月5日", "2025-01-05"),
        ("as_of", "someday", "someday", "someday"),
        ("name", "某公司", "某公司", "某公司"),
        ("per_head", "15005.5", "15005.5", "15005.5"),  # no unit: not grouped
    ],
)
def test_displays(key: str, stored: Any, chinese: str, english: str) -> None:
    def shown() -> str:
        return next(cell.display for cell in render(BASIC, {key: stored}).cells if cell.key == key)

    assert shown() == chinese
    with translation.override("en"):
        if key != "listed":  # 是 is in the catalogue
            assert shown() == english


def test_the_picture_of_a_table() -> None:
    picture = render(FIRMS, {"rows": [{"name": "甲", "output": "1"}]}, {"rows.0.output": "错", "rows": "多"})
    table = next(picture.rows)
    assert [cell.key for cell in table.lines[0]] == ["rows.0.name", "rows.0.output", "rows.0.kind"]
    assert table.lines[0][1].error == "错"
    assert table.error == "多"
    assert [cell.key for cell in table.spare] == [
        "rows.__row__.name",
        "rows.__row__.output",
        "rows.__row__.kind",
    ]
    assert (table.printed_rows, table.max_rows) == (3, 4)


def test_printed_levels_are_merged() -> None:
    def change(form: dict[str, Any]) -> None:
        columns = [{"key": "a", "label": {"zh": "甲"}, "type": "integer"}]
        paths = [
            ["行业", "收入", "值"],
            ["行业", "收入", "率"],
            ["行业", "利润", "值"],
            ["就业", "利润", "值"],
        ]
        form["fields"] = [
            {
                "key": f"f{n}",
                "label": {"zh": "项"},
                "type": "grid",
                "clause": "M·第一条",
                "path": path,
                "columns": columns,
            }
            for n, path in enumerate(paths)
        ]

    form = mini_pack({"forms/BASIC.yaml": change}).forms["BASIC"]
    spans = [[level.rowspan for level in row.levels] for row in render(form, {}).rows]
    assert spans == [[3, 2, 1], [0, 0, 1], [0, 1, 1], [1, 1, 1]]


def test_headings_group_fields() -> None:
    def change(form: dict[str, Any]) -> None:
        keys = [field["key"] for field in form["fields"]]
        form["sections"] = [
            {"title": {"zh": "一"}, "fields": keys[:2]},
            {"title": {"zh": "二"}, "fields": keys[2:]},
        ]

    form = mini_pack({"forms/BASIC.yaml": change}).forms["BASIC"]
    picture = render(form, {})
    assert [str(section.title) for section in picture.sections] == ["一", "二"]
    assert [row.key for row in picture.rows] == [field.key for field in form.fields]
