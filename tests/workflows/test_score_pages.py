"""The expert's score page: what can be typed, what comes of it, what it costs, and what nobody else gets to see."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.enums import Role
from audit import clock
from audit.models import Entry, ReadEntry
from cases.models import Case, ScoreSheet
from programmes.citations import on_screen
from tests.factories.accounts import make_assignment
from tests.factories.cases import World
from tests.workflows.pages import browser, open_item, post, sheet_data, text_of
from workflows.models import Submission, WorkItem


def page_of(case: Case, expert: Actor) -> str:
    item = WorkItem.objects.filter(case=case, duty="score", assignee=expert.user).order_by("-id")[0]
    return f"/work/score/{item.public_id}/"


def send(world: World, case: Case, expert: Actor, **changed: str) -> HttpResponse:
    form = sheet_data(world) | {"idempotency_key": uuid.uuid4().hex} | changed
    return browser(expert).post(page_of(case, expert), form)


@pytest.fixture
def panel(world: World) -> Case:
    """A case whose five experts have not scored yet."""
    return world.with_panel()


# -- the page ------------------------------------------------------------------------------------------------------


def test_the_page_shows_every_line_with_its_maximum_its_help_and_its_clause(
    world: World, panel: Case
) -> None:
    response = browser(world.experts[0]).get(page_of(panel, world.experts[0]))
    page = text_of(response)
    rubric = world.edition.pack.rubrics["review"]
    assert response.status_code == 200
    for indicator in rubric.indicators:
        assert str(indicator.label) in page
        assert f"（满分{indicator.maximum}分）" in page
        assert str(indicator.help) in page
        assert on_screen(indicator.clause, world.edition.pack.programme.documents) in page
        assert f'name="points.{indicator.key}"' in page
    for question in rubric.questions:
        assert page.count(f'name="answers.{question.key}"') == 2
    assert f"/cases/{panel.public_id}/" in page
    assert "review.recuse" in page
    assert open_item(panel, "score", world.experts[0]).opened_by == world.experts[0].user
    assert ReadEntry.objects.get(what="case.score").key == str(panel.public_id)


def test_a_submitted_sheet_is_there_to_read_and_no_longer_to_write(world: World, panel: Case) -> None:
    assert send(world, panel, world.experts[0], **{"points.design": "12.5"}).status_code == 302
    page = text_of(browser(world.experts[0]).get(page_of(panel, world.experts[0])))
    sheet = panel.score_sheets.get()
    assert "我的评分" in page
    assert "12.5" in page
    assert f"{sheet.total.normalize():f} / 100分" in page
    assert "建设成效明显。" in page
    assert "<input" not in page.split('<main id="main"')[1].split("</main>")[0]


def test_nobody_else_is_named_and_no_other_score_is_shown(world: World, panel: Case) -> None:
    send(world, panel, world.experts[0], comment="甲的意见", **{"points.scale": "19.5"})
    for expert in (world.experts[0], world.experts[1]):
        page = text_of(browser(expert).get(page_of(panel, expert)))
        assert not any(e.user.name in page for e in world.experts if e.user and e is not expert)
        assert ("甲的意见" in page) == (expert is world.experts[0])
        assert ("19.5" in page) == (expert is world.experts[0])


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 403), ("supervisor", 403), ("applicant", 403), ("other_applicant", 404)],
)
def test_others_have_no_business_on_this_page(world: World, panel: Case, who: str, status: int) -> None:
    address = page_of(panel, world.experts[0])
    client = browser(getattr(world, who))
    assert client.get(address).status_code == status
    assert client.post(address, sheet_data(world)).status_code == status
    assert not ScoreSheet.objects.exists()


def test_another_seat_is_not_mine_and_an_idle_expert_sees_nothing(world: World, panel: Case) -> None:
    address = page_of(panel, world.experts[0])
    for expert, status in ((world.experts[1], 403), (world.experts[6], 404)):
        assert browser(expert).get(address).status_code == status
        assert browser(expert).post(address, sheet_data(world)).status_code == status
    assert browser(world.experts[0]).get(f"/work/score/{uuid.uuid4()}/").status_code == 404
    other = open_item(world.submitted(title="别的"), "examine")
    assert browser(world.officer).get(f"/work/score/{other.public_id}/").status_code == 404
    assert Client().get(address).status_code == 302
    assert not ScoreSheet.objects.exists()


def test_the_person_under_another_role_does_not_score(world: World, panel: Case) -> None:
    expert = world.experts[0]
    assignment = make_assignment(Role.OFFICER, world.bureau, user=expert.user)
    client = browser(expert)
    client.post(f"/accounts/act-as/{assignment.public_id}/")
    assert client.get(page_of(panel, expert)).status_code == 403
    assert client.post(page_of(panel, expert), sheet_data(world)).status_code == 403
    assert not ScoreSheet.objects.exists()


def test_after_recusal_there_is_nothing_left(world: World, panel: Case) -> None:
    address = page_of(panel, world.experts[0])
    post(world.experts[0], panel, "review.recuse", {"reason": "有合作。"})
    assert browser(world.experts[0]).get(address).status_code == 404
    assert browser(world.experts[0]).post(address, sheet_data(world)).status_code == 404


# -- what can be typed -----------------------------------------------------------------------------------------------

FULL_WIDTH = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


@pytest.mark.parametrize(
    ("changed", "messages"),
    [
        ({"points.design": ""}, {"design": "请填写分数。"}),
        ({"points.responsibility": "11"}, {"responsibility": "分数应在0至10之间。"}),
        ({"points.responsibility": "-1"}, {"responsibility": "分数应在0至10之间。"}),
        ({"points.responsibility": "－１"}, {"responsibility": "分数应在0至10之间。"}),
        ({"points.design": "0.3"}, {"design": "分数最小单位为0.5分。"}),
        ({"points.design": "优秀"}, {"design": "分数应为数字。"}),
        ({"points.design": "NaN"}, {"design": "分数应为数字。"}),
        ({"points.design": "1e400"}, {"design": "分数应在0至15之间。"}),
        ({"answers.expert_judges_leading": ""}, {"expert_judges_leading": "请作出判断。"}),
        (
            {"points.design": "", "points.scale": "21", "answers.expert_judges_leading": ""},
            {
                "design": "请填写分数。",
                "scale": "分数应在0至20之间。",
                "expert_judges_leading": "请作出判断。",
            },
        ),
    ],
    ids=lambda value: ",".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else None,
)
def test_bad_sheets_are_told_line_by_line_and_nothing_is_lost(
    world: World, panel: Case, changed: dict[str, str], messages: dict[str, str]
) -> None:
    expert = world.experts[0]
    response = send(world, panel, expert, comment="写了很久的意见", **changed)
    page = text_of(response)
    assert response.status_code == 422
    assert "写了很久的意见" in page
    for name, typed in changed.items():
        if name.startswith("points.") and typed:
            assert re.search(rf'name="{re.escape(name)}" value="{re.escape(typed)}"', page)
    for message in messages.values():
        assert message in page
    assert page.count('href="#id_points.') + page.count('href="#id_answers.') == len(messages)
    told = browser(expert).post(
        page_of(panel, expert), sheet_data(world) | changed, headers={"Accept": "application/json"}
    )
    assert told.status_code == 422
    assert told.json()["fields"] == messages
    assert not ScoreSheet.objects.exists()


def test_full_width_digits_are_understood(world: World, panel: Case) -> None:
    form = {k: v.translate(FULL_WIDTH) for k, v in sheet_data(world).items() if k.startswith("points.")}
    assert send(world, panel, world.experts[0], **form).status_code == 302
    assert panel.score_sheets.get().points == world.sheet()["points"]


def test_what_the_rubric_does_not_know_is_left_out(world: World, panel: Case) -> None:
    assert (
        send(world, panel, world.experts[0], **{"points.bonus": "50", "answers.x": "yes"}).status_code == 302
    )
    sheet = panel.score_sheets.get()
    assert "bonus" not in sheet.points
    assert sheet.total <= 100


# -- once, and only once -----------------------------------------------------------------------------------------------


def test_the_same_sheet_sent_again_is_one_sheet(world: World, panel: Case) -> None:
    expert, key = world.experts[0], "device-1"
    client, address = browser(expert), page_of(panel, expert)
    form = sheet_data(world) | {"idempotency_key": key}
    first = client.post(address, form, headers={"Accept": "application/json"})
    second = client.post(address, form, headers={"Accept": "application/json"})
    plain = client.post(address, form)
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json() == {"message": first.json()["message"], "location": address}
    assert plain.status_code == 302
    assert panel.score_sheets.count() == Submission.objects.filter(key=key).count() == 1
    assert Entry.objects.filter(chain=panel.chain, action="review.submit_score").count() == 1


def test_a_second_sheet_with_another_key_is_told_that_it_is_done(world: World, panel: Case) -> None:
    expert = world.experts[0]
    send(world, panel, expert)
    again = browser(expert).post(
        page_of(panel, expert),
        sheet_data(world, 0.5) | {"idempotency_key": "another"},
        headers={"Accept": "application/json"},
    )
    assert again.status_code == 409
    assert again.json()["code"] == "already_done"
    assert panel.score_sheets.count() == 1


def test_a_script_whose_session_has_ended_is_told_so(world: World, panel: Case) -> None:
    response = Client().post(
        page_of(panel, world.experts[0]), sheet_data(world), headers={"Accept": "application/json"}
    )
    assert response.status_code == 401
    assert response.json()["sign_in"] == "/accounts/sign-in/"


def test_the_last_sheet_hands_on_to_the_office(world: World, panel: Case) -> None:
    for expert in world.experts[:5]:
        assert world.items(panel).count("conclude") == 0
        assert send(world, panel, expert).status_code == 302
    assert world.items(panel) == ["conclude"]


def test_the_limit_is_shown_and_a_late_sheet_is_still_taken(world: World, panel: Case) -> None:
    clock.set_clock(dt.datetime(2020, 5, 20, 10, tzinfo=clock.SHANGHAI))
    assert "已逾期" in text_of(browser(world.experts[0]).get(page_of(panel, world.experts[0])))
    assert send(world, panel, world.experts[0]).status_code == 302


# -- what it costs -------------------------------------------------------------------------------------------------------


def test_a_sheet_costs_twenty_four_statements(world: World, panel: Case) -> None:
    """Of a panel that is not complete with it: session, person, role and the whole turn of the door."""
    for expert in world.experts[:3]:
        client, address = browser(expert), page_of(panel, expert)
        client.get(address)
        form = sheet_data(world) | {"idempotency_key": uuid.uuid4().hex}
        with CaptureQueriesContext(connection) as caught:
            response = client.post(address, form, headers={"Accept": "application/json"})
        assert response.status_code == 200
        assert len(caught) == 24, "\n".join(query["sql"][:140] for query in caught)
