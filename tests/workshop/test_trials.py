"""Trials: run at once or by the worker, told step by step, stored."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts.actors import Actor
from accounts.enums import Role
from programmes import packs
from programmes.enums import TrialStatus
from programmes.models import Trial, WorkingCopy
from tests.factories.accounts import make_authority
from tests.factories.cases import World, make_world
from tests.workshop.visits import sign_in
from workshop.copies import clone_edition, import_pack, save_file
from workshop.tasks import carry_out
from workshop.views import trials as views

pytestmark = pytest.mark.django_db

SCENARIO = """
id: T1
title: {zh: 草稿作废}
steps:
  - {at: 2017-03-06 09:00, do: open_case, expect: {stage: declare}}
  - {at: 2017-03-06 10:00, do: discard, expect: {closure: CLOSURE}}
"""


@pytest.fixture
def world(frozen_clock: Any) -> World:
    frozen_clock("2020-03-20 10:00")
    return make_world()


@pytest.fixture
def admin(client: Client) -> Actor:
    return sign_in(client, Role.POLICY_ADMIN, authority=make_authority("贵阳市", code="guiyang"))


def url(name: str, row: Any) -> str:
    return reverse(f"workshop:{name}", args=[row.public_id])


def stricter(copy: WorkingCopy, actor: Actor) -> None:
    file = copy.files.get(path="rules.yaml")
    text = file.text.replace("expr: bigdata_ent_count >= 20", "expr: bigdata_ent_count >= 3000", 1)
    start = text.index("- id: R-GY-12")
    end = text.index("- id: R-GY-13")
    rule = text[start:end]
    rule = (
        rule[: rule.index("  ok:")]
        + "  ok: [{inputs: {bigdata_ent_count: 3000}}]\n  bad: [{inputs: {bigdata_ent_count: 1}}]\n\n"
    )
    text = text[:start] + rule + text[end:]
    save_file(copy=copy, path="rules.yaml", text=text, version=file.version, actor=actor)


def test_a_replay_at_once(client: Client, world: World, admin: Actor) -> None:
    case = world.submitted("白云<b>基地")
    copy = clone_edition(edition=world.edition, actor=admin)
    stricter(copy, admin)
    assert "现有已提交的案件 1 件" in client.get(url("what_if", copy)).content.decode()
    answer = client.post(url("what_if", copy))
    assert answer.status_code == 302, answer.content.decode()[:2000]
    trial = Trial.objects.get()
    assert (trial.status, trial.total, trial.done) == (TrialStatus.DONE, 1, 1)
    assert trial.result["flips"][0]["case_no"] == case.case_no
    shown = client.get(url("trial", trial)).content.decode()
    for words in ("白云&lt;b&gt;基地", "R-GY-12", "通过", "提醒", "提交申报"):
        assert words in shown
    assert "<b>基地" not in shown


def test_many_cases_go_to_the_worker(
    client: Client, world: World, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.submitted()
    copy = clone_edition(edition=world.edition, actor=admin)
    monkeypatch.setattr(views, "AT_ONCE", 0)
    client.post(url("what_if", copy))
    trial = Trial.objects.get()
    assert trial.status == TrialStatus.QUEUED
    waiting = client.get(url("trial", trial)).content.decode()
    assert "every 2s" in waiting
    row = DBTaskResult.objects.get(task_path="workshop.tasks.run_trial")
    row.task.func(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
    trial.refresh_from_db()
    assert trial.status == TrialStatus.DONE
    fragment = client.get(url("trial", trial), headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" not in fragment
    assert "<html" not in fragment
    assert "没有案件的结果会因此改变" in fragment
    before = trial.ended_at
    row.task.func(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])  # a task may run twice
    trial.refresh_from_db()
    assert trial.ended_at == before


def test_a_broken_draft_is_not_tried(client: Client, world: World, admin: Actor) -> None:
    copy = clone_edition(edition=world.edition, actor=admin)
    save_file(copy=copy, path="rules.yaml", text="- [", version=1, actor=admin)
    answer = client.post(url("what_if", copy))
    assert answer.status_code == 422
    assert "须改正的问题" in answer.content.decode()
    assert not Trial.objects.exists()


def test_a_fault_is_told_not_thrown(world: World, admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    from programmes.enums import TrialKind
    from workshop import tasks
    from workshop.copies import archive_of

    copy = clone_edition(edition=world.edition, actor=admin)
    trial = tasks.new_trial(copy=copy, kind=TrialKind.WHAT_IF, source=archive_of(copy), actor=admin)
    monkeypatch.setattr(tasks, "replay", lambda *args, **kwargs: 1 / 0)
    assert carry_out(trial).status == TrialStatus.FAILED
    assert "系统故障" in trial.error


# -- scenarios -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def relief(client: Client) -> WorkingCopy:
    """A copy of a small pack with two scenarios: one holds, one does not."""
    files = packs.read_directory(packs.packs_directory() / "gz-rent-relief")
    files = {name: data for name, data in files.items() if not name.startswith("scenarios/S")}
    del files["scenarios/conditions.yaml"]
    files["scenarios/good.yaml"] = SCENARIO.replace("CLOSURE", "discarded").encode()
    files["scenarios/wrong.yaml"] = SCENARIO.replace("T1", "T2").replace("CLOSURE", "withdrawn").encode()
    code = packs.parse_files(files).programme.authority
    admin = sign_in(client, Role.POLICY_ADMIN, authority=make_authority("贵州省", code=code))
    return import_pack(source=packs.archive(files), authority=admin.organisation, actor=admin)  # type: ignore[arg-type]


def test_scenarios_are_played_and_told(client: Client, relief: WorkingCopy) -> None:
    listed = client.get(url("scenarios", relief)).content.decode()
    assert "good.yaml" in listed
    assert "wrong.yaml" in listed
    answer = client.post(url("scenarios", relief))
    assert answer.status_code == 302, answer.content.decode()
    trial = Trial.objects.get()
    assert trial.status == TrialStatus.QUEUED  # never in the request
    carry_out(trial)
    assert (trial.status, trial.error, trial.done, trial.total) == (TrialStatus.DONE, "", 2, 2)
    shown = client.get(url("trial", trial)).content.decode()
    for words in ("2 项中 1 项不符", "草稿作废", "预期 withdrawn，实际 discarded", "scenarios/wrong.yaml"):
        assert words in shown
    assert "line=6" in shown


def test_one_scenario_alone(client: Client, relief: WorkingCopy) -> None:
    client.post(url("scenarios", relief), {"name": "good.yaml"})
    assert Trial.objects.get().names == ["good.yaml"]


def test_a_scenario_with_a_mistake_does_not_hinder_the_others(client: Client, relief: WorkingCopy) -> None:
    from accounts.actors import actor_for

    actor = actor_for(relief.changed_by.role_assignments.get())
    save_file(copy=relief, path="scenarios/wrong.yaml", text="id: [", version=1, actor=actor)
    assert client.post(url("scenarios", relief), {"name": "wrong.yaml"}).status_code == 422
    assert client.post(url("scenarios", relief), {"name": "good.yaml"}).status_code == 302
