"""The whole product as a person meets it: its server, worker and dispatcher, in Chromium.

Each run sets up a demonstration of its own, in a temporary folder (SQLite) or in a fresh database of the
PostgreSQL server that DATABASE_URL names. A page that logs a script error, or breaks the content security
policy, fails its test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.chromium import FLAGS, chromium
from tests.browser.server import Product, served_demonstration

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 20_000
"""Milliseconds: the machine may be slow, or busy with other tests."""
expect.set_options(timeout=PATIENCE)
HERE = Path(__file__).parent
AXE = HERE / "axe" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# Refused and lost requests are logged too: whether they should be is the test's own question.
REFUSED_REQUEST = (
    "Failed to load resource",
    "Response Status Error Code",
    "htmx:sendError",
    "htmx:afterRequest",
    "WebSocket connection to",
)

Visit = Callable[..., Page]
PageAs = Callable[..., Page]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test, and one worker runs them all: there is one product."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """The tests of one file follow each other on one product: a runner that parts them would fail them at random."""
    if getattr(session.config.option, "loadgroup", False):
        loose = [
            item.nodeid for item in session.items if HERE in item.path.parents and "@" not in item.nodeid
        ]
        assert not loose, f"pytest-xdist does not keep to its groups: {loose[:2]}"


@pytest.fixture(scope="package")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The demonstration, seeded and served by ``manage.py serve``."""
    with served_demonstration(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest.fixture(scope="package")
def chromium_browser() -> Iterator[Browser]:
    """The system's Chromium. Package scope: a running Playwright loop must not outlive these tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium_browser: Browser) -> Iterator[Visit]:
    """``visit(url)``: an empty page of a browser of its own, whose relative addresses start at ``url``.

    ``viewport`` is DESKTOP or PHONE. Script errors and policy violations on any page of the test fail it.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(url: str, *, viewport: dict[str, int] = DESKTOP, session: Any = None) -> Page:
        context = chromium_browser.new_context(
            base_url=url,
            viewport=viewport,  # type: ignore[arg-type]
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            storage_state=session,
            has_touch=viewport == PHONE,
        )
        contexts.append(context)
        page = context.new_page()
        _watch(page, problems)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page_as(product: Product, visit: Visit) -> PageAs:
    """``page_as("username")``: a page of somebody signed in; ``page_as(None)``: of the public.

    ``viewport`` is DESKTOP or PHONE. Each call is a browser of its own.
    """

    def open_page(username: str | None, *, viewport: dict[str, int] = DESKTOP) -> Page:
        session = product.signed_in.get(username) if username else None
        page = visit(product.url, viewport=viewport, session=session)
        if username and session is None:
            sign_in(page, username, product.password())
            product.signed_in[username] = page.context.storage_state()
        return page

    return open_page


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """``assert_accessible(page)``: axe finds nothing against WCAG 2.2 AA on the page as it stands.

    The page is looked at in its whole height: what a bar at the window's edge half covers is not small.
    """

    def check(page: Page) -> None:
        window = page.viewport_size
        assert window is not None
        height = page.evaluate("() => document.documentElement.scrollHeight")
        page.set_viewport_size({"width": window["width"], "height": max(window["height"], height)})
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", AXE_RULES)
        page.set_viewport_size(window)
        assert not found["violations"], "\n".join(
            f"{page.url} {rule['id']}: {rule['help']}: {[node['target'] for node in rule['nodes']][:5]}"
            for rule in found["violations"]
        )

    return check


def _watch(page: Page, problems: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in REFUSED_REQUEST):
            problems.append(f"{page.url}: {message.text}")

    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
    page.on("console", on_console)


def sign_in(page: Page, username: str, password: str, *, here: bool = False) -> None:
    """Through the page where people sign in; ``here``: the page already shows it."""
    if not here:
        page.goto("/accounts/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.locator("form:has(input[name=password]) [type=submit]").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
