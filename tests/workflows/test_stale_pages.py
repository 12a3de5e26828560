"""A page that shows what is no longer so is told, and loses nothing of what was typed."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.http import HttpResponse
from django.urls import reverse

from accounts.enums import Role
from audit import clock
from cases.declarations import save_form
from cases.errors import Conflict
from cases.materials import remove_material
from cases.models import Case
from tests.factories.accounts import make_actor
from tests.factories.cases import World
from tests.workflows.pages import browser, entries, open_item, page_of, text_of
from workflows import engine, items
from workflows.objections import lodge_objection

HORIZON = {"GY_SUPP_EXTRA": {"plan_horizon_years": "2"}}
REASON = "explanation.R-GY-05"
MARK = re.compile(r'name="draft" value="([0-9a-f]{32})"')


def object_to(case: Case) -> None:
    lodge_objection(notice=case.notices.get(), kind="unit", name="某公司", contact="0851", content="不实。")


def test_a_limit_that_moves_raises_the_version_of_its_item(world: World) -> None:
    case = world.publicized()
    window = open_item(case, "window")
    object_to(case)
    paused = open_item(case, "window")
    assert (paused.due_on, paused.version) == (None, window.version + 1)
    clock.set_clock(clock.now() + dt.timedelta(days=1))
    world.do(case, "publicize.dismiss_objection", reason="不属实。")
    resumed = open_item(case, "window")
    assert resumed.due_on is not None
    assert resumed.version == paused.version + 1


def test_a_page_over_a_limit_that_has_moved_is_stale(world: World) -> None:
    case = world.submitted()
    item = open_item(case, "examine")
    assert item.deadline is not None
    items.follow_limit(item.deadline)
    with pytest.raises(Conflict) as caught:
        engine.complete(item.public_id, "file", actor=world.officer, expected_version=item.version)
    assert caught.value.code == "stale"
    assert world.reread(case).stage == "file"


def test_a_limit_that_is_gone_touches_no_closed_item(world: World) -> None:
    case = world.submitted()
    item = open_item(case, "examine")
    world.do(case, "file.file")
    item.refresh_from_db()
    assert item.deadline is not None
    closed_with = item.version
    items.follow_limit(item.deadline)
    item.refresh_from_db()
    assert item.version == closed_with


def test_cancelled_items_rise_too(world: World) -> None:
    case = world.submitted()
    item = open_item(case, "examine")
    world.do(case, "command.withdraw", reason="条件变化。")
    before = item.version
    item.refresh_from_db()
    assert (item.status, item.version) == ("cancelled", before + 1)


# -- the declaration that is being sent ------------------------------------------------------------------------------


def submit_page(case: Case) -> str:
    return reverse("cases:submit", args=[case.public_id])


def send(world: World, case: Case, **data: str) -> HttpResponse:
    return browser(world.applicant).post(
        submit_page(case), {"idempotency_key": "k1", "statement": "on", **data}
    )


def mark_on(page: str) -> str:
    found = MARK.search(page)
    assert found is not None
    return found[1]


def change(world: World, case: Case, text: str) -> None:
    colleague = make_actor(Role.APPLICANT, world.zone)
    draft = case.declarations.get(status="draft")
    raw = draft.data()["GY_REPORT"] | {"r1_basic": text}
    save_form(case=case, form_code="GY_REPORT", raw=raw, expected_version=None, actor=colleague)


def test_what_a_colleague_has_changed_meanwhile_is_not_sent_unseen(world: World) -> None:
    case = world.fill(world.draft(), HORIZON)
    seen = mark_on(text_of(browser(world.applicant).get(submit_page(case))))
    change(world, case, "总投资改为二十亿元。")
    answer = send(world, case, draft=seen, **{REASON: "分期规划，后续补充。"})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "修改了申报材料" in page
    assert "分期规划，后续补充。</textarea>" in page
    assert 'value="on" checked' not in page  # what has changed has not been vouched for
    assert entries(case, "declare.submit") == 0
    assert world.reread(case).is_draft
    again = send(world, case, draft=mark_on(page), **{REASON: "分期规划，后续补充。"})
    assert again.status_code == 302
    assert case.declarations.get().data()["GY_REPORT"]["r1_basic"] == "总投资改为二十亿元。"


def test_a_file_that_was_taken_away_meanwhile_stops_the_sending(world: World) -> None:
    case = world.fill(world.draft())
    seen = mark_on(text_of(browser(world.applicant).get(submit_page(case))))
    material = case.materials.filter(removed_at__isnull=True).order_by("pk")[0]
    remove_material(material=material, actor=world.applicant)
    assert send(world, case, draft=seen).status_code == 409
    assert entries(case, "declare.submit") == 0


def test_saving_the_same_again_is_no_change(world: World) -> None:
    case = world.fill(world.draft())
    seen = mark_on(text_of(browser(world.applicant).get(submit_page(case))))
    data = case.declarations.get().data()["GY_PLAN"]
    save_form(case=case, form_code="GY_PLAN", raw=data, expected_version=None, actor=world.applicant)
    assert send(world, case, draft=seen).status_code == 302


def test_figures_that_changed_meanwhile_are_not_sent_for_review_unseen(world: World) -> None:
    case = world.building()
    address = page_of(case, "build.request_review")
    seen = mark_on(text_of(browser(world.applicant).get(address)))
    change(world, case, "已建成八栋。")
    sent = {"summary": "全部建成，已经验收。", "draft": seen, "idempotency_key": "k1"}
    answer = browser(world.applicant).post(address, sent)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "修改了申报材料" in page
    assert "全部建成，已经验收。" in page
    assert world.reread(case).stage == "build"
    assert browser(world.applicant).post(address, sent | {"draft": mark_on(page)}).status_code == 302
    assert world.reread(case).stage == "review"
