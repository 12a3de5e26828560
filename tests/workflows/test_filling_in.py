"""What helps while filling in: reasons at the field, colleagues at the form, values taken over, sections, conditions."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.actors import Actor, actor_for
from accounts.enums import Role
from accounts.models import User
from audit import clock
from cases.declarations import draft_of, save_form
from cases.materials import add_material
from cases.models import Case, Participation
from programmes import packs
from programmes.check_prefill import check
from programmes.packs import parse_files
from programmes.rounds import open_round
from tests.factories import cases as factory
from tests.factories.accounts import make_actor, make_substitution, make_user
from tests.factories.cases import World, make_world
from tests.factories.files import pdf
from tests.workflows.pages import browser, text_of
from tests.workflows.test_case_pages import words
from tests.workflows.test_cells import JSON, address, hidden, send, stored

RULE = "R-GY-05"
SHORT = {"GY_SUPP_EXTRA": {"plan_horizon_years": "2"}}
EXTRA = "forms/GY_SUPP_EXTRA.yaml"


@pytest.fixture
def colleague(world: World) -> Actor:
    return make_actor(Role.APPLICANT, world.zone)


def user_of(actor: Actor) -> User:
    assert actor.user is not None
    return actor.user


# -- reasons ---------------------------------------------------------------------------------------------------------


def test_a_soft_rule_asks_for_its_reason_at_the_field_and_the_reason_is_kept(world: World) -> None:
    case = world.fill(world.draft(), SHORT)
    told = send(world.applicant, case, "GY_SUPP_EXTRA", 1, cells={"plan_horizon_years": "2"})
    assert f'name="_reason.{RULE}"' in told["checks"]
    given = {RULE: {"text": "分期规划，后续补充。", "base": 0}}
    assert send(world.applicant, case, "GY_SUPP_EXTRA", 1, reasons=given)["reasons"] == {RULE: 1}
    draft = draft_of(case)
    assert draft is not None
    assert draft.explanations[RULE]["text"] == "分期规划，后续补充。"
    for page in (address(case, "GY_SUPP_EXTRA"), reverse("cases:submit", args=[case.public_id])):
        assert "分期规划，后续补充。</textarea>" in text_of(browser(world.applicant).get(page))


def test_two_reasons_for_one_rule_are_a_conflict(world: World, colleague: Actor) -> None:
    case = world.fill(world.draft(), SHORT)
    send(colleague, case, "GY_SUPP_EXTRA", 1, reasons={RULE: {"text": "同事的理由", "base": 0}})
    told = send(world.applicant, case, "GY_SUPP_EXTRA", 1, reasons={RULE: {"text": "我的理由", "base": 0}})
    (clash,) = told["clashes"]
    assert (clash["path"], clash["theirs"], clash["who"]) == (
        f"reason.{RULE}",
        "同事的理由",
        user_of(colleague).name,
    )
    send(
        world.applicant,
        case,
        "GY_SUPP_EXTRA",
        1,
        reasons={RULE: {"text": "我的理由", "base": clash["version"]}},
    )
    draft = draft_of(case)
    assert draft is not None
    assert draft.explanations[RULE]["text"] == "我的理由"


def test_a_reason_too_long_is_answered_beside_it(world: World) -> None:
    case = world.fill(world.draft(), SHORT)
    told = send(
        world.applicant, case, "GY_SUPP_EXTRA", 1, 422, reasons={RULE: {"text": "长" * 2001, "base": 0}}
    )
    assert told["fields"] == {f"reason.{RULE}": "理由不得超过2000字，现为2001字"}


def test_a_reason_is_kept_without_script_as_well(world: World) -> None:
    case = world.fill(world.draft(), SHORT)
    client = browser(world.applicant)
    page = text_of(client.get(address(case, "GY_SUPP_EXTRA")))
    assert f'name="_reason.{RULE}"' in page
    posted = hidden(page) | {
        "plan_horizon_years": "2",
        f"_reason.{RULE}": "分期。",
        f"_reason_base.{RULE}": "0",
    }
    assert client.post(address(case, "GY_SUPP_EXTRA"), posted).status_code == 302
    draft = draft_of(case)
    assert draft is not None
    assert draft.explanations[RULE]["text"] == "分期。"


def test_what_a_rule_says_stands_at_the_cell_that_it_names(world: World) -> None:
    case = world.fill(world.draft(), {"GY_SUPP": {"mgmt_reg_place": "遵义市"}})
    page = text_of(browser(world.applicant).get(address(case, "GY_SUPP")))
    cell = page.split('data-cell="mgmt_reg_place"')[1].split("</div></div>")[0]
    assert "管理机构应在贵阳市境内注册。" in cell
    assert "lc-check-hard" in cell
    blank = world.draft("空白")
    page = text_of(browser(world.applicant).get(address(blank, "GY_SUPP")))
    assert "lc-cell-check" not in page.split("<section")[0]  # what is blank is not reproached


# -- who wrote, who is here ------------------------------------------------------------------------------------------


def test_who_saves_in_somebody_s_name_makes_both_of_them_drafters(world: World, colleague: Actor) -> None:
    assert world.applicant.assignment is not None
    substitute = make_user("李代办", organisation=world.zone)
    make_substitution(world.applicant.assignment, substitute)
    case = world.fill(world.draft())
    in_whose_name = actor_for(world.applicant.assignment, user=substitute)
    data = stored(case, "GY_REPORT") | {"r1_basic": "代为填写。"}
    case.declarations.get().forms.update(writers=[], updated_by=None)
    save_form(case=case, form_code="GY_REPORT", raw=data, expected_version=None, actor=in_whose_name)
    data = stored(case, "GY_REPORT") | {"r1_basic": "同事改过。"}
    save_form(case=case, form_code="GY_REPORT", raw=data, expected_version=None, actor=colleague)
    world.do(case, "declare.submit", colleague, statement=True)
    drafters = Participation.objects.filter(case=case, capacity="drafter").values_list("user_id", flat=True)
    assert set(drafters) == {substitute.pk, user_of(world.applicant).pk, user_of(colleague).pk}


def test_who_uploads_in_somebody_s_name_makes_both_of_them_drafters(world: World, colleague: Actor) -> None:
    assert colleague.assignment is not None
    substitute = make_user("李代办", organisation=world.zone)
    make_substitution(colleague.assignment, substitute)
    case = world.fill(world.draft())
    in_whose_name = actor_for(colleague.assignment, user=substitute)
    file = SimpleUploadedFile("政策.pdf", pdf(b"% by a substitute\n"))
    add_material(case=case, item="m8_policy", upload=file, tags=[], actor=in_whose_name)
    world.do(case, "declare.submit", statement=True)
    drafters = Participation.objects.filter(case=case, capacity="drafter").values_list("user_id", flat=True)
    assert {substitute.pk, user_of(colleague).pk} <= set(drafters)


def here(actor: Actor, case: Case, code: str, **asked: Any) -> dict[str, Any]:
    answer = browser(actor).get(reverse("cases:form_here", args=[case.public_id, code]), asked)
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


def test_colleagues_at_the_form_are_named_with_their_field(world: World, colleague: Actor) -> None:
    case = world.draft()
    assert here(world.applicant, case, "GY_SUPP", tab="a", version=0)["people"] == []
    seen = here(colleague, case, "GY_SUPP", tab="b", version=0, field="mgmt_org_name")["people"]
    assert seen == [{"name": user_of(world.applicant).name, "field": ""}]
    told = send(world.applicant, case, "GY_SUPP", 0, tab="a", cells={"mgmt_reg_place": "贵阳市"})
    assert told["people"] == [{"name": user_of(colleague).name, "field": "mgmt_org_name"}]
    assert here(world.applicant, case, "GY_PLAN", tab="c", version=0)["people"] == []  # another form


def test_a_page_at_rest_learns_what_colleagues_have_done(world: World, colleague: Actor) -> None:
    case = world.draft()
    send(colleague, case, "GY_SUPP", 0, tab="b", cells={"mgmt_org_name": "管理公司"})
    told = here(world.applicant, case, "GY_SUPP", tab="a", version=0)
    assert (told["version"], told["others"]["cells"]) == (1, {"mgmt_org_name": "管理公司"})
    assert "others" not in here(world.applicant, case, "GY_SUPP", tab="a", version=1)


def test_a_cache_that_is_away_harms_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_given: object) -> None:
        raise ConnectionError("no cache")

    monkeypatch.setattr("workflows.presence.cache.get", gone)
    told = send(world.applicant, world.draft(), "GY_SUPP", 0, tab="a", cells={"mgmt_org_name": "管理公司"})
    assert (told["version"], told["people"]) == (1, [])


def test_a_page_of_somebody_else_saves_nothing(world: World, colleague: Actor) -> None:
    case = world.draft()
    other = str(user_of(world.applicant).public_id)
    told = send(colleague, case, "GY_SUPP", 0, 409, user=other, cells={"mgmt_org_name": "写"})
    assert told["code"] == "other_user"
    assert user_of(colleague).name in told["message"]
    assert stored(case, "GY_SUPP") == {}


# -- values taken over -----------------------------------------------------------------------------------------------


def take(actor: Actor, case: Case, code: str, *paths: str) -> None:
    answer = browser(actor).post(reverse("cases:form_prefill", args=[case.public_id, code]), {"take": paths})
    assert answer.status_code == 302


def test_values_of_the_declaration_sent_last_are_offered_with_their_year_and_marked(world: World) -> None:
    world.submitted("先行基地")
    case = world.draft()
    page = words(text_of(browser(world.applicant).get(address(case, "GY_SUPP"))))
    assert "取自2020年度申报" in page
    take(world.applicant, case, "GY_SUPP", "mgmt_reg_place", "no_such")
    assert stored(case, "GY_SUPP") == {"mgmt_reg_place": "贵阳市"}
    page = text_of(browser(world.applicant).get(address(case, "GY_SUPP")))
    assert "取自2020年度申报" in page.split('data-cell="mgmt_reg_place"')[1].split("</div>")[0]
    send(world.applicant, case, "GY_SUPP", 1, cells={"mgmt_reg_place": "贵阳市观山湖区"})
    page = text_of(browser(world.applicant).get(address(case, "GY_SUPP")))
    assert "lc-source" not in page.split('data-cell="mgmt_reg_place"')[1].split("</div>")[0]


def test_only_blank_cells_are_filled_and_tables_as_a_whole(world: World) -> None:
    world.submitted("先行基地")
    case = world.draft()
    send(world.applicant, case, "GY_SUPP", 0, cells={"mgmt_reg_place": "遵义市"})
    take(world.applicant, case, "GY_SUPP", "mgmt_reg_place")
    assert stored(case, "GY_SUPP") == {"mgmt_reg_place": "遵义市"}
    take(world.applicant, case, "GY_KEY_ENT", "rows")
    last = case.__class__.objects.get(title="先行基地").declarations.get().data()["GY_KEY_ENT"]["rows"]
    assert [line["name"] for line in stored(case, "GY_KEY_ENT")["rows"]] == [line["name"] for line in last]


def test_another_unit_s_declaration_is_never_offered(world: World) -> None:
    world.submitted("先行基地")
    case = world.draft("他区基地", world.other_applicant)
    page = text_of(browser(world.other_applicant).get(address(case, "GY_SUPP")))
    assert "取自" not in page
    assert browser(world.officer).post(
        reverse("cases:form_prefill", args=[case.public_id, "GY_SUPP"]), {"take": "mgmt_reg_place"}
    ).status_code in (403, 404)


# -- sections, conditions, calculations ------------------------------------------------------------------------------


@pytest.fixture
def conditional(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Guiyang with a condition, a calculation, years and values from the register in one form."""
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    files = packs.read_directory(factory.GY_DIRECTORY)
    form = yaml.safe_load(files[EXTRA])
    common = {"clause": "003·附件1", "required": False, "source": "proposed"}

    def figure(key: str, label: str, **more: Any) -> dict[str, Any]:
        return {"key": key, "label": {"zh": label, "en": key}, "type": "integer"} | common | more

    form["fields"] += [
        figure("parks", "园区数"),
        figure("halls", "展厅数", visible_when="parks > 2"),
        figure("double", "两倍", calculated="parks * 2"),
        figure("unit_name", "单位名称", type="text", prefill="register.name"),
        figure("output_a", "上年度产值"),
        figure("output_b", "2019年产值"),
        figure("output_c", "本年度产值"),
    ]
    files[EXTRA] = yaml.safe_dump(form, allow_unicode=True, sort_keys=False).encode()
    archive = packs.archive(files)
    monkeypatch.setattr(factory, "gy_archive", lambda: archive)
    return make_world()


