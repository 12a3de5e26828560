"""What the script of every page does, and that the frame is accessible on a desktop and on a phone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.server import free_port, fresh_database, serving

Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the sample pages."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = ["-m", "uvicorn", "--factory", "django.core.asgi:get_asgi_application", "--port", str(port)]
    with fresh_database(port) as database:
        env = {**os.environ, **database, "DJANGO_SETTINGS_MODULE": "tests.browser.sample_settings"}
        with serving(command, url=url, env=env, log=tmp_path_factory.mktemp("samples") / "log"):
            yield url


@pytest.fixture
def forms(samples: str, visit: Visit) -> Page:
    """The page of forms."""
    page = visit(samples)
    page.goto("/forms")
    return page


def sent(page: Page) -> list[dict[str, Any]]:
    """Everything the server has received, as it stands."""
    received: list[dict[str, Any]] = json.loads(page.request.get("/received").body())
    return received


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("address", ["/framed", "/framed?bound", "/forms", "/plain", "/denied", "/nowhere"])
def test_page_is_accessible_and_not_wider_than_the_screen(
    samples: str, visit: Visit, assert_accessible: Check, address: str, viewport: dict[str, int]
) -> None:
    page = visit(samples, viewport=viewport)
    page.goto(address)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_navigation_opens_on_a_phone_and_closes_with_escape(samples: str, visit: Visit) -> None:
    page = visit(samples, viewport=PHONE)
    page.goto("/framed")
    expect(page.get_by_role("link", name="公示公告").first).not_to_be_in_viewport()
    page.get_by_label("打开导航").click()
    expect(page.locator("#nav.show:not(.showing)")).to_be_visible()  # it ignores keys while it slides in
    page.keyboard.press("Escape")
    expect(page.locator("#nav").get_by_role("link", name="首页")).not_to_be_in_viewport()


def test_keyboard_reaches_the_text_first(samples: str, visit: Visit) -> None:
    page = visit(samples)
    page.goto("/framed")
    page.keyboard.press("Tab")
    expect(page.get_by_text("跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_an_error_summary_takes_the_focus(samples: str, visit: Visit) -> None:
    page = visit(samples)
    page.goto("/framed?bound")
    expect(page.locator(".lc-error-summary")).to_be_focused()
    page.get_by_role("link", name="主营业务收入").click()
    expect(page.locator("#id_revenue")).to_be_focused()


def test_a_double_click_submits_once(forms: Page) -> None:
    before = len(sent(forms))
    forms.fill("#plain [name=seconds]", "1")
    forms.get_by_role("button", name="提交", exact=True).dblclick()
    expect(forms.get_by_role("heading", name="已提交")).to_be_visible()
    rows = sent(forms)[before:]
    assert [row["outcome"] for row in rows] == ["filed"]  # once, and with the button's own value
    assert len(rows[0]["idempotency_key"]) == 36


def test_a_retry_of_the_same_keeps_its_key_and_an_edit_changes_it(forms: Page) -> None:
    before = len(sent(forms))
    forms.evaluate(
        "document.querySelector('#plain').target = 'other'"
    )  # the page stays, as after a lost answer
    with forms.expect_popup():
        forms.get_by_role("button", name="提交", exact=True).click()
    forms.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    forms.get_by_role("button", name="提交", exact=True).click()
    forms.wait_for_timeout(500)
    forms.fill("#plain [name=opinion]", "不同意")
    forms.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    forms.get_by_role("button", name="提交", exact=True).click()
    forms.wait_for_timeout(500)
    first, retry, edited = [row["idempotency_key"] for row in sent(forms)[before:]]
    assert first == retry
    assert edited != first


def test_a_confirmed_action_goes_on_and_a_cancelled_one_does_not(forms: Page) -> None:
    before = len(sent(forms))
    forms.get_by_role("button", name="不予备案").click()
    dialog = forms.get_by_role("dialog", name="请确认")
    expect(dialog).to_contain_text("确定不予备案？")
    expect(dialog.get_by_role("button", name="取消")).to_be_focused()
    dialog.get_by_role("button", name="取消").click()
    expect(dialog).to_have_count(0)
    assert len(sent(forms)) == before
    forms.get_by_role("button", name="不予备案").click()
    dialog.get_by_role("button", name="确定").click()
    expect(forms.get_by_role("heading", name="已提交")).to_be_visible()
    assert [row["outcome"] for row in sent(forms)[before:]] == ["refused"]


def test_a_link_asks_first(forms: Page) -> None:
    forms.get_by_role("link", name="离开").click()
    forms.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(forms.get_by_role("heading", name="公示公告")).to_be_visible()


def test_a_partial_update_carries_the_token_and_may_be_repeated(forms: Page) -> None:
    before = len(sent(forms))
    for count in (1, 2):
        forms.get_by_role("button", name="局部提交").click()
        expect(forms.locator("#answer")).to_have_text(f"第 {before + count} 次")


def test_a_partial_action_asks_in_the_same_dialog(forms: Page) -> None:
    before = len(sent(forms))
    forms.get_by_role("button", name="催办").click()
    forms.get_by_role("dialog").get_by_role("button", name="取消").click()
    forms.get_by_role("button", name="催办").click()
    forms.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(forms.locator("#answer")).to_have_text(f"第 {before + 1} 次")


@pytest.mark.parametrize(
    ("button", "said"),
    [("看不到的内容", "起草人不得审批本人起草的事项。"), ("没有的内容", "未找到所请求的内容")],
    ids=["forbidden", "not found"],
)
def test_a_refused_partial_update_is_explained(forms: Page, button: str, said: str) -> None:
    forms.get_by_role("button", name=button).click()
    expect(forms.locator(".lc-toast").get_by_text(said)).to_be_visible()
    expect(forms.get_by_role("alert")).to_contain_text(said)
    expect(forms.locator("#answer")).to_have_text("尚未提交")
    forms.get_by_role("button", name="关闭").click()
    expect(forms.locator(".lc-toast")).to_have_count(0)


def test_a_lost_connection_is_explained(forms: Page) -> None:
    forms.context.set_offline(True)
    forms.get_by_role("button", name="局部提交").click()
    expect(forms.get_by_role("alert")).to_contain_text("网络连接中断")


def test_a_table_becomes_cards_and_stays_a_table(samples: str, visit: Visit) -> None:
    page = visit(samples, viewport=PHONE)
    page.goto("/forms")
    cell = page.get_by_role("cell", name="备案")
    assert cell.get_attribute("data-label") == "环节"
    expect(page.get_by_role("table")).to_be_visible()
    assert cell.evaluate("cell => getComputedStyle(cell).display") == "flex"
