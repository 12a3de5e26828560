"""Who is told is who may act, and nobody else: checked against the policy and the lists themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor, actors_of
from accounts.enums import Role
from accounts.models import User
from audit import clock
from cases import policy
from cases.enums import Capacity, Part
from cases.models import Case, Participation
from cases.relations import add_party, parties_of, parts_of
from notifications.audience import SIDES, holders_of, people_of
from notifications.enums import Kind
from tests.factories.accounts import (
    make_actor,
    make_assignment,
    make_organisation,
    make_substitution,
    make_user,
)
from tests.factories.cases import World
from tests.notifications.rows import user_of
from workflows.items import items_for
from workflows.models import WorkItem


def join(case: Case, actor: Actor, part: Part) -> None:
    Participation.objects.create(case=case, user=user_of(actor), capacity=part)


def recommending(world: World, case: Case) -> Actor:
    """Somebody of the unit that recommended the case."""
    unit = make_organisation("白云区人民政府", parent=world.authority)
    add_party(case=case, organisation=unit, capacity=Capacity.RECOMMENDER)
    return make_actor(Role.RECOMMENDER, unit)


def stand_in(world: World, **dates: dt.date) -> User:
    assert world.officer.assignment is not None
    return make_substitution(world.officer.assignment, **dates).substitute


def closed(world: World) -> User:
    user = user_of(make_actor(Role.OFFICER, world.bureau))
    User.objects.filter(pk=user.pk).update(is_active=False)
    return user


def taking_part(role: Role, part: Part) -> Callable[[World, Case], User]:
    def make(world: World, case: Case) -> User:
        actor = make_actor(role, world.bureau)
        join(case, actor, part)
        return user_of(actor)

    return make


YESTERDAY, TOMORROW = dt.date(2020, 3, 19), dt.date(2020, 3, 21)
PEOPLE: dict[str, tuple[bool, Callable[[World, Case], User]]] = {
    "officer": (True, lambda world, case: user_of(world.officer)),
    "chief": (True, lambda world, case: user_of(world.chief)),
    "stand-in": (True, lambda world, case: stand_in(world)),
    "stand-in of last week": (False, lambda world, case: stand_in(world, valid_until=YESTERDAY)),
    "from above with the subtree": (
        True,
        lambda world, case: user_of(make_actor(Role.OFFICER, world.authority, subtree=True)),
    ),
    "from above, that unit only": (
        False,
        lambda world, case: user_of(make_actor(Role.OFFICER, world.authority)),
    ),
    "another unit": (False, lambda world, case: user_of(make_actor(Role.OFFICER, world.office))),
    "another role": (False, lambda world, case: user_of(make_actor(Role.APPROVER, world.bureau))),
    "this programme": (
        True,
        lambda world, case: user_of(
            make_actor(Role.OFFICER, world.bureau, programme_code=case.programme.code)
        ),
    ),
    "another programme": (
        False,
        lambda world, case: user_of(make_actor(Role.OFFICER, world.bureau, programme_code="gy-other")),
    ),
    "no longer": (
        False,
        lambda world, case: user_of(make_actor(Role.OFFICER, world.bureau, valid_until=YESTERDAY)),
    ),
    "not yet": (
        False,
        lambda world, case: user_of(make_actor(Role.OFFICER, world.bureau, valid_from=TOMORROW)),
    ),
    "account closed": (False, lambda world, case: closed(world)),
    "recused": (False, taking_part(Role.OFFICER, Part.RECUSED)),
    "drafter": (False, taking_part(Role.OFFICER, Part.DRAFTER)),
    "observer too": (True, taking_part(Role.OFFICER, Part.OBSERVER)),
    "applicant": (False, lambda world, case: user_of(world.applicant)),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_holders_are_those_whose_list_shows_the_item_and_who_may_act_on_it(world: World, who: str) -> None:
    """The three answers agree: the receiver's one query, the work list, the policy (both ways round)."""
    case = world.submitted()
    item = WorkItem.objects.get(case=case, duty="examine")
    expected, make = PEOPLE[who]
    user = make(world, case)
    actors = actors_of(User.objects.get(pk=user.pk), clock.today())
    works = any(
        items_for(actor).filter(pk=item.pk).exists() and policy.may(actor, "file.file", case)
        for actor in actors
    )
    assert works is expected
    assert (user.pk in holders_of(item, case)) is expected
    assert (user.pk in policy.who_may("file.file", case)) is expected


