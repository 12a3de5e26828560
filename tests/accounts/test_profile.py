"""个人中心: what a person sees of themselves, corrects, and hands over for a while."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Substitution, User
from audit import clock
from tests.accounts.records import entries, last
from tests.factories.accounts import make_assignment, make_organisation, make_substitution, make_user

pytestmark = pytest.mark.django_db
PROFILE = "accounts:profile"
DAY = dt.timedelta(days=1)


@pytest.fixture
def user(client: Client) -> User:
    user = make_user("王经办", organisation=make_organisation("市大数据局"), email="wang@example.cn")
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", [PROFILE, "accounts:substitute"])
def test_pages_are_for_people_signed_in(client: Client, name: str) -> None:
    assert client.get(reverse(name)).url.startswith(reverse("accounts:sign_in"))


def test_person_sees_current_and_coming_roles_and_not_others(client: Client, user: User) -> None:
    make_assignment(Role.OFFICER, make_organisation("甲局"), user=user, programme_code="gy-cluster-base")
    make_assignment(Role.CHIEF, make_organisation("乙局"), user=user, valid_until=clock.today() - DAY)
    make_assignment(Role.EXPERT, make_organisation("丙局"), user=user, voided_at=clock.now())
    make_assignment(
        Role.APPROVER, make_organisation("丁办"), user=user, valid_from=clock.today() + DAY, subtree=True
    )
    make_assignment(Role.OFFICER, make_organisation("戊局"))
    page = client.get(reverse(PROFILE)).content.decode()
    for shown in ("王经办", "市大数据局", "wang@example.cn", "甲局", "gy-cluster-base", "丁办", "含下级单位"):
        assert shown in page
    for hidden in ("乙局", "丙局", "戊局"):
        assert hidden not in page


def test_person_without_roles_is_told_whom_to_ask(client: Client, user: User) -> None:
    assert "安全管理员" in client.get(reverse(PROFILE)).content.decode()


@pytest.mark.parametrize("count", [1, 4])
def test_profile_costs_the_same_however_many_rows(
    client: Client, user: User, count: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(count):
        make_substitution(make_assignment(Role.OFFICER, user=user))
        make_substitution(make_assignment(Role.CHIEF), user)
    with django_assert_max_num_queries(9):
        assert client.get(reverse(PROFILE)).status_code == 200


def test_contact_is_corrected(client: Client, user: User) -> None:
    response = client.post(reverse(PROFILE), {"email": "new@example.cn", "phone": "0851-87987000"})
    assert response.url == reverse(PROFILE)
    user.refresh_from_db()
    assert (user.email, user.phone) == ("new@example.cn", "0851-87987000")
    assert last("user.contact_updated").actor_id == user.pk


def test_malformed_contact_stays_on_the_page(client: Client, user: User) -> None:
    response = client.post(reverse(PROFILE), {"email": "nowhere", "phone": ""})
    assert list(response.context["form"].errors) == ["email"]
    assert entries("user.contact_updated") == []


def substitute_form(assignment: Any, substitute: str, **fields: str) -> dict[str, str]:
    return {
        "assignment": str(assignment.public_id),
        "substitute": substitute,
        "valid_from": clock.today().isoformat(),
        "valid_until": (clock.today() + 6 * DAY).isoformat(),
        "reason": "出差",
        **fields,
    }


def test_substitute_is_appointed_shown_and_ended(client: Client, user: User) -> None:
    held = make_assignment(Role.OFFICER, user.organisation, user=user)
    substitute = make_user("李代办", username="li")
    response = client.post(reverse("accounts:substitute"), substitute_form(held, "li"))
    assert response.url == reverse(PROFILE)
    row = Substitution.objects.get()
    assert (row.assignment, row.substitute, row.appointed_by) == (held, substitute, user)
    assert "李代办" in client.get(reverse(PROFILE)).content.decode()
    end = reverse("accounts:substitute_end", args=[row.public_id])
    assert client.post(end, {"reason": "返岗"}).url == reverse(PROFILE)
    row.refresh_from_db()
    assert row.voided_at is not None and row.void_reason == "返岗"
    assert "李代办" not in client.get(reverse(PROFILE)).content.decode()


def test_substitute_sees_for_whom_they_stand_in(client: Client, user: User) -> None:
    make_substitution(make_assignment(Role.CHIEF, user=make_user("赵科长")), user)
    page = client.get(reverse(PROFILE)).content.decode()
    assert "您代赵科长办理" in page
    assert "终止代办" not in page


def test_only_ones_own_assignment_is_handed_over(client: Client, user: User) -> None:
    make_user(username="li")
    foreign = make_assignment(Role.OFFICER)
    response = client.post(reverse("accounts:substitute"), substitute_form(foreign, "li"))
    assert list(response.context["form"].errors) == ["assignment"]
    assert not Substitution.objects.exists()


@pytest.mark.parametrize("username", ["nobody", "gone", ""])
def test_substitute_must_exist_and_be_active(client: Client, user: User, username: str) -> None:
    make_user(username="gone", is_active=False)
    held = make_assignment(Role.OFFICER, user=user)
    response = client.post(reverse("accounts:substitute"), substitute_form(held, username))
    assert list(response.context["form"].errors) == ["substitute"]


def test_refusal_of_the_door_is_shown(client: Client, user: User) -> None:
    held = make_assignment(Role.OFFICER, user=user)
    response = client.post(reverse("accounts:substitute"), substitute_form(held, user.username))
    assert response.status_code == 200
    assert "代办人不得为本人" in response.content.decode()


def test_ending_needs_a_reason_and_ones_own_assignment(client: Client, user: User) -> None:
    own = make_substitution(make_assignment(Role.OFFICER, user=user))
    foreign = make_substitution(make_assignment(Role.OFFICER), user)
    client.post(reverse("accounts:substitute_end", args=[own.public_id]), {"reason": ""})
    own.refresh_from_db()
    assert own.void_reason == ""
    denied = client.post(reverse("accounts:substitute_end", args=[foreign.public_id]), {"reason": "x"})
    assert denied.status_code == 404
