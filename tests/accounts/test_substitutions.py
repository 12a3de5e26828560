"""Standing in: who appoints whom, for how long, and with which limits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.actors import Actor, actors_of
from accounts.enums import ADMINISTRATORS, Role
from accounts.errors import Refusal
from accounts.models import RoleAssignment, Substitution, User
from accounts.substitutions import appoint_substitute, end_substitution
from tests.accounts.records import last
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
TODAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _today(frozen_clock: Freeze) -> None:
    frozen_clock("2026-03-02 09:00")


@pytest.fixture
def held() -> RoleAssignment:
    return make_assignment(Role.OFFICER, make_organisation("市大数据局"), user=make_user("王经办"))


def appoint(held: RoleAssignment, substitute: User, **fields: Any) -> Substitution:
    values = {
        "valid_from": TODAY,
        "valid_until": TODAY + 6 * DAY,
        "reason": "出差",
        "actor": Actor.as_person(held.user),
        **fields,
    }
    return appoint_substitute(assignment=held, substitute=substitute, **values)


def refusal_of(held: RoleAssignment, substitute: User, **fields: Any) -> str:
    with pytest.raises(Refusal) as refused:
        appoint(held, substitute, **fields)
    return refused.value.code


def test_substitute_acts_under_the_assignment_and_both_are_named(held: RoleAssignment) -> None:
    substitute = make_user("李代办", organisation=held.organisation)
    row = appoint(held, substitute)
    [actor] = actors_of(substitute, TODAY)
    assert (actor.assignment, actor.user, actor.on_behalf_of) == (held, substitute, held.user)
    stamp = actor.stamp()
    assert (stamp.name, stamp.on_behalf_of, stamp.role) == ("李代办", "王经办", "officer")
    entry = last("substitute.appointed")
    assert (entry.subject, entry.actor_name) == (str(row.public_id), "王经办")
    assert entry.content["data"]["substitute"] == str(substitute.public_id)


@pytest.mark.parametrize(("offset", "acts"), [(-1, False), (0, True), (6, True), (7, False)])
def test_standing_in_lasts_from_the_first_to_the_last_day(
    held: RoleAssignment, offset: int, acts: bool
) -> None:
    substitute = make_user()
    appoint(held, substitute)
    assert bool(actors_of(substitute, TODAY + offset * DAY)) is acts


def test_standing_in_ends_with_the_assignment_and_with_the_holders_account(held: RoleAssignment) -> None:
    substitute = make_user()
    appoint(held, substitute)
    User.objects.filter(pk=held.user_id).update(is_active=False)
    assert actors_of(substitute, TODAY) == []
    User.objects.filter(pk=held.user_id).update(is_active=True)
    RoleAssignment.objects.filter(pk=held.pk).update(valid_until=TODAY - DAY)
    assert actors_of(substitute, TODAY) == []


def test_security_administrator_may_appoint_but_others_may_not(held: RoleAssignment) -> None:
    administrator = make_actor(Role.SECURITY_ADMIN, make_authority())
    assert appoint(held, make_user(), actor=administrator).appointed_by == administrator.user
    for stranger in (make_actor(Role.CHIEF, held.organisation), Actor.as_person(make_user())):
        assert refusal_of(held, make_user(), actor=stranger) == "not_permitted"


def test_substitute_does_not_pass_it_on(held: RoleAssignment) -> None:
    substitute = make_user()
    appoint(held, substitute)
    [actor] = actors_of(substitute, TODAY)
    assert refusal_of(held, make_user(), actor=actor) == "not_permitted"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"reason": ""}, "reason_missing"),
        ({"valid_until": TODAY - DAY}, "invalid"),
        ({"valid_from": dt.date(2019, 12, 31)}, "assignment_not_valid"),
        ({"valid_until": dt.date(2027, 1, 1)}, "assignment_not_valid"),
    ],
)
def test_period_lies_within_the_assignment(fields: dict[str, Any], code: str) -> None:
    held = make_assignment(Role.OFFICER, valid_until=dt.date(2026, 12, 31))
    assert refusal_of(held, make_user(), **fields) == code


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_administrators_have_no_substitutes(role: Role) -> None:
    assert refusal_of(make_assignment(role), make_user()) == "no_substitute"


def test_not_oneself_not_the_departed_not_twice(held: RoleAssignment) -> None:
    assert refusal_of(held, held.user) == "no_substitute"
    assert refusal_of(held, make_user(is_active=False)) == "user_inactive"
    substitute = make_user()
    appoint(held, substitute)
    assert refusal_of(held, substitute, valid_from=TODAY + 6 * DAY) == "already_granted"


def test_substitute_who_watches_the_unit_is_refused(held: RoleAssignment) -> None:
    supervisor = make_user()
    make_assignment(Role.SUPERVISOR, held.organisation, user=supervisor)
    assert refusal_of(held, supervisor) == "separation_of_duties"


def test_ended_at_once_shortened_or_voided(held: RoleAssignment) -> None:
    actor = Actor.as_person(held.user)
    running = make_substitution(held, valid_from=TODAY - 3 * DAY)
    ended = end_substitution(substitution=running, on=TODAY - DAY, reason="返岗", actor=actor)
    assert ended.valid_until == TODAY - DAY and ended.voided_at is None
    assert last("substitute.ended").content["data"]["reason"] == "返岗"
    planned = make_substitution(held, valid_from=TODAY + DAY)
    assert end_substitution(substitution=planned, on=TODAY, reason="取消", actor=actor).voided_at
    assert last("substitute.voided").subject == str(planned.public_id)
    for row, code in ((ended, "already_ended"), (planned, "already_ended")):
        with pytest.raises(Refusal) as refused:
            end_substitution(substitution=row, on=TODAY, reason="再次", actor=actor)
        assert refused.value.code == code


def test_end_does_not_reach_into_the_past_and_is_the_holders(held: RoleAssignment) -> None:
    row = make_substitution(held)
    with pytest.raises(Refusal) as refused:
        end_substitution(
            substitution=row, on=TODAY - 2 * DAY, reason="返岗", actor=Actor.as_person(held.user)
        )
    assert refused.value.code == "in_the_past"
    with pytest.raises(Refusal) as stranger:
        end_substitution(substitution=row, on=TODAY, reason="返岗", actor=Actor.as_person(row.substitute))
    assert stranger.value.code == "not_permitted"


def test_substitutions_are_never_deleted(held: RoleAssignment) -> None:
    row = make_substitution(held)
    for delete in (row.delete, Substitution.objects.all().delete):
        with pytest.raises(Refusal) as refused:
            delete()
        assert refused.value.code == "never_deleted"
