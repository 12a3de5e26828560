"""Granting and ending roles: who may, for how long, and what must be kept apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.assignments import end_role, grant_role
from accounts.enums import ADMINISTRATORS, Role
from accounts.errors import Refusal
from accounts.models import Organisation, RoleAssignment, User
from tests.accounts.records import data_of, entries, last
from tests.conftest import Freeze
from tests.factories.accounts import (
    make_actor,
    make_assignment,
    make_authority,
    make_organisation,
    make_substitution,
    make_user,
)

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system_actor()
TODAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _today(frozen_clock: Freeze) -> None:
    frozen_clock("2026-03-02 09:00")


def grant(user: User, role: Role, organisation: Organisation, **fields: Any) -> RoleAssignment:
    values = {"valid_from": TODAY, "reason": "任命文件", "actor": SYSTEM, **fields}
    return grant_role(user=user, role=role, organisation=organisation, **values)


def refusal_of(user: User, role: Role, organisation: Organisation, **fields: Any) -> str:
    with pytest.raises(Refusal) as refused:
        grant(user, role, organisation, **fields)
    return refused.value.code


def test_granted_role_is_on_the_authoritys_record() -> None:
    unit = make_organisation("市大数据局")
    administrator = make_actor(Role.SECURITY_ADMIN, make_authority())
    user = make_user(organisation=unit)
    assignment = grant(
        user,
        Role.OFFICER,
        unit,
        programme_code="gy-cluster-base",
        valid_until=dt.date(2026, 12, 31),
        actor=administrator,
    )
    assert assignment.authority == make_authority()
    assert assignment.granted_by == administrator.user
    entry = last("role.granted")
    assert (entry.actor_name, entry.role) == (administrator.user.name, "security_admin")
    assert entry.subject == str(assignment.public_id)
    assert entry.content["data"] == {
        "user": str(user.public_id),
        "role": "officer",
        "organisation": str(unit.public_id),
        "subtree": False,
        "programme_code": "gy-cluster-base",
        "valid_from": "2026-03-02",
        "valid_until": "2026-12-31",
        "reason": "任命文件",
    }


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_ADMIN}))
def test_only_the_security_administrator_grants_and_ends(role: Role) -> None:
    actor = make_actor(role, make_authority(), subtree=True)
    held = make_assignment(Role.CHIEF)
    assert refusal_of(make_user(), Role.OFFICER, make_organisation(), actor=actor) == "not_permitted"
    with pytest.raises(Refusal) as refused:
        end_role(assignment=held, on=TODAY, reason="调离", actor=actor)
    assert refused.value.code == "not_permitted"


def test_security_administrator_reaches_their_own_authority_only() -> None:
    actor = make_actor(Role.SECURITY_ADMIN, make_authority())
    foreign = make_organisation("宜春某局", parent=make_authority("宜春市", code="yichun"))
    assert refusal_of(make_user(), Role.OFFICER, foreign, actor=actor) == "not_permitted"


def test_nobody_grants_to_themselves() -> None:
    actor = make_actor(Role.SECURITY_ADMIN, make_authority())
    assert refusal_of(actor.user, Role.OFFICER, make_organisation(), actor=actor) == "own_assignment"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"reason": " "}, "reason_missing"),
        ({"reason": "因" * 301}, "reason_too_long"),
        ({"valid_until": TODAY - DAY}, "invalid"),
        ({"programme_code": "x" * 65}, "invalid"),
    ],
)
def test_incomplete_grant_is_refused(fields: dict[str, Any], code: str) -> None:
    assert refusal_of(make_user(), Role.OFFICER, make_organisation(), **fields) == code


def test_closed_accounts_and_units_receive_nothing() -> None:
    unit = make_organisation()
    assert refusal_of(make_user(is_active=False), Role.OFFICER, unit) == "user_inactive"
    unit.is_active = False
    unit.save()
    assert refusal_of(make_user(), Role.OFFICER, unit) == "organisation_inactive"


def test_same_right_twice_is_refused_unless_the_periods_are_apart() -> None:
    user, unit = make_user(), make_organisation()
    grant(user, Role.OFFICER, unit, valid_until=TODAY + 9 * DAY)
    assert refusal_of(user, Role.OFFICER, unit, valid_from=TODAY + 9 * DAY) == "already_granted"
    grant(user, Role.OFFICER, unit, valid_from=TODAY + 10 * DAY)
    grant(user, Role.OFFICER, unit, programme_code="other")
    grant(user, Role.CHIEF, unit)


@pytest.mark.parametrize(
    ("day", "valid"),
    [
        (dt.date(2026, 2, 28), False),
        (dt.date(2026, 3, 1), True),
        (dt.date(2026, 3, 15), True),
        (dt.date(2026, 3, 31), True),
        (dt.date(2026, 4, 1), False),
    ],
)
def test_both_the_first_and_the_last_day_count(day: dt.date, valid: bool) -> None:
    held = make_assignment(Role.OFFICER, valid_from=dt.date(2026, 3, 1), valid_until=dt.date(2026, 3, 31))
    assert held.is_valid_on(day) is valid
    assert RoleAssignment.objects.valid_on(day).filter(pk=held.pk).exists() is valid


def test_open_ended_lasts_and_voided_never_counts() -> None:
    held = make_assignment(Role.OFFICER)
    assert held.is_valid_on(dt.date(2099, 1, 1))
    assert RoleAssignment.objects.valid_on(dt.date(2099, 1, 1)).get() == held
    RoleAssignment.objects.update(voided_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    held.refresh_from_db()
    assert not held.is_valid_on(TODAY)
    assert not RoleAssignment.objects.valid_on(TODAY).exists()


def test_database_itself_keeps_the_dates_in_order() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_assignment(Role.OFFICER, valid_from=TODAY, valid_until=TODAY - DAY)


@pytest.mark.parametrize(
    ("on", "still_valid_today"), [(TODAY + DAY, True), (TODAY, True), (TODAY - DAY, False)]
)
def test_ended_role_has_a_last_day_and_yesterday_ends_it_at_once(
    on: dt.date, still_valid_today: bool
) -> None:
    held = make_assignment(Role.OFFICER)
    ended = end_role(assignment=held, on=on, reason="调离", actor=SYSTEM)
    assert (ended.valid_until, ended.voided_at, ended.void_reason) == (on, None, "调离")
    assert ended.is_valid_on(TODAY) is still_valid_today
    assert data_of("role.ended")["valid_until"] == on.isoformat()
    assert data_of("role.ended")["reason"] == "调离"


def test_role_ended_before_it_begins_is_voided() -> None:
    held = make_assignment(Role.OFFICER, valid_from=TODAY + 5 * DAY)
    ended = end_role(assignment=held, on=TODAY, reason="错授", actor=SYSTEM)
    assert ended.voided_at is not None and ended.valid_until is None
    assert not ended.is_valid_on(TODAY + 5 * DAY)
    assert last("role.voided").subject == str(held.public_id)
    assert entries("role.ended") == []


@pytest.mark.parametrize(
    ("valid_until", "on", "code"),
    [
        (None, TODAY - 2 * DAY, "in_the_past"),
        (TODAY, TODAY, "already_ended"),
        (TODAY, TODAY + DAY, "already_ended"),
        (TODAY - 9 * DAY, TODAY, "already_ended"),
    ],
)
def test_what_was_done_keeps_its_right(valid_until: dt.date | None, on: dt.date, code: str) -> None:
    held = make_assignment(Role.OFFICER, valid_until=valid_until)
    with pytest.raises(Refusal) as refused:
        end_role(assignment=held, on=on, reason="调离", actor=SYSTEM)
    assert refused.value.code == code
    held.refresh_from_db()
    assert held.valid_until == valid_until


def test_role_is_ended_once() -> None:
    held = make_assignment(Role.OFFICER, valid_from=TODAY + 5 * DAY)
    end_role(assignment=held, on=TODAY, reason="错授", actor=SYSTEM)
    with pytest.raises(Refusal) as refused:
        end_role(assignment=held, on=TODAY, reason="错授", actor=SYSTEM)
    assert refused.value.code == "already_ended"


@pytest.mark.parametrize(
    ("held", "wanted"),
    [(one, other) for one in sorted(ADMINISTRATORS) for other in sorted(ADMINISTRATORS) if one != other],
)
def test_three_administrators_are_three_people(held: Role, wanted: Role) -> None:
    user = make_user()
    grant(user, held, make_authority())
    assert refusal_of(user, wanted, make_authority()) == "separation_of_duties"
    elsewhere = make_authority("宜春市", code="yichun")
    assert refusal_of(user, wanted, elsewhere) == "separation_of_duties"
    assert len(entries("role.granted")) == 1


def test_administrator_role_may_follow_another_that_has_ended() -> None:
    user = make_user()
    grant(user, Role.SYSTEM_ADMIN, make_authority(), valid_until=TODAY)
    assert refusal_of(user, Role.AUDIT_ADMIN, make_authority()) == "separation_of_duties"
    assert grant(user, Role.AUDIT_ADMIN, make_authority(), valid_from=TODAY + DAY)


def test_voided_administrator_role_separates_no_more() -> None:
    user = make_user()
    make_assignment(Role.SYSTEM_ADMIN, make_authority())  # the city is not without one
    held = grant(user, Role.SYSTEM_ADMIN, make_authority(), valid_from=TODAY + 3 * DAY)
    end_role(assignment=held, on=TODAY, reason="错授", actor=SYSTEM)
    assert grant(user, Role.AUDIT_ADMIN, make_authority())


def test_same_administrator_role_twice_is_no_conflict() -> None:
    user = make_user()
    grant(user, Role.SYSTEM_ADMIN, make_authority())
    assert grant(user, Role.SYSTEM_ADMIN, make_organisation("南明区"))


@pytest.mark.parametrize(
    ("first", "second"), [(Role.SUPERVISOR, Role.OFFICER), (Role.OFFICER, Role.SUPERVISOR)]
)
@pytest.mark.parametrize(
    ("held_at", "held_subtree", "wanted_at", "wanted_subtree", "refused"),
    [
        ("bureau", False, "bureau", False, True),
        ("bureau", False, "other", False, False),
        ("city", False, "bureau", False, False),
        ("city", True, "bureau", False, True),
        ("bureau", False, "city", True, True),
        ("bureau", True, "city", False, False),
    ],
)
def test_who_watches_does_not_handle_in_the_same_place(
    first: Role,
    second: Role,
    held_at: str,
    held_subtree: bool,
    wanted_at: str,
    wanted_subtree: bool,
    refused: bool,
) -> None:
    places = {"city": make_authority(), "bureau": make_organisation(), "other": make_organisation()}
    user = make_user()
    grant(user, first, places[held_at], subtree=held_subtree)
    if refused:
        code = refusal_of(user, second, places[wanted_at], subtree=wanted_subtree)
        assert code == "separation_of_duties"
    else:
        assert grant(user, second, places[wanted_at], subtree=wanted_subtree)


def test_what_one_stands_in_for_is_kept_apart_too() -> None:
    bureau, user = make_organisation(), make_user()
    make_substitution(make_assignment(Role.OFFICER, bureau), user)
    assert refusal_of(user, Role.SUPERVISOR, bureau) == "separation_of_duties"
    assert grant(user, Role.SUPERVISOR, make_organisation())
