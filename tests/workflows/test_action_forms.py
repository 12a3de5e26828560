"""What the page of an action shows and asks, and what it says when the door refuses."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.template.loader import render_to_string

from audit import clock
from audit.models import Entry, ReadEntry
from cases.models import Objection
from cases.relations import relations_of
from tests.factories.cases import World
from tests.workflows.pages import (
    appraisal_checked,
    browser,
    items_of_appraisal,
    objected,
    open_item,
    page_of,
    post,
    text_of,
)
from tests.workflows.trials import TRIALS
from workflows.explain import offers_for
from workflows.items import open_items_of
from workflows.offer_lines import OfferLine, offer_lines
from workflows.preview import case_for

SUBMIT = re.compile(r"<button type=\"submit\" class=\"btn btn-(primary|danger)\"")


def test_messages_stand_beside_the_fields_and_nothing_is_lost(world: World) -> None:
    case = world.publicized()
    fields = {"kind": "person", "name": "李某", "contact": "", "content": "项目面积不实。"}
    response = post(world.officer, case, "command.register_objection", fields)
    page = text_of(response)
    assert response.status_code == 422
    assert "请填写联系方式，以便核查和答复。" in page
    assert 'href="#id_contact"' in page
    assert 'value="李某"' in page
    assert "项目面积不实。" in page
    assert re.search(r'value="person"[^>]*checked', page)
    assert not Objection.objects.exists()


def test_an_appraisal_names_its_items_and_keeps_what_was_typed(world: World) -> None:
    trial = TRIALS["appraise.submit_appraisal"]
    case = trial.case(world)
    labels = [str(i.label) for i in world.edition.pack.rubrics["appraisal"].indicators]
    page = text_of(browser(world.applicant).get(page_of(case, "appraise.submit_appraisal")))
    assert all(label in page for label in labels)
    first, *rest = items_of_appraisal(world)
    response = post(world.applicant, case, "appraise.submit_appraisal", {f"items.{first}": "产值增长。"})
    assert response.status_code == 422
    assert "产值增长。" in text_of(response)
    assert all(f'href="#id_items.{key}"' in text_of(response) for key in rest)


def test_the_time_limit_of_a_rectification_explains_itself(world: World) -> None:
    case = appraisal_checked(world)
    page = text_of(browser(world.officer).get(page_of(case, "appraise.conclude_unqualified")))
    due = clock.today() + dt.timedelta(days=90)
    assert f'value="{due.isoformat()}"' in page
    assert "共90日" in page


@pytest.mark.parametrize(
    ("points", "status", "word"),
    [("60", 302, ""), ("5", 403, "低于合格线"), ("200", 422, "分数应在0至"), ("x", 422, "分数应为数字")],
)
def test_points_of_an_appraisal(world: World, points: str, status: int, word: str) -> None:
    case = appraisal_checked(world)
    rubric = world.edition.pack.rubrics["appraisal"]
    given = {
        f"scores.{i.key}": points if points != "60" else str(i.maximum * 6 / 10) for i in rubric.indicators
    }
    if points == "5":
        given = {f"scores.{i.key}": "5" for i in rubric.indicators}
    response = post(world.officer, case, "appraise.conclude_qualified", given)
    assert response.status_code == status
    assert word in text_of(response)
    if status != 302:
        assert f'value="{points}"' in text_of(response)


def test_a_soft_rule_asks_for_its_reason(world: World) -> None:
    case = world.scored(GY_SUPP={"key_enterprise_count": "0"})
    page = text_of(browser(world.officer).get(page_of(case, "review.select")))
    assert 'name="explanations.R-GY-17"' in page
    assert "应有一定数量的骨干企业" in page
    refused = post(world.officer, case, "review.select", {"opinion": "可以入选。"})
    assert refused.status_code == 422
    assert "请说明理由。" in text_of(refused)
    assert "可以入选。" in text_of(refused)
    told = {"opinion": "可以入选。", "explanations.R-GY-17": "骨干企业正在培育。"}
    assert post(world.officer, case, "review.select", told).status_code == 302
    entry = Entry.objects.get(chain=case.chain, action="review.select")
    assert entry.content["data"]["explanations"] == {"R-GY-17": "骨干企业正在培育。"}


def test_what_the_rules_refuse_is_shown_with_its_clause_and_cannot_be_sent(world: World) -> None:
    case = world.accredited()
    response = browser(world.officer).get(page_of(case, "command.propose_revocation"))
    page = text_of(response)
    assert response.status_code == 422
    assert "附件6·第八条</a>" in page
    assert 'aria-disabled="true"' in page
    assert not SUBMIT.search(page)
    assert post(world.officer, case, "command.propose_revocation", {"reason": "想取消。"}).status_code == 422


def test_a_panel_that_did_not_pass_cannot_be_selected(world: World) -> None:
    case = world.scored(share=0.5)
    response = browser(world.officer).get(page_of(case, "review.select"))
    assert response.status_code == 403
    assert "未达到" in text_of(response)
    assert browser(world.officer).get(page_of(case, "review.reject")).status_code == 200


def test_the_objector_is_shown_to_the_handling_office_and_the_reading_is_logged(world: World) -> None:
    case = objected(world)
    page = text_of(browser(world.officer).get(page_of(case, "publicize.uphold_objection")))
    assert "某公司" in page
    assert "0851-12345678" in page
    assert ReadEntry.objects.filter(what="case.objectors", actor_id=world.officer.user.pk).count() == 1  # type: ignore[union-attr]


def test_registered_objections_pause_the_clock_and_keep_the_name_out_of_the_record(world: World) -> None:
    case = world.publicized()
    form = TRIALS["command.register_objection"].form(world, case)
    post(world.officer, case, "command.register_objection", form)
    assert case.notices.get().status == "paused"
    assert world.items(case).count("handle") == 1
    assert "某公司" not in Entry.objects.get(chain=case.chain, action="command.register_objection").body
    anonymous = {"kind": "anonymous", "content": "有问题。"}
    assert post(world.officer, case, "command.register_objection", anonymous).status_code == 302
    assert world.items(case).count("handle") == 1


def test_after_recusal_the_expert_is_taken_home(world: World) -> None:
    case = world.with_panel()
    response = post(world.experts[0], case, "review.recuse", {"reason": "有合作。"})
    assert response["Location"] == "/work/"
    assert browser(world.experts[0]).get(page_of(case, "review.recuse")).status_code == 404


def test_danger_asks_first_and_works_without_script(world: World) -> None:
    case = world.submitted()
    page = text_of(browser(world.officer).get(page_of(case, "file.refuse_filing")))
    assert re.search(r'class="btn btn-danger"[^>]*data-confirm="确认对', page)
    assert post(world.officer, case, "file.refuse_filing", {"reason": "不符合条件。"}).status_code == 302


def test_a_script_is_answered_in_json(world: World) -> None:
    case = world.submitted()
    client = browser(world.officer)
    refused = client.post(page_of(case, "file.refuse_filing"), {}, headers={"Accept": "application/json"})
    assert refused.status_code == 422
    assert refused.json()["fields"] == {"reason": "请填写“理由”。"}
    done = client.post(page_of(case, "file.file"), {}, headers={"Accept": "application/json"})
    assert done.json()["location"].endswith(f"{case.public_id}/")


def test_a_kind_that_asks_fewer_items_is_brought_to_the_rubrics_total(world: World) -> None:
    case = world.do(world.accredited(), "command.start_appraisal", period=2020, kind="assessment")
    items = dict.fromkeys(world.edition.pack.programme.side["appraisal"].items["assessment"], "已完成。")
    world.do(case, "appraise.submit_appraisal", items=items)
    world.do(case, "appraise.check_appraisal", methods=["doc_check"])
    page = text_of(browser(world.officer).get(page_of(case, "appraise.conclude_qualified")))
    assert 'data-reachable="75" data-full="100"' in page
    assert "（合格线60分）" in page
    assert page.count("data-points") == 4
    half = {f"scores.{key}": "9" for key in items}
    low = post(world.officer, case, "appraise.conclude_qualified", half)
    assert low.status_code == 403
    assert "总分48.00分，低于合格线60分" in text_of(low)
    assert text_of(low).count('value="9"') == 4


def test_offers_are_links_or_say_why_not(world: World) -> None:
    case = world.submitted()
    open_case, _relations = case_for(case.public_id, world.officer)
    relations = relations_of(world.officer, open_case)
    offers = offer_lines(
        open_case, offers_for(open_case, world.officer, list(open_items_of(open_case)), relations)
    )
    offers.append(
        OfferLine("发布公示", "", "primary", "须先后通过初审和专家评审。", "003·附件6·第四条(四)", "/x/#c1")
    )
    page = render_to_string("workflows/partials/offers.html", {"offers": offers})
    for code in ("file", "return_for_correction", "refuse_filing"):
        assert f'href="/work/{case.public_id}/file.{code}/?item=' in page
    assert page.count("<li>") == len(offers) == 4
    assert 'aria-disabled="true"' in page
    assert "须先后通过初审和专家评审。" in page
    assert 'href="/x/#c1"' in page


def test_limits_are_told_by_word_and_icon(world: World) -> None:
    item = open_item(world.submitted(), "examine")
    page = render_to_string("workflows/partials/due.html", {"item": item})
    assert "还剩10个工作日" in page
    assert str(item.due_on) in page
    assert "lc-due-ok" in page
    assert "#calendar" in page
