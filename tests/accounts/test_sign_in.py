"""Signing in and out: credentials, lockout, where one lands, and what the record says."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from audit.models import Entry
from audit.personal import reveal
from tests.accounts.records import data_of, entries, last
from tests.factories.accounts import PASSWORD, make_assignment, make_authority, make_organisation, make_user

pytestmark = pytest.mark.django_db
WRONG = "用户名或者密码不正确"


@pytest.fixture
def user() -> User:
    return make_user("王经办", username="wang", organisation=make_organisation("市大数据局"))


def sign_in(client: Client, username: str = "wang", password: str = PASSWORD, **fields: str) -> HttpResponse:
    return client.post(reverse("accounts:sign_in"), {"username": username, "password": password, **fields})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_sign_in_page_shows_nobody(client: Client, user: User) -> None:
    response = client.get(reverse("accounts:sign_in"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "王经办" not in page and "demo" not in page


def test_right_password_opens_a_session_and_is_recorded(client: Client, user: User) -> None:
    response = sign_in(client)
    assert (response.status_code, response.url) == (302, reverse("home"))
    assert signed_in(client)
    entry = last("session.opened")
    assert (entry.subject, entry.actor_id, entry.actor_name) == (str(user.public_id), user.pk, "王经办")


def test_address_is_on_the_record_as_a_commitment(client: Client, user: User) -> None:
    sign_in(client)
    commitment = data_of("session.opened")["address"]
    assert commitment.startswith("p:sha256:")
    assert reveal(commitment) == "127.0.0.1"


@pytest.mark.parametrize("case", ["wrong password", "unknown name", "inactive", "capitals"])
def test_every_refusal_reads_the_same(client: Client, user: User, case: str) -> None:
    username, password = "wang", PASSWORD
    match case:
        case "wrong password":
            password = "Cuowu-mima-2026"
        case "unknown name":
            username = "nobody"
        case "inactive":
            User.objects.filter(pk=user.pk).update(is_active=False)
        case "capitals":
            username = "WANG"
    response = sign_in(client, username, password)
    assert response.status_code == 200
    assert WRONG in response.content.decode()
    assert not signed_in(client)


def test_refused_sign_in_is_recorded_on_the_account_by_the_system(client: Client, user: User) -> None:
    sign_in(client, password="Cuowu-mima-2026")
    entry = last("session.refused")
    assert (entry.subject, entry.actor_id, entry.actor_name) == (str(user.public_id), None, "系统")
    assert "Cuowu-mima-2026" not in entry.body


def test_unknown_name_is_recorded_without_what_was_typed(client: Client) -> None:
    sign_in(client, username=PASSWORD, password="wang")
    entry = last("session.refused", "system")
    assert entry.subject == ""
    assert PASSWORD not in entry.body


def test_person_without_a_unit_is_recorded_with_their_first_assignment_or_the_system(client: Client) -> None:
    make_user(username="alone")
    sign_in(client, "alone")
    assert last("session.opened", "system")
    client.post(reverse("accounts:sign_out"))
    helper = make_user(username="helper")
    make_assignment(Role.EXPERT, make_authority(), user=helper)
    sign_in(client, "helper")
    assert last("session.opened", "guiyang").subject == str(helper.public_id)


def test_too_many_refusals_lock_the_account_for_a_while(
    client: Client, user: User, settings: LazySettings
) -> None:
    settings.AXES_ENABLED = True
    for _attempt in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, password="Cuowu-mima-2026").status_code == 200
    locked = sign_in(client, password="Cuowu-mima-2026")
    assert locked.status_code == 429
    page = locked.content.decode()
    assert "登录已锁定" in page and "15 分钟" in page and "5 次" in page
    assert sign_in(client).status_code == 429, "the right password does not help while locked"
    assert not signed_in(client)


def test_lockout_is_recorded_once_and_nothing_after_it(
    client: Client, user: User, settings: LazySettings
) -> None:
    settings.AXES_ENABLED = True
    for _attempt in range(settings.AXES_FAILURE_LIMIT + 4):
        sign_in(client, password="Cuowu-mima-2026")
    assert len(entries("session.refused")) == settings.AXES_FAILURE_LIMIT
    assert [entry.subject for entry in entries("session.locked")] == [str(user.public_id)]


def test_lockout_of_one_name_leaves_the_others_alone(
    client: Client, user: User, settings: LazySettings
) -> None:
    settings.AXES_ENABLED = True
    make_user(username="li")
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, password="Cuowu-mima-2026")
    assert sign_in(client, "li").status_code == 302


def test_success_forgets_earlier_refusals(client: Client, user: User, settings: LazySettings) -> None:
    settings.AXES_ENABLED = True
    for _round in range(2):
        for _attempt in range(settings.AXES_FAILURE_LIMIT - 1):
            sign_in(client, password="Cuowu-mima-2026")
        assert sign_in(client).status_code == 302
        client.post(reverse("accounts:sign_out"))


@pytest.mark.parametrize(
    ("wanted", "landed"),
    [
        ("/accounts/profile/", "/accounts/profile/"),
        ("/accounts/profile/?a=1", "/accounts/profile/?a=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https:evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_sign_in_leads_only_to_this_site(client: Client, user: User, wanted: str, landed: str) -> None:
    assert sign_in(client, next=wanted).url == landed


def test_signed_in_person_is_sent_on_from_the_sign_in_page(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get(reverse("accounts:sign_in")).url == reverse("home")


def test_sign_in_needs_a_csrf_token(user: User) -> None:
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_sign_out_ends_the_session_and_is_recorded(client: Client, user: User) -> None:
    client.force_login(user)
    response = client.post(reverse("accounts:sign_out"))
    assert response.url == reverse("accounts:sign_in")
    assert not signed_in(client)
    assert last("session.closed").subject == str(user.public_id)


def test_sign_out_by_a_link_is_refused(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert signed_in(client)


def test_sign_out_of_nobody_records_nothing(client: Client) -> None:
    client.post(reverse("accounts:sign_out"))
    assert not Entry.objects.filter(action="session.closed").exists()


def test_sign_in_without_a_request_is_recorded_too(user: User) -> None:
    assert authenticate(username="wang", password="Cuowu-mima-2026") is None
    assert data_of("session.refused") == {}


def test_demonstration_lists_its_people(client: Client, user: User, settings: LazySettings) -> None:
    settings.DEMO, settings.DEMO_PASSWORD = True, "yanshi-mima"
    make_assignment(Role.OFFICER, user.organisation, user=user)
    make_user("无职者", username="idle")
    make_assignment(Role.CHIEF, user=make_user("离职者", username="gone", is_active=False))
    page = client.get(reverse("accounts:sign_in")).content.decode()
    assert 'data-demo-username="wang"' in page and "经办人" in page and "市大数据局" in page
    assert page.count("data-demo-username=") == 1
    assert 'data-demo-password="yanshi-mima"' in page and "demo-sign-in.js" in page
    assert "<style" not in page and "onclick" not in page


@pytest.mark.parametrize("count", [1, 4])
def test_demonstration_page_costs_the_same_however_many_people(
    client: Client, settings: LazySettings, count: int, django_assert_num_queries: Any
) -> None:
    settings.DEMO, settings.DEMO_PASSWORD = True, "yanshi-mima"
    for _number in range(count):
        make_assignment(Role.OFFICER)
    with django_assert_num_queries(2):
        client.get(reverse("accounts:sign_in"))
