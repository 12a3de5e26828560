"""Forms: cleaning, tables, visibility, completeness, and the picture that screens and prints share."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from programmes.forms import (
    clean_form,
    count_filled,
    is_complete,
    render,
    typed,
)
from programmes.schema import Form
from tests.factories.programmes import mini_pack

PACK = mini_pack()
BASIC, FIRMS, PAPERS = PACK.forms["BASIC"], PACK.forms["FIRMS"], PACK.forms["PAPERS"]

FULL: dict[str, Any] = {
    "name": "某公司",
    "revenue": "1,500.50",
    "staff_total": "100",
    "staff_rd": "20",
    "staff_rd_senior": "5",
    "listed": "否",
    "region": "东部",
    "fields": ["data", "cloud"],
}
STORED = {
    "name": "某公司",
    "revenue": "1500.50",
    "staff_total": 100,
    "staff_rd": 20,
    "staff_rd_senior": 5,
    "listed": False,
    "region": "east",
    "fields": ["cloud", "data"],
    "per_head": "15.005",
}


def test_a_full_form_is_stored_canonically() -> None:
    cleaned = clean_form(BASIC, FULL, partial=False)
    assert cleaned.ok
    assert cleaned.data == STORED


def test_cleaning_what_is_stored_changes_nothing() -> None:
    assert clean_form(BASIC, STORED, partial=False).data == STORED


def test_a_draft_may_have_blanks_a_submission_not() -> None:
    draft = clean_form(BASIC, {"name": "某公司"}, partial=True)
    assert draft.ok
    assert draft.data == {"name": "某公司"}
    errors = clean_form(BASIC, {"name": "某公司"}, partial=False).errors
    assert set(errors) == {
        "revenue",
        "staff_total",
        "staff_rd",
        "staff_rd_senior",
        "listed",
        "region",
        "fields",
    }
    assert set(errors.values()) == {"请填写本项"}


def test_a_bad_cell_keeps_what_was_typed() -> None:
    cleaned = clean_form(BASIC, FULL | {"revenue": " 1.2亿 ", "fields": ["x"]}, partial=True)
    assert cleaned.data["revenue"] == " 1.2亿 "
    assert cleaned.data["fields"] == ["x"]
    assert "请填写数字" in cleaned.errors["revenue"]
    assert "12000" in cleaned.warnings["revenue"]
    facts = typed(BASIC, cleaned.data)
    assert facts["revenue"] is None
    assert facts["per_head"] is None
    assert [cell.path for cell in is_complete(BASIC, cleaned.data)] == ["revenue", "fields"]
    again = clean_form(BASIC, cleaned.data, partial=False)
    assert again.data["revenue"] == " 1.2亿 "
    assert "请填写数字" in again.errors["revenue"]  # the better message stays


def test_what_belongs_to_no_field_is_reported_and_dropped() -> None:
    raw = {
        "name": "甲",
        "colour": "red",
        "csrfmiddlewaretoken": "t",
        "_save": "1",
        "per_head": "9",
        "staff": "x",
    }
    cleaned = clean_form(BASIC, raw, partial=True)
    assert cleaned.data == {"name": "甲"}
    assert cleaned.errors == {"colour": "表单中没有此项"}


def test_a_posted_form_gives_its_lists() -> None:
    posted = QueryDict("name=a&fields=data&fields=cloud")
    assert clean_form(BASIC, posted, partial=True).data == {"name": "a", "fields": ["cloud", "data"]}


def test_a_field_is_asked_when_its_condition_holds() -> None:
    listed = clean_form(BASIC, FULL | {"listed": "是"}, partial=False)
    assert list(listed.errors) == ["ticker"]
    assert clean_form(BASIC, FULL | {"listed": "是", "ticker": "600000"}, partial=False).ok
    visible = {row.key: row.visible for row in render(BASIC, STORED).rows}
    assert visible["ticker"] is False
    assert {row.key: row.visible for row in render(BASIC, {}).rows}["ticker"] is True  # undecided: shown


def test_calculated_fields_are_computed_not_typed() -> None:
    cleaned = clean_form(BASIC, FULL | {"per_head": "1"}, partial=True)
    assert cleaned.data["per_head"] == "15.005"
    assert "per_head" not in clean_form(BASIC, {"revenue": "1"}, partial=True).data
    assert "per_head" not in clean_form(BASIC, FULL | {"staff_total": "0"}, partial=True).data
    [cell] = [cell for cell in render(BASIC, STORED).cells if cell.key == "per_head"]
    assert cell.read_only


# -- tables --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        {"rows": [{"name": "甲", "output": "1"}, {"name": " "}, {"name": "乙", "output": "x"}]},
        {
            "rows.0.name": "甲",
            "rows.0.output": "1",
            "rows.3.name": " ",
            "rows.12.output": "x",
            "rows.12.name": "乙",
        },
    ],
)
def test_tables_nested_or_flat(raw: dict[str, Any]) -> None:
    cleaned = clean_form(FIRMS, raw, partial=True)
    assert cleaned.data == {"rows": [{"name": "甲", "output": "1"}, {"name": "乙", "output": "x"}]}
    assert list(cleaned.errors) == ["rows.1.output"]


def test_a_required_table_needs_a_row_and_its_rows_their_cells() -> None:
    assert clean_form(FIRMS, {}, partial=False).errors == {"rows": "请填写本项"}
    errors = clean_form(FIRMS, {"rows": [{"name": "甲"}]}, partial=False).errors
    assert errors == {"rows.0.output": "请填写本项"}
    assert is_complete(FIRMS, {"rows": [{"name": "甲"}]})[0].label == "企业第1行“产值”"


def test_a_table_has_a_limit_of_rows() -> None:
    cleaned = clean_form(FIRMS, {"rows": [{"name": str(n), "output": 1} for n in range(5)]}, partial=True)
    assert cleaned.errors == {"rows": "不得超过4行，现为5行"}
    assert len(cleaned.data["rows"]) == 5  # nothing is lost


@pytest.mark.parametrize(
    ("raw", "reported"),
    [
        ({"rows": [{"name": "甲", "colour": "red"}]}, ["rows.0.colour"]),
        ({"rows": ["甲"]}, ["rows.0"]),
        (
            {"rows.0.name": "甲", "rows.0.colour": "red", "rows.x.name": "乙"},
            ["rows.0.colour", "rows.x.name"],
        ),
    ],
)
def test_unknown_parts_of_a_table(raw: dict[str, Any], reported: list[str]) -> None:
    assert list(clean_form(FIRMS, raw, partial=True).errors) == reported


# -- content -------------------------------------------------------------------------------------------------------------


def test_typed_facts() -> None:
    facts = typed(BASIC, STORED | {"as_of": "2025-12-31"})
    assert facts["revenue"] == Decimal("1500.50")
    assert facts["staff_rd_senior"] == 5
    assert facts["as_of"] == dt.date(2025, 12, 31)
    assert facts["share"] is None
    assert facts["fields"] == ["cloud", "data"]
    assert typed(FIRMS, {}) == {"rows": [], "as_of": None}


@pytest.mark.parametrize(
    ("form", "data", "count"),
    [
        (BASIC, {}, 0),
        (BASIC, STORED, 8),  # a grid cell with a part is one cell; a calculated one counts
        (BASIC, {"staff_rd": 1}, 0),
        (BASIC, {"staff_rd": 1, "staff_rd_senior": 0}, 1),
        (BASIC, {"revenue": "x"}, 0),
        (BASIC, {"listed": False}, 1),
        (FIRMS, {"rows": [{"name": "甲", "output": "1"}, {"name": "乙"}]}, 3),
    ],
)
def test_counting_cells(form: Form, data: dict[str, Any], count: int) -> None:
    assert count_filled(form, data) == count


def test_files_lie_elsewhere() -> None:
    assert [cell.path for cell in is_complete(PAPERS, {})] == ["licence"]
    assert is_complete(PAPERS, {}, attached={"licence"}) == []
    assert clean_form(PAPERS, {"basic": "x"}, partial=False, attached={"licence"}).ok
    assert count_filled(PAPERS, {}, attached={"licence", "proofs"}) == 2
