"""The pre-check: for every pack, answers at the boundary and what the rules say to them."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

import pytest

from programmes import packs
from programmes.eligibility import Known, asked_in, conditions, overall, still_matter
from programmes.eligibility_changes import BUDGET, Budget, changes_for
from programmes.schema import Pack
from programmes.slots import default_values

DAY = dt.date(2020, 6, 15)
Answers = dict[str, Any]


@functools.cache
def pack_of(name: str) -> Pack:
    return packs.parse_files(packs.read_directory(packs.packs_directory() / name))


def known_to(pack: Pack, kind: str = "", **slots: Any) -> Known:
    values = {**default_values(pack.programme.slots), **slots}
    return Known(DAY, kind=kind or pack.programme.applicant.kinds[0], region="440606", slots=values)


def outcomes(name: str, answers: Answers, kind: str = "", **slots: Any) -> dict[str, str]:
    pack = pack_of(name)
    return {each.rule.id: each.outcome for each in conditions(pack, answers, known_to(pack, kind, **slots))}


GD_3_1: Answers = {
    "GD_SUPP.region": "PRD", "GD_3_1.planned_area_mu": "300", "GD_3_1.core_area_mu": "150",
    "GD_SUPP.internet_or_user_ent_count": 3, "GD_3_1.traditional_ent_count": 10,
    "GD_SUPP.traditional_ent_fused_count": 3, "GD_3_1.traditional_ent_rd_it_count": 3,
    "GD_3_1.innov_platform_count": 1, "GD_3_1.rd_coop_ent_count": 3, "GD_3_1.pub_platform_count": 3,
    "GD_SUPP.fiber_access_mbps": 100, "GD_3_1.has_coord_mechanism": True,
    "GD_SUPP.ops_team_status": "being_formed", "GD_SUPP.master_plan_status": "drafting", "matched": True,
    "GD_SUPP.boundary_kind": "own_boundary",
}  # fmt: skip
GD_2_1: Answers = {
    "GD_2_1.planned_area_mu": "300", "GD_2_1.core_area_mu": "150", "GD_2_1.ent_ge_200m_count": 3,
    "GD_2_1.ent_30m_200m_count": 0, "GD_SUPP.internet_ent_total": 10, "GD_SUPP.rd_internet_ent_count": 2,
    "GD_2_1.innov_platform_count": 3, "GD_2_1.rd_coop_ent_count": 10, "GD_2_1.pub_platform_count": 3,
    "GD_SUPP.fiber_access_mbps": 100, "GD_2_1.has_coord_mechanism": True,
    "GD_SUPP.ops_team_status": "existing", "GD_SUPP.master_plan_status": "issued", "matched": True,
    "GD_SUPP.boundary_kind": "zone_in_existing_park",
}  # fmt: skip
GY: Answers = {
    "GY_SUPP.bigdata_ent_count": 20, "GY_SUPP.ent_total": 40, "GY_SUPP.total_revenue_wan": "100000",
    "GY_SUPP.software_revenue_wan": "30000", "GY_SUPP.floor_area_sqm": "20000", "GY_SUPP.mgmt_type": "enterprise",
    "GY_SUPP.mgmt_independent_legal_person": True, "mgmt_in_guiyang": True, "GY_SUPP.key_enterprise_count": 1,
}  # fmt: skip
SETTLE: Answers = {
    "GZ_SETTLEMENT_CLAIM.stated_newly_introduced": True, "GZ_SETTLEMENT_CLAIM.stated_paid_in_capital_wan": "3000",
    "GZ_SETTLEMENT_CLAIM.stated_leading_enterprise": True, "GZ_SETTLEMENT_CLAIM.core_tech": False,
    "GZ_SETTLEMENT_CLAIM.innovative_model": True, "had_award": False,
}  # fmt: skip
STUDENT: Answers = {
    "GZ_STARTUP.founder_birth_date": "1974-06-16", "GZ_STARTUP.education": "college",
    "GZ_STARTUP.own_funds_wan": "0.01", "GZ_STARTUP.competition_selected": False,
    "GZ_STARTUP.vc_recommended": False, "GZ_STARTUP.prov_space_recommended": False, "GZ_STARTUP.sales_wan": "0.01",
}  # fmt: skip
RENT: Answers = {
    "GZ_RENT_CLAIM.stated_gov_invested": True, "GZ_RENT_CLAIM.stated_key_internet_firm": True,
    "GZ_RENT_CLAIM.stated_occupied_from": "2017-07-01", "GZ_RENT_CLAIM.claim_to": "2020-06-30", "relieved": False,
}  # fmt: skip
RD: Answers = {
    "GZ_RD_CLAIM.rd_wan": "1000.01", "GZ_RD_CLAIM.sales_wan": "10000", "year_granted": False, "prior_total_wan": "299.99",
}  # fmt: skip
NEW: Answers = {
    "YC_NEW_FORMAT.is_new_format": True, "YC_NEW_FORMAT.revenue_wan": "4000.01",
    "YC_NEW_FORMAT.max_prior_revenue_wan": "4000",
}  # fmt: skip
YC_SETTLE: Answers = {
    "YC_SETTLE.settlement_kind": "regional_hq", "YC_SETTLE.from_outside_city": True, "had_award": False,
    "YC_SETTLE.enhanced_support": True, "YC_SETTLE.investment_wan": "1000",
}  # fmt: skip
TALENT: Answers = {
    "YC_TALENT.track": "talent", "YC_TALENT.from_known_internet_org": True, "YC_TALENT.senior_or_core_role": True,
    "YC_TALENT.brings_project": True,
}  # fmt: skip
GAIN: Answers = {
    "YC_VC.claim_kind": "gain", "YC_VC.at_final_liquidation": True, "YC_VC.fund_size_wan": "1000",
    "YC_VC.invested_in_city_wan": "500.01", "claimed": False,
}  # fmt: skip
LOSS: Answers = {
    "YC_VC.claim_kind": "loss", "YC_VC.at_final_liquidation": True, "YC_VC.loss_wan": "0.01", "claimed": False,
}  # fmt: skip
YC_RENT: Answers = {
    "YC_RENT.support_kind": "relief", "YC_RENT.gov_invested_premises": True, "YC_RENT.occupied_from": "2017-07-01",
}  # fmt: skip
YC_RD: Answers = {"YC_RD.rd_wan": "500", "YC_RD.sales_wan": "4999.99", "year_granted": False}
DC: Answers = {"GZ_DC_CLAIM.stated_key_supported": True, "had_subsidy": False}
BASE: Answers = {
    "GZ_BASE_CLAIM.base_kind": "graduate_incubation",
    "GZ_BASE_CLAIM.stated_recognised": True,
    "had_grant": False,
}
LIBRARY: Answers = {
    "GZ_PROJECT.special_action": "a12",
    "GZ_PROJECT.uses_idle_land": True,
    "GZ_PROJECT.land_use_approval": True,
}
BACKBONE: Answers = {
    "DG_PROJECT.entry_kind": "project",
    "DG_PROJECT.backbone_firm": True,
    "DG_PROJECT.annual_revenue_wan": "20000.01",
}

TABLE: list[tuple[str, Answers, list[tuple[Answers, str]]]] = [
    ("gd-town-application", GD_3_1, [
        ({"GD_3_1.planned_area_mu": "299.99"}, "R-GD-18"), ({"GD_3_1.core_area_mu": "149.99"}, "R-GD-19"),
        ({"GD_3_1.core_area_mu": "300.01"}, "R-GD-20"), ({"GD_SUPP.internet_or_user_ent_count": 2}, "R-GD-28"),
        ({"GD_SUPP.traditional_ent_fused_count": 2}, "R-GD-29"), ({"GD_3_1.traditional_ent_rd_it_count": 2}, "R-GD-31"),
        ({"GD_3_1.innov_platform_count": 0}, "R-GD-32"), ({"GD_3_1.rd_coop_ent_count": 2}, "R-GD-33"),
        ({"GD_3_1.pub_platform_count": 2}, "R-GD-36"), ({"GD_SUPP.fiber_access_mbps": 99}, "R-GD-37"),
        ({"GD_3_1.has_coord_mechanism": False}, "R-GD-12"), ({"GD_SUPP.ops_team_status": "none"}, "R-GD-14"),
        ({"GD_SUPP.master_plan_status": "none"}, "R-GD-34"), ({"matched": False}, "R-GD-35"),
        ({"GD_SUPP.boundary_kind": "none"}, "R-GD-15"),
    ]),
    ("gd-town-industry", GD_2_1, [
        ({"GD_2_1.planned_area_mu": "299.99"}, "R-GD-16"), ({"GD_2_1.core_area_mu": "149.99"}, "R-GD-17"),
        ({"GD_2_1.ent_ge_200m_count": 2, "GD_2_1.ent_30m_200m_count": 7}, "R-GD-21"),
        ({"GD_SUPP.internet_ent_total": 11}, "R-GD-25"), ({"GD_2_1.innov_platform_count": 2}, "R-GD-26"),
        ({"GD_2_1.rd_coop_ent_count": 9}, "R-GD-27"),
    ]),
    ("gy-cluster-base", GY, [
        ({"GY_SUPP.bigdata_ent_count": 19, "GY_SUPP.ent_total": 38}, "R-GY-12"), ({"GY_SUPP.ent_total": 41}, "R-GY-13"),
        ({"GY_SUPP.software_revenue_wan": "29999.99"}, "R-GY-14"), ({"GY_SUPP.floor_area_sqm": "19999.99"}, "R-GY-15"),
        ({"GY_SUPP.total_revenue_wan": "99999.99", "GY_SUPP.software_revenue_wan": "50000"}, "R-GY-16"),
        ({"GY_SUPP.mgmt_independent_legal_person": False}, "R-GY-10"), ({"mgmt_in_guiyang": False}, "R-GY-09"),
        ({"GY_SUPP.mgmt_type": "gov_organ"}, "R-GY-10A"), ({"GY_SUPP.key_enterprise_count": 0}, "R-GY-17"),
    ]),
    ("dg-project-library", BACKBONE, [
        ({"DG_PROJECT.annual_revenue_wan": "20000"}, "R-DG-11"),
        ({"DG_PROJECT.entry_kind": "town", "named_town": False}, "R-DG-16"),
    ]),
    ("gz-data-centre-subsidy", DC, [({"had_subsidy": True}, "R-GZ-06"), ({"GZ_DC_CLAIM.stated_key_supported": False}, "R-GZ-06")]),
    ("gz-incubation-base", BASE, [({"GZ_BASE_CLAIM.base_kind": "other"}, "R-GZ-08"), ({"had_grant": True}, "R-GZ-08")]),
    ("gz-project-library", LIBRARY, [({"GZ_PROJECT.special_action": "none"}, "R-GZ-18"), ({"GZ_PROJECT.land_use_approval": False}, "R-GZ-25")]),
    ("gz-rd-subsidy", RD, [
        ({"GZ_RD_CLAIM.rd_wan": "1000", "GZ_RD_CLAIM.sales_wan": "1"}, "R-GZ-01"), ({"GZ_RD_CLAIM.sales_wan": "10000.1"}, "R-GZ-01"),
        ({"prior_total_wan": "300"}, "GZ-RD-C"), ({"year_granted": True}, "GZ-RD-A"),
    ]),
    ("gz-rent-relief", RENT, [
        ({"GZ_RENT_CLAIM.claim_to": "2020-07-01"}, "R-GZ-07"), ({"relieved": True}, "GZ-FZ-C"),
        ({"GZ_RENT_CLAIM.stated_gov_invested": False}, "R-GZ-07"),
    ]),
    ("gz-seed-firm", {"GZ_SEED.stage": "startup"}, [({"GZ_SEED.stage": "growth"}, "R-GZ-16A")]),
    ("gz-settlement-award", SETTLE, [
        ({"GZ_SETTLEMENT_CLAIM.stated_paid_in_capital_wan": "2999.99"}, "R-GZ-04"),
        ({"GZ_SETTLEMENT_CLAIM.innovative_model": False}, "R-GZ-04"), ({"had_award": True}, "R-GZ-05"),
    ]),
    ("gz-student-startup", STUDENT, [
        ({"GZ_STARTUP.founder_birth_date": "1974-06-15"}, "R-GZ-12"), ({"GZ_STARTUP.education": "high_school"}, "R-GZ-13"),
        ({"GZ_STARTUP.own_funds_wan": "0"}, "R-GZ-14"), ({"GZ_STARTUP.sales_wan": "0"}, "R-GZ-15"),
    ]),
    ("yc-listing-award", {"YC_LISTING.stage": "csrc_accepted", "stage_paid": False}, [({"stage_paid": True}, "R-YC-07")]),
    ("yc-maker-space", {"YC_MAKER.university_based": True, "YC_MAKER.workspace_sqm": "100"}, [({"YC_MAKER.workspace_sqm": "99.99"}, "R-YC-15")]),
    ("yc-new-format-award", NEW, [
        ({"YC_NEW_FORMAT.revenue_wan": "4000"}, "R-YC-13"), ({"YC_NEW_FORMAT.max_prior_revenue_wan": "4000.01"}, "R-YC-13"),
        ({"YC_NEW_FORMAT.is_new_format": False}, "R-YC-13"),
    ]),
    ("yc-platform-subsidy", {"YC_PLATFORM.social_investment_wan": "1000.01"}, [({"YC_PLATFORM.social_investment_wan": "1000"}, "R-YC-06A")]),
    ("yc-rd-support", YC_RD, [
        ({"YC_RD.rd_wan": "499.99"}, "R-YC-12A"), ({"YC_RD.sales_wan": "5000"}, "R-YC-12A"), ({"year_granted": True}, "R-YC-12B"),
    ]),
    ("yc-rent-subsidy", YC_RENT, [
        ({"YC_RENT.occupied_from": "2017-06-30"}, "R-YC-04"), ({"YC_RENT.gov_invested_premises": False}, "R-YC-04"),
        ({"YC_RENT.support_kind": "subsidy"}, "R-YC-05"),
    ]),
    ("yc-settlement-award", YC_SETTLE, [
        ({"YC_SETTLE.investment_wan": "999.99"}, "R-YC-03"), ({"YC_SETTLE.settlement_kind": "other"}, "R-YC-02"), ({"had_award": True}, "R-YC-02"),
    ]),
    ("yc-talent-training", TALENT, [
        ({"YC_TALENT.brings_project": False}, "R-YC-09"), ({"YC_TALENT.track": "base", "had_award": True}, "R-YC-10"),
    ]),
    ("yc-venture-capital", GAIN, [({"YC_VC.invested_in_city_wan": "500"}, "R-YC-16"), ({"claimed": True}, "R-YC-17B")]),
    ("yc-venture-capital", LOSS, [({"YC_VC.loss_wan": "0"}, "R-YC-17"), ({"YC_VC.at_final_liquidation": False}, "R-YC-17A")]),
]  # fmt: skip
WITHOUT = {"dg-cloud-platform", "dg-plan-tasks", "gz-maker-space", "yc-plan-tasks"}
"""Packs of which nothing but kind, place and time can be told beforehand."""
CASES = [(name, good, bad, rule) for name, good, bads in TABLE for bad, rule in bads]


def test_every_pack_is_in_the_table() -> None:
    names = {d.name for d in packs.packs_directory().iterdir() if (d / "programme.yaml").is_file()}
    assert {name for name, _good, _bads in TABLE} | WITHOUT == names
    assert all(not pack_of(name).eligibility.questions for name in WITHOUT)
    assert all((packs.packs_directory() / name / "eligibility.yaml").is_file() for name in names)


@pytest.mark.parametrize(("name", "good"), [(name, good) for name, good, _bads in TABLE])
def test_on_the_good_side_of_every_boundary(name: str, good: Answers) -> None:
    pack = pack_of(name)
    found = conditions(pack, good, known_to(pack))
    assert {each.rule.id: each.outcome for each in found if each.outcome not in ("passed", "skipped")} == {}
    assert overall(found) == "eligible"
    assert still_matter(pack, good, known_to(pack)) == []


@pytest.mark.parametrize(("name", "good", "bad", "rule"), CASES)
def test_on_the_bad_side_the_rule_says_no_and_what_would_do(
    name: str, good: Answers, bad: Answers, rule: str
) -> None:
    pack, known = pack_of(name), known_to(pack_of(name))
    answers = good | bad
    found = {each.rule.id: each for each in conditions(pack, answers, known)}
    assert found[rule].outcome == "failed"
    changes = changes_for(pack, found[rule], answers, known)
    assert changes
    for change in changes:  # what is told is true: with it the rule says yes, or just beyond it
        value = change.value[0] if isinstance(change.value, list) else change.value
        if change.limit not in ("above", "below"):
            answers = {**answers, change.asked.key: value}
    if all(change.limit not in ("above", "below") for change in changes):
        assert {e.rule.id: e.outcome for e in conditions(pack, answers, known)}[rule] in ("passed", "skipped")


@pytest.mark.parametrize("name", sorted({name for name, _g, _b in TABLE}))
def test_without_answers_nothing_is_a_pass_and_something_is_asked(name: str) -> None:
    pack = pack_of(name)
    found = conditions(pack, {}, known_to(pack))
    asked_rules = {rule for asked in asked_in(pack) for rule in asked.question.rules}
    assert {each.outcome for each in found if each.rule.id in asked_rules} == {"undecided"}
    assert still_matter(pack, {}, known_to(pack))


def test_what_is_missing_is_told_by_how_much() -> None:
    pack, known = pack_of("gd-town-application"), known_to(pack_of("gd-town-application"))
    answers = GD_3_1 | {"GD_3_1.planned_area_mu": "200", "GD_SUPP.traditional_ent_fused_count": 1}
    found = {each.rule.id: each for each in conditions(pack, answers, known)}
    (area,) = changes_for(pack, found["R-GD-18"], answers, known)
    assert (area.asked.key, area.value, area.limit, area.gap) == (
        "GD_3_1.planned_area_mu",
        "300",
        "least",
        100,
    )
    (share,) = changes_for(pack, found["R-GD-29"], answers, known)
    assert (share.value, share.limit, share.gap) == (3, "least", 2)


def test_the_rules_of_a_page_share_what_may_be_tried() -> None:
    pack, known = pack_of("gd-town-application"), known_to(pack_of("gd-town-application"))
    answers = GD_3_1 | {"GD_3_1.planned_area_mu": "200", "GD_SUPP.traditional_ent_fused_count": 1}
    failed = [each for each in conditions(pack, answers, known) if each.outcome == "failed"]
    plenty, little = Budget(), Budget(10)
    assert [bool(changes_for(pack, each, answers, known, plenty)) for each in failed] == [True] * len(failed)
    assert len(failed) > 1
    assert 10 < BUDGET - plenty.left < BUDGET
    told = [bool(changes_for(pack, each, answers, known, little)) for each in failed]
    assert not told[-1], "nothing is told once it is used up"
    assert changes_for(pack, failed[-1], answers, known, Budget())


def test_more_than_is_told_from_at_least() -> None:
    pack, known = pack_of("gz-rd-subsidy"), known_to(pack_of("gz-rd-subsidy"))
    answers = RD | {"GZ_RD_CLAIM.rd_wan": "800", "GZ_RD_CLAIM.sales_wan": "100"}
    found = {each.rule.id: each for each in conditions(pack, answers, known)}
    (change,) = changes_for(pack, found["R-GZ-01"], answers, known)
    assert (change.value, change.limit, change.gap) == ("1000", "above", 200)


def test_what_can_no_longer_matter_is_not_asked() -> None:
    pack = pack_of("yc-venture-capital")

    def asked(answers: Answers) -> set[str]:
        return {each.key for each in still_matter(pack, answers, known_to(pack))}

    assert asked({}) == {"YC_VC.claim_kind", "claimed"}  # first which of the two
    assert asked({"YC_VC.claim_kind": "loss"}) == {"YC_VC.loss_wan", "YC_VC.at_final_liquidation", "claimed"}
    student = pack_of("gz-student-startup")
    keys = [
        each.key for each in still_matter(student, {"GZ_STARTUP.vc_recommended": True}, known_to(student))
    ]
    assert "GZ_STARTUP.sales_wan" not in keys  # one channel is enough


def test_the_kind_of_unit_decides_without_a_question() -> None:
    assert outcomes("gd-town-application", GD_3_1, "county")["R-GD-01"] == "passed"
    assert outcomes("gd-town-application", GD_3_1, "town")["R-GD-01"] == "failed"
    assert outcomes("gd-town-application", GD_3_1, "town", town_or_zone_allowed=True)["R-GD-01"] == "passed"


def test_what_a_round_has_decided_counts() -> None:
    east = GD_3_1 | {"GD_3_1.planned_area_mu": "200", "GD_3_1.core_area_mu": "100"}
    assert outcomes("gd-town-application", east)["R-GD-18"] == "failed"
    assert outcomes("gd-town-application", east, ewn_counties="440606")["R-GD-18"] == "passed"
    assert outcomes("dg-cloud-platform", {})["R-DG-14A"] == "failed"
    assert outcomes("dg-cloud-platform", {}, recognition_criteria="已公布")["R-DG-14A"] == "passed"
