"""The pages: one's own messages only, counted queries, reading, roles, preferences."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import Refusal
from accounts.models import User
from cases.models import Case
from notifications.enums import Group, Kind
from notifications.inbox import mark_read, unread_count
from notifications.links import case_address
from notifications.models import Notification, Preference
from notifications.preferences import Choice, choices_for, set_preferences
from tests.factories.accounts import make_assignment, make_user
from tests.factories.cases import World
from tests.notifications.rows import make_message, user_of
from workflows.models import WorkItem

LIST = "/notices/"
NOBODYS = uuid.UUID(int=1)


@pytest.fixture
def reader(client: Client, world: World) -> User:
    user = user_of(world.applicant)
    client.force_login(user)
    return user


@pytest.fixture
def case(world: World) -> Case:
    return world.draft()


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def todo_data(item: WorkItem) -> dict[str, Any]:
    return {
        "code": "declare.submit",
        "items": [{"id": item.pk, "procedure": item.procedure, "duty": item.duty, "due": ""}],
    }


@pytest.mark.parametrize(
    ("method", "name", "kwargs"),
    [
        ("get", "list", {}),
        ("get", "badge", {}),
        ("get", "preferences", {}),
        ("post", "read_all", {}),
        ("get", "open", {"public_id": NOBODYS}),
        ("post", "read", {"public_id": NOBODYS}),
    ],
)
def test_visitors_are_sent_to_sign_in(client: Client, db: None, method: str, name: str, kwargs: Any) -> None:
    response = getattr(client, method)(reverse(f"notifications:{name}", kwargs=kwargs))
    assert response.status_code == 302
    assert response.url.startswith(reverse("accounts:sign_in"))


def test_the_list_says_what_happened(client: Client, reader: User, case: Case) -> None:
    make_message(case, reader)
    page = client.get(LIST).content.decode()
    assert "“白云大数据产业集聚示范基地”已准予备案。" in page
    assert "未读（1）" in page and "标为已读" in page
    assert 'data-unread="1"' in page  # the bell


def test_the_list_of_somebody_without_messages(client: Client, reader: User) -> None:
    assert "还没有消息" in client.get(LIST).content.decode()
    assert "没有未读消息" in client.get(LIST, {"show": "unread"}).content.decode()


def test_queries_do_not_grow_with_the_list(client: Client, world: World) -> None:
    """Session, person, role, unit (4); count, rows, settled items, newest, unread (5)."""
    user = user_of(world.officer)
    client.force_login(user)
    case = world.submitted()
    item = WorkItem.objects.get(case=case, duty="examine")
    Notification.objects.all().delete()
    make_message(case, user, kind=Kind.TODO, data=todo_data(item))
    client.get(LIST)
    one = queries(client, LIST)
    for _ in range(29):
        make_message(case, user, kind=Kind.TODO, data=todo_data(item))
    assert (one, queries(client, LIST)) == (9, 9)
    assert queries(client, f"{LIST}?page=2") == 9


def test_the_badge_is_one_query_beside_the_session(client: Client, reader: User, case: Case) -> None:
    make_message(case, reader)
    client.get(LIST)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(reverse("notifications:badge")).content.decode()
    assert 'data-unread="1"' in page
    assert len([query for query in captured if "notifications_notification" in query["sql"]]) == 1


def test_twenty_to_a_page_the_newest_first(client: Client, reader: User, case: Case) -> None:
    rows = [make_message(case, reader) for _ in range(25)]
    first, second = client.get(LIST), client.get(LIST, {"page": 2})
    assert [row.message.pk for row in first.context["rows"]] == [row.pk for row in rows[:4:-1]]
    assert len(second.context["rows"]) == 5


def test_only_ones_own(client: Client, world: World, reader: User, case: Case) -> None:
    other = make_message(case, user_of(world.officer))
    assert client.get(LIST).context["rows"] == []
    for method, name in (("get", "open"), ("post", "read")):
        response = getattr(client, method)(
            reverse(f"notifications:{name}", kwargs={"public_id": other.public_id})
        )
        assert response.status_code == 404
    assert client.post(reverse("notifications:read_all"), {"newest": other.public_id}).status_code == 404
    client.post(reverse("notifications:read_all"))
    other.refresh_from_db()
    assert other.read_at is None


def test_the_door_leaves_other_peoples_messages_alone(world: World, case: Case) -> None:
    message = make_message(case, user_of(world.officer))
    mark_read(message=message, actor=world.applicant)
    message.refresh_from_db()
    assert message.read_at is None


@pytest.mark.parametrize("name", ["read", "read_all"])
def test_reading_is_asked_for_by_post(client: Client, reader: User, case: Case, name: str) -> None:
    message = make_message(case, reader)
    kwargs = {"public_id": message.public_id} if name == "read" else {}
    assert client.get(reverse(f"notifications:{name}", kwargs=kwargs)).status_code == 405
    assert unread_count(reader) == 1


def test_read_without_script(client: Client, reader: User, case: Case) -> None:
    message = make_message(case, reader)
    response = client.post(reverse("notifications:read", kwargs={"public_id": message.public_id}))
    assert (response.status_code, response.url) == (302, LIST)
    assert unread_count(reader) == 0


def test_read_with_htmx_gives_the_row_and_the_count(client: Client, reader: User, case: Case) -> None:
    message = make_message(case, reader)
    make_message(case, reader)
    address = reverse("notifications:read", kwargs={"public_id": message.public_id})
    response = client.post(address, headers={"HX-Request": "true"})
    assert json.loads(response["HX-Trigger"]) == {"licheng:unread": {"unread": 1}}
    row = response.content.decode()
    assert "标为已读" not in row and "data-focus" in row
    first = Notification.objects.get(pk=message.pk).read_at
    client.post(address, headers={"HX-Request": "true"})
    assert Notification.objects.get(pk=message.pk).read_at == first


def test_all_read_up_to_what_was_on_the_page(client: Client, reader: User, case: Case) -> None:
    """Also what is told late of something long past: it counts by when it was written."""
    on_page = [make_message(case, reader) for _ in range(3)][-1]
    assert client.get(LIST).context["newest"] == on_page
    since = make_message(case, reader, created_at=on_page.created_at - dt.timedelta(days=1))
    client.post(reverse("notifications:read_all"), {"newest": on_page.public_id})
    assert list(Notification.objects.filter(read_at__isnull=True)) == [since]
    client.post(reverse("notifications:read_all"))
    assert unread_count(reader) == 0


@pytest.mark.parametrize("newest", ["", "x", str(NOBODYS)])
def test_all_read_up_to_nonsense_reads_nothing(client: Client, reader: User, case: Case, newest: str) -> None:
    make_message(case, reader)
    assert client.post(reverse("notifications:read_all"), {"newest": newest}).status_code == 404
    assert unread_count(reader) == 1


def test_opening_reads_and_leads_to_the_case(client: Client, reader: User, case: Case) -> None:
    message = make_message(case, reader)
    response = client.get(reverse("notifications:open", kwargs={"public_id": message.public_id}))
    assert (response.status_code, response.url) == (302, case_address(case))
    assert str(case.public_id) in response.url
    assert unread_count(reader) == 0


def test_a_case_that_is_seen_under_another_role(client: Client, world: World) -> None:
    """The role is offered, not switched: acting under it is recorded."""
    case = world.submitted()
    user = make_user()
    make_assignment(Role.APPLICANT, world.other_zone, user=user)
    officer = make_assignment(Role.OFFICER, world.bureau, user=user)
    client.force_login(user)
    message = make_message(case, user)
    page = client.get(reverse("notifications:open", kwargs={"public_id": message.public_id})).content.decode()
    address = reverse("accounts:act_as", kwargs={"public_id": officer.public_id})
    assert address in page and "市大数据局 经办人" in page
    response = client.post(address, {"next": case_address(case)})
    assert response.url == case_address(case)
    response = client.get(reverse("notifications:open", kwargs={"public_id": message.public_id}))
    assert response.url == case_address(case)


def test_a_case_that_is_seen_no_more(client: Client, world: World, case: Case) -> None:
    stranger = user_of(world.other_applicant)
    client.force_login(stranger)
    message = make_message(case, stranger)
    response = client.get(reverse("notifications:open", kwargs={"public_id": message.public_id}), follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    assert "该案件您目前无权查看。" in response.content.decode()


def test_what_was_done_meanwhile_is_marked(client: Client, world: World) -> None:
    case = world.submitted()
    client.force_login(user_of(world.officer))
    assert "已办结" not in client.get(LIST).content.decode()
    world.do(case, "file.file", world.officer2)
    rows = {row.message.data["code"]: row.settled for row in client.get(LIST).context["rows"]}
    assert rows == {"declare.submit": True, "file.file": False}


def test_preferences_are_kept(client: Client, reader: User) -> None:
    address = reverse("notifications:preferences")
    page = client.get(address).content.decode()
    assert page.count("checked") == 2 * len(Group) and page.count("disabled") == 2
    assert client.post(address, {"mail_todo": "on"}).url == address
    assert choices_for(reader) == [
        Choice(Group.TODO, in_app=True, mail=True),
        Choice(Group.ALERT, in_app=True, mail=False),
        Choice(Group.PROGRESS, in_app=False, mail=False),
        Choice(Group.ROUNDS, in_app=False, mail=False),
    ]
    client.post(address, {"in_app_progress": "on", "mail_progress": "on"})
    assert Preference.objects.count() == len(Group)
    assert choices_for(reader)[2] == Choice(Group.PROGRESS)


def test_duties_cannot_be_hidden(client: Client, world: World, reader: User) -> None:
    """Not by the form, whatever is sent, and not by the door."""
    client.post(reverse("notifications:preferences"), {"in_app_todo": ""})
    assert choices_for(reader)[0].in_app
    with pytest.raises(Refusal, match="always_shown"):
        set_preferences(choices=[Choice(Group.TODO, in_app=False)], actor=world.applicant)


def test_preferences_say_where_mail_goes(client: Client, reader: User) -> None:
    address = reverse("notifications:preferences")
    assert "您尚未填写电子邮箱" in client.get(address).content.decode()
    User.objects.filter(pk=reader.pk).update(email="li@example.cn")
    assert "邮件发送至 li@example.cn。" in client.get(address).content.decode()


def test_pages_load_what_the_live_socket_needs(client: Client, reader: User) -> None:
    """The piece that base.html includes: addresses and words for the script, nothing inline."""
    from django.template.loader import render_to_string
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = reader
    piece = render_to_string("notifications/live.html", request=request)
    assert f'data-user="{reader.public_id}"' in piece
    assert 'data-unread="{n} 条未读"' in piece and 'data-several="您有 {n} 条新消息。"' in piece
    assert 'js/notifications.js" defer></script>' in piece and "onclick" not in piece
    reader.must_change_password = True
    assert render_to_string("notifications/live.html", request=request).strip() == ""
