"""Switching the language and switching the role."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from accounts.sessions import ACTING_KEY
from audit import clock
from tests.accounts.records import entries, last
from tests.factories.accounts import make_assignment, make_organisation, make_substitution, make_user

pytestmark = pytest.mark.django_db
LANGUAGE = "accounts:set_language"


@pytest.fixture
def user(client: Client) -> User:
    user = make_user(organisation=make_organisation())
    client.force_login(user)
    return user


def test_language_is_kept_on_the_person_and_in_the_browser(client: Client, user: User) -> None:
    response = client.post(reverse(LANGUAGE), {"language": "en", "next": "/accounts/profile/"})
    assert response.url == "/accounts/profile/"
    cookie = response.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["samesite"]) == ("en", "Lax")
    user.refresh_from_db()
    assert user.language == "en"
    page = client.get(reverse("accounts:profile"))
    assert page["Content-Language"] == "en"
    assert '<html lang="en">' in page.content.decode()


def test_language_of_a_person_is_used_in_another_browser(user: User) -> None:
    User.objects.filter(pk=user.pk).update(language="en")
    elsewhere = Client()
    elsewhere.force_login(user)
    assert elsewhere.get(reverse("accounts:profile"))["Content-Language"] == "en"


def test_anonymous_visitor_switches_the_browser_only(client: Client) -> None:
    response = client.post(reverse(LANGUAGE), {"language": "en"})
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert client.get(reverse("accounts:sign_in"))["Content-Language"] == "en"


@pytest.mark.parametrize("language", ["", "fr", "zh-hant", "en'--"])
def test_unknown_language_is_refused(client: Client, user: User, language: str) -> None:
    response = client.post(reverse(LANGUAGE), {"language": language})
    assert response.status_code == 400
    user.refresh_from_db()
    assert user.language == "zh-hans"


@pytest.mark.parametrize(
    ("wanted", "referrer", "landed"),
    [
        ("/public/?page=2", "", "/public/?page=2"),
        ("//evil.example/", "", "/"),
        ("", "http://testserver/public/?page=2", "/public/?page=2"),
        ("", "http://evil.example/public/", "/"),
        ("//evil.example/", "http://testserver/public/", "/public/"),
        ("", "", "/"),
    ],
)
def test_language_leads_back_to_this_site(client: Client, wanted: str, referrer: str, landed: str) -> None:
    headers = {"Referer": referrer} if referrer else {}
    response = client.post(reverse(LANGUAGE), {"language": "en", "next": wanted}, headers=headers)
    assert response.url == landed


@pytest.mark.parametrize("name", [LANGUAGE, "accounts:act_as"])
def test_switches_are_posts(client: Client, user: User, name: str) -> None:
    args = [make_assignment(Role.OFFICER, user=user).public_id] if name.endswith("act_as") else []
    assert client.get(reverse(name, args=args)).status_code == 405


def test_role_is_switched_and_recorded(client: Client, user: User) -> None:
    make_assignment(Role.OFFICER, user=user)
    chief = make_assignment(Role.CHIEF, make_organisation("市大数据局"), user=user)
    response = client.post(reverse("accounts:act_as", args=[chief.public_id]))
    assert (response.status_code, response.url) == (302, reverse("home"))
    assert client.session[ACTING_KEY] == str(chief.public_id)
    assert client.get(reverse("accounts:profile")).wsgi_request.actor.assignment == chief
    entry = last("session.acting_as")
    assert (entry.subject, entry.role, entry.organisation_name) == (
        str(chief.public_id),
        "chief",
        "市大数据局",
    )


def test_role_of_somebody_one_stands_in_for_is_switched_to(client: Client, user: User) -> None:
    absent = make_assignment(Role.APPROVER)
    make_substitution(absent, user)
    client.post(reverse("accounts:act_as", args=[absent.public_id]))
    assert last("session.acting_as").content["actor"]["on_behalf_of"] == absent.user.name


@pytest.mark.parametrize("case", ["another's", "expired", "not yet", "unknown", "not signed in"])
def test_role_not_held_does_not_exist(client: Client, user: User, case: str) -> None:
    held = make_assignment(Role.OFFICER, user=user)
    today, day = clock.today(), dt.timedelta(days=1)
    match case:
        case "another's":
            wanted = make_assignment(Role.CHIEF).public_id
        case "expired":
            wanted = make_assignment(Role.CHIEF, user=user, valid_until=today - day).public_id
        case "not yet":
            wanted = make_assignment(Role.CHIEF, user=user, valid_from=today + day).public_id
        case "unknown":
            wanted = uuid.uuid4()
        case _:
            client.logout()
            wanted = held.public_id
    response = client.post(reverse("accounts:act_as", args=[wanted]))
    if case == "not signed in":
        assert response.url.startswith(reverse("accounts:sign_in"))
    else:
        assert response.status_code == 404
    assert ACTING_KEY not in client.session
    assert entries("session.acting_as") == []


@pytest.mark.parametrize(
    ("wanted", "landed"), [("/accounts/profile/", "/accounts/profile/"), ("//evil/", "/")]
)
def test_role_switch_leads_only_to_this_site(client: Client, user: User, wanted: str, landed: str) -> None:
    held = make_assignment(Role.OFFICER, user=user)
    response = client.post(reverse("accounts:act_as", args=[held.public_id]), {"next": wanted})
    assert response.url == landed
