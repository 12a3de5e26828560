"""The two Guangdong packs: what they share, how their forms are computed, how an appraisal is scored."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import yaml

from programmes import packs
from programmes.forms import clean_form, form_types, inputs_of, visible_fields
from programmes.rules import Verdict, evaluate, resolve_context
from programmes.schema import Pack
from programmes.scope import compiled
from programmes.slots import default_values
from programmes.specimens import specimen_declaration

FOLDERS = {name: packs.packs_directory() / f"gd-town-{name}" for name in ("industry", "application")}
INDUSTRY, APPLICATION = (packs.parse_files(packs.read_directory(folder)) for folder in FOLDERS.values())
BOTH = pytest.mark.parametrize("pack", [INDUSTRY, APPLICATION], ids=["industry", "application"])
ONLY_INDUSTRY = {16, 17, 21, 22, 24, 25, 26, 27}
ONLY_APPLICATION = {18, 19, 28, 29, 30, 31, 32, 33}
DELTA = {"4401", "4403", "4404", "4406", "4407", "4412", "4413", "4419", "4420"}


def rule_ids(numbers: set[int]) -> set[str]:
    return {f"R-GD-{number:02d}" for number in numbers}


def numbered(pack: Pack) -> set[str]:
    """The rules of the policy, without those that a pack has split from them."""
    return {rule for rule in pack.rules if not rule.endswith("A")}


def test_all_54_rules_stand_in_the_pack_of_their_type_or_in_both() -> None:
    common = set(range(1, 55)) - ONLY_INDUSTRY - ONLY_APPLICATION
    assert numbered(INDUSTRY) == rule_ids(common | ONLY_INDUSTRY)
    assert numbered(APPLICATION) == rule_ids(common | ONLY_APPLICATION)


def test_a_shared_rule_says_the_same_in_both() -> None:
    own = {"R-GD-03A"}  # each programme takes its own type
    for rule_id in (INDUSTRY.rules.keys() & APPLICATION.rules.keys()) - own:
        one, other = INDUSTRY.rules[rule_id], APPLICATION.rules[rule_id]
        parts = ("title", "quote", "levels", "when", "expr", "inputs", "message", "ok", "bad", "source")
        assert [getattr(one, part) for part in parts] == [getattr(other, part) for part in parts], rule_id


def test_they_draw_on_one_quota_and_share_the_forms_that_are_not_of_one_type() -> None:
    assert INDUSTRY.programme.quota == APPLICATION.programme.quota
    assert INDUSTRY.programme.quota is not None and INDUSTRY.programme.quota.limit == "2"
    assert INDUSTRY.forms["GD_APPRAISAL"] == APPLICATION.forms["GD_APPRAISAL"]
    assert form_types(INDUSTRY.forms["GD_SUPP"]) == form_types(APPLICATION.forms["GD_SUPP"])


@BOTH
def test_nothing_that_the_text_does_not_have(pack: Pack) -> None:
    steps = pack.programme.lifecycle.steps.values()
    assert {step.stage for step in steps} == {"declare", "review", "publicize", "build"}
    assert all(step.params.get("announcement") for step in steps if step.stage == "publicize")
    assert pack.programme.plaque is None
    commands = {code for step in steps for code in step.commands}
    assert not commands & {"propose_revocation", "register_objection", "report_misconduct"}
    assert pack.programme.side["appraisal"].params["graded"] is False


@BOTH
def test_the_region_follows_from_the_city(pack: Pack) -> None:
    form = pack.forms["GD_SUPP"]
    city = next(field for field in form.fields if field.key == "city")
    assert len(city.choices) == 21
    for choice in city.choices:
        cleaned = clean_form(form, {"city": choice.code, "region": "PRD"}, partial=True)
        assert cleaned.data["region"] == ("PRD" if choice.code in DELTA else "EWN"), choice.label.zh


@pytest.mark.parametrize(
    ("county", "decided", "region"),
    [
        ("440607", None, "PRD"),
        ("440607", "440607 441284", "EWN"),
        ("440605", "440607 441284", "PRD"),
        (None, None, "PRD"),
    ],
)
def test_a_county_may_be_counted_to_the_other_region(
    county: str | None, decided: str | None, region: str
) -> None:
    values = resolve_context(
        APPLICATION,
        form_data={"GD_SUPP": {"city": "4406", "region": "PRD"}},
        system_facts={"applicant.region_code": county},
        action_data={},
        slots={"ewn_counties": decided},
        names={"region"},
    )
    assert values["region"] == region


@BOTH
def test_what_the_recommender_says_is_not_asked_of_the_applicant(pack: Pack) -> None:
    shown = {field.key for field in visible_fields(pack.forms["GD_SUPP"], {"town_type": "industry"})}
    assert not shown & {"recommend_truth", "recommend_completeness", "city_opinion"}
    assert "major_app_projects" in shown and "livelihood_demos" not in shown
    asked = {field.key for field in pack.programme.lifecycle.steps["declare"].asks["recommend"]}
    assert asked == {"recommender_seal", "recommend_truth", "recommend_completeness"}


def declaration(pack: Pack, **fields: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return specimen_declaration(pack, fields)


def submitted(pack: Pack, rule_id: str, data: dict[str, dict[str, Any]]) -> list[Verdict]:
    values = resolve_context(
        pack,
        form_data=data,
        system_facts={},
        action_data={},
        slots=default_values(pack.programme.slots),
        gate="declare.submit",
    )
    return [verdict for verdict in evaluate(pack, "declare.submit", values) if verdict.rule_id == rule_id]


def test_number_and_list_are_compared_list_by_list() -> None:
    rows = [{"name": f"平台{number}"} for number in range(2)]
    data = declaration(
        INDUSTRY,
        GD_2_1={
            **dict.fromkeys(("ent_ge_200m_count", "ent_30m_200m_count", "rd_ent_count"), "1"),
            "innov_platform_count": "1",
            "rd_coop_ent_count": "0",
            "rd_coop_ents": [],
            "pub_platform_count": "3",
            "pub_platforms": rows,
        },
    )
    [verdict] = submitted(INDUSTRY, "R-GD-23", data)
    assert (verdict.outcome, verdict.label and verdict.label.zh) == ("failed", "专业性公共服务平台")
    assert verdict.fields == ("GD_2_1.pub_platform_count",)


@pytest.mark.parametrize(
    ("upper", "lower", "outcome"),
    [
        ("20000", "19999.99", "passed"),
        ("19999.99", "3000", "failed"),
        ("20000", "20000", "failed"),
        ("20000", "2999.99", "failed"),
        (None, "3000", "undecided"),
    ],
)
def test_outputs_fit_their_bands(upper: str | None, lower: str, outcome: str) -> None:
    lists = {"ent_ge_200m": [{"name": "甲", "output_wan": upper}], "ent_30m_200m": [{"output_wan": lower}]}
    [verdict] = submitted(INDUSTRY, "R-GD-22", declaration(INDUSTRY, GD_2_1=lists))
    assert verdict.outcome == outcome


@pytest.mark.parametrize(
    ("this", "last", "growth"),
    [
        ("110000", "100000", "10"),
        ("107200", "100000", "7.2"),
        ("110000", "100000.00001", "9.999999"),  # cut, never rounded up to the benchmark
        ("90000", "100000", "-10"),
        ("1", "3", "-66.666667"),
        ("100", "0", None),
    ],
)
def test_growth_is_cut_after_six_places(this: str, last: str, growth: str | None) -> None:
    typed = {"internet_output_this": this, "internet_output_last": last, "internet_growth_pct": "99"}
    cleaned = clean_form(INDUSTRY.forms["GD_APPRAISAL"], typed, partial=True)
    found = cleaned.data.get("internet_growth_pct")
    assert (None if found is None else Decimal(found)) == (None if growth is None else Decimal(growth))


def points(pack: Pack, key: str, *, mode: str, region: str, investment: str, growth: str) -> Any:
    rubric = pack.rubrics["appraisal"]
    indicator = next(line for line in rubric.indicators if line.key == key)
    expression = compiled(pack, indicator.points, expects="decimal")
    town_type = "industry" if pack is INDUSTRY else "application"
    values = resolve_context(
        pack,
        form_data={
            "GD_SUPP": {"region": region, "town_type": town_type},
            "GD_APPRAISAL": {"annual_investment_yi": investment, "internet_growth_pct": growth},
        },
        system_facts={},
        action_data={},
        slots=default_values(pack.programme.slots) | {"score_mode": mode},
        names=expression.names,
    )
    return expression.evaluate(values)


@pytest.mark.parametrize(
    ("pack", "mode", "region", "investment", "growth", "expected"),
    [
        (INDUSTRY, "linear", "PRD", "12", "12", (30, 30)),
        (INDUSTRY, "linear", "PRD", "9.99", "9.9", ("29.97", "29.7")),
        (INDUSTRY, "linear", "EWN", "4", "10", (24, 30)),
        (INDUSTRY, "linear", "EWN", "0", "-3", (0, 0)),
        (APPLICATION, "linear", "PRD", "8", "8", (24, 30)),
        (APPLICATION, "linear", "EWN", "5", "7.2", (30, 27)),
        (INDUSTRY, "all_or_nothing", "PRD", "10", "10", (30, 30)),
        (INDUSTRY, "all_or_nothing", "PRD", "9.99", "9.99", (0, 0)),
        (APPLICATION, "all_or_nothing", "EWN", "5", "7.99", (30, 0)),
    ],
)
def test_points_of_the_computed_items(
    pack: Pack, mode: str, region: str, investment: str, growth: str, expected: tuple[Any, Any]
) -> None:
    given = {"mode": mode, "region": region, "investment": investment, "growth": growth}
    found = tuple(points(pack, key, **given) for key in ("invest", "growth"))
    assert found == tuple(Decimal(value) for value in expected)


@BOTH
@pytest.mark.parametrize(
    ("maxima", "outcome"),
    [({}, "passed"), ({"invest": 40, "growth": 20}, "failed"), ({"invest": 31}, "failed")],
)
def test_other_weights_are_refused(pack: Pack, maxima: dict[str, int], outcome: str) -> None:
    weights = {line.key: line.maximum for line in pack.rubrics["appraisal"].indicators} | maxima
    values = resolve_context(
        pack,
        form_data={},
        system_facts={"rubric.weights:appraisal": weights},
        action_data={},
        slots={},
        gate="appraise.check_appraisal",
    )
    verdicts = {v.rule_id: v.outcome for v in evaluate(pack, "appraise.check_appraisal", values)}
    assert verdicts["R-GD-50"] == outcome


@BOTH
@pytest.mark.parametrize(
    ("term", "outcome"),
    [("3 year", "passed"), ("36 month", "passed"), ("2 year", "failed"), ("1095 day", "undecided")],
)
def test_the_term_of_creation_is_read_from_what_was_decided(pack: Pack, term: str, outcome: str) -> None:
    slot = pack.programme.slots["creation_period"].model_copy(update={"default": term})
    values = resolve_context(
        pack,
        form_data={},
        system_facts={},
        action_data={},
        slots=default_values({"creation_period": slot}),
        gate="publicize.announce",
    )
    verdicts = {v.rule_id: v.outcome for v in evaluate(pack, "publicize.announce", values)}
    assert verdicts["R-GD-41"] == outcome


@BOTH
def test_every_quote_and_gloss_is_there(pack: Pack) -> None:
    for rule in pack.rules.values():
        assert rule.quote and rule.message.en and rule.title.en and rule.ok and rule.bad, rule.id
    for clause in pack.clauses.values():
        assert clause.quote and clause.summary.en, clause.id
    for form in pack.forms.values():
        for field in form.fields:
            assert field.label.en, (form.code, field.key)
            assert all(entry.label.en for entry in inputs_of(field) if field.type != "table")


@BOTH
def test_the_acceptance_scenarios_are_there(pack: Pack) -> None:
    found = {yaml.safe_load(text).get("id") for text in pack.scenarios.values()}
    wanted = {"S02", "S03", "S04", "S07", "S08", "S10"} | ({"S01"} if pack is INDUSTRY else {"S06"})
    assert found >= wanted
