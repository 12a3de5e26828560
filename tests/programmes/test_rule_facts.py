"""Where the facts of a gate come from, and what a rule's own examples must say."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from programmes.rule_context import reads_forms, reads_slots
from programmes.rules import check_examples, evaluate, needed_facts, resolve_context
from programmes.values import evaluate_value
from tests.factories.programmes import mini_pack
from tests.programmes.test_rules import PACK, Asked, context


@pytest.mark.parametrize(
    ("gate", "expected"),
    [
        ("round.open", {"round.opens_month"}),
        ("review.select", set()),
        ("publicize.publish_notice", {"review.average"}),
        ("nothing.here", set()),
    ],
)
def test_needed_facts(gate: str, expected: set[str]) -> None:
    assert needed_facts(PACK, gate) == expected


@pytest.mark.parametrize(
    ("gate", "forms", "slots"),
    [
        ("round.open", False, False),
        ("declare.submit", True, False),
        ("publicize.publish_notice", False, True),
        ("nothing.here", False, False),
    ],
)
def test_what_need_not_be_loaded(gate: str, forms: bool, slots: bool) -> None:
    assert (reads_forms(PACK, gate), reads_slots(PACK, gate)) == (forms, slots)


def test_counting_cells_reads_a_form() -> None:
    change = {"rules.yaml": lambda rules: rules[6].update(expr="cells > 1")}
    assert reads_forms(mini_pack(change), "publicize.publish_notice")


def test_material_present_asks_for_the_list_of_materials() -> None:
    pack = mini_pack({"rules.yaml": lambda rules: rules[1].update(expr="revenue >= 1000 and has_licence")})
    assert needed_facts(pack, "review.select") == {"materials.numbers"}


def test_only_what_the_gate_reads_is_asked_of_the_system() -> None:
    system = Asked(round__opens_month=3)
    resolve_context(PACK, form_data={}, system_facts=system, action_data={}, slots={}, gate="round.open")
    assert system.asked == ["round.opens_month"]
    system = Asked()
    facts = resolve_context(
        PACK, form_data={}, system_facts=system, action_data={}, slots={}, gate="declare.submit"
    )
    assert system.asked == []
    assert {"BASIC", "FIRMS", "revenue"} <= facts.keys()
    facts = resolve_context(
        PACK, form_data={}, system_facts=system, action_data={}, slots={}, gate="round.open"
    )
    assert not {"BASIC", "FIRMS", "revenue"} & facts.keys()


def test_every_provider() -> None:
    data = {
        "BASIC": {"name": "甲", "revenue": "1500", "staff_total": 10, "staff_rd": 2, "as_of": "2025-12-31"},
        "FIRMS": {"rows": [{"name": "乙", "output": "3.5"}], "as_of": "2025-06-30"},
    }
    facts = context(data, round__opens_month=2, materials__numbers=[1, 2], review__average=Decimal("72.5"))
    assert facts["opens_month"] == 2
    assert facts["cells"] == 4  # name, revenue, staff total, date; the cell with a part is half filled
    assert facts["has_licence"] is True
    assert facts["materials"] == [1, 2]
    assert facts["threshold"] == Decimal(60)
    assert facts["margin"] == Decimal("12.5")
    assert facts["given_reason"] == "说明"
    assert facts["revenue"] == Decimal(1500)
    assert facts["staff_rd"] == 2
    assert facts["BASIC"]["as_of"] == dt.date(2025, 12, 31)
    assert facts["FIRMS"]["rows"] == [{"name": "乙", "output": Decimal("3.5"), "kind": None}]
    assert "as_of" not in facts  # two forms have it


def test_facts_nobody_gave_are_none() -> None:
    facts = context({}, review__average=None)
    assert facts["average"] is None
    assert facts["margin"] is None
    assert facts["has_licence"] is None
    assert facts["opens_month"] is None


def test_a_computed_fact_reaches_through_its_expression() -> None:
    facts = context({}, gate="publicize.publish_notice", review__average=Decimal("59.99"))
    [verdict] = evaluate(PACK, "publicize.publish_notice", facts)
    assert verdict.outcome == "failed"
    assert "cells" not in facts


def test_a_circle_of_expressions_ends_in_undecided() -> None:
    pack = mini_pack(
        {"context.yaml": lambda c: c.update(average={"type": "decimal", "expr": "margin + threshold"})}
    )
    facts = context({}, pack=pack)
    assert facts["margin"] is None


def test_a_value_computed_by_the_pack() -> None:
    assert PACK.programme.plaque is not None
    text = PACK.programme.plaque.tier_expr
    system = Asked()
    assert (
        evaluate_value(PACK, text, form_data={"BASIC": {"revenue": "1000"}}, system_facts=system) == "large"
    )
    assert evaluate_value(PACK, text, form_data={}, system_facts=system) is None
    assert system.asked == []


# -- examples ------------------------------------------------------------------------------------------------------------


def test_the_mini_packs_examples_agree() -> None:
    assert check_examples(PACK) == []


@pytest.mark.parametrize(
    ("rule", "change", "where", "says"),
    [
        (1, {"ok": [{"inputs": {"revenue": 999}}]}, "M-2.ok[1]", "本例应通过，实为不通过"),
        (1, {"bad": [{"inputs": {"revenue": 1000}}]}, "M-2.bad[1]", "本例应不通过，实为通过"),
        (1, {"ok": []}, "M-2.ok", "缺少应通过的样例"),
        (1, {"bad": []}, "M-2.bad", "缺少应不通过的样例"),
        (1, {"ok": [{"inputs": {}}]}, "M-2.ok[1]", "本例无法判定：缺少“revenue”"),
        (3, {"ok": [{"inputs": {"kind": "small", "output": 500}}]}, "M-4.ok[1]", "本例不适用该规则"),
        (5, {"ok": [{"inputs": {"revenue": 1000}, "award": 101}]}, "M-6.ok[1]", "金额应为101，实为100.0"),
        (5, {"bad": [{"inputs": {"revenue": 999}, "award": 1}]}, "M-6.bad[1]", "金额应为1，实为0"),
    ],
)
def test_examples_that_do_not_agree(rule: int, change: dict[str, Any], where: str, says: str) -> None:
    pack = mini_pack({"rules.yaml": lambda rules: rules[rule].update(change)})
    [problem] = check_examples(pack)
    assert problem.file == "rules.yaml"
    assert problem.where == where
    assert says in problem.message_zh


def test_examples_may_name_a_forms_field() -> None:
    change = {
        "expr": "BASIC.as_of != null and FIRMS.rows.length > 1",
        "inputs": {},
        "ok": [{"inputs": {"BASIC.as_of": "2025-12-31", "FIRMS.rows": [{"name": "甲"}, {"name": "乙"}]}}],
        "bad": [{"inputs": {"BASIC.as_of": "2025-12-31", "FIRMS.rows": []}}],
    }
    pack = mini_pack({"rules.yaml": lambda rules: rules[1].update(change)})
    assert check_examples(pack) == []
