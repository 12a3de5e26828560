"""A county's first declaration under Guangdong's notice, from signing in to the receipt: what it takes, and what axe says.

The data lie ready, as with a clerk who types off prepared papers; every page of the way is looked at by axe.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import yaml
from playwright.sync_api import Page, expect

from config.demo.elsewhere import filled
from programmes import packs
from tests.browser.conftest import PageAs, Visit, sign_in
from tests.browser.filling import await_saved, cell, fill_fields, paste, upload
from tests.browser.life import ROOT
from tests.browser.person import PATIENCE
from tests.browser.server import Product

CLERK, SIGNER = "nanhai", "nanhai_seal"
PACK = ROOT / "programmes" / "packs" / "gd-town-industry"
TOWN = "平洲“互联网+”小镇"
COUNTING = """
  const add = kind => sessionStorage.setItem(kind, Number(sessionStorage.getItem(kind) ?? 0) + 1);
  addEventListener("click", event => { if (event.isTrusted && event.detail) add("clicks"); }, true);
  addEventListener("paste", event => { if (event.isTrusted) add("pastes"); }, true);
"""
"""Counts what a hand does; a label's click on its tick box is one."""
ENOUGH_CLICKS = 30
"""What the way may take; a page more or a question more shows here."""

Look = Callable[[Page], None]


def prepared() -> dict[str, dict[str, Any]]:
    """The town's papers: every form of the declaration."""
    told = yaml.safe_load((ROOT / "config" / "demo" / "elsewhere.yaml").read_text(encoding="utf-8"))
    return filled(packs.parse_files(packs.read_directory(PACK)), told["towns"])


def the_forms(page: Page, look: Look) -> None:
    """Form after form by the page's own way on; tables are pasted as from Excel."""
    pack, overview = packs.parse_files(packs.read_directory(PACK)), page.url
    for code, values in prepared().items():
        page.goto(f"{overview}{code}/")
        tables = {field.key for field in pack.forms[code].fields if field.type == "table"}
        asked = {key: value for key, value in values.items() if cell(page, key).count() or key in tables}
        fill_fields(page, {key: value for key, value in asked.items() if key not in tables})
        for key in sorted(tables & set(asked)):
            if asked[key]:
                first = next(iter(asked[key][0]))
                paste(page, f"{key}.0.{first}", asked[key])
        await_saved(page)
        expect(page.locator("[data-save-left]")).to_have_text("本表已填写完整", timeout=PATIENCE)
        look(page)
    page.goto(overview)


def the_files(page: Page, look: Look) -> None:
    """Every item of the list that takes a file."""
    page.locator("#main").get_by_role("link", name="上传材料").click()
    items = page.locator("[id^='m-']:has(input[type=file])")
    for item in [items.nth(place).get_attribute("id") for place in range(items.count())]:
        assert item is not None
        upload(page, item.removeprefix("m-"), f"{item}.pdf")
    look(page)
    page.locator("#main").get_by_role("link", name="返回填报总览").click()


def the_seal(page: Page, address: str, look: Look) -> None:
    """The registered signer signs what the clerk has filled in, with the code that the demonstration shows."""
    page.goto(address)
    look(page)
    told = re.search(r"当前口令 (\d{6})", page.locator("#main").inner_text())
    assert told
    page.get_by_label("我已核对所签内容，并作上述承诺。").check()
    page.get_by_label("动态口令").fill(told[1])
    page.get_by_role("button", name="确认签章").click()
    expect(page.locator("#main").get_by_text("已签章").first).to_be_visible(timeout=PATIENCE)


def test_from_signing_in_to_the_receipt(
    product: Product, visit: Visit, page_as: PageAs, assert_accessible: Look
) -> None:
    page = visit(product.url)
    page.add_init_script(COUNTING)
    began = time.monotonic()
    sign_in(page, CLERK, product.password())
    page.get_by_role("link", name="开始申报").first.click()
    assert_accessible(page)
    heading = page.get_by_role("heading", name=re.compile(r"（产业型）申报")).first
    card = page.locator(".card").filter(has=heading).filter(has=page.get_by_label("项目名称")).first
    card.get_by_label("项目名称").fill(TOWN)
    card.get_by_role("button", name="开始填报").click()
    page.wait_for_url(re.compile(r"/declaration/$"), timeout=PATIENCE)
    assert_accessible(page)
    overview = page.url
    the_forms(page, assert_accessible)
    the_files(page, assert_accessible)
    the_seal(page_as(SIGNER), overview.replace("declaration/", "sign/"), assert_accessible)
    page.goto(overview)
    page.locator("#main").get_by_role("link", name="核对并提交").first.click()
    assert_accessible(page)
    fill_asked(page)
    page.locator("#statement").check()
    page.get_by_role("button", name="提交申报").click()
    page.get_by_role("dialog", name="请确认").get_by_role("button", name="确定").click()
    expect(page.get_by_role("heading", name="申报材料接收回执")).to_be_visible(timeout=PATIENCE)
    assert_accessible(page)
    clicks, pastes = (
        int(page.evaluate("kind => sessionStorage.getItem(kind) ?? 0", each)) for each in ("clicks", "pastes")
    )
    print(f"\nfirst declaration: {time.monotonic() - began:.0f} s, {clicks} clicks, {pastes} pastes")
    assert clicks <= ENOUGH_CLICKS


def fill_asked(page: Page) -> None:
    """Reasons that soft rules want, and what the policy asks with the sending."""
    for area in page.locator("textarea[name^='explanation.']").all():
        area.fill("详见佐证材料。")
    for box in page.locator(".lc-submit input[type=checkbox]:not(#statement)").all():
        box.check()
