"""A whole declaration at the gates of the Guiyang pack: what is refused, asked and told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import programmes
from programmes import forms
from programmes.packs import parse_files, read_directory
from programmes.rules import Verdict, blocking, evaluate, resolve_context

FOLDER = Path(programmes.__file__).parent / "packs" / "gy-cluster-base"
PACK = parse_files(read_directory(FOLDER))
USUAL = {
    "materials.numbers": list(range(1, 10)),
    "misconduct.confirmed": False,
    "misconduct.liability_opened": False,
    "review.question:expert_judges_leading": True,
}
TABLE_ROW = {"text": "内容", "rich_text": "内容", "integer": "5", "decimal": "1000", "choice": "none"}


def declaration() -> dict[str, dict[str, Any]]:
    """Stored contents of all forms, at the thresholds."""
    data: dict[str, dict[str, Any]] = {
        code: {field.key: "内容" for field in PACK.forms[code].fields} for code in ("GY_REPORT", "GY_PLAN")
    }
    grid = {"rich_text": "情况说明", "integer": "10", "decimal": "100000", "percent": "0"}
    data["GY_OVERALL"] = {
        cell.key: grid[cell.type]
        for field in PACK.forms["GY_OVERALL"].fields
        for cell in forms.inputs_of(field)
    }
    for code in ("GY_KEY_ENT", "GY_SERVICE_ORG", "GY_KEY_PROJECT"):
        table = PACK.forms[code].fields[0]
        data[code] = {"rows": [{cell.key: TABLE_ROW[cell.type] for cell in forms.row_inputs(table)}]}
    data["GY_KEY_ENT"]["as_of_date"] = data["GY_SERVICE_ORG"]["as_of_date"] = "2019-12-31"
    data["GY_SUPP"] = {
        "applicant_org_type": "development_zone",
        "fields": ["cloud"],
        "carrier_kind": "industry_park",
        "bigdata_ent_count": "20",
        "ent_total": "40",
        "key_enterprise_count": "1",
        "software_revenue_wan": "30000",
        "total_revenue_wan": "100000",
        "floor_area_sqm": "20000",
        "public_services": ["policy"],
        "mgmt_mode": "third_party",
        "mgmt_org_name": "某某园区运营有限公司",
        "mgmt_type": "enterprise",
        "mgmt_independent_legal_person": True,
        "mgmt_reg_place": "贵阳市",
    }
    data["GY_SUPP_EXTRA"] = {"plan_horizon_years": "3"}
    return data


def verdicts(gate: str, data: dict[str, dict[str, Any]], **system_facts: Any) -> list[Verdict]:
    """What the rules at ``gate`` say; ``materials__numbers=…`` replaces a usual fact."""
    given = USUAL | {name.replace("__", "."): value for name, value in system_facts.items()}
    known = resolve_context(PACK, form_data=data, system_facts=given, action_data={}, slots={}, gate=gate)
    return evaluate(PACK, gate, known)


def test_the_declaration_used_here_is_complete() -> None:
    data = declaration()
    assert {code: forms.is_complete(PACK.forms[code], content) for code, content in data.items()} == {
        code: [] for code in data
    }


def test_a_declaration_at_the_thresholds_is_submitted_without_a_word() -> None:
    found = verdicts("declare.submit", declaration())
    assert len(found) > 15
    assert [verdict.rule_id for verdict in found if verdict.outcome != "passed"] == []


def test_a_missing_material_and_a_missing_section_are_both_told() -> None:
    data = declaration()
    del data["GY_PLAN"]["p5"]
    found = blocking(verdicts("declare.submit", data, materials__numbers=list(range(1, 9))))
    assert [verdict.rule_id for verdict in found.refused] == ["R-GY-03", "R-GY-04"]


def test_thresholds_warn_at_declaration_and_bind_at_review() -> None:
    data = declaration()
    data["GY_SUPP"] |= {"bigdata_ent_count": "19", "total_revenue_wan": "99999"}
    expected = ["R-GY-12", "R-GY-13", "R-GY-16"]
    declared = blocking(verdicts("declare.submit", data))
    assert (declared.refused, [v.rule_id for v in declared.shown if v.outcome == "failed"]) == ((), expected)
    reviewed = verdicts("review.select", data)
    assert [verdict.rule_id for verdict in blocking(reviewed).refused] == expected


def test_a_government_organ_as_manager_needs_a_decision_in_review() -> None:
    data = declaration()
    data["GY_SUPP"]["mgmt_type"] = "gov_organ"
    declared = blocking(verdicts("declare.submit", data))
    assert (declared.refused, [v.rule_id for v in declared.shown]) == ((), ["R-GY-10A"])
    reviewed = verdicts("review.select", data)
    assert blocking(reviewed).refused == ()
    assert [verdict.rule_id for verdict in blocking(reviewed).needs_reason] == ["R-GY-10A"]


def test_a_wrong_growth_rate_names_indicator_and_year() -> None:
    data = declaration()
    data["GY_OVERALL"] |= {"profit_2022": "125000", "profit_growth_2022": "20"}
    asked = blocking(verdicts("declare.submit", data)).needs_reason
    assert [(v.rule_id, v.label.zh if v.label else "") for v in asked] == [("R-GY-07", "利润，2022年")]


def test_a_project_without_its_funding_and_a_table_without_its_date_are_named() -> None:
    data = declaration()
    del data["GY_KEY_PROJECT"]["rows"][0]["national_fund_status"]
    del data["GY_SERVICE_ORG"]["as_of_date"]
    refused = blocking(verdicts("declare.submit", data)).refused
    assert [verdict.rule_id for verdict in refused] == ["R-GY-08", "R-GY-38"]
    assert refused[0].label is not None and refused[0].label.zh == "重点服务机构汇总表"
    assert refused[1].fields == ("GY_KEY_PROJECT.rows.0.national_fund_status",)
