"""Every page that somebody can reach from the navigation and the lists: shown, accessible, and fit for a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, PageAs
from tests.browser.crawl import Walk
from tests.browser.person import PATIENCE

Check = Callable[[Page], None]

EVERYBODY = {
    "public": None,
    "applicant": "guanshanhu",
    "drafting": "yunyan",
    "operator": "kechuang",
    "recommender": "tuijian",
    "officer": "wangjing",
    "chief": "chenguohua",
    "approver": "liumin",
    "expert": "expert4",
    "supervisor": "sunjian",
    "policy_admin": "heyan",
    "system_admin": "xitong",
    "security_admin": "anquan",
    "audit_admin": "shenji",
}
CHROME = ("nav a", "h1", "h2", "thead th", "main button", "main label", "header a", "footer a", "title")
OTHER_LANGUAGE = "中文"
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def checked() -> set[str]:
    """The kinds of pages that axe has looked at: one of each is enough."""
    return set()


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_page_in_reach_is_sound(
    page_as: PageAs, assert_accessible: Check, checked: set[str], who: str
) -> None:
    walk = Walk(page_as(EVERYBODY[who]), who, beyond="/public/" if EVERYBODY[who] else "")
    for kind in walk.visits():
        walk.keep(kind)
        walk.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        if walk.width() > PHONE["width"]:
            walk.problems.append(f"{walk.width()} px wide on a phone: {walk.page.url}")
        walk.keep(kind)
        walk.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        if kind not in checked:
            checked.add(kind)
            try:
                assert_accessible(walk.page)
            except AssertionError as found:
                walk.problems.append(str(found))
    assert walk.seen.total() >= 4, f"hardly anything is in reach: {walk.seen}"
    assert not walk.problems, "\n".join(walk.problems)


@pytest.mark.parametrize("who", EVERYBODY)
def test_home_in_english_has_no_chinese_around_the_data(page_as: PageAs, who: str) -> None:
    walk = Walk(page_as(EVERYBODY[who]), who)
    page = walk.page
    page.goto("/")
    page.get_by_role("button", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en", timeout=PATIENCE)
    chrome = [
        text for part in CHROME for text in page.locator(part).all_inner_texts() if text != OTHER_LANGUAGE
    ]
    walk.keep("english")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    width = walk.width()
    walk.keep("english")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.get_by_role("button", name=OTHER_LANGUAGE).first.click()  # people keep their language: give it back
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans", timeout=PATIENCE)
    assert len(chrome) > 3
    assert not [text for text in chrome if HAN.search(text)]
    assert width <= PHONE["width"]
