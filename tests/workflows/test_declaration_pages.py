"""Filling in a declaration: typed content is never lost, what cannot be read is answered beside its cell."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from accounts.actors import Actor, actor_for
from accounts.enums import Role
from audit import clock
from cases.declarations import draft_of
from cases.models import Case
from tests.factories.accounts import make_actor, make_assignment
from tests.factories.cases import World
from tests.workflows.pages import browser
from tests.workflows.test_case_pages import page, words

JSON = {"accept": "application/json"}
SCRIPT = "</textarea><script>alert(1)</script>"


def address(case: Case, code: str) -> str:
    return reverse("cases:form", args=[case.public_id, code])


def save(actor: Actor, case: Case, code: str, data: dict[str, Any], version: int = 0) -> HttpResponse:
    """What the page's script sends while somebody types."""
    body = json.dumps({"version": version, "data": data})
    return browser(actor).post(address(case, code), body, content_type="application/json", headers=JSON)


def stored(case: Case, code: str) -> dict[str, Any]:
    draft = draft_of(case)
    assert draft is not None
    return draft.data().get(code, {})


# -- the overview ----------------------------------------------------------------------------------------------------


def test_the_overview_counts_what_is_missing_and_judges_so_far(world: World) -> None:
    case = world.fill(world.draft(), {"GY_OVERALL": {"profit_2020": None}}, skip=("m9_evidence",))
    text = words(page(world.applicant, case, "declaration"))
    for said in ("1 处未填", "未上传", "申报材料(一)至(九)须齐全", "还有 2 处必填内容未完成", "必须符合"):
        assert said in text


def test_a_complete_declaration_may_be_sent(world: World) -> None:
    text = words(page(world.applicant, world.fill(world.draft()), "declaration"))
    assert "材料已齐备，可以核对并提交。" in text


def test_a_returned_declaration_shows_the_whole_note(world: World) -> None:
    note = "一、补充证照；\n二、核对增长率。"
    case = world.do(world.submitted(), "file.return_for_correction", reason=note)
    text = page(world.applicant, case, "declaration")
    assert note in text
    assert "第 2 版（补正）" in text


@pytest.mark.parametrize(
    ("who", "status"), [("applicant", 200), ("officer", 404), ("other_applicant", 404), ("supervisor", 404)]
)
@pytest.mark.parametrize("name", ["declaration", "materials", "submit", "GY_SUPP"])
def test_only_the_applicant_s_people_fill_in(world: World, who: str, status: int, name: str) -> None:
    case = world.draft()
    to = address(case, name) if name.isupper() else reverse(f"cases:{name}", args=[case.public_id])
    assert browser(getattr(world, who)).get(to).status_code == status


def test_what_has_been_sent_is_not_edited(world: World) -> None:
    case = world.submitted()
    for answer in (
        browser(world.applicant).get(address(case, "GY_SUPP")),
        save(world.applicant, case, "GY_SUPP", {}),
        browser(world.officer).get(address(case, "GY_SUPP")),
    ):
        assert answer.status_code == 403
    told = save(world.applicant, case, "GY_SUPP", {"mgmt_org_name": "改"}).json()  # type: ignore[attr-defined]
    assert told["message"] == "申报材料当前不可修改。"


# -- one form --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "pieces"),
    [
        ("GY_OVERALL", ['name="main_revenue_2020"', 'name="researchers_2021_senior"', 'rowspan="4"', "定性"]),
        ("GY_KEY_ENT", ['name="rows.0.name"', 'name="rows.4.employees"', "data-spare", 'name="as_of_date"']),
        ("GY_KEY_PROJECT", ['id="id_rows.0.national_fund_status"', "<select", "正在申报"]),
        ("GY_PLAN", ['id="id_p1_1"', "<textarea", "地理空间布局", "三、当前发展形势及面临的主要问题"]),
        (
            "GY_SUPP",
            ['name="mgmt_mode" type="radio"', 'name="fields" type="checkbox"', "（万元）", "方案·三(四)"],
        ),
    ],
)
def test_a_form_is_drawn_as_printed(world: World, code: str, pieces: list[str]) -> None:
    text = browser(world.applicant).get(address(world.draft(), code)).content.decode()
    assert [piece for piece in pieces if piece not in text] == []


