"""公示公告: what is open, for how long, why; found by kind and programme."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.enums import Role
from cases import deadlines
from cases.enums import NoticeKind, NoticeStatus
from programmes.calendar import PauseReason
from tests.conftest import Freeze
from tests.factories.accounts import make_actor, make_authority
from tests.portal.rows import make_case, make_edition, make_notice, make_round, make_standing

pytestmark = pytest.mark.django_db
INDEX, LIST = "portal:index", "portal:notices"
FORM = 'name="content"'


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", [INDEX, LIST, "portal:register", "portal:objection_status"])
def test_nobody_signs_in_and_empty_pages_say_so(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert "sessionid" not in response.cookies


def test_people_signed_in_read_the_same_pages(client: Client) -> None:
    actor = make_actor(Role.SUPERVISOR)
    assert actor.user is not None
    client.force_login(actor.user)
    assert "办理平台" in page(client, INDEX)


def test_empty_rooms_say_what_will_be_there(client: Client) -> None:
    assert "当前没有正在公示的事项" in page(client, INDEX)
    assert "尚未发布公示公告" in page(client, LIST)
    assert "没有符合条件的公示公告" in page(client, LIST, open="on")


def test_index_shows_open_windows_news_and_the_register(client: Client, frozen_clock: Freeze) -> None:
    frozen_clock("2026-03-02 09:00")
    make_notice(title="甲区公示")
    make_notice(kind=NoticeKind.ANNOUNCEMENT, title="关于认定乙区的公布")
    make_notice(kind=NoticeKind.CASE_STUDY, title="丙区典型案例")
    make_standing()
    shown = page(client, INDEX)
    for text in ("甲区公示", "还剩4个工作日", "公示至 2026-03-06", "关于认定乙区的公布", "丙区典型案例"):
        assert text in shown
    assert "<strong>1</strong> 家在册有效" in shown


@pytest.mark.parametrize(
    ("now", "status", "left"),
    [
        ("2026-03-02 09:00", "公示中", "还剩4个工作日"),
        ("2026-03-05 23:59", "公示中", "还剩1个工作日"),
        ("2026-03-06 23:59", "公示中", "今日24时截止"),
        ("2026-03-07 00:00", "公示期满", None),  # before the dispatcher has ended it
    ],
)
def test_window_is_told_as_of_now(
    client: Client, frozen_clock: Freeze, now: str, status: str, left: str | None
) -> None:
    frozen_clock("2026-03-02 09:00")
    notice = make_notice()
    frozen_clock(now)
    shown = page(client, "portal:notice", notice.public_id)
    assert status in shown
    if left:
        assert left in shown
        assert FORM in shown
    else:
        assert "公示期已结束，不再接受异议" in shown
        assert FORM not in shown


def test_arithmetic_is_explained_in_the_readers_language(client: Client, frozen_clock: Freeze) -> None:
    frozen_clock("2026-02-12 09:00")
    notice = make_notice()
    shown = page(client, "portal:notice", notice.public_id)
    assert "自2026年2月12日起算（当日计入）" in shown
    assert "调休上班日" in shown
    assert "春节" in shown
    assert "依据：003·附件6·第四条(五)" in shown
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        assert "Counted from 12 Feb" in page(client, "portal:notice", notice.public_id)


def test_paused_window_says_what_is_left_and_still_takes_objections(
    client: Client, frozen_clock: Freeze
) -> None:
    frozen_clock("2026-03-02 09:00")
    notice = make_notice()
    now = frozen_clock("2026-03-04 09:00")
    assert notice.deadline is not None
    deadlines.pause(deadline=notice.deadline, since=now.date(), reason=PauseReason.OBJECTION)
    type(notice).objects.filter(pk=notice.pk).update(status=NoticeStatus.PAUSED)
    shown = page(client, "portal:notice", notice.public_id)
    assert "恢复计时后尚余3个工作日" in shown
    assert "因异议停止计时" in shown
    assert FORM in shown
    assert notice.title in page(client, LIST, open="on")


@pytest.mark.parametrize("status", [NoticeStatus.ENDED, NoticeStatus.STOPPED])
def test_ended_and_stopped_windows_take_nothing(client: Client, status: NoticeStatus) -> None:
    notice = make_notice(status=status)
    shown = page(client, "portal:notice", notice.public_id)
    assert str(status.label) in shown
    assert FORM not in shown
    assert notice.title not in page(client, LIST, open="on")


def test_announcement_has_neither_window_nor_form(client: Client) -> None:
    notice = make_notice(kind=NoticeKind.ANNOUNCEMENT, title="公布")
    shown = page(client, "portal:notice", notice.public_id)
    assert "公示期限" not in shown
    assert "提出异议" not in shown


def test_unknown_notice_is_not_found(client: Client) -> None:
    assert client.get(reverse("portal:notice", args=[uuid.uuid4()])).status_code == 404


def test_list_is_filtered_by_kind_programme_and_openness(client: Client, frozen_clock: Freeze) -> None:
    frozen_clock("2026-03-02 09:00")
    other = make_round(make_edition(code="other-programme"), name="其他批次")
    make_notice(title="甲公示")
    make_notice(make_case(other), title="乙公示", status=NoticeStatus.ENDED)
    make_notice(kind=NoticeKind.CASE_STUDY, title="丙案例")
    everything = page(client, LIST)
    assert all(title in everything for title in ("甲公示", "乙公示", "丙案例"))
    publicity = page(client, LIST, kind="publicity")
    assert "甲公示" in publicity
    assert "丙案例" not in publicity
    of_other = page(client, LIST, programme=str(other.programme.public_id))
    assert "乙公示" in of_other
    assert "甲公示" not in of_other
    open_now = page(client, LIST, open="on")
    assert "甲公示" in open_now
    assert "乙公示" not in open_now


@pytest.mark.parametrize("query", [{"kind": "nothing"}, {"programme": "x"}, {"page": "x"}, {"page": "99"}])
def test_nonsense_in_the_address_is_left_out_of_account(client: Client, query: dict[str, str]) -> None:
    make_notice(title="甲公示")
    assert "甲公示" in page(client, LIST, **query)


def test_notices_of_every_authority_are_public(client: Client) -> None:
    elsewhere = make_round(make_edition(make_authority("遵义市", code="zunyi")), name="遵义批次")
    make_notice(make_case(elsewhere), title="遵义公示")
    assert "遵义公示" in page(client, LIST)
    assert "遵义市" in page(client, LIST)


def test_body_of_a_notice_is_shown_as_rendered_and_its_title_escaped(client: Client) -> None:
    notice = make_notice(title="<script>alert(1)</script>", body="<p>正文</p>")
    for shown in (page(client, LIST), page(client, "portal:notice", notice.public_id), page(client, INDEX)):
        assert "<script>alert(1)" not in shown
    assert "<p>正文</p>" in page(client, "portal:notice", notice.public_id)


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(
    ("name", "query", "queries"), [(INDEX, {}, 4), (LIST, {}, 3), (LIST, {"open": "on"}, 3)]
)
def test_lists_cost_the_same_however_many_notices(
    client: Client, name: str, query: dict[str, str], queries: int, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make_notice(title=f"公示{number}")
        make_notice(kind=NoticeKind.ANNOUNCEMENT)
    with django_assert_num_queries(queries):
        assert client.get(reverse(name), query).status_code == 200


def test_long_lists_have_pages(client: Client) -> None:
    for number in range(21):
        make_notice(kind=NoticeKind.ANNOUNCEMENT, title=f"公布{number:02d}号")
    assert "公布20号" in page(client, LIST)
    assert "公布00号" not in page(client, LIST)
    assert "公布00号" in page(client, LIST, page="2", kind="announcement")
