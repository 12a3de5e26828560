"""Judging tables of cases: what is understood, what counts as yes, which amounts are due."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from audit.clock import SHANGHAI
from programmes.exact_json import DataError, parse_json
from programmes.expression_types import Record, Rows, Type
from programmes.rule_inputs import read_input
from programmes.rule_tables import Checked, RuleBook, plain, read_entries
from programmes.schema import Pack
from tests.factories.programmes import Change, mini_pack

MINI = mini_pack()


def check(entry: dict[str, Any], *packs: Pack) -> Checked:
    [read] = read_entries([entry])
    return RuleBook(packs or [MINI]).check(read)


def answers(checked: Checked) -> dict[str, list[str]]:
    return {finding.side: [j.answer for j in finding.judgements.values()] for finding in checked.findings}


def with_rule(number: int, **changes: Any) -> Pack:
    def change(content: list[dict[str, Any]]) -> None:
        content[number - 1].update(changes)

    return mini_pack({"rules.yaml": change})


def renamed(pack_id: str, changes: dict[str, Change] | None = None) -> Pack:
    return mini_pack({"programme.yaml": lambda content: content.update(id=pack_id), **(changes or {})})


@pytest.mark.parametrize(
    ("value", "kind", "read"),
    [
        (None, "integer", None),
        (20, "integer", 20),
        ("20", "integer", Decimal(20)),
        ("１，２００.５", "decimal", Decimal("1200.5")),
        ("twenty", "integer", "twenty"),
        ("", "decimal", None),
        (True, "integer", True),
        (64, "text", "64"),
        (Decimal("1E+3"), "text", "1000"),
        (True, "text", True),
        ("是", "boolean", True),
        ("false", "boolean", False),
        (1, "boolean", True),
        (0, "boolean", False),
        (2, "boolean", 2),
        ("perhaps", "boolean", "perhaps"),
        ("2020-12-31", "date", dt.date(2020, 12, 31)),
        ("2020年12月31日", "date", dt.date(2020, 12, 31)),
        ("2020-12-31T18:00:00Z", "date", dt.date(2021, 1, 1)),
        ("", "date", None),
        ("2020-02-30", "date", "2020-02-30"),
        ("soon", "date", "soon"),
        (20201231, "date", 20201231),
        ("0001-01-01T00:00:00+14:00", "date", "0001-01-01T00:00:00+14:00"),
        ("9999-12-31T23:59:59-12:00", "date", "9999-12-31T23:59:59-12:00"),
        ("2018-08-24T23:59:59", "datetime", dt.datetime(2018, 8, 24, 23, 59, 59, tzinfo=SHANGHAI)),
        ("2018-08-24 23:59:59", "datetime", dt.datetime(2018, 8, 24, 23, 59, 59, tzinfo=SHANGHAI)),
        ("2018-08-25", "datetime", dt.datetime(2018, 8, 25, tzinfo=SHANGHAI)),
        (["a", 3], "list[text]", ["a", "3"]),
        ("a", "list[text]", ["a"]),
        (["1", 2], "list[integer]", [Decimal(1), 2]),
        ({"a": "30", "b": 70}, "mapping[decimal]", {"a": Decimal(30), "b": 70}),
        (["p1", {"name": "p2"}], "table", [{}, {"name": "p2"}]),
        ([{"day": "2020-01-01"}], Rows("rows", {"day": "date"}), [{"day": dt.date(2020, 1, 1)}]),
        ({"count": "3"}, Record("FORM", {"count": "integer"}), {"count": Decimal(3)}),
        ("as it is", None, "as it is"),
    ],
)  # fmt: skip
def test_values_are_read_by_the_declared_type(value: Any, kind: Type | None, read: Any) -> None:
    assert read_input(value, kind) == read


def test_fractions_are_never_floats() -> None:
    assert parse_json("[0.1, 3]", name="x") == [Decimal("0.1"), 3]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[1,", "第1行第4列"),
        ('[\n{"a": }]', "第2行第7列"),
        ("[NaN]", "NaN"),
        ("[-Infinity]", "-Infinity"),
        ("[" * 100_000, "嵌套过深"),
        ("[" + "9" * 5000 + "]", "数值“9{20}…”超出可以计算的范围"),
        ("[1e999999999]", "数值“1e999999999”超出可以计算的范围"),
        ("[1e-999999]", "超出可以计算的范围"),
        ("[1e99999999999999999999]", "超出可以计算的范围"),
        ('["R-\\ud800"]', "不完整的字符"),
    ],
)
def test_what_is_no_json_is_refused_with_the_place(text: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        parse_json(text, name="cases.json")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({}, "文件应为列表"),
        ([1], "第1项应为对象"),
        ([{"ok": {}}], "第1项缺少规则编号"),
        ([{"id": 7, "ok": {}}], "第1项缺少规则编号"),
        ([{"id": "M-2", "ok": {}}, {"id": "M-3"}], "第2项（M-3）没有 ok，也没有 bad"),
        ([{"id": "M-2", "ok": []}], "第1项（M-2）的 ok 应为对象"),
        ([{"id": "M-6", "bad": {}, "bad_award": "many"}], "第1项（M-6）的 bad_award 应为数字"),
        ([{"id": "M-6", "ok": {}, "ok_award": True}], "第1项（M-6）的 ok_award 应为数字"),
    ],
)
def test_entries_of_another_shape_are_refused(content: Any, says: str) -> None:
    with pytest.raises(DataError, match=says):
        read_entries(content)


@pytest.mark.parametrize(
    ("rule_id", "inputs", "answer"),
    [
        ("M-2", {"revenue": 1000}, "yes"),
        ("M-2", {"revenue": "1,000"}, "yes"),
        ("M-2", {"BASIC.revenue": 1000}, "yes"),
        ("M-2", {"revenue": Decimal("999.999999999999999999")}, "no"),
        ("M-2", {"revenue": None}, "undecided"),
        ("M-2", {}, "undecided"),
        ("M-2", {"revenue": "plenty"}, "undecided"),
        ("M-2", {"revenue": [1000]}, "undecided"),
        ("M-3", {"staff_rd": 1, "staff_total": 5}, "yes"),
        ("M-3", {"BASIC": {"staff_rd": 1, "staff_total": 5}}, "yes"),
        ("M-3", {"staff_rd": 0, "staff_total": 0}, "undecided"),
        ("M-4", {"output": 500}, "yes"),
        ("M-4", {"kind": "small", "output": 499}, "no"),
        ("M-5", {"day": "2026-01-01"}, "yes"),
        ("M-5", {"day": None}, "no"),
        ("M-5", {}, "no"),
        ("M-7", {"average": 60}, "yes"),
        ("M-7", {"average": Decimal("59.99")}, "no"),
        ("M-7", {"average": 70, "threshold": 75}, "no"),
        ("M-7", {"margin": 0}, "yes"),
    ],
)
def test_a_rule_judges_what_it_is_given(rule_id: str, inputs: dict[str, Any], answer: str) -> None:
    """Slots have their default, the context's own expressions are computed, ``when`` is not asked."""
    checked = check({"id": rule_id, "ok": inputs})
    assert answers(checked) == {"ok": [answer]}
    assert checked.passed is (answer == "yes")
    assert check({"id": rule_id, "bad": inputs}).passed is (answer != "yes")


