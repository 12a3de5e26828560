"""The script of the live socket, in a browser: nothing lost, nothing shown twice, however often the line is cut."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import FLAGS, chromium
from tests.notifications.browser import SITE, Desk, Office, bell, make_row, news, toasts, until, welcome

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def engine() -> Iterator[Browser]:
    """The system's Chromium, for this module: a running Playwright loop must not outlive it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def desk(engine: Browser, office: Office) -> Iterator[Desk]:
    """Somebody at the list; a script error or a breach of the policy fails the test."""
    context = engine.new_context(locale="zh-CN")
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    yield Desk(context, office)
    context.close()
    assert problems == []


def test_a_new_tab_is_told_the_count_and_not_its_whole_past(desk: Desk, office: Office) -> None:
    office.answers = [[welcome(unread=2, last=9, missed=2), news(4, missed=True), news(7, missed=True)]]
    page = desk.open()
    assert office.hellos == [{"type": "hello", "since": 0, "seen": []}]
    assert (toasts(page), bell(page)) == ([], "2 条未读")
    page.reload()
    until(page, lambda: len(office.hellos) == 2)
    assert office.hellos[1] == {"type": "hello", "since": 9, "seen": [4, 7, 9]}


def test_a_new_message_is_shown_with_its_link_and_counted(desk: Desk, office: Office) -> None:
    page = desk.open()
    office.say(news(1, unread=1, level="warn"))
    until(page, lambda: toasts(page))
    assert toasts(page) == ["第1条"]
    assert page.locator(".lc-toast-warning a").get_attribute("href") == news(1)["url"]
    assert bell(page) == "1 条未读"


def test_the_same_message_is_shown_once(desk: Desk, office: Office) -> None:
    page = desk.open()
    office.say(news(1, unread=1), news(1, unread=1), news(2, unread=2))
    until(page, lambda: len(toasts(page)) == 2)
    page.wait_for_timeout(200)
    assert toasts(page) == ["第1条", "第2条"]


def test_a_cut_line_is_taken_up_where_it_ended(desk: Desk, office: Office) -> None:
    page = desk.open()
    office.say(news(5, unread=1))
    until(page, lambda: toasts(page))
    late, again, new = news(4, missed=True), news(5, missed=True), news(6, missed=True)
    office.answers = [[welcome(unread=3, last=6, missed=3), late, again, new]]
    office.cut()
    until(page, lambda: len(office.hellos) == 2)
    assert office.hellos[1] == {"type": "hello", "since": 5, "seen": [5]}
    until(page, lambda: len(toasts(page)) == 3)
    page.wait_for_timeout(200)
    assert toasts(page) == ["第5条", "第4条", "第6条"]
    assert bell(page) == "3 条未读"


def test_what_comes_between_two_pages_is_shown_on_the_next(desk: Desk, office: Office) -> None:
    page = desk.open()
    office.say(news(1, unread=1))
    until(page, lambda: toasts(page))
    page.goto("about:blank")
    office.answers = [[welcome(unread=2, last=2, missed=1), news(2, missed=True)]]
    page.goto(f"{SITE}/notices/")
    until(page, lambda: toasts(page))
    assert toasts(page) == ["第2条"]


def test_many_missed_messages_are_summed_up(desk: Desk, office: Office) -> None:
    page = desk.open()
    office.say(news(1, unread=1))
    until(page, lambda: toasts(page))
    missed = [news(number, missed=True) for number in range(2, 8)]
    office.answers = [[welcome(unread=7, last=7, missed=6), *missed]]
    office.cut()
    until(page, lambda: len(toasts(page)) == 2)
    assert toasts(page)[1] == "您有 6 条新消息。"
    assert page.locator(".lc-toast a").last.get_attribute("href") == "/notices/"


def test_what_was_read_elsewhere_is_not_shown(desk: Desk, office: Office) -> None:
    page = desk.open()
    office.say(news(1, unread=1))
    until(page, lambda: toasts(page))
    answer = [welcome(unread=1, last=3, missed=2), news(2, missed=True, read=True), news(3, missed=True)]
    office.answers = [answer]
    office.cut()
    until(page, lambda: len(toasts(page)) == 2)
    assert toasts(page) == ["第1条", "第3条"]


def test_who_was_signed_out_does_not_call_again(desk: Desk, office: Office) -> None:
    page = desk.open()
    office.cut(code=4401)
    page.wait_for_timeout(2500)
    assert len(office.lines) == 1


def test_another_person_in_the_same_tab_begins_anew(desk: Desk, office: Office) -> None:
    page = desk.open()
    office.say(news(8, unread=1))
    until(page, lambda: toasts(page))
    desk.user = uuid.UUID(int=1)
    page.reload()
    until(page, lambda: len(office.hellos) == 2)
    assert office.hellos[1]["since"] == 0


def test_the_other_tabs_count_along(desk: Desk, office: Office) -> None:
    first, second = desk.open(), desk.open()
    office.say(news(1, unread=4))
    until(second, lambda: bell(second) == "4 条未读")
    until(first, lambda: bell(first) == "4 条未读")


def test_the_list_refreshes_itself(desk: Desk, office: Office) -> None:
    page = desk.open()
    assert page.locator(".lc-message").count() == 0
    desk.rows, desk.unread = [make_row(1)], 1
    office.say(news(1, unread=1))
    until(page, lambda: page.locator(".lc-message").count() == 1)


def test_reading_one_leaves_the_others_and_keeps_the_place(desk: Desk, office: Office) -> None:
    desk.rows, desk.unread = [make_row(1), make_row(2)], 2
    office.answers = [[welcome(unread=2, last=2)]]
    page = desk.open()
    page.locator(".lc-message button").first.click()
    until(page, lambda: bell(page) == "1 条未读")
    assert desk.posted == [f"/notices/{desk.rows[0].message.public_id}/read/"]
    assert page.locator(".lc-message").count() == 2
    assert page.locator(".lc-message-unread").count() == 1
    until(
        page,
        lambda: page.evaluate("document.activeElement.id") == f"message-{desk.rows[0].message.public_id}",
    )
