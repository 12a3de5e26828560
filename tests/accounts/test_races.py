"""Two administrators at the same moment: the doors queue where they must."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from accounts.actors import Actor
from accounts.assignments import end_role, grant_role
from accounts.enums import OrganisationKind, Role
from accounts.errors import Refusal
from accounts.models import Organisation, OrganisationAlias, RoleAssignment, User
from accounts.organisations import (
    add_alias,
    amend_organisation,
    create_organisation,
    move_organisation,
    rename_organisation,
)
from accounts.users import create_user, deactivate_user
from audit import clock
from tests.factories.accounts import PASSWORD, make_actor, make_authority, make_organisation, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
SYSTEM = Actor.system_actor()
PATIENCE = 10  # seconds


def at_once(*attempts: Callable[[], object]) -> list[object]:
    """What each attempt returns, or the refusal it meets; all begin together, each on its own connection."""
    gate = threading.Barrier(len(attempts))

    def run(attempt: Callable[[], object]) -> object:
        try:
            gate.wait(PATIENCE)
            return attempt()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(attempts)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(run, one) for one in attempts]]


def test_two_grants_at_once_see_each_other() -> None:
    user, city = make_user(), make_authority()

    def grant(role: Role) -> object:
        return grant_role(
            user=user,
            role=role,
            organisation=city,
            valid_from=dt.date(2026, 3, 2),
            reason="任命文件",
            actor=SYSTEM,
        )

    outcomes = at_once(lambda: grant(Role.SYSTEM_ADMIN), lambda: grant(Role.AUDIT_ADMIN))
    assert outcomes.count("separation_of_duties") == 1
    assert RoleAssignment.objects.count() == 1


def test_unit_created_under_a_moving_parent_lands_where_the_parent_lands() -> None:
    old, new = make_organisation("南明区"), make_organisation("云岩区")
    zone = make_organisation("高新区", parent=old)
    moved, waiting = threading.Event(), threading.Event()

    def move() -> object:
        with transaction.atomic():
            result = move_organisation(organisation=zone, parent=new, reason="调整", actor=SYSTEM)
            moved.set()
            # Long enough for the other to have read a stale path, if it did not queue.
            assert not waiting.wait(0.5)
            return result

    def create() -> object:
        moved.wait(PATIENCE)
        unit = create_organisation(name="某公司", kind=OrganisationKind.ENTERPRISE, parent=zone, actor=SYSTEM)
        waiting.set()
        return unit

    at_once(move, create)
    assert {one.name for one in Organisation.objects.within(new)} == {"云岩区", "高新区", "某公司"}
    assert [one.name for one in Organisation.objects.within(old)] == ["南明区"]


def test_two_units_do_not_become_each_others_parents() -> None:
    one, other = make_organisation("甲局"), make_organisation("乙局")
    outcomes = at_once(
        lambda: move_organisation(organisation=one, parent=other, reason="调整", actor=SYSTEM),
        lambda: move_organisation(organisation=other, parent=one, reason="调整", actor=SYSTEM),
    )
    assert outcomes.count("cycle") == 1


@pytest.mark.parametrize("other", ["wang", "WANG"])
def test_a_user_name_is_given_once(other: str) -> None:
    unit, elsewhere = make_organisation("某局"), make_authority("遵义市", code="zunyi")

    def create(username: str, home: Organisation) -> object:
        return create_user(username=username, name="王", password=PASSWORD, organisation=home, actor=SYSTEM)

    outcomes = at_once(lambda: create("wang", unit), lambda: create(other, elsewhere))
    assert outcomes.count("username_taken") == 1
    assert User.objects.count() == 1


def test_a_name_is_given_to_one_unit_whichever_way() -> None:
    one, other, third = (make_organisation(name) for name in ("甲局", "乙局", "丙局"))
    outcomes = at_once(
        lambda: rename_organisation(organisation=one, name="新局", reason="改革", actor=SYSTEM),
        lambda: rename_organisation(organisation=other, name="新局", reason="改革", actor=SYSTEM),
        lambda: add_alias(organisation=third, name="新局", actor=SYSTEM),
        lambda: create_organisation(
            name="新局", kind=OrganisationKind.DEPARTMENT, parent=make_authority(), actor=SYSTEM
        ),
    )
    assert outcomes.count("name_taken") == 3
    named = Organisation.objects.filter(name="新局").count()
    assert named + OrganisationAlias.objects.filter(name="新局").count() == 1


def test_a_code_is_given_to_one_unit() -> None:
    def code(unit: Organisation) -> object:
        return amend_organisation(organisation=unit, uscc="91310000775785552L", reason="核实", actor=SYSTEM)

    one, other = make_organisation("甲局"), make_organisation("乙局")
    assert at_once(lambda: code(one), lambda: code(other)).count("invalid") == 1


def test_two_administrators_do_not_put_each_other_out() -> None:
    city, yesterday = make_authority(), clock.today() - dt.timedelta(days=1)
    one, other = make_actor(Role.SECURITY_ADMIN, city), make_actor(Role.SECURITY_ADMIN, city)
    outcomes = at_once(
        lambda: end_role(assignment=one.assignment, on=yesterday, reason="离任", actor=other),
        lambda: end_role(assignment=other.assignment, on=yesterday, reason="离任", actor=one),
    )
    assert len({"not_permitted", "last_administrator"} & {str(outcome) for outcome in outcomes}) == 1
    assert RoleAssignment.objects.valid_on(clock.today()).filter(role=Role.SECURITY_ADMIN).count() == 1
    one, other = make_actor(Role.SYSTEM_ADMIN, city), make_actor(Role.SYSTEM_ADMIN, city)
    outcomes = at_once(
        lambda: deactivate_user(user=one.user, reason="离任", actor=other),
        lambda: deactivate_user(user=other.user, reason="离任", actor=one),
    )
    assert len({"not_permitted", "last_administrator"} & {str(outcome) for outcome in outcomes}) == 1
    assert User.objects.filter(pk__in=[one.user.pk, other.user.pk], is_active=True).count() == 1


def test_ending_and_closing_the_two_last_at_once_leaves_one() -> None:
    city, yesterday = make_authority(), clock.today() - dt.timedelta(days=1)
    keeper, watcher = make_actor(Role.SYSTEM_ADMIN, city), make_actor(Role.SECURITY_ADMIN, city)
    one, other = make_actor(Role.AUDIT_ADMIN, city), make_actor(Role.AUDIT_ADMIN, city)
    outcomes = at_once(
        lambda: end_role(assignment=one.assignment, on=yesterday, reason="离任", actor=watcher),
        lambda: deactivate_user(user=other.user, reason="离任", actor=keeper),
    )
    assert outcomes.count("last_administrator") == 1
