"""Who acts in a request, in which language, and the first password."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from accounts.enums import Role
from accounts.middleware import ActorMiddleware
from accounts.models import RoleAssignment, User
from accounts.sessions import ACTING_KEY
from audit import clock
from tests.factories.accounts import make_assignment, make_organisation, make_substitution, make_user

pytestmark = pytest.mark.django_db


def seen_by_view(user: User | AnonymousUser, acting: str = "", language: str = "") -> HttpRequest:
    """The request as a view would see it."""
    request = RequestFactory().get("/")
    request.user = user
    request.session = SessionStore()
    if acting:
        request.session[ACTING_KEY] = acting
    if language:
        request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = language
    ActorMiddleware(lambda _request: HttpResponse())(request)
    return request


def test_anonymous_visitor_costs_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        request = seen_by_view(AnonymousUser())
    assert request.actor is None
    assert list(request.actors) == []


def test_person_without_a_role_is_no_actor(django_assert_num_queries: Any) -> None:
    user = make_user()
    with django_assert_num_queries(1):
        request = seen_by_view(user)
    assert request.actor is None
    assert list(request.actors) == []


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize(("subtree", "queries"), [(False, 1), (True, 2)])
def test_actor_costs_two_queries_at_most(
    count: int, subtree: bool, queries: int, django_assert_num_queries: Any
) -> None:
    user = make_user()
    held = [make_assignment(Role.OFFICER, user=user, subtree=subtree) for _ in range(count)]
    with django_assert_num_queries(queries):
        request = seen_by_view(user, str(held[-1].public_id))
        assert request.actor.assignment == held[-1]
        assert request.actor.organisation.name and request.actor.user == user
    with django_assert_num_queries(1 if subtree else 0):
        assert [actor.assignment for actor in request.actors] == held
        assert len(request.actors) == count


def test_first_valid_assignment_is_the_default() -> None:
    user = make_user()
    make_assignment(Role.OFFICER, user=user, valid_until=clock.today() - dt.timedelta(days=1))
    second = make_assignment(Role.CHIEF, user=user)
    make_assignment(Role.APPROVER, user=user)
    assert seen_by_view(user).actor.assignment == second


@pytest.mark.parametrize("ending", ["expired", "voided", "of another", "nonsense"])
def test_lost_assignment_falls_back_to_another(ending: str) -> None:
    user = make_user()
    kept, chosen = make_assignment(Role.OFFICER, user=user), make_assignment(Role.CHIEF, user=user)
    acting = str(chosen.public_id)
    match ending:
        case "expired":
            yesterday = clock.today() - dt.timedelta(days=1)
            RoleAssignment.objects.filter(pk=chosen.pk).update(valid_until=yesterday)
        case "voided":
            RoleAssignment.objects.filter(pk=chosen.pk).update(voided_at=clock.now())
        case "of another":
            acting = str(make_assignment(Role.APPROVER).public_id)
        case "nonsense":
            acting = "1 OR 1=1"
    assert seen_by_view(user, acting).actor.assignment == kept


def test_standing_in_is_chosen_like_any_assignment() -> None:
    user = make_user()
    make_assignment(Role.OFFICER, user=user)
    absent = make_assignment(Role.APPROVER)
    make_substitution(absent, user)
    actor = seen_by_view(user, str(absent.public_id)).actor
    assert (actor.role, actor.user, actor.on_behalf_of) == (Role.APPROVER, user, absent.user)


@pytest.mark.parametrize(
    ("own", "cookie", "shown"),
    [
        ("en", "", "en"),
        ("zh-hans", "", "zh-hans"),
        ("en", "zh-hans", "zh-hans"),
        ("en", "xx", "en"),
    ],
)
def test_language_of_the_person_unless_the_browser_was_switched(own: str, cookie: str, shown: str) -> None:
    translation.activate("zh-hans")
    user = make_user(language=own)
    request = seen_by_view(user, language=cookie)
    assert translation.get_language() == shown
    if cookie != "zh-hans":
        assert shown == request.LANGUAGE_CODE


def test_browser_of_an_anonymous_visitor_keeps_its_language() -> None:
    translation.activate("en")
    seen_by_view(AnonymousUser())
    assert translation.get_language() == "en"


def test_deactivated_person_is_out_with_the_next_request(client: Client) -> None:
    user = make_user(organisation=make_organisation())
    client.force_login(user)
    assert client.get(reverse("accounts:profile")).status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    response = client.get(reverse("accounts:profile"))
    assert response.status_code == 302
    assert response.url.startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("name", ["home", "accounts:profile", "accounts:substitute"])
def test_first_password_is_changed_before_anything_else(client: Client, name: str) -> None:
    client.force_login(make_user(must_change_password=True))
    response = client.get(reverse(name))
    assert (response.status_code, response.url) == (302, reverse("accounts:password_change"))


def test_first_password_page_answers_htmx_in_its_own_way(client: Client) -> None:
    client.force_login(make_user(must_change_password=True))
    response = client.get(reverse("accounts:profile"), headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (204, reverse("accounts:password_change"))


def test_first_password_leaves_the_way_out_open(client: Client) -> None:
    client.force_login(make_user(must_change_password=True))
    assert client.get(reverse("accounts:password_change")).status_code == 200
    language = client.post(reverse("accounts:set_language"), {"language": "en"})
    assert language.url != reverse("accounts:password_change")
    assert client.post(reverse("accounts:sign_out")).url == reverse("accounts:sign_in")
