"""Opening an authority: the command, all or nothing."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.actors import Actor
from accounts.authorities import open_authority
from accounts.enums import ADMINISTRATORS, OrganisationKind, Role
from accounts.errors import Refusal
from accounts.models import Organisation, RoleAssignment, User
from tests.accounts.records import entries
from tests.factories.accounts import make_actor, make_authority

pytestmark = pytest.mark.django_db
PEOPLE = {
    Role.SYSTEM_ADMIN: ("xitong", "赵系统"),
    Role.SECURITY_ADMIN: ("anquan", "钱安全"),
    Role.AUDIT_ADMIN: ("shenji", "孙审计"),
}
COMMAND = [
    "open_authority",
    "--code=guiyang",
    "--name=贵阳市",
    "--region-code=520100",
    "--system-admin",
    "xitong",
    "赵系统",
    "--security-admin",
    "anquan",
    "钱安全",
    "--audit-admin",
    "shenji",
    "孙审计",
]


def test_command_opens_the_authority_with_three_people() -> None:
    out = StringIO()
    call_command(*COMMAND, stdout=out)
    authority = Organisation.objects.get(code="guiyang")
    assert authority.is_authority and authority.region_code == "520100"
    held = RoleAssignment.objects.select_related("user")
    assert {Role(row.role): (row.user.username, row.user.name) for row in held} == PEOPLE
    assert len(entries("role.granted")) == len(entries("user.created")) == len(ADMINISTRATORS)
    printed = dict(line.split("\t") for line in out.getvalue().splitlines()[1:])
    for user in User.objects.all():
        assert user.must_change_password and user.check_password(printed[user.username])


def test_command_says_why_not_and_leaves_nothing() -> None:
    wrong = [part if part != "--region-code=520100" else "--region-code=52" for part in COMMAND]
    with pytest.raises(CommandError, match="行政区划代码"):
        call_command(*wrong, stdout=StringIO())
    assert not Organisation.objects.exists() and not User.objects.exists()


def test_one_person_cannot_be_two_administrators() -> None:
    twice = {**PEOPLE, Role.AUDIT_ADMIN: ("xitong", "赵系统")}
    with pytest.raises(Refusal) as refused:
        open_authority(
            code="guiyang",
            name="贵阳市",
            kind=OrganisationKind.CITY,
            administrators=twice,
            actor=Actor.system_actor(),
        )
    assert refused.value.code == "username_taken"
    assert not Organisation.objects.exists()


def test_three_are_needed_and_only_the_system_opens() -> None:
    two = {role: PEOPLE[role] for role in (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)}
    for people, actor, code in (
        (two, Actor.system_actor(), "administrators_missing"),
        (PEOPLE, make_actor(Role.SYSTEM_ADMIN, make_authority()), "not_permitted"),
    ):
        with pytest.raises(Refusal) as refused:
            open_authority(
                code="anshun", name="安顺市", kind=OrganisationKind.CITY, administrators=people, actor=actor
            )
        assert refused.value.code == code
