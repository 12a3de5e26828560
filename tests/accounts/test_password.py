"""The page that changes the password."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.records import entries, last
from tests.factories.accounts import PASSWORD, make_authority, make_user

pytestmark = pytest.mark.django_db
NEW = "Xin-mima-2026-ok"


@pytest.fixture
def user(client: Client) -> User:
    user = make_user(username="wang", organisation=make_authority(), must_change_password=True)
    client.force_login(user)
    return user


def change(
    client: Client, old: str = PASSWORD, new: str = NEW, again: str = "", **fields: str
) -> HttpResponse:
    return client.post(
        reverse("accounts:password_change"),
        {"old_password": old, "new_password1": new, "new_password2": again or new, **fields},
    )


def test_page_is_for_people_signed_in(client: Client) -> None:
    assert client.get(reverse("accounts:password_change")).url.startswith(reverse("accounts:sign_in"))


def test_page_says_why_one_is_here(client: Client, user: User) -> None:
    page = client.get(reverse("accounts:password_change")).content.decode()
    assert "初始密码" in page
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    assert "初始密码" not in client.get(reverse("accounts:password_change")).content.decode()


def test_changed_password_opens_the_rest_and_keeps_this_session(client: Client, user: User) -> None:
    response = change(client)
    assert (response.status_code, response.url) == (302, reverse("home"))
    assert client.get(reverse("accounts:profile")).status_code == 200
    user.refresh_from_db()
    assert user.check_password(NEW) and not user.must_change_password
    assert last("user.password_changed").subject == str(user.public_id)


def test_other_sessions_end(client: Client, user: User) -> None:
    other = Client()
    other.force_login(user)
    change(client)
    assert other.get(reverse("accounts:profile")).status_code == 302
    assert "_auth_user_id" not in other.session


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"old": "Cuowu-mima-2026"}, "old_password"),
        ({"again": "Xin-mima-2026-no"}, "new_password2"),
        ({"new": "short"}, "new_password2"),
        ({"new": "1234567890123"}, "new_password2"),
        ({"new": PASSWORD}, "new_password1"),
    ],
)
def test_refused_beside_the_field(client: Client, user: User, fields: dict[str, str], field: str) -> None:
    response = change(client, **fields)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert entries("user.password_changed") == []


@pytest.mark.parametrize(
    ("wanted", "landed"), [("/accounts/profile/", "/accounts/profile/"), ("//evil/", "/")]
)
def test_next_stays_on_this_site(client: Client, user: User, wanted: str, landed: str) -> None:
    assert change(client, next=wanted).url == landed
