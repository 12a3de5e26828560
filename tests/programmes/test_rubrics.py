"""Score sheets and what a panel of them comes to."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import Refusal
from programmes.rubrics import aggregate, maximum, read_points, rounded, total
from programmes.schema import Indicator, Rounding, Rubric, Text


def rubric(**changes: Any) -> Rubric:
    values: dict[str, Any] = {
        "title": Text(zh="评分表"),
        "clause": "M·第二条",
        "indicators": (
            Indicator(key="design", label=Text(zh="设计"), maximum=Decimal(40), clause="M·第二条"),
            Indicator(key="effect", label=Text(zh="成效"), maximum=Decimal(60), clause="M·第二条"),
        ),
        "panel_minimum": 3,
        "pass_mark": Decimal(60),
    }
    return Rubric(**(values | changes))


def points(*values: str | int) -> list[Decimal]:
    return [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("sheet", "sum_"),
    [
        ({"design": 40, "effect": 60}, "100"),
        ({"design": "３９．５", "effect": "0"}, "39.5"),
        ({"design": Decimal("0.5"), "effect": Decimal("12")}, "12.5"),
    ],
)
def test_a_sheet_adds_up(sheet: dict[str, Any], sum_: str) -> None:
    assert total(rubric(), sheet) == Decimal(sum_)


@pytest.mark.parametrize(
    ("sheet", "key", "says"),
    [
        ({"design": 10}, "effect", "请填写得分"),
        ({"design": 10, "effect": ""}, "effect", "请填写得分"),
        ({"design": 41, "effect": 0}, "design", "得分应在0至40之间"),
        ({"design": -1, "effect": 0}, "design", "得分应在0至40之间"),
        ({"design": "10.3", "effect": 0}, "design", "得分应以0.5分为单位"),
        ({"design": "十", "effect": 0}, "design", "请填写数字"),
        ({"design": 1.5, "effect": 0}, "design", "请填写数字"),
        ({"design": True, "effect": 0}, "design", "请填写数字"),
        ({"design": 1, "effect": 0, "charm": 9}, "charm", "评分表中没有此项"),
    ],
)
def test_a_faulty_sheet_is_refused_with_its_place(sheet: dict[str, Any], key: str, says: str) -> None:
    with pytest.raises(Refusal) as refusal:
        total(rubric(), sheet)
    assert refusal.value.code == "bad_score"
    assert refusal.value.fields == {key: says}
    assert refusal.value.clause == "M·第二条"


def test_an_appraisal_may_score_some_items_only() -> None:
    assert total(rubric(), {"design": 30}, items={"design"}) == Decimal(30)
    assert maximum(rubric(), items={"design"}) == Decimal(40)
    assert read_points(rubric(), {"design": 30, "effect": 1}, items={"design"})[1] == {
        "effect": "评分表中没有此项"
    }


@pytest.mark.parametrize(
    ("changes", "totals", "value", "passed", "dropped"),
    [
        ({}, points(60, 60, 60), "60.00", True, ()),
        ({}, points(59, 60, "60.5"), "59.83", False, ()),
        ({}, points(60, 60, "59.99"), "60.00", True, ()),  # 59.9966… is shown, and compared, as 60.00
        ({"aggregation": "median"}, points(10, 61, 90), "61.00", True, ()),
        ({"aggregation": "median"}, points(10, "60.5", 59, 90), "59.75", False, ()),
        (
            {"aggregation": "trimmed_mean", "trim": 1},
            points(0, 70, 80, 90, 100),
            "80.00",
            True,
            (Decimal(0), Decimal(100)),
        ),
        ({"aggregation": "trimmed_mean", "trim": 1}, points(50, 100), None, None, ()),
        ({"aggregation": "vote"}, points(60, 61, 59), "2", True, ()),
        ({"aggregation": "vote"}, points(60, 61, 59, 10), "2", False, ()),
        ({"aggregation": "vote"}, points(59, 59, 100), "1", False, ()),
        ({}, points(90, 90), "90.00", None, ()),
        ({"odd_panel": True}, points(90, 90, 90, 90), "90.00", None, ()),
        ({"odd_panel": True}, points(90, 90, 90), "90.00", True, ()),
        ({"pass_mark": None}, points(90, 90, 90), "90.00", None, ()),
        ({}, [], None, None, ()),
    ],
)
def test_methods(
    changes: dict[str, Any],
    totals: list[Decimal],
    value: str | None,
    passed: bool | None,
    dropped: tuple[Decimal, ...],
) -> None:
    found = aggregate(rubric(**changes), totals)
    assert found.value == (Decimal(value) if value else None)
    assert found.passed is passed
    assert found.dropped == dropped
    assert found.explanation.zh and found.explanation.en


def test_explanations() -> None:
    found = aggregate(rubric(aggregation="trimmed_mean", trim=1), points(0, 70, 80, 90, "99.5"))
    assert found.explanation.zh == "3份评分表的去掉最高、最低分后的平均分为80.00分；去掉0、99.5；合格线60分"
    assert aggregate(rubric(), points(90, 90)).explanation.zh.endswith("有效评分表2份，不足3份")
    assert "赞成须过半数" in aggregate(rubric(aggregation="vote"), points(90, 90, 10)).explanation.zh


def test_a_slots_pass_mark_goes_first() -> None:
    assert aggregate(rubric(), points(65, 65, 65), pass_mark=Decimal(70)).passed is False


@pytest.mark.parametrize(
    ("mode", "places", "value", "expected"),
    [
        ("half_up", 2, "59.995", "60.00"),
        ("half_even", 2, "59.985", "59.98"),
        ("half_even", 2, "59.995", "60.00"),
        ("down", 2, "59.999", "59.99"),
        ("half_up", 0, "59.5", "60"),
    ],
)
def test_rounding(mode: Any, places: int, value: str, expected: str) -> None:
    assert str(rounded(Decimal(value), Rounding(places=places, mode=mode))) == expected


@given(st.lists(st.integers(min_value=0, max_value=200), min_size=3, max_size=15))
def test_the_mean_is_the_exact_mean_rounded_once(halves: list[int]) -> None:
    totals = [Decimal(half) / 2 for half in halves]
    exact = Fraction(sum(halves), 2 * len(halves))
    cents, rest = divmod(exact * 100, 1)
    expected = Decimal(int(cents) + (1 if rest >= Fraction(1, 2) else 0)) / 100
    assert aggregate(rubric(), totals).value == expected


@given(st.lists(st.integers(min_value=0, max_value=100), min_size=5, max_size=15), st.randoms())
def test_the_order_of_sheets_does_not_matter(values: list[int], shuffle: Any) -> None:
    shuffled = list(values)
    shuffle.shuffle(shuffled)
    for changes in (
        {},
        {"aggregation": "median"},
        {"aggregation": "trimmed_mean", "trim": 2},
        {"aggregation": "vote"},
    ):
        one = aggregate(rubric(**changes), [Decimal(v) for v in values])
        other = aggregate(rubric(**changes), [Decimal(v) for v in shuffled])
        assert one == other
        assert one.value is not None
        if changes.get("aggregation") != "vote":
            assert min(values) <= one.value <= max(values)