def test_undecided_is_no_and_says_why() -> None:
    [finding] = check({"id": "M-3", "bad": {"staff_rd": 1, "staff_total": 0}}).findings
    assert not finding.problems
    assert [str(j.reason) for j in finding.judgements.values()] == ["除数为零，无法计算"]


def test_an_unknown_rule_fails() -> None:
    assert check({"id": "M-99", "ok": {}}) == Checked("M-99", ())
    assert not check({"id": "M-99", "ok": {}}).passed


def test_inputs_that_a_rule_makes_nothing_of_are_named() -> None:
    checked = check(
        {"id": "M-7", "ok": {"average": 61, "revenue": 1, "GY.x": 2}, "bad": {"margin": -1, "y": 1}}
    )
    assert checked.passed
    assert checked.unknown == ("GY.x", "revenue", "y")


@pytest.mark.parametrize(
    ("inputs", "award", "passed"),
    [
        ({"revenue": 1000}, "100", True),
        ({"revenue": Decimal("1000.01")}, "100.001", True),
        ({"revenue": Decimal("1000.01")}, "100.00", False),
        ({"revenue": 2500}, "200", True),
        ({"revenue": 999}, "0", True),
        ({"revenue": 999}, "99.9", False),
        ({"revenue": None}, "0", True),
    ],
)
def test_a_rule_that_says_no_awards_nothing(inputs: dict[str, Any], award: str, passed: bool) -> None:
    side = "ok" if inputs["revenue"] and inputs["revenue"] >= 1000 else "bad"
    assert check({"id": "M-6", side: inputs, f"{side}_award": Decimal(award)}).passed is passed