def test_conditions_and_calculations_follow_every_save(conditional: World) -> None:
    case = conditional.draft()
    told = send(conditional.applicant, case, "GY_SUPP_EXTRA", 0, cells={"parks": "2"})
    assert (told["calculated"]["double"], "halls" in told["hidden"]) == ("4", True)
    told = send(conditional.applicant, case, "GY_SUPP_EXTRA", 1, cells={"parks": "3"})
    assert (told["calculated"]["double"], "halls" in told["hidden"]) == ("6", False)
    page = text_of(browser(conditional.applicant).get(address(case, "GY_SUPP_EXTRA")))
    assert 'data-asked="halls">' in page
    send(conditional.applicant, case, "GY_SUPP_EXTRA", 2, cells={"parks": "1"})
    page = text_of(browser(conditional.applicant).get(address(case, "GY_SUPP_EXTRA")))
    assert 'data-asked="halls" hidden>' in page
    send(conditional.applicant, case, "GY_SUPP_EXTRA", 3, 422, cells={"double": "9"})  # nobody types it


def test_the_register_is_offered_and_ticked(conditional: World) -> None:
    case = conditional.draft()
    page = text_of(browser(conditional.applicant).get(address(case, "GY_SUPP_EXTRA")))
    assert 'name="take" value="unit_name" checked' in page
    take(conditional.applicant, case, "GY_SUPP_EXTRA", "unit_name")
    assert stored(case, "GY_SUPP_EXTRA") == {"unit_name": conditional.zone.name}


