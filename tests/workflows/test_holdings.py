"""What is still open with a person or a unit, told before the account or the unit is closed."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.neighbours import held_by_person, held_by_unit, programmes_of
from audit import clock
from tests.factories.accounts import make_authority
from tests.factories.cases import World, make_world
from workflows.enums import ItemStatus
from workflows.models import WorkItem


@pytest.fixture
def world(db: None) -> World:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    return make_world()


def test_an_experts_own_items_and_a_units_cases_are_counted(world: World) -> None:
    case = world.with_panel()
    expert = world.experts[0].user
    assert expert is not None
    assert held_by_person(expert) == ["指派给本人的待办事项1项"]
    WorkItem.objects.filter(assignee=expert).update(status=ItemStatus.CANCELLED)
    assert held_by_person(expert) == []
    assert held_by_unit(case.applicant) == ["作为申报单位的未办结案件1件"]
    assert held_by_unit(world.bureau)[:1] != ["作为申报单位的未办结案件1件"]
    assert held_by_unit(make_authority("遵义市", code="zunyi")) == []


def test_items_of_the_unit_are_counted_without_those_of_the_system(world: World) -> None:
    case = world.submitted()
    waiting = case.items.filter(status=ItemStatus.OPEN, organisation=world.bureau)
    assert waiting.count() == 1
    assert held_by_unit(world.bureau) == ["待办事项1项"]
    waiting.update(role="system")
    assert held_by_unit(world.bureau) == []


def test_programmes_are_those_of_the_authority(world: World) -> None:
    authority = world.bureau.authority
    assert authority is not None
    assert programmes_of(authority) == [(world.programme.code, world.programme.title)]
    assert programmes_of(make_authority("遵义市", code="zunyi")) == []
