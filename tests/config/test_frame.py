"""The frame around every page: navigation by role, who acts, banners, and the shared pieces inside."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from tests.factories.accounts import PASSWORD, make_assignment, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("samples")]


def signed_in(*roles: Role) -> Client:
    """A browser of somebody who holds these roles; the first is acted under."""
    user = make_user("陈思远")
    for role in roles:
        make_assignment(role, user=user)
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


def page(client: Client, address: str = "/framed") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def navigation(html: str) -> list[str]:
    menu = re.search(r'<ul class="lc-nav">(.*?)</ul>', html, re.S)
    assert menu is not None
    return re.findall(r"<span>(.*?)</span>", menu[1])


@pytest.mark.parametrize(
    ("roles", "entries"),
    [
        ([], ["首页", "消息", "公示公告"]),
        ([Role.APPLICANT], ["首页", "待办事项", "案件", "消息", "公示公告"]),
        ([Role.EXPERT], ["首页", "待办事项", "案件", "消息", "公示公告"]),
        ([Role.SUPERVISOR], ["首页", "待办事项", "案件", "消息", "办理留痕", "公示公告"]),
        ([Role.AUDIT_ADMIN], ["首页", "消息", "公示公告"]),
        ([Role.POLICY_ADMIN], ["首页", "消息", "公示公告"]),  # the sample has no workshop: left out
    ],
)
def test_navigation_follows_the_role(roles: list[Role], entries: list[str]) -> None:
    assert navigation(page(signed_in(*roles))) == entries


def test_every_entry_of_the_navigation_leads_somewhere() -> None:
    from django.urls import reverse

    from config.navigation import ENTRIES

    for entry in ENTRIES:
        assert reverse(entry.route, urlconf="config.urls")


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/work/home/", "首页"),
        ("/work/worklist/", "待办事项"),
        ("/work/act/", "待办事项"),  # the room's list, not its home
        ("/cases/detail/", "案件"),
        ("/framed", None),
    ],
)
def test_navigation_marks_the_room_one_is_in(
    address: str, current: str | None, rf: Any, settings: Any
) -> None:
    from django.urls import resolve

    from config.navigation import links_for

    request = rf.get(address)
    request.resolver_match = resolve(address)
    marked = [str(link.label) for link in links_for(Role.OFFICER, request) if link.current]
    assert marked == ([current] if current else [])


def test_one_role_is_shown_several_are_offered() -> None:
    assert "切换身份" not in page(signed_in(Role.OFFICER))
    html = page(signed_in(Role.OFFICER, Role.CHIEF))
    assert "切换身份" in html
    assert len(re.findall(r'action="/accounts/act-as/', html)) == 2
    assert html.count('aria-current="true"') == 1


def test_banner_of_the_demonstration_and_of_a_rehearsal(settings: Any, frozen_clock: Any) -> None:
    client = signed_in()
    settings.REHEARSAL, settings.DEMO = False, False
    assert "lc-banner" not in page(client)
    settings.DEMO = True
    assert "演示环境" in page(client)
    settings.REHEARSAL = True
    frozen_clock("2027-03-01 09:30")
    client = signed_in()
    html = page(client)
    assert "推演环境" in html
    assert "2027-03-01 09:30" in html


def test_the_page_says_its_language() -> None:
    client = signed_in()
    assert '<html lang="zh-hans">' in page(client)
    client.cookies["django_language"] = "en"
    assert '<html lang="en">' in page(client)


def test_a_refused_field_is_tied_to_its_error_help_and_control() -> None:
    html = page(signed_in(), "/framed?bound")
    control = re.search(r'<input[^>]*name="name"[^>]*>', html)
    assert control is not None
    assert 'aria-describedby="id_name_helptext id_name_error"' in control[0]
    assert 'aria-invalid="true"' in control[0]
    assert "is-invalid" in control[0]
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert '<a href="#id_name">申报单位名称</a>' in html  # the summary leads to the field


def test_a_field_shows_its_unit_clause_and_that_a_value_is_proposed() -> None:
    html = page(signed_in())
    assert '主营业务收入<span class="lc-unit-name">（万元）</span>' in html
    assert "附件1</span>" in html
    assert "003·附件1" not in html
    assert "建议值" in html
    assert "<legend" in html  # radio buttons are a group with a legend
    assert re.search(r'<input type="hidden" name="token"', html)


def test_a_refused_action_stays_reachable_and_says_why() -> None:
    html = page(signed_in())
    button = re.search(r"<button[^>]*aria-disabled[^>]*>", html)
    assert button is not None
    assert 'type="button"' in button[0]  # it cannot submit
    assert 'aria-describedby="why-outcome-refused"' in button[0]
    reason = re.search(r'id="why-outcome-refused">(.*?)</span>\s*</span>', html, re.S)
    assert reason is not None
    assert "起草人不得审批。" in reason[1]
    assert "附件6·第四条" in reason[1]


def test_pages_keep_the_query_string() -> None:
    html = page(signed_in(), "/framed?q=%E8%B4%B5%E9%98%B3&page=4")
    assert 'href="?q=%E8%B4%B5%E9%98%B3&amp;page=5"' in html
    assert 'aria-current="page">4</span>' in html
    assert "共 230 条，第 4/23 页" in html


def test_the_stepper_names_the_present_step() -> None:
    html = page(signed_in())
    assert html.count('aria-current="step"') == 1
    assert "（办理中）" in html


@pytest.mark.parametrize(("unread", "shown"), [(0, None), (7, "7"), (99, "99"), (100, "99+")])
def test_the_bell_counts_unread_messages(
    unread: int, shown: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.context.unread_count", lambda user: unread)
    html = page(signed_in())
    count = re.search(r'<span class="lc-count" aria-hidden="true">(.*?)</span>', html)
    assert (count[1] if count else None) == shown
    assert f'data-unread="{unread}"' in html
