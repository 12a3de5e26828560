"""Scripts of the pages on a page of their own, without the product: what only a refusal or a shared machine shows."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PATIENCE, Visit

SCRIPTS = Path(__file__).parents[2] / "static" / "js"
DAY = 24 * 60 * 60 * 1000
FORM = """
<div id="conflict" hidden><b data-conflict-text></b></div><div id="restored" hidden></div>
<form data-autosave data-user="u1" data-here="/here">
<input type="hidden" name="_version" value="1"><input type="hidden" name="csrfmiddlewaretoken" value="t">
<p data-cell="a"><input name="a"></p><p data-cell="b"><input name="b"></p><p data-cell="c"><input name="c"></p>
<p data-save-state></p><p data-save-left></p></form>
"""
SIGN_OUT = '<form data-sign-out data-user="u1" method="post" action="/out"><button>退出</button></form>'
REFUSAL = {"code": "too_long", "message": "未能保存。", "fields": {"a": "甲处过长", "b": "乙处过长"}}


def drawn(visit: Visit, body: str, *scripts: str) -> Page:
    """A page with these scripts at an address that nobody serves; what it sends is refused."""
    code = "".join(
        f"<script>{(SCRIPTS / f'{name}.js').read_text(encoding='utf-8')}</script>" for name in scripts
    )
    page = visit("https://licheng.test")

    def answer(route: Route) -> None:
        if "application/json" not in route.request.headers.get("accept", ""):
            page_text = f"<!doctype html><meta charset=utf-8><body>{body if route.request.url.endswith('/form') else ''}"
            route.fulfill(content_type="text/html; charset=utf-8", body=page_text + code)
        elif route.request.method == "POST":
            route.fulfill(status=422, content_type="application/json", body=json.dumps(REFUSAL))
        else:
            route.fulfill(content_type="application/json", body="{}")

    page.route("**/*", answer)
    page.goto("/")
    return page


def test_every_refused_cell_keeps_its_message(visit: Visit) -> None:
    names = ("cells", "notes", "state", "others")
    page = drawn(visit, FORM, *(f"declaration-{name}" for name in names), "declaration")
    page.goto("/form")
    page.fill("[name=a]", "长")
    page.fill("[name=b]", "长")
    for name, told in (("a", "甲处过长"), ("b", "乙处过长")):
        expect(page.locator(f"[data-cell={name}] [data-message]")).to_have_text(told, timeout=PATIENCE)
    expect(page.locator("[data-message]")).to_have_count(2)
    page.evaluate("window.dispatchEvent(new Event('licheng:sign-out'))")  # nothing asks before the page goes


def test_signing_out_takes_only_one_s_own_text_away(visit: Visit) -> None:
    page = drawn(visit, SIGN_OUT, "sign-out")
    ages = {"u1:/x:1": 0, "u1:/x:2": 30, "u2:/x:1": 1, "u2:/x:2": 8}
    for key, days in ages.items():
        kept = f"JSON.stringify({{at: Date.now() - {days * DAY}, cells: {{}}}})"
        page.evaluate(f"localStorage.setItem('lc-draft:{key}', {kept})")
    keys = "Object.keys(localStorage).sort()"
    page.goto("/form")
    assert page.evaluate(keys) == ["lc-draft:u1:/x:1", "lc-draft:u1:/x:2", "lc-draft:u2:/x:1"]
    with page.expect_navigation(timeout=PATIENCE):
        page.get_by_role("button", name="退出").click()
    assert page.evaluate(keys) == ["lc-draft:u2:/x:1"]