def test_an_unknown_form_is_not_found(world: World) -> None:
    case = world.draft()
    for code in ("NO_SUCH", "GY_MATERIALS"):
        assert browser(world.applicant).get(address(case, code)).status_code == 404


TYPED = [
    ("GY_SUPP", "bigdata_ent_count", "１２", 12, ""),
    ("GY_SUPP", "total_revenue_wan", "１００,０００．５", "100000.5", ""),
    ("GY_SUPP", "bigdata_ent_count", "二十家", "二十家", "请填写数字，以“家”为单位"),
    ("GY_SUPP", "bigdata_ent_count", "-1", "-1", "不得小于0"),
    ("GY_SUPP", "total_revenue_wan", "1.2亿", "1.2亿", "“1.2亿”是否应填12000"),
    ("GY_SUPP", "mgmt_type", "集体", "集体", "请从所列选项中选择"),
    ("GY_OVERALL", "main_revenue_growth_2021", "５％", "5", ""),
    ("GY_OVERALL", "above_scale_ent_2020", "1.5", "1.5", "请填写整数"),
    ("GY_KEY_ENT", "as_of_date", "2019年12月31日", "2019-12-31", ""),
    ("GY_KEY_ENT", "as_of_date", "2019-02-30", "2019-02-30", "没有这一天"),
]


@pytest.mark.parametrize(("code", "key", "typed", "kept", "message"), TYPED)
def test_what_is_typed_is_understood_or_kept_with_a_message(
    world: World, code: str, key: str, typed: str, kept: Any, message: str
) -> None:
    case = world.draft()
    client = browser(world.applicant)
    answer = client.post(address(case, code), {key: typed, "_version": "0"}, follow=True)
    text = answer.content.decode()
    assert stored(case, code) == {key: kept}
    assert "已保存" in words(text)
    assert (f'id="error_{key}"' in text) is bool(message)
    assert message in text
    assert f'value="{kept}"' in text
    told = save(world.applicant, case, code, {key: typed}, version=1).json()  # type: ignore[attr-defined]
    assert bool(told["errors"]) is bool(message)


def test_a_bad_cell_of_a_sheet_keeps_its_text_and_place(world: World) -> None:
    case = world.draft()
    rows = [{"name": ""}, {"name": "甲公司", "employees": "约三百"}]
    told = save(world.applicant, case, "GY_KEY_ENT", {"rows": rows}).json()  # type: ignore[attr-defined]
    assert told["errors"] == {"rows.0.employees": "请填写数字，以“人”为单位"}  # blank lines fall away
    text = browser(world.applicant).get(address(case, "GY_KEY_ENT")).content.decode()
    assert 'value="约三百"' in text
    assert 'id="error_rows.0.employees"' in text


def test_saving_while_typing_answers_with_what_the_page_needs(world: World) -> None:
    case = world.draft()
    answer = save(world.applicant, case, "GY_SUPP", {"fields": ["cloud"], "mgmt_org_name": "管理公司"})
    told = answer.json()  # type: ignore[attr-defined]
    assert (told["version"], told["errors"], told["missing"]) == (1, {}, 13)
    assert told["saved_at"] == "2020-03-20T10:00:00+08:00"
    assert stored(case, "GY_SUPP") == {"fields": ["cloud"], "mgmt_org_name": "管理公司"}
    assert save(world.applicant, case, "GY_SUPP", {}, version=1).json()["version"] == 2  # type: ignore[attr-defined]


def test_a_colleague_who_was_faster_is_named_and_nothing_is_lost(world: World) -> None:
    case = world.draft()
    colleague = make_actor(Role.APPLICANT, world.zone)
    save(colleague, case, "GY_SUPP", {"mgmt_org_name": "同事填的"})
    answer = save(world.applicant, case, "GY_SUPP", {"mgmt_org_name": "我填的"})
    told = answer.json()  # type: ignore[attr-defined]
    assert (answer.status_code, told["code"], told["version"], told["mine"]) == (
        409,
        "form_changed",
        1,
        False,
    )
    assert colleague.user is not None
    assert colleague.user.name in told["message"]
    assert stored(case, "GY_SUPP") == {"mgmt_org_name": "同事填的"}
    plain = browser(world.applicant).post(
        address(case, "GY_SUPP"), {"mgmt_org_name": "我填的", "_version": "0"}
    )
    text = plain.content.decode()
    assert plain.status_code == 409
    assert 'value="我填的"' in text
    assert 'name="_version" value="1"' in text
    browser(world.applicant).post(address(case, "GY_SUPP"), {"mgmt_org_name": "我填的", "_version": "1"})
    assert stored(case, "GY_SUPP") == {"mgmt_org_name": "我填的"}


