"""What expressions accept, what they say, and what they say when something is missing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.expression_types import Type
from programmes.expressions import ExpressionError, Record, Rows, Undecided, compile_expression
from programmes.schema import FactType

TYPES: dict[str, Type] = {
    "a": "decimal",
    "b": "decimal",
    "n": "integer",
    "s": "text",
    "ok": "boolean",
    "day": "date",
    "at": "datetime",
    "numbers": "list[integer]",
    "words": "list[text]",
    "plain": "table",
    "F": Record("F", {"day": "date", "a": "decimal", "rows": Rows("F.rows", {"v": "decimal"})}),
    "rows": Rows("rows", {"name": "text", "v": "decimal"}),
}


def value(text: str, expects: FactType | None = None, **facts: Any) -> Any:
    return compile_expression(text, TYPES, expects=expects).evaluate(facts)


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("a / b >= 0.5", {"a": 20, "b": 40}, True),
        ("a / b >= 0.5", {"a": 20, "b": 41}, False),
        ("a / b >= 0.3", {"a": Decimal("0.3"), "b": 1}, True),
        ("a * 1.1 == 0.11", {"a": Decimal("0.1")}, True),
        ("0.1 + 0.2 == 0.3", {}, True),
        ("$abs(a - (b / 100000 - 1) * 100) <= 0.05", {"a": Decimal("25.05"), "b": 125000}, True),
        ("$abs(a - (b / 100000 - 1) * 100) <= 0.05", {"a": Decimal("25.06"), "b": 125000}, False),
        ("n in [1, 2, 3]", {"n": 3}, True),
        ("n not in [1, 2, 3]", {"n": 3}, False),
        ("s in ['市', '县']", {"s": "县"}, True),
        ("'贵阳市' in s", {"s": "贵州省贵阳市"}, True),
        ("s.starts_with('贵阳市')", {"s": "贵阳市观山湖区"}, True),
        ("$all([m in numbers for m in [1, 2, 3]])", {"numbers": [3, 2, 1]}, True),
        ("$all([m in numbers for m in [1, 2, 3]])", {"numbers": [1, 2]}, False),
        ("(words.to_set & {'x', 'y'}).length >= 1", {"words": ["y"]}, True),
        ("{'PRD': 300, 'EWN': 200}[s] <= a", {"s": "EWN", "a": 200}, True),
        ("day < d'2021-06-01'", {"day": dt.date(2021, 5, 31)}, True),
        ("day < d'2021-06-01'", {"day": dt.date(2021, 6, 1)}, False),
        ("day.month in [1, 2, 3]", {"day": dt.date(2021, 3, 31)}, True),
        ("(day - d'2021-01-01').days", {"day": dt.date(2021, 1, 31)}, Decimal(30)),
        ("ok ? a : b", {"ok": True, "a": 1}, Decimal(1)),
        ("n.to_str + '-06-01'", {"n": 2020}, "2020-06-01"),
        ("rows.length", {"rows": [{}, {}]}, Decimal(2)),
        ("plain.length", {"plain": [{"x": 1}]}, Decimal(1)),
        ("$sum([r.v for r in rows])", {"rows": [{"v": Decimal(2)}, {"v": 3}]}, Decimal(5)),
        (
            "$sum([r.v for r in rows if r.name == 'x'])",
            {"rows": [{"name": "x", "v": 1}, {"name": "y", "v": 2}]},
            1,
        ),
        ("$any([r.v > 1 for r in F.rows])", {"F": {"rows": [{"v": 1}, {"v": 2}]}}, True),
        ("F.day", {"F": {"day": dt.date(2021, 1, 1)}}, None),
    ],
)
def test_what_expressions_compute(text: str, facts: dict[str, Any], expected: Any) -> None:
    if expected is None:
        assert value(text, "date", **facts) == dt.date(2021, 1, 1)
    else:
        assert value(text, **facts) == expected


@pytest.mark.parametrize(
    ("text", "facts", "missing"),
    [
        ("a > 1", {}, "a"),
        ("a > 1", {"a": None}, "a"),
        ("a > 1", {"a": 1.5}, "a"),  # a float is not exact
        ("F.a > 1", {"F": {}}, "F.a"),
        ("F.a > 1", {}, "F"),
        ("$sum([r.v for r in rows]) > 1", {"rows": [{"v": 1}, {"v": None}]}, "rows[2].v"),
        ("day < d'2021-01-01'", {}, "day"),
        ("s in ['x']", {}, "s"),
        ("s == 'x'", {}, "s"),
        ("not ok", {}, "ok"),
        ("ok ? a : b", {"a": 1, "b": 2}, "ok"),
        ("ok ? a : b", {"ok": False, "a": 1}, "b"),
        ("ok and a > 1", {"ok": True}, "a"),
        ("ok or a > 1", {"ok": False}, "a"),
    ],
)
def test_a_missing_input_is_named(text: str, facts: dict[str, Any], missing: str) -> None:
    result = value(text, **facts)
    assert isinstance(result, Undecided)
    assert result.inputs == (missing,)
    assert result.missing
    assert missing in result.reason.zh


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("true or a > 1", {}, True),
        ("ok or a > 1", {"ok": True}, True),
        ("a > 1 or ok", {"ok": True}, True),
        ("a > 1 and ok", {"ok": False}, False),
        ("ok and a > 1", {"ok": False}, False),
        ("a / b > 1 or ok", {"a": 1, "b": 0, "ok": True}, True),
        ("ok ? a : b", {"ok": True, "a": 1}, Decimal(1)),
        ("(a > 1 or ok) and (ok or b > 1)", {"ok": True}, True),
    ],
)
def test_what_is_not_needed_may_be_missing(text: str, facts: dict[str, Any], expected: Any) -> None:
    assert value(text, **facts) == expected


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("day != null", {}, False),
        ("day != null", {"day": None}, False),
        ("day != null", {"day": dt.date(2020, 1, 1)}, True),
        ("null == a", {}, True),
        ("F.day != null", {"F": {}}, False),
        ("F.day != null", {}, False),
        ("F.day == null", {"F": {"day": dt.date(2020, 1, 1)}}, False),
        ("rows == null", {}, True),
        ("not (s == null)", {"s": ""}, True),
        ("(a ?? 0) + 1", {}, Decimal(1)),
        ("s != 'x' or day != null", {"s": "x"}, False),
        ("a == null ? true : a > 1", {}, True),
    ],
)
def test_asking_for_null_is_decidable(text: str, facts: dict[str, Any], expected: Any) -> None:
    assert value(text, **facts) == expected


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("a / b > 1", {"a": 1, "b": 0}),
        ("a / b > 1", {"a": 0, "b": 0}),
        ("a / (b - b) > 1", {"a": 1, "b": 7}),
        ("a % b == 0", {"a": 1, "b": 0}),
    ],
)
def test_a_zero_denominator_is_undecided(text: str, facts: dict[str, Any]) -> None:
    result = value(text, **facts)
    assert isinstance(result, Undecided)
    assert result.reason.zh == "除数为零，无法计算"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("{'PRD': 300}[s] <= a", {"s": "XX", "a": 1}),
        ("$min(numbers) > 0", {"numbers": []}),
        ("s == 'x'", {"s": 3}),
        ("a > 1", {"a": "12"}),
        ("words.length > 0", {"words": ["x", None]}),
        ("numbers[7] > 0", {"numbers": [1]}),
        ("a > 1", {"a": Decimal("NaN")}),
        ("F.a > 1", {"F": "no record"}),
    ],
)
def test_unsuitable_values_are_undecided_and_never_raise(text: str, facts: dict[str, Any]) -> None:
    assert isinstance(value(text, **facts), Undecided)


def test_undecided_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError):
        bool(value("a > 1"))


@pytest.mark.parametrize(
    ("text", "says", "column"),
    [
        ("", "表达式为空", None),
        ("a +", "不完整", 4),
        ("a > > 1", "语法有误", 5),
        ("aa > 1", "未定义的名称“aa”，是否应为“a”", 1),
        ("1 < bb", "未定义的名称", 5),
        ("F.dya != null", "没有名为“dya”的项，是否应为“day”", 3),
        ("[r.w for r in rows]", "没有名为“w”的项", 4),
        ("[r.x for r in plain]", "没有名为“x”的项", 4),
        ("a + s > 1", "数据类型不匹配", None),
        ("day > 1", "数据类型不匹配", None),
        ("s == 1", "不能相互比较", None),
        ("s != day", "不能相互比较", None),
        ("s in numbers", "列表中都是数字，不会有文字", None),
        ("a and ok", "两侧应为是否判断", None),
        ("not a", "两侧应为是否判断", None),
        ("a ? 1 : 2", "两侧应为是否判断", None),
        ("ok ? 1 : 'x'", "不能相互比较", None),
        ("1 / 0 > 1", "除数为零", None),
        ("a ** 2", "不允许使用“**”", 3),
        ("s =~ '(a+)+$'", "不允许使用“=~”", 3),
        ("1 << 99", "不允许使用“<<”", 3),
        ("b'x' == b'x'", "不允许使用“b”", 1),
        ("a < inf", "不允许使用“inf”", 5),
        ("$now > day", "不允许使用“$now”", None),
        ("$today > day", "不允许使用“$today”", None),
        ("$random(3) > 1", "不允许使用“$random”", None),
        ("$range(9999999999).length > 1", "不允许使用“$range”", None),
        ("a.to_flt > 1", "不允许使用“.to_flt”", None),
        ("a > 1 # remark", "不允许使用“#”", 7),
        ("a > " + "1 + " * 600 + "1", "超过2000字", None),
        (" or ".join(["ok"] * 300), "过于复杂", None),
    ],
)
def test_what_does_not_compile(text: str, says: str, column: int | None) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, TYPES)
    assert says in caught.value.message.zh
    assert caught.value.message.en
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "expects"),
    [
        ("a", "boolean"),
        ("ok", "decimal"),
        ("s", "date"),
        ("day", "text"),
        ("ok ? a : null", "boolean"),
        ("numbers", "text"),
    ],
)
def test_another_result_type_is_refused(text: str, expects: FactType) -> None:
    with pytest.raises(ExpressionError, match="gives"):
        compile_expression(text, TYPES, expects=expects)


def test_strings_may_contain_what_is_otherwise_banned() -> None:
    assert value("s == 'a ** b # nan =~'", s="a ** b # nan =~") is True


def test_names_are_what_the_expression_reads() -> None:
    compiled = compile_expression("a > 1 and $any([r.v > b for r in rows])", TYPES)
    assert compiled.names == {"a", "b", "rows"}


@given(
    value_=st.decimals(min_value=-(10**15), max_value=10**15, places=4),
    divisor=st.decimals(min_value="0.0001", max_value=10**9, places=4),
)
def test_quotients_are_never_rounded_across_a_threshold(value_: Decimal, divisor: Decimal) -> None:
    """``a / b >= 0.3`` says what ``a >= 0.3 * b`` says, exactly."""
    from fractions import Fraction

    exact = Fraction(value_) / Fraction(divisor) >= Fraction(3, 10)
    assert value("a / b >= 0.3", a=value_, b=divisor) is exact


@given(st.booleans() | st.none(), st.booleans() | st.none())
def test_and_or_follow_kleene(left: bool | None, right: bool | None) -> None:
    types: dict[str, Type] = {"l": "boolean", "r": "boolean"}
    facts = {"l": left, "r": right}
    both = compile_expression("l and r", types).evaluate(facts)
    either = compile_expression("l or r", types).evaluate(facts)
    assert (None if isinstance(both, Undecided) else both) == (
        False if left is False or right is False else None if left is None or right is None else True
    )
    assert (None if isinstance(either, Undecided) else either) == (
        True if left or right else None if left is None or right is None else False
    )