def test_a_ceiling_awards_what_is_left_where_it_says_no() -> None:
    ceiling = with_rule(6, expr="revenue * 0.1 <= 200", award_when="always")
    entry = {
        "id": "M-6",
        "ok": {"revenue": 2000},
        "bad": {"revenue": 2001},
        "ok_award": 200,
        "bad_award": 200,
    }
    assert check(entry, ceiling).passed
    without = with_rule(6, expr="revenue * 0.1 <= 200")
    [_ok, bad] = check(entry, without).findings
    assert bad.problems == ("mini：金额应为200",)


def test_amounts_alone_are_neither_yes_nor_no() -> None:
    alone = with_rule(6, expr="")
    entry = {"id": "M-6", "ok": {"revenue": 1000}, "bad": {"revenue": 10}, "ok_award": 100, "bad_award": 1}
    assert check(entry, alone).passed
    assert not check(entry | {"bad_award": 2}, alone).passed
    assert check({"id": "M-6", "bad": {"revenue": None}}, alone).passed
    assert not check({"id": "M-6", "bad": {"revenue": 10}}, alone).passed


def test_an_amount_of_a_rule_without_a_formula_is_wrong() -> None:
    assert not check({"id": "M-2", "ok": {"revenue": 1000}, "ok_award": 5}).passed


def test_packs_that_share_a_rule_must_agree() -> None:
    def stricter(content: list[dict[str, Any]]) -> None:
        content[1]["expr"] = "revenue > 1000"

    same, other = renamed("same"), renamed("other", {"rules.yaml": stricter})
    entry = {"id": "M-2", "ok": {"revenue": 1001}, "bad": {"revenue": 999}}
    assert answers(check(entry, same, other)) == {"ok": ["yes", "yes"], "bad": ["no", "no"]}
    assert check(entry, same, other).passed
    at_the_boundary = check({"id": "M-2", "ok": {"revenue": 1000}}, same, other)
    assert answers(at_the_boundary) == {"ok": ["yes", "no"]}
    assert at_the_boundary.findings[0].problems == ("other：应为yes", "各政策包的判断不一致")


def test_a_faulty_rule_is_undecided() -> None:
    faulty = with_rule(2, expr="no_such_name > 1")
    assert answers(check({"id": "M-2", "ok": {"revenue": 1}}, faulty)) == {"ok": ["undecided"]}


@pytest.mark.parametrize(
    ("amount", "shown"), [("150.0", "150"), ("1.5E+2", "150"), ("46.50", "46.5"), ("0", "0")]
)
def test_amounts_are_shown_plainly(amount: str, shown: str) -> None:
    assert plain(Decimal(amount)) == shown