def test_an_item_of_the_applicant(world: World) -> None:
    case = world.filed()
    item = WorkItem.objects.get(case=case, duty="begin")
    colleague = make_actor(Role.APPLICANT, world.zone)
    join(case, colleague, Part.DRAFTER)  # drafters do act for their own unit
    assert holders_of(item, case) == {user_of(world.applicant).pk, user_of(colleague).pk}


def test_an_item_of_one_person_asks_nobody(world: World) -> None:
    case = world.with_panel()
    item = WorkItem.objects.filter(case=case, duty="score").first()
    assert item is not None
    with CaptureQueriesContext(connection) as captured:
        assert holders_of(item, case) == {item.assignee_id}
    assert len(captured) == 0


def test_the_holders_of_a_unit_are_two_queries(world: World) -> None:
    """Who holds the role, and who did what the pack keeps apart from it."""
    case = Case.objects.select_related("programme", "edition").get(pk=world.submitted().pk)
    item = WorkItem.objects.get(case=case, duty="examine")
    parties_of(case)
    parts_of(case)
    with CaptureQueriesContext(connection) as captured:
        assert holders_of(item, case)
    assert len(captured) == 2


@pytest.mark.parametrize(
    ("procedure", "duty"), [("publicize", "window"), ("file", "no_more"), ("gone", "x"), ("command", "gone")]
)
def test_nobody_holds_what_waits_for_the_system_or_is_no_more(
    world: World, procedure: str, duty: str
) -> None:
    case = world.draft()
    item = WorkItem(case=case, procedure=procedure, duty=duty, role="system", organisation=world.bureau)
    assert holders_of(item, case) == set()


def test_sides(world: World) -> None:
    case = world.with_panel()
    assert people_of(Kind.APPLICANT, case) == {user_of(world.applicant).pk}
    assert people_of(Kind.OFFICERS, case) == {
        user_of(world.officer).pk,
        user_of(world.officer2).pk,
        user_of(world.chief).pk,
    }
    assert people_of(Kind.SUPERVISORS, case) == {user_of(world.supervisor).pk}


def test_the_recommender_is_told_only_by_whom_the_case_was_recommended(world: World) -> None:
    case = world.submitted()
    assert people_of(Kind.RECOMMENDER, case) == set()
    actor = recommending(world, case)
    make_actor(Role.RECOMMENDER, make_organisation("观山湖区人民政府", parent=world.authority))
    assert people_of(Kind.RECOMMENDER, case) == {user_of(actor).pk}


@pytest.mark.parametrize("side", SIDES)
def test_recused_persons_are_on_no_side(world: World, side: Kind) -> None:
    case = world.submitted()
    actor = {
        Kind.APPLICANT: world.applicant,
        Kind.RECOMMENDER: recommending(world, case),
        Kind.OFFICERS: world.officer,
        Kind.SUPERVISORS: world.supervisor,
    }[side]
    assert user_of(actor).pk in people_of(side, case)
    join(case, actor, Part.RECUSED)
    assert user_of(actor).pk not in people_of(side, world.reread(case))


def test_a_drafter_of_the_operator_is_told_while_they_see_the_case(world: World) -> None:
    """An operator drafts for the zone: not one of its applicants, but it is their case too."""
    case = world.submitted()
    operator = make_actor(Role.OPERATOR, world.zone)
    join(case, operator, Part.DRAFTER)
    assert user_of(operator).pk not in people_of(Kind.APPLICANT, case)
    add_party(case=case, organisation=world.zone, capacity=Capacity.OPERATOR)
    assert user_of(operator).pk in people_of(Kind.APPLICANT, case)


def test_a_drafter_who_left_is_not_told(world: World) -> None:
    case = world.submitted()
    assert world.applicant.assignment is not None
    make_assignment(Role.OFFICER, world.office, user=user_of(world.applicant))
    type(world.applicant.assignment).objects.filter(pk=world.applicant.assignment.pk).update(
        valid_until=YESTERDAY
    )
    assert people_of(Kind.APPLICANT, case) == set()


def test_people_of_another_unit_are_on_no_side(world: World) -> None:
    case = world.submitted()
    strangers = {user_of(world.other_applicant).pk, make_user().pk}
    for side in SIDES:
        assert not strangers & people_of(side, case)
