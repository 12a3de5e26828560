"""Who acts, what they reach, and at what price in queries."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from accounts.actors import Actor, actor_for, actors_of, users_with
from accounts.enums import Role
from accounts.models import Organisation, User
from tests.factories.accounts import (
    make_actor,
    make_assignment,
    make_authority,
    make_organisation,
    make_substitution,
    make_user,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)


def test_actor_carries_the_assignment() -> None:
    unit = make_organisation("市大数据局")
    held = make_assignment(Role.OFFICER, unit, user=make_user("王经办"), programme_code="gy-cluster-base")
    actor = actor_for(held)
    assert actor.user == held.user and actor.role is Role.OFFICER and actor.organisation == unit
    assert actor.authority_id == make_authority().pk
    assert actor.organisation_ids == frozenset({unit.pk})
    assert actor.public_id == held.public_id
    assert not actor.system and actor.on_behalf_of is None
    with pytest.raises(dataclasses.FrozenInstanceError):
        actor.role = Role.CHIEF  # type: ignore[misc]


def test_stamp_copies_the_names() -> None:
    unit = make_organisation("市大数据局")
    held = make_assignment(Role.OFFICER, unit, user=make_user("王经办"))
    stamp = actor_for(held).stamp()
    assert dataclasses.asdict(stamp) == {
        "user_id": held.user.pk,
        "name": "王经办",
        "role": "officer",
        "organisation_id": unit.pk,
        "organisation": "市大数据局",
        "assignment_id": held.pk,
        "on_behalf_of": "",
        "on_behalf_of_id": None,
        "system": False,
    }


def test_system_acts_under_its_own_name() -> None:
    actor = Actor.system_actor()
    assert actor.system and actor.user is None and actor.organisation_ids == frozenset()
    stamp = actor.stamp()
    assert stamp.system and stamp.user_id is None and stamp.name == "系统"


def test_subtree_is_reached_only_when_covered() -> None:
    county = make_organisation("南明区")
    zone = make_organisation("高新区", parent=county)
    firm = make_organisation("某公司", parent=zone)
    other = make_organisation("云岩区")
    narrow, wide = make_actor(Role.OFFICER, county), make_actor(Role.OFFICER, county, subtree=True)
    assert narrow.organisation_ids == {county.pk}
    assert wide.organisation_ids == {county.pk, zone.pk, firm.pk}
    assert wide.covers_organisation(firm) and not wide.covers_organisation(other)
    assert narrow.covers_organisation(county) and not narrow.covers_organisation(zone)
    assert not Actor.system_actor().covers_organisation(county)


def test_scope_asks_the_same_of_the_database() -> None:
    county = make_organisation("南明区")
    zone = make_organisation("高新区", parent=county)
    inside, outside = make_user(organisation=zone), make_user(organisation=make_organisation("云岩区"))
    wide, narrow = make_actor(Role.CHIEF, county, subtree=True), make_actor(Role.CHIEF, zone)
    reached = User.objects.filter(wide.scope("organisation"))
    assert inside in reached and wide.user in reached and outside not in reached
    assert set(User.objects.filter(narrow.scope("organisation"))) == {inside, narrow.user}
    for nobody in (Actor.system_actor(), Actor.as_person(inside)):
        assert not User.objects.filter(nobody.scope("organisation")).exists()


def test_narrow_and_wide_assignment_at_one_unit_do_not_mix() -> None:
    county = make_organisation("南明区")
    zone = make_organisation("高新区", parent=county)
    user = make_user()
    make_assignment(Role.OFFICER, county, user=user)
    make_assignment(Role.CHIEF, county, user=user, subtree=True)
    reach = {actor.role: actor.organisation_ids for actor in actors_of(user, TODAY)}
    assert reach == {Role.OFFICER: {county.pk}, Role.CHIEF: {county.pk, zone.pk}}


@pytest.mark.parametrize(
    ("code", "asked", "covered"),
    [("", "gy-cluster-base", True), ("gd-town", "gd-town", True), ("gd-town", "gy-cluster-base", False)],
)
def test_programme_scope(code: str, asked: str, covered: bool) -> None:
    assert make_actor(Role.OFFICER, programme_code=code).covers_programme(asked) is covered


def test_only_valid_assignments_make_actors_own_ones_first() -> None:
    user, unit = make_user(), make_organisation()
    absent = make_assignment(Role.APPROVER, unit)
    make_substitution(absent, user)
    own = make_assignment(Role.OFFICER, unit, user=user)
    make_assignment(Role.CHIEF, unit, user=user, valid_until=TODAY - DAY)
    make_assignment(Role.EXPERT, unit, user=user, valid_from=TODAY + DAY)
    assert [(actor.assignment, actor.on_behalf_of) for actor in actors_of(user, TODAY)] == [
        (own, None),
        (absent, absent.user),
    ]


def test_inactive_user_is_nobody() -> None:
    user = make_user(is_active=False)
    make_assignment(Role.OFFICER, user=user)
    assert actors_of(user, TODAY) == []


@pytest.mark.parametrize("count", [1, 6])
@pytest.mark.parametrize(("subtree", "queries"), [(False, 1), (True, 2)])
def test_price_does_not_grow_with_the_assignments(
    count: int, subtree: bool, queries: int, django_assert_num_queries: Any
) -> None:
    user = make_user()
    for number in range(count):
        unit = make_organisation(f"单位{number}")
        make_organisation(f"下级{number}", parent=unit)
        make_assignment(Role.OFFICER, unit, user=user, subtree=subtree)
        make_substitution(make_assignment(Role.CHIEF, unit, subtree=subtree), user)
    with django_assert_num_queries(queries):
        actors = actors_of(user, TODAY)
        assert len(actors) == 2 * count
        assert all(actor.stamp().organisation for actor in actors)
        assert all(len(actor.organisation_ids) == (2 if subtree else 1) for actor in actors)


@pytest.fixture
def tree() -> dict[str, Organisation]:
    city = make_authority()
    county = make_organisation("南明区")
    return {
        "city": city,
        "county": county,
        "zone": make_organisation("高新区", parent=county),
        "other": make_organisation("云岩区"),
    }


@pytest.mark.parametrize(
    ("at", "fields", "found"),
    [
        pytest.param("zone", {}, True, id="at the unit"),
        pytest.param("county", {}, False, id="above, without the subtree"),
        pytest.param("county", {"subtree": True}, True, id="above, with the subtree"),
        pytest.param("city", {"subtree": True}, True, id="at the top, with the subtree"),
        pytest.param("other", {"subtree": True}, False, id="beside"),
        pytest.param("zone", {"programme_code": "gy"}, True, id="for this programme"),
        pytest.param("zone", {"programme_code": "gd"}, False, id="for another programme"),
        pytest.param("zone", {"role": Role.CHIEF}, False, id="in another role"),
        pytest.param("zone", {"valid_until": TODAY}, True, id="on the last day"),
        pytest.param("zone", {"valid_until": TODAY - DAY}, False, id="expired"),
        pytest.param("zone", {"valid_from": TODAY + DAY}, False, id="not yet"),
        pytest.param("zone", {"voided_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, False, id="voided"),
    ],
)
def test_which_users_may(tree: dict[str, Organisation], at: str, fields: dict[str, Any], found: bool) -> None:
    fields = {"role": Role.OFFICER, **fields}
    held = make_assignment(organisation=tree[at], **fields)
    may = users_with([(Role.OFFICER, tree["zone"])], "gy", TODAY)
    assert may == ({held.user_id} if found else set())


def test_which_users_may_counts_a_person_once_and_leaves_out_the_departed(
    tree: dict[str, Organisation],
) -> None:
    user, gone = make_user(), make_user(is_active=False)
    make_assignment(Role.OFFICER, tree["zone"], user=user)
    make_assignment(Role.OFFICER, tree["county"], user=user, subtree=True)
    make_assignment(Role.OFFICER, tree["zone"], user=gone)
    assert users_with([(Role.OFFICER, tree["zone"])], "gy", TODAY) == {user.pk}


def test_which_users_may_includes_who_stands_in(tree: dict[str, Organisation]) -> None:
    held = make_assignment(Role.OFFICER, tree["zone"])
    row = make_substitution(held, valid_from=TODAY, valid_until=TODAY)
    seats = [(Role.OFFICER, tree["zone"])]
    assert users_with(seats, "gy", TODAY) == {held.user_id, row.substitute_id}
    assert users_with(seats, "gy", TODAY + DAY) == {held.user_id}
    User.objects.filter(pk=row.substitute_id).update(is_active=False)
    assert users_with(seats, "gy", TODAY) == {held.user_id}
    User.objects.filter(pk=row.substitute_id).update(is_active=True)
    User.objects.filter(pk=held.user_id).update(is_active=False)
    assert users_with(seats, "gy", TODAY) == set()


def test_which_users_may_without_a_programme_asks_for_holders_of_all(
    tree: dict[str, Organisation],
) -> None:
    everything = make_assignment(Role.OFFICER, tree["zone"])
    make_assignment(Role.OFFICER, tree["zone"], programme_code="gy")
    assert users_with([(Role.OFFICER, tree["zone"])], "", TODAY) == {everything.user_id}


def test_which_users_may_in_several_seats_is_one_query(
    tree: dict[str, Organisation], django_assert_num_queries: Any
) -> None:
    """A role counts at its own organisation only, and who is barred is barred for whoever stands in for them."""
    officer = make_assignment(Role.OFFICER, tree["zone"])
    chief = make_assignment(Role.CHIEF, tree["other"])
    make_assignment(Role.CHIEF, tree["zone"])
    make_assignment(Role.OFFICER, tree["other"])
    lapsed = make_substitution(officer, valid_from=TODAY - DAY, valid_until=TODAY - DAY)
    for_officer = make_substitution(officer, valid_from=TODAY, valid_until=TODAY)
    for_chief = make_substitution(chief, valid_from=TODAY, valid_until=TODAY)
    seats = [(Role.OFFICER, tree["zone"]), (Role.CHIEF, tree["other"])]
    with django_assert_num_queries(1):
        people = users_with(seats, "gy", TODAY)
    assert people == {officer.user_id, for_officer.substitute_id, chief.user_id, for_chief.substitute_id}
    assert lapsed.substitute_id not in people
    barred = {officer.user_id, for_chief.substitute_id}
    assert users_with(seats, "gy", TODAY, but_not=barred) == {chief.user_id}
    with django_assert_num_queries(0):
        assert users_with([], "gy", TODAY) == set()
