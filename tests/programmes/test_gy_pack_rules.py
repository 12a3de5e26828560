"""The rules of the Guiyang pack: all of them, where they bind, what they say on each side of a boundary."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import programmes
from programmes import facts, forms, procedures
from programmes.expressions import Undecided, compile_expression
from programmes.packs import parse_files, read_directory
from programmes.schema import Rule

FOLDER = Path(programmes.__file__).parent / "packs" / "gy-cluster-base"
PACK = parse_files(read_directory(FOLDER))


def typed(rule: Rule, inputs: dict[str, Any]) -> dict[str, Any]:
    """Example inputs as facts of the declared types."""
    return {name: _typed(rule.inputs[name], value) for name, value in inputs.items()}


def _typed(kind: str, value: Any) -> Any:
    if kind == "date" and isinstance(value, str):
        return dt.date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value


def decide(rule_id: str, **inputs: Any) -> Any:
    """What a rule says over these inputs: True, False, Undecided, or None when it does not apply."""
    rule = PACK.rules[rule_id]
    given = typed(rule, inputs)
    if rule.when and compile_expression(rule.when, rule.inputs, expects="boolean").evaluate(given) is False:
        return None
    return compile_expression(rule.expr, rule.inputs, expects="boolean").evaluate(given)


def test_every_rule_of_the_policy_is_there() -> None:
    assert list(PACK.rules) == [
        *(f"R-GY-{number:02d}" for number in range(1, 11)),
        "R-GY-10A",
        *(f"R-GY-{number:02d}" for number in range(11, 40)),
    ]


@pytest.mark.parametrize("rule", PACK.rules.values(), ids=lambda rule: rule.id)
def test_examples_stand_on_their_sides_of_the_boundary(rule: Rule) -> None:
    assert rule.ok and rule.bad
    for expected, examples in ((True, rule.ok), (False, rule.bad)):
        for example in examples:
            assert set(example.inputs) == set(rule.inputs)
            assert decide(rule.id, **example.inputs) is expected


@pytest.mark.parametrize("rule", PACK.rules.values(), ids=lambda rule: rule.id)
def test_rules_speak_both_languages_and_use_known_gates(rule: Rule) -> None:
    assert rule.title.en and rule.message.zh.endswith("。") and rule.message.en.endswith(".")
    assert rule.levels and set(rule.levels) <= procedures.gates()


@pytest.mark.parametrize(
    ("rule_id", "levels"),
    [
        ("R-GY-02", {"round.open": "soft"}),
        *((f"R-GY-{n:02d}", {"declare.submit": "hard"}) for n in (1, 3, 4, 6, 8, 11, 20, 38)),
        *((f"R-GY-{n:02d}", {"declare.submit": "soft"}) for n in (5, 7)),
        *((f"R-GY-{n:02d}", {"declare.submit": "hard", "review.select": "hard"}) for n in (9, 10)),
        ("R-GY-10A", {"declare.submit": "warn", "review.select": "soft"}),
        *((f"R-GY-{n:02d}", {"declare.submit": "warn", "review.select": "hard"}) for n in range(12, 17)),
        *((f"R-GY-{n:02d}", {"review.select": "soft"}) for n in (17, 18, 19)),
        *((f"R-GY-{n:02d}", {"file.begin_construction": "hard"}) for n in (21, 22)),
        ("R-GY-23", {"publicize.publish_notice": "hard"}),
        ("R-GY-24", {"accredit.report_for_approval": "hard"}),
        ("R-GY-25", {"accredit.issue_plaque": "hard"}),
        ("R-GY-26", {"accredit.issue_plaque": "warn"}),
        ("R-GY-27", {"accredit.approve": "hard"}),
        ("R-GY-28", {"command.start_appraisal": "hard"}),
        ("R-GY-33", {"appraise.conclude_unqualified": "hard"}),
        ("R-GY-34", {"command.propose_revocation": "hard"}),
        ("R-GY-35", {"revoke.agree_revocation": "hard"}),
        ("R-GY-36", {"review.select": "hard", "publicize.publish_notice": "hard"}),
        ("R-GY-39", {"accredit.issue_plaque": "warn"}),
    ],
)
def test_rules_bind_where_the_text_binds(rule_id: str, levels: dict[str, str]) -> None:
    assert PACK.rules[rule_id].levels == levels


D = Decimal
BOUNDARIES: list[tuple[str, dict[str, Any], bool | None]] = [
    ("R-GY-02", {"round_open_month": 1}, True),
    ("R-GY-02", {"round_open_month": 12}, False),
    ("R-GY-03", {"materials": (9, 8, 7, 6, 5, 4, 3, 2, 1)}, True),
    ("R-GY-03", {"materials": ()}, False),
    ("R-GY-05", {"plan_horizon_years": 5}, True),
    ("R-GY-07", {"growth_pct": D("25.05"), "value": D(125000), "prev_value": D(100000)}, True),
    ("R-GY-07", {"growth_pct": D("25.06"), "value": D(125000), "prev_value": D(100000)}, False),
    ("R-GY-07", {"growth_pct": D("-50"), "value": D(50), "prev_value": D(100)}, True),
    ("R-GY-07", {"growth_pct": D("33.33"), "value": D(4), "prev_value": D(3)}, True),
    ("R-GY-07", {"growth_pct": D("100"), "value": D(100), "prev_value": D(0)}, None),
    ("R-GY-07", {"growth_pct": D("100"), "value": D(100), "prev_value": D(-100)}, None),
    ("R-GY-09", {"mgmt_reg_place": "贵阳市观山湖区"}, True),
    ("R-GY-09", {"mgmt_reg_place": "贵州省贵阳市云岩区"}, True),
    ("R-GY-09", {"mgmt_reg_place": "贵州省遵义市"}, False),
    ("R-GY-10", {"mgmt_independent_legal_person": True, "mgmt_type": "public_institution"}, True),
    ("R-GY-10", {"mgmt_independent_legal_person": True, "mgmt_type": "gov_organ"}, None),
    ("R-GY-12", {"bigdata_ent_count": 21}, True),
    ("R-GY-13", {"bigdata_ent_count": 50, "ent_total": 100}, True),
    ("R-GY-13", {"bigdata_ent_count": 49, "ent_total": 99}, False),
    ("R-GY-14", {"software_revenue_wan": D("29999.999999"), "total_revenue_wan": D(100000)}, False),
    ("R-GY-15", {"floor_area_sqm": D("19999.99")}, False),
    ("R-GY-16", {"total_revenue_wan": D("99999.999999")}, False),
    ("R-GY-18", {"public_services": ("other",)}, False),
    ("R-GY-24", {"publicity_ended": False, "open_objections": 0}, False),
    ("R-GY-26", {"programme_year": 2020, "plaque_date": "2020-12-31"}, True),
    ("R-GY-26", {"programme_year": 2020, "plaque_date": "2022-01-01"}, False),
    ("R-GY-29", {"appraisal_items": ("next_steps", "policy", "service", "innovation", "industry")}, True),
    ("R-GY-30", {"composite_items": ("industry",), "appraisal_kind": "assessment"}, None),
    ("R-GY-33", {"composite_result": "qualified", "rectification_due": None}, True),
    ("R-GY-34", {"rectification_acceptance": "fail", "consecutive_unqualified": 1}, True),
    ("R-GY-34", {"rectification_acceptance": "none", "consecutive_unqualified": 0}, False),
    ("R-GY-36", {"misconduct_confirmed": False, "liability_case_opened": False}, True),
    ("R-GY-39", {"base_tier": "10e8", "total_revenue_wan": D(499999)}, True),
    ("R-GY-39", {"base_tier": "100e8", "total_revenue_wan": D(1000000)}, True),
    ("R-GY-39", {"base_tier": "100e8", "total_revenue_wan": D(999999)}, False),
]


@pytest.mark.parametrize(("rule_id", "inputs", "expected"), BOUNDARIES)
def test_thresholds_at_their_boundaries(rule_id: str, inputs: dict[str, Any], expected: bool | None) -> None:
    assert decide(rule_id, **inputs) is expected


@pytest.mark.parametrize(
    ("rule_id", "inputs"),
    [
        ("R-GY-12", {"bigdata_ent_count": None}),
        ("R-GY-13", {"bigdata_ent_count": 20, "ent_total": 0}),
        ("R-GY-14", {"software_revenue_wan": D(1), "total_revenue_wan": D(0)}),
        ("R-GY-19", {"expert_judges_leading": None}),
    ],
)
def test_what_is_not_known_does_not_pass(rule_id: str, inputs: dict[str, Any]) -> None:
    assert isinstance(decide(rule_id, **inputs), Undecided)


def test_growth_is_checked_for_each_indicator_and_year() -> None:
    bindings = PACK.rules["R-GY-07"].bindings
    indicators = ("main_revenue", "profit", "above_scale_ent", "employees")
    assert [dict(binding.inputs) for binding in bindings] == [
        {"growth_pct": f"{key}_growth_{year}", "value": f"{key}_{year}", "prev_value": f"{key}_{year - 1}"}
        for key in indicators
        for year in (2021, 2022)
    ]
    cells = {cell.key for field in PACK.forms["GY_OVERALL"].fields for cell in forms.inputs_of(field)}
    assert {name for binding in bindings for name in binding.inputs.values()} <= cells


def test_both_tables_need_a_cut_off_date_and_every_project_its_funding() -> None:
    bound = [binding.inputs["as_of_date"] for binding in PACK.rules["R-GY-08"].bindings]
    assert bound == ["GY_KEY_ENT.as_of_date", "GY_SERVICE_ORG.as_of_date"]
    each = PACK.rules["R-GY-38"].each
    assert each is not None and (each.form, each.table) == ("GY_KEY_PROJECT", "rows")


def test_what_rules_read_is_provided() -> None:
    fields = {cell.key for f in PACK.forms.values() for entry in f.fields for cell in forms.inputs_of(entry)}
    for rule in PACK.rules.values():
        if not rule.bindings and not rule.each:
            assert set(rule.inputs) <= fields | set(PACK.context), rule.id
    for name, fact in PACK.context.items():
        if fact.fact:
            assert facts.fact_type(fact.fact) == fact.type, name


@pytest.mark.parametrize(
    ("revenue", "tier"),
    [("99999.99", ""), ("100000", "10e8"), ("499999.99", "10e8"), ("500000", "50e8"), ("999999.99", "50e8"),
     ("1000000", "100e8")],
)  # fmt: skip
def test_tiers_follow_total_revenue(revenue: str, tier: str) -> None:
    plaque = PACK.programme.plaque
    assert plaque is not None
    expression = compile_expression(plaque.tier_expr, {"total_revenue_wan": "decimal"}, expects="text")
    assert expression.evaluate({"total_revenue_wan": D(revenue)}) == tier
    assert tier in {"", *(choice.code for choice in plaque.tiers)}