def test_figures_of_a_year_are_matched_by_the_year_that_is_meant(conditional: World) -> None:
    """Sent in the round of 2020: 上年度 is 2019, 本年度 2020. In the round of 2021, 上年度 is 2020."""
    last = conditional.fill(
        conditional.draft("先行基地"),
        {"GY_SUPP_EXTRA": {"output_a": "19", "output_b": "19", "output_c": "20", "parks": "1"}},
    )
    conditional.do(last, "declare.submit", statement=True)
    clock.set_clock(dt.datetime(2021, 2, 1, 10, 0, tzinfo=clock.SHANGHAI))
    officer = make_actor(Role.OFFICER, conditional.bureau)
    conditional.round, _verdicts = open_round(
        programme=conditional.programme,
        year=2021,
        opens_on=dt.date(2021, 1, 5),
        actor=officer,
        reason="年度安排",
    )
    case = conditional.draft("次年基地")
    take(conditional.applicant, case, "GY_SUPP_EXTRA", "output_a", "output_b", "output_c", "parks")
    assert stored(case, "GY_SUPP_EXTRA") == {"output_a": 20, "output_b": 19, "parks": 1, "double": 2}


def test_sections_tell_how_much_is_open(world: World) -> None:
    case = world.draft()
    page = text_of(browser(world.applicant).get(address(case, "GY_SUPP")))
    assert 'href="#part-1"' in page
    assert 'id="part-1"' in page
    told = send(world.applicant, case, "GY_SUPP", 0, cells={"mgmt_org_name": "管理公司"})
    assert sum(told["sections"]) == told["missing"]
    assert told["open"]


