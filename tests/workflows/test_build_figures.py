"""建设期: what was built is reported by bringing the declaration up to date; what was filed stays as it was filed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from accounts.actors import Actor
from accounts.errors import Refusal
from cases.declarations import draft_of, last_sent, save_form
from cases.enums import DeclarationStatus
from cases.errors import NotAllowed
from cases.facts import CaseFacts
from cases.models import Case
from tests.factories.cases import World
from tests.workflows.pages import browser, page_of, post, sheet_data

BELOW = {
    "bigdata_ent_count": "15",
    "ent_total": "28",
    "total_revenue_wan": "80000",
    "floor_area_sqm": "15000",
}
BUILT = {
    "bigdata_ent_count": "24",
    "ent_total": "40",
    "total_revenue_wan": "120000",
    "floor_area_sqm": "21000",
}
RULES = {"R-GY-12", "R-GY-15", "R-GY-16"}


def supplement(case: Case) -> dict[str, Any]:
    draft = draft_of(case)
    assert draft is not None
    return draft.data()["GY_SUPP"]


def filed(world: World) -> Case:
    """A base that is being built, and whose figures were too small when it was declared."""
    case = world.building(GY_SUPP=BELOW)
    assert case.stage == "build"
    return case


def bring_up_to_date(world: World, case: Case, figures: dict[str, str]) -> None:
    save_form(
        case=case,
        form_code="GY_SUPP",
        raw=supplement(case) | figures | {"software_revenue_wan": "60000"},
        expected_version=None,
        actor=world.applicant,
    )


def reviewed(world: World, case: Case) -> Case:
    """Asked for, passed initially, scored by five."""
    case = world.do(case, "build.request_review", summary="已按方案建成。")
    case = world.do(case, "review.pass_initial")
    chosen = [str(e.user.public_id) for e in world.experts[:5] if e.user]
    case = world.do(case, "review.assign_experts", experts=chosen)
    for expert in world.experts[:5]:
        case = world.score(case, expert)
    return case


def test_the_draft_opens_with_the_building_and_holds_what_was_filed(world: World) -> None:
    case = filed(world)
    first = last_sent(case)
    draft = draft_of(case)
    assert first is not None
    assert draft is not None
    assert (draft.version_no, draft.note, first.status) == (2, "", DeclarationStatus.SUBMITTED)
    assert draft.data() == first.data()


def test_a_base_that_has_grown_passes_the_review(world: World) -> None:
    case = filed(world)
    bring_up_to_date(world, case, BUILT)
    case = reviewed(world, case)
    assert CaseFacts(case).form_data()["GY_SUPP"]["bigdata_ent_count"] == 24
    assert world.do(case, "review.select").stage == "publicize"


def test_a_base_that_has_not_is_refused_with_every_reason(world: World) -> None:
    case = reviewed(world, filed(world))
    with pytest.raises(Refusal) as caught:
        world.do(case, "review.select")
    assert {verdict.rule_id for verdict in caught.value.verdicts} >= RULES  # type: ignore[attr-defined]


def test_what_was_filed_stays_as_it_was_filed(world: World) -> None:
    case = filed(world)
    first = case.declarations.get(version_no=1)
    before = (first.digest, first.submitted_at, first.data())
    bring_up_to_date(world, case, BUILT)
    case = world.do(case, "build.request_review", summary="已建成。")
    first, second = case.declarations.order_by("version_no")
    assert (first.digest, first.submitted_at, first.data()) == before
    assert (first.status, second.status) == (DeclarationStatus.SUBMITTED, DeclarationStatus.SUBMITTED)
    assert second.digest != first.digest
    sent = case.chain.entries.get(action="build.request_review").content["data"]["declaration"]
    assert sent == {"version": 2, "digest": second.digest}


def test_once_asked_for_the_figures_are_frozen(world: World) -> None:
    case = filed(world)
    bring_up_to_date(world, case, BUILT)
    case = world.do(case, "build.request_review", summary="已建成。")
    assert draft_of(case) is None
    with pytest.raises(NotAllowed):
        save_form(case=case, form_code="GY_SUPP", raw=BELOW, expected_version=None, actor=world.applicant)


def test_a_changed_plan_sends_the_figures_to_be_filed_again(world: World) -> None:
    case = filed(world)
    bring_up_to_date(world, case, BUILT)
    case = world.do(case, "build.change_plan", reason="新增二期。")
    assert (case.stage, draft_of(case)) == ("file", None)
    sent = last_sent(case)
    assert sent is not None
    assert sent.data()["GY_SUPP"]["bigdata_ent_count"] == 24


def test_offices_do_not_see_the_figures_before_they_are_sent(world: World) -> None:
    case = filed(world)
    bring_up_to_date(world, case, BUILT | {"mgmt_org_name": "尚未报送的名称"})
    page = browser(world.officer).get(reverse("cases:declared", args=[case.public_id])).content.decode()
    assert "尚未报送的名称" not in page
    assert CaseFacts(case).form_data()["GY_SUPP"]["bigdata_ent_count"] == 15


def test_an_incomplete_update_is_refused_beside_its_cells_and_kept(world: World) -> None:
    case = filed(world)
    bring_up_to_date(world, case, {"bigdata_ent_count": ""})
    with pytest.raises(Refusal) as caught:
        world.do(case, "build.request_review", summary="已建成。")
    assert "GY_SUPP.bigdata_ent_count" in caught.value.fields
    assert world.reread(case).stage == "build"
    assert draft_of(case) is not None


# -- over HTTP --------------------------------------------------------------------------------------------------------


def save(actor: Actor, case: Case, data: dict[str, Any], version: int) -> HttpResponse:
    address = reverse("cases:form", args=[case.public_id, "GY_SUPP"])
    body = json.dumps({"version": version, "data": data})
    return browser(actor).post(
        address, body, content_type="application/json", headers={"accept": "application/json"}
    )


def shown(world: World, case: Case, version: int) -> str:
    address = reverse("cases:declared", args=[case.public_id])
    response = browser(world.officer).get(address, {"v": version})
    assert response.status_code == 200
    return response.content.decode()


def test_the_whole_way_over_the_pages(world: World) -> None:
    case = filed(world)
    figures = (
        supplement(case) | BUILT | {"software_revenue_wan": "60000", "mgmt_org_name": "贵阳建成运营有限公司"}
    )
    name_as_filed = supplement(case)["mgmt_org_name"]
    row = case.declarations.get(status="draft").forms.get(form_code="GY_SUPP")
    assert save(world.applicant, case, figures, row.version).status_code == 200
    assert save(world.other_applicant, case, figures, row.version + 1).status_code == 404
    asked = browser(world.applicant).get(page_of(case, "build.request_review"))
    assert asked.status_code == 200
    assert post(world.applicant, case, "build.request_review", {"summary": "已建成。"}).status_code == 302
    assert save(world.applicant, case, figures, row.version + 1).status_code == 403
    assert post(world.officer, case, "review.pass_initial", {"opinion": "通过。"}).status_code == 302
    experts = {"experts": [str(e.user.public_id) for e in world.experts[:5] if e.user]}
    assert post(world.officer, case, "review.assign_experts", experts).status_code == 302
    for expert in world.experts[:5]:
        item = case.items.get(duty="score", assignee=expert.user, status="open")
        sheet = sheet_data(world) | {"idempotency_key": f"s-{item.pk}"}
        address = reverse("workflows:score", args=[item.public_id])
        assert browser(expert).post(address, sheet).status_code == 302
    assert post(world.officer, case, "review.select", {"opinion": "同意。"}).status_code == 302
    assert world.reread(case).stage == "publicize"
    assert "贵阳建成运营有限公司" in shown(world, case, 2)
    filed_then = shown(world, case, 1)
    assert name_as_filed in filed_then
    assert "贵阳建成运营有限公司" not in filed_then
