"""The page of an action, over HTTP: for every action there is, somebody who may and somebody who may not."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pytest
from django.test import Client

from accounts.actors import Actor
from audit import clock
from audit.models import Entry
from cases import policy
from cases.models import Case, Objection
from tests.factories.cases import World, make_world
from tests.factories.played import played
from tests.workflows.pages import (
    Data,
    browser,
    entries,
    open_item,
    page_of,
    post,
    text_of,
)
from tests.workflows.trials import LEGAL, TRIALS, Play, Trial
from workflows.explain import SIGNING
from workflows.models import Submission
from workflows.sheets import SCORING

SUBMIT = re.compile(r"<button type=\"submit\" class=\"btn btn-(primary|danger)\"")


def test_the_table_knows_every_action() -> None:
    assert list(TRIALS) == policy.all_actions()


@dataclass(frozen=True)
class Scene:
    """A case that waits for an action, with who may do it and who may not."""

    case: Case
    may: Actor | None
    may_not: Actor
    form: Data
    status: int


def scene_of(trial: Trial | Play) -> Scene:
    """The world or the play of the trial, an hour after the last thing that happened in it."""
    if isinstance(trial, Play):
        cast = played(trial.pack, trial.steps)
        case = reread(Case.objects.order_by("-pk")[0])
        last = Entry.objects.filter(chain=case.chain).order_by("-seq")[0].at
        moment = dt.datetime.fromisoformat(trial.at).replace(tzinfo=clock.SHANGHAI) if trial.at else None
        clock.set_clock(moment or last + dt.timedelta(hours=1))
        form = trial.form(cast, case)
        return Scene(case, cast[trial.may], cast[trial.may_not], form, trial.status)
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    world = make_world()
    case = world.reread(trial.case(world))
    may = trial.may(world) if trial.may is not None else None
    return Scene(case, may, trial.may_not(world), trial.form(world, case), trial.status)


def reread(case: Case) -> Case:
    return Case.objects.select_related("edition", "round", "chain", "programme").get(pk=case.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("action", TRIALS)
def test_who_may_and_who_may_not(action: str) -> None:
    scene = scene_of(TRIALS[action])
    case, version = scene.case, scene.case.version

    assert browser(scene.may_not).get(page_of(case, action)).status_code == scene.status
    refused = post(scene.may_not, case, action, scene.form)
    assert refused.status_code == scene.status
    assert reread(case).version == version
    if scene.status == 403:
        assert policy.may(scene.may_not, action, case).reason in text_of(refused)
    if scene.may is None:
        return

    before = entries(case, action)
    shown = browser(scene.may).get(page_of(case, action))
    elsewhere = {*SCORING.values(), *SIGNING}  # they have pages of their own
    assert shown.status_code == (302 if action in elsewhere else 200), text_of(shown)
    if shown.status_code == 200:
        assert SUBMIT.search(text_of(shown)), "a page without the button that does it"
        told = re.findall("在册状态登记为“(.+?)”", text_of(shown))
        assert told == ([LEGAL[action].label] if action in LEGAL else [])
    assert entries(case, action) == before
    done = post(scene.may, case, action, scene.form)
    assert done.status_code == 302, text_of(done)
    assert entries(case, action) == before + 1
    assert reread(case).version == version + 1


@pytest.mark.parametrize(
    "action", ["file.file", "file.return_for_correction", "command.withdraw", "command.register_objection"]
)
def test_the_same_key_twice_is_one_effect(world: World, action: str) -> None:
    trial = TRIALS[action]
    assert isinstance(trial, Trial)
    assert trial.may is not None
    case = world.reread(trial.case(world))
    actor, form = trial.may(world), trial.form(world, case)
    client = browser(actor)
    messages = []
    for _attempt in range(2):
        response = client.post(page_of(case, action), form | {"idempotency_key": "one-and-the-same"})
        assert response.status_code == 302
        messages.append([str(message) for message in _messages(client)])
    assert messages[0] == messages[1] != []
    assert entries(case, action) == 1
    assert Submission.objects.filter(key="one-and-the-same").count() == 1
    assert Objection.objects.count() == (1 if action == "command.register_objection" else 0)


def _messages(client: Client) -> list[object]:
    return list(client.get("/work/").context["messages"])


def test_the_second_officer_reads_who_was_faster(world: World) -> None:
    case = world.submitted()
    item = open_item(case, "examine")
    fields = {"item": str(item.public_id), "version": str(item.version)}
    assert browser(world.officer2).get(page_of(case, "file.file")).status_code == 200
    assert post(world.officer, case, "file.file", fields).status_code == 302
    late = post(world.officer2, case, "file.refuse_filing", fields | {"reason": "材料不实。"})
    assert late.status_code == 409
    assert world.officer.user is not None
    assert world.officer.user.name in text_of(late)
    assert "准予备案" in text_of(late)
    looked = browser(world.officer2).get(page_of(case, "file.file"), {"item": str(item.public_id)})
    assert looked.status_code == 409
    assert world.officer.user.name in text_of(looked)


def test_a_stale_page_is_told_and_loses_nothing(world: World) -> None:
    case = world.building()
    fields = {"version": str(case.version), "reason": "规划调整，暂不申报。"}
    world.do(case, "command.report_progress", period="上半年", content="主体完工。")
    stale = post(world.applicant, case, "command.withdraw", fields)
    assert stale.status_code == 409
    assert "规划调整，暂不申报。" in text_of(stale)
    assert f'name="version" value="{world.reread(case).version}"' in text_of(stale)
    item = open_item(case, "construct")
    again = post(
        world.applicant,
        case,
        "build.change_plan",
        {"item": str(item.public_id), "version": "99", "reason": "调整。"},
    )
    assert again.status_code == 409
    assert "调整。" in text_of(again)
    assert entries(case, "command.withdraw") == entries(case, "build.change_plan") == 0


def test_an_item_of_another_case_does_not_exist_here(world: World) -> None:
    one, other = world.submitted(title="甲基地"), world.submitted(title="乙基地")
    fields = {"item": str(open_item(other, "examine").public_id)}
    assert post(world.officer, one, "file.file", fields).status_code == 404
    assert browser(world.officer).get(page_of(one, "file.file"), {"item": "no-uuid"}).status_code == 404
    assert browser(world.officer).get(page_of(one, "file.nonsense")).status_code == 404
    assert entries(other, "file.file") == 0


def test_whoever_is_not_signed_in_signs_in_first(world: World) -> None:
    case = world.submitted()
    response = Client().get(page_of(case, "file.file"))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/sign-in/?next=/work/")


def test_looking_at_it_marks_the_item_as_opened(world: World) -> None:
    case = world.submitted()
    browser(world.applicant).get(page_of(case, "file.file"))
    browser(world.supervisor).get(page_of(case, "file.file"))
    assert open_item(case, "examine").opened_at is None
    browser(world.officer2).get(page_of(case, "file.file"))
    browser(world.officer).get(page_of(case, "file.file"))
    assert open_item(case, "examine").opened_by == world.officer2.user
