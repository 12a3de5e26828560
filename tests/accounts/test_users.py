"""Accounts: created, deactivated, never deleted; passwords; contact."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from accounts.actors import Actor
from accounts.enums import Language, Role
from accounts.errors import Refusal
from accounts.models import User
from accounts.users import (
    change_password,
    choose_language,
    create_user,
    deactivate_user,
    reactivate_user,
    reset_password,
    update_contact,
)
from tests.accounts.records import data_of, entries, last
from tests.factories.accounts import (
    PASSWORD,
    make_actor,
    make_assignment,
    make_authority,
    make_organisation,
    make_user,
)

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system_actor()


def new_user(**fields: Any) -> User:
    values = {
        "username": "wang",
        "name": "王经办",
        "password": PASSWORD,
        "organisation": make_authority(),
        "actor": SYSTEM,
        **fields,
    }
    return create_user(**values)


def test_created_user_must_change_the_first_password() -> None:
    user = new_user()
    assert user.check_password(PASSWORD)
    assert user.must_change_password
    assert user.language == Language.ZH_HANS
    assert (user.get_full_name(), user.get_short_name(), str(user)) == ("王经办",) * 3
    assert last("user.created").subject == str(user.public_id)


def test_record_of_a_new_user_holds_no_personal_data() -> None:
    user = new_user(email="wang@example.gov.cn", phone="13800000000")
    assert data_of("user.created") == {"organisation": str(user.organisation.public_id)}


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"username": "Existing"}, "username_taken", "username"),
        ({"username": "ＥＸＩＳＴＩＮＧ"}, "username_taken", "username"),
        ({"username": "a b"}, "invalid", "username"),
        ({"username": ""}, "invalid", "username"),
        ({"name": ""}, "invalid", "name"),
        ({"email": "nowhere"}, "invalid", "email"),
        ({"password": "short"}, "password_weak", "new_password1"),
        ({"password": "1234567890123"}, "password_weak", "new_password1"),
        ({"password": ""}, "password_weak", "new_password1"),
    ],
)
def test_bad_account_is_refused_by_field(fields: dict[str, str], code: str, field: str) -> None:
    make_user(username="existing")
    with pytest.raises(Refusal) as refused:
        new_user(**fields)
    assert refused.value.code == code
    assert list(refused.value.fields) == [field]


@override_settings(DEMO=True)
def test_demonstration_may_use_a_simple_password() -> None:
    assert new_user(password="demo").check_password("demo")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMIN}))
def test_only_the_system_administrator_manages_accounts(role: Role) -> None:
    actor, user = make_actor(role, make_authority(), subtree=True), make_user(organisation=make_authority())
    attempts = (
        lambda: new_user(actor=actor),
        lambda: deactivate_user(user=user, reason="离职", actor=actor),
        lambda: reactivate_user(user=user, reason="返岗", actor=actor),
        lambda: reset_password(user=user, password=PASSWORD, reason="遗忘", actor=actor),
        lambda: update_contact(user=user, email="", phone="1", actor=actor),
    )
    for attempt in attempts:
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.code == "not_permitted"


def test_superuser_has_no_more_rights_than_anybody() -> None:
    root = make_user(is_superuser=True, is_staff=True, organisation=make_authority())
    with pytest.raises(Refusal) as refused:
        new_user(actor=Actor.as_person(root))
    assert refused.value.code == "not_permitted"


def test_deactivation_is_recorded_and_undone() -> None:
    administrator = make_actor(Role.SYSTEM_ADMIN, make_authority())
    user = make_user(organisation=make_organisation())
    deactivate_user(user=user, reason="离职", actor=administrator)
    user.refresh_from_db()
    assert not user.is_active
    assert data_of("user.deactivated") == {"reason": "离职"}
    with pytest.raises(Refusal) as refused:
        deactivate_user(user=user, reason="离职", actor=administrator)
    assert refused.value.code == "already_inactive"
    assert reactivate_user(user=user, reason="返岗", actor=administrator).is_active
    with pytest.raises(Refusal) as again:
        reactivate_user(user=user, reason="返岗", actor=administrator)
    assert again.value.code == "already_active"


def test_nobody_deactivates_themselves() -> None:
    administrator = make_actor(Role.SYSTEM_ADMIN, make_authority())
    with pytest.raises(Refusal) as refused:
        deactivate_user(user=administrator.user, reason="离职", actor=administrator)
    assert refused.value.code == "own_account"


def test_users_and_assignments_are_never_deleted() -> None:
    assignment = make_assignment(Role.OFFICER)
    for delete in (
        assignment.delete,
        assignment.user.delete,
        User.objects.all().delete,
        type(assignment).objects.all().delete,
    ):
        with pytest.raises(Refusal) as refused:
            delete()
        assert refused.value.code == "never_deleted"
    assert type(assignment).objects.filter(user=assignment.user).exists()


def test_changed_password_is_recorded_without_it() -> None:
    user = make_user(organisation=make_authority(), must_change_password=True)
    change_password(user=user, password="Xin-mima-2026-ok")
    user.refresh_from_db()
    assert user.check_password("Xin-mima-2026-ok") and not user.must_change_password
    entry = last("user.password_changed")
    assert entry.content["data"] == {}
    assert (entry.actor_id, entry.role) == (user.pk, "in_person")


@pytest.mark.parametrize(
    ("password", "code"),
    [(PASSWORD, "password_unchanged"), ("abc", "password_weak"), ("wanglaoshi", "password_weak")],
)
def test_password_must_be_new_and_strong(password: str, code: str) -> None:
    user = make_user(username="wanglaoshi", organisation=make_authority())
    with pytest.raises(Refusal) as refused:
        change_password(user=user, password=password)
    assert refused.value.code == code
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert entries("user.password_changed") == []


def test_reset_password_must_be_changed_again() -> None:
    user = make_user(organisation=make_authority())
    reset_password(user=user, password="Chushi-mima-2026", reason="遗忘", actor=SYSTEM)
    user.refresh_from_db()
    assert user.must_change_password and user.check_password("Chushi-mima-2026")
    assert data_of("user.password_reset") == {"reason": "遗忘"}


def test_contact_is_corrected_by_the_person_and_recorded_without_values() -> None:
    user = make_user(organisation=make_authority(), email="old@example.cn", phone="1")
    update_contact(user=user, email="new@EXAMPLE.cn", phone="1", actor=Actor.as_person(user))
    user.refresh_from_db()
    assert user.email == "new@example.cn"
    assert data_of("user.contact_updated") == {"changed": ["email"]}
    update_contact(user=user, email="new@example.cn", phone="1", actor=Actor.as_person(user))
    assert len(entries("user.contact_updated")) == 1


def test_malformed_contact_is_refused() -> None:
    user = make_user()
    with pytest.raises(Refusal) as refused:
        update_contact(user=user, email="nowhere", phone="1" * 31, actor=Actor.as_person(user))
    assert set(refused.value.fields) == {"email", "phone"}


def test_language_is_kept() -> None:
    user = make_user()
    choose_language(user=user, language=Language.EN)
    user.refresh_from_db()
    assert user.language == Language.EN