@pytest.mark.parametrize(
    ("prefill", "told"),
    [
        ("register.name", ""),
        ("last", ""),
        ("GY_SUPP.mgmt_org_name", ""),
        ("register.tax", "单位登记信息中没有“tax”"),
        ("GY_SUPP.nothing", "没有表单项“GY_SUPP.nothing”"),
        ("GY_SUPP.bigdata_ent_count", "类型或单位与本项不同"),
        ("elsewhere", "没有表单项“elsewhere”"),
    ],
)
def test_the_source_of_a_prefill_is_checked_with_the_pack(prefill: str, told: str) -> None:
    files = packs.read_directory(factory.GY_DIRECTORY)
    form = yaml.safe_load(files[EXTRA])
    form["fields"].append(
        {"key": "extra", "label": {"zh": "附加", "en": "Extra"}, "type": "text", "clause": "003·附件1"}
        | {"prefill": prefill}
    )
    files[EXTRA] = yaml.safe_dump(form, allow_unicode=True, sort_keys=False).encode()
    found = [problem.message_zh for problem in check(parse_files(files))]
    assert bool(found) is bool(told)
    assert all(told in each for each in found)


def test_the_answer_is_plain_json(world: World) -> None:
    case = world.draft()
    body = json.dumps({"version": 0, "cells": {"fields": ["cloud"], "mgmt_org_name": "<b>公司</b>"}})
    answer = browser(world.applicant).post(
        address(case, "GY_SUPP"), body, content_type="application/json", headers=JSON
    )
    assert answer["Content-Type"] == "application/json"
    assert stored(case, "GY_SUPP")["fields"] == ["cloud"]
