"""Moving running cases to a newer edition: tried dry, reasoned, each in its own turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import yaml
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from audit import clock
from audit.models import Entry
from cases.models import Case, Deadline
from programmes import packs
from programmes.editions import load_pack, publish_edition
from programmes.models import Edition, SlotValue
from tests.factories.cases import GY_DIRECTORY, World, make_world
from tests.workshop.visits import sign_in
from workflows.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Iterator[World]:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    yield make_world()


@pytest.fixture
def admin(client: Client, world: World) -> Actor:
    return sign_in(client, Role.POLICY_ADMIN, authority=world.authority)


def newer(world: World, within: str = "20 working_day", pass_mark: str = "decimal") -> Edition:
    """The next edition: another limit for the examination of a filing; the pass mark as another type of number."""
    files = packs.read_directory(GY_DIRECTORY)
    content = yaml.safe_load(files["programme.yaml"])
    content["edition"] = "2021.1"
    steps = content["lifecycle"]["steps"]
    steps["filing" if "filing" in steps else "file"]["deadlines"]["examine"]["within"] = within
    content["slots"]["review_pass_mark"]["type"] = pass_mark
    files["programme.yaml"] = yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode()
    edition = load_pack(archive=packs.archive(files), authority=world.authority, actor=Actor.system_actor())
    return publish_edition(edition=edition, actor=Actor.system_actor())


def due(case: Case) -> dt.date | None:
    return WorkItem.objects.get(case=case, status="open").due_on


def address(edition: Edition) -> str:
    return reverse("workshop:move", args=[edition.public_id])


def test_a_dry_run_then_the_move(client: Client, world: World, admin: Actor) -> None:
    case = world.submitted()
    before = due(case)
    edition = newer(world)
    listed = client.get(address(edition)).content.decode()
    assert case.title in listed
    assert "2020.1" in listed
    tried = client.post(address(edition), {"action": "plan", "case": str(case.public_id)}).content.decode()
    assert f"{before:%Y-%m-%d} →" in tried
    assert "可以" in tried
    assert Case.objects.get(pk=case.pk).edition_id == world.edition.pk
    assert due(case) == before

    data = {"action": "move", "case": str(case.public_id), "reason": ""}
    assert client.post(address(edition), data).status_code == 422
    done = client.post(address(edition), data | {"reason": "新办法放宽了审核期限。"})
    assert "已迁移" in done.content.decode()
    moved = world.reread(case)
    assert moved.edition == edition
    after = due(case)
    assert before is not None
    assert after is not None
    assert after > before
    entry = Entry.objects.filter(chain=moved.chain, action="case.move_edition").get()
    assert entry.content["data"]["reason"] == "新办法放宽了审核期限。"
    assert Deadline.objects.filter(case=case, status="active").count() <= 1
    world.do(world.do(moved, "file.file"), "file.notify_filing")  # and it goes on under the new edition


def test_one_that_cannot_move_says_why_and_the_rest_goes_on(
    client: Client, world: World, admin: Actor
) -> None:
    good, done = world.submitted("甲基地"), world.draft("乙基地")
    edition = newer(world)
    world.do(done, "command.discard")
    keys = [str(good.public_id), str(done.public_id)]
    tried = client.post(address(edition), {"action": "plan", "case": keys}).content.decode()
    assert "甲基地" in tried
    assert "乙基地" not in tried  # it has ended: nothing to choose
    answer = client.post(address(edition), {"action": "move", "case": keys, "reason": "统一标准"})
    assert "1 件中 1 件已迁移" in answer.content.decode()


def test_what_the_round_has_decided_has_to_fit_the_new_edition(
    client: Client, world: World, admin: Actor
) -> None:
    case = world.submitted()
    decided = {"value": "60.5", "reason": "会议决定。", "decided_by": world.officer.user}
    SlotValue.objects.create(round=world.round, name="review_pass_mark", **decided)
    edition = newer(world, pass_mark="integer")
    tried = client.post(address(edition), {"action": "plan", "case": [str(case.public_id)]}).content.decode()
    assert "本批次已确定的待定值不符合目标版本的要求：评审合格线。" in tried


def test_refused_in_the_moment_of_moving(
    client: Client, world: World, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.errors import Refusal
    from workshop.views import moves

    first, second = world.submitted("甲基地"), world.submitted("乙基地")
    edition = newer(world)
    real = moves.engine.move_edition

    def sometimes(case_id: object, edition: object, **kw: object) -> object:
        if case_id == first.public_id:
            raise Refusal("cannot_move", "案件刚刚办结。")
        return real(case_id, edition, **kw)  # type: ignore[arg-type]

    monkeypatch.setattr(moves.engine, "move_edition", sometimes)
    keys = [str(first.public_id), str(second.public_id)]
    shown = client.post(
        address(edition), {"action": "move", "case": keys, "reason": "统一标准"}
    ).content.decode()
    assert "案件刚刚办结。" in shown
    assert "2 件中 1 件已迁移" in shown
    assert world.reread(second).edition == edition


def test_nothing_chosen(client: Client, world: World, admin: Actor) -> None:
    world.submitted()
    edition = newer(world)
    answer = client.post(address(edition), {"action": "plan", "case": ["x", ""]})
    assert answer.status_code == 422
    assert "请选择案件" in answer.content.decode()


def test_cases_of_a_step_alone(client: Client, world: World, admin: Actor) -> None:
    filing, building = world.submitted("甲基地"), world.building(title="乙基地")
    edition = newer(world)
    shown = client.get(address(edition) + f"?step={building.step}").content.decode()
    assert building.title in shown
    assert filing.title not in shown
    assert "checked" in shown


def test_officers_move_nothing(client: Client, world: World) -> None:
    edition = newer(world)
    sign_in(client, Role.OFFICER, authority=world.authority)
    assert client.post(address(edition), {"action": "move"}).status_code == 403
