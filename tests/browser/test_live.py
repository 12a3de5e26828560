"""What happens elsewhere arrives on an open page: at the bell and as a toast, without reloading, once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PageAs
from tests.browser.person import PATIENCE, Person
from tests.browser.server import Product

OFFICER = "wangjing"
QINGZHEN, NANMING, WUDANG = (
    "清镇市智慧物流软件产业集聚示范基地",
    "南明区数字文旅产业集聚示范基地",
    "乌当区健康大数据产业集聚示范基地",
)
WINDOW_ENDS = f"""
from audit import clock
from cases.models import Deadline
ends = Deadline.objects.filter(case__title="{NANMING}", duty="window", status="running")
assert ends.update(due_at=clock.now()) == 1
"""


@pytest.fixture
def desk(page_as: PageAs) -> Page:
    """The officer's list, open, with its line to the server."""
    page = page_as(OFFICER)
    with page.expect_websocket() as line:
        page.goto("/work/list/")
    line.value.wait_for_event("framereceived", timeout=PATIENCE)  # welcome
    page.evaluate("window.notReloaded = true")
    return page


def toasts(page: Page, title: str) -> int:
    """How many toasts speak of a case just now."""
    return page.locator(".lc-toast").filter(has_text=title).count()


def unread(page: Page) -> int:
    """The number at the bell."""
    return int(page.locator("#bell-count").get_attribute("data-unread") or 0)


def expect_news(page: Page, title: str, before: int) -> None:
    """One toast about the case, and the bell counts what the server counts, all without a reload."""
    expect(page.locator(".lc-toast").filter(has_text=title)).to_have_count(1, timeout=PATIENCE)
    page.wait_for_timeout(1500)  # a second copy would have come by now
    assert toasts(page, title) == 1
    assert unread(page) > before
    assert page.evaluate("window.notReloaded")
    told = page.request.get("/notices/badge/").text()
    assert f'data-unread="{unread(page)}"' in told


def test_what_another_person_did_arrives(desk: Page, page_as: PageAs) -> None:
    before = unread(desk)
    clerk = Person(page_as("qingzhen"), "qingzhen")
    clerk.opens(QINGZHEN)
    clerk.does("报送建设进展", {"报告期": "第四季度", "建设进展": "设备安装完毕。"})
    expect_news(desk, QINGZHEN, before)  # written by the task worker, in a process of its own
    desk.locator(".lc-toast").get_by_role("link", name=re.compile("报送了建设进展")).click()
    expect(desk.get_by_role("heading", level=1, name=QINGZHEN)).to_be_visible(timeout=PATIENCE)


def test_what_the_dispatcher_did_arrives(desk: Page, product: Product) -> None:
    before = unread(desk)
    product.manage("shell", "-c", WINDOW_ENDS)
    expect(desk.locator(".lc-toast").filter(has_text=NANMING)).to_have_count(1, timeout=3 * PATIENCE)
    expect_news(desk, NANMING, before)
    desk.goto("/work/list/")
    expect(desk.get_by_role("row", name=re.compile(NANMING))).to_contain_text("报领导小组办公室审批")


def test_what_came_while_the_line_was_cut_arrives_once(desk: Page, page_as: PageAs, product: Product) -> None:
    before = unread(desk)
    desk.context.set_offline(True)
    product.cut_lines()
    clerk = Person(page_as("qingzhen"), "qingzhen")
    clerk.opens(QINGZHEN)
    clerk.does("申请评审", {"建设完成情况": "年度任务已全部完成，现申请评审。"})
    corrected = Person(page_as("wudang"), "wudang")
    corrected.opens(WUDANG)
    corrected.page.get_by_role("link", name="提交申报").click()
    corrected.page.get_by_label("本单位对申报材料的真实性、合法性负责").check()
    corrected.presses("提交申报")
    assert toasts(desk, QINGZHEN) == toasts(desk, WUDANG) == 0
    desk.context.set_offline(False)
    expect_news(desk, QINGZHEN, before)
    expect_news(desk, WUDANG, before)
    assert unread(desk) >= before + 2
    desk.reload()
    desk.wait_for_timeout(1500)
    assert toasts(desk, QINGZHEN) == toasts(desk, WUDANG) == 0
    desk.locator("#bell").click()
    for title in (QINGZHEN, WUDANG):
        expect(desk.locator(".lc-message-unread").filter(has_text=f"“{title}”待办理")).to_have_count(1)
