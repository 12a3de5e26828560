"""Two administrators at the same moment: the doors queue where they must."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from accounts.actors import Actor
from accounts.assignments import grant_role
from accounts.enums import OrganisationKind, Role
from accounts.errors import Refusal
from accounts.models import Organisation, RoleAssignment
from accounts.organisations import create_organisation, move_organisation
from tests.factories.accounts import make_authority, make_organisation, make_user

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