def test_one_s_own_late_request_is_told_from_a_colleague_s(world: World) -> None:
    case = world.draft()
    save(world.applicant, case, "GY_SUPP", {"mgmt_org_name": "一"})
    again = save(world.applicant, case, "GY_SUPP", {"mgmt_org_name": "二"}).json()  # type: ignore[attr-defined]
    assert (again["code"], again["mine"]) == ("form_changed", True)


@pytest.mark.parametrize("body", ["", "[]", '{"version": 0}', '{"data": []}', "{"])
def test_what_is_no_request_of_the_page_changes_nothing(world: World, body: str) -> None:
    case = world.draft()
    answer = browser(world.applicant).post(
        address(case, "GY_SUPP"), body, content_type="application/json", headers=JSON
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")
    assert stored(case, "GY_SUPP") == {}


def test_a_request_without_a_version_is_a_stale_page(world: World) -> None:
    case = world.draft()
    save(world.applicant, case, "GY_SUPP", {"mgmt_org_name": "先"})
    answer = browser(world.applicant).post(address(case, "GY_SUPP"), {"mgmt_org_name": "后"})
    assert answer.status_code == 409
    assert stored(case, "GY_SUPP") == {"mgmt_org_name": "先"}


def test_markup_in_any_kind_of_cell_is_text(world: World) -> None:
    case = world.draft()
    save(world.applicant, case, "GY_REPORT", {"r1_basic": SCRIPT})
    save(
        world.applicant,
        case,
        "GY_SUPP",
        {"mgmt_org_name": f'"{SCRIPT}', "mgmt_type": SCRIPT, "fields": [SCRIPT]},
    )
    save(
        world.applicant,
        case,
        "GY_KEY_PROJECT",
        {"rows": [{"content": SCRIPT, "national_fund_status": SCRIPT}]},
    )
    client = browser(world.applicant)
    for code in ("GY_REPORT", "GY_SUPP", "GY_KEY_PROJECT"):
        text = client.get(address(case, code)).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text
    assert "<script>alert" not in page(world.applicant, case, "print")


def test_saving_may_lead_on_to_the_next_form(world: World) -> None:
    case = world.draft()
    client = browser(world.applicant)
    onward = {"_version": "0", "_next": "GY_PLAN"}
    assert client.post(address(case, "GY_REPORT"), onward)["Location"] == address(case, "GY_PLAN")
    last = client.post(address(case, "GY_SUPP_EXTRA"), {"_version": "0", "_next": "materials"})
    assert last["Location"] == reverse("cases:materials", args=[case.public_id])
    strange = client.post(address(case, "GY_PLAN"), {"_version": "0", "_next": "//elsewhere.example"})
    assert strange["Location"] == address(case, "GY_PLAN")


def test_the_rules_of_a_form_are_told_beside_it(world: World) -> None:
    case = world.fill(world.draft(), {"GY_SUPP": {"mgmt_reg_place": "遵义市", "bigdata_ent_count": "15"}})
    checks = reverse("cases:form_checks", args=[case.public_id, "GY_SUPP"])
    text = words(browser(world.applicant).get(checks).content.decode())
    assert "管理机构应在贵阳市境内注册。" in text
    assert "应达20家及以上" in text
    assert browser(world.officer).get(checks).status_code == 404


def test_a_colleague_of_the_same_unit_goes_on_filling_in(world: World) -> None:
    case = world.draft()
    colleague = make_assignment(Role.APPLICANT, world.zone)
    clock.set_clock(dt.datetime(2020, 3, 21, 9, 0, tzinfo=clock.SHANGHAI))
    assert save(actor_for(colleague), case, "GY_SUPP", {"mgmt_org_name": "同事"}).status_code == 200
    assert colleague.user.name in page(world.applicant, case, "declaration")
