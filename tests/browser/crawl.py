"""Walking through the product: every page that the links of a page lead to, one of each kind. 巡览"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

from playwright.sync_api import Page, Request, Response

from tests.browser.pictures import keep

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NUMBER = re.compile(r"(?<=/)\d+(?=/)")
TOKEN = re.compile(r"(?<=/receipt/)[^/]+")
DIFFER = {"/cases/<id>/": 3, "/public/notices/<id>/": 2, "/public/certificate/<id>/": 2}
"""Kinds of pages that look different from case to case: so many of each are visited."""
MOST_PAGES = 80


@dataclass
class Walk:
    """One person's way through the product from its front door; what was wrong on it."""

    page: Page
    who: str
    beyond: str = ""
    """Addresses that begin so are left out: somebody else's walk goes there."""
    seen: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    origin: str = ""
    """The page whose link is being followed."""

    def __post_init__(self) -> None:
        self.page.on("response", self._on_response)
        self.page.on("requestfailed", self._on_failure)

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status} {response.url}, led to from {self.origin}")

    def _on_failure(self, request: Request) -> None:
        """A page that is left while it still loads is nothing to report."""
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"{request.failure} {request.url} on {self.page.url}")

    def visits(self, start: str = "/") -> Iterator[str]:
        """Go from page to page; after each, the kind of page it is. Files are fetched, not opened."""
        waiting, known = deque([(start, start)]), set()
        while waiting and self.seen.total() < MOST_PAGES:
            address, self.origin = waiting.popleft()
            kind = kind_of(address)
            if address in known or self.seen[kind] >= DIFFER.get(kind, 1):
                continue
            known.add(address)
            self.seen[kind] += 1
            if is_file(kind):
                self._fetch(address)
                continue
            self.page.goto(address)
            here = self.page.url
            arrived = kind_of(urlsplit(here).path)
            if arrived != kind.partition("?")[0]:  # led on to another page
                if self.seen[arrived] >= DIFFER.get(arrived, 1):
                    continue
                self.seen[arrived] += 1
            yield arrived
            waiting.extend((link, here) for link in self._links())

    def _fetch(self, address: str) -> None:
        answer = self.page.request.get(address)
        if answer.status not in (200, 202):  # 202: it is being made
            self.problems.append(f"{answer.status} {address}, led to from {self.origin}")

    def _links(self) -> list[str]:
        """The addresses of this page's links, within the product."""
        base = self.page.url
        found = self.page.eval_on_selector_all(
            "a[href]:not([download])", "all => all.map(a => a.getAttribute('href'))"
        )
        joined = (urljoin(base, href).partition("#")[0] for href in found if not href.startswith("#"))
        root = urlsplit(base)[:2]
        inside = [urlsplit(url) for url in joined if urlsplit(url)[:2] == root]
        addresses = (url._replace(scheme="", netloc="").geturl() for url in inside)
        return [one for one in addresses if not (self.beyond and one.startswith(self.beyond))]

    def width(self) -> int:
        """How wide the page is laid out, in CSS pixels."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth")
        return wide

    def keep(self, kind: str) -> None:
        """A picture of the page."""
        keep(self.page, f"{self.who}__{kind}_{self.seen[kind]}")


def kind_of(address: str) -> str:
    """What the page is apart from which row it shows: ``/cases/<id>/``; with the names of what is asked of it."""
    parts = urlsplit(address)
    path = TOKEN.sub("<token>", NUMBER.sub("<n>", UUID.sub("<id>", parts.path)))
    asked = sorted({name for name, _value in parse_qsl(parts.query)} - {"item", "page"})
    return path + ("?" + "&".join(asked) if asked else "")


def is_file(kind: str) -> bool:
    """Whether the browser would save it instead of showing it, or show it without the product around it."""
    path = kind.partition("?")[0]
    return path.endswith(
        (".svg", ".pdf", ".xlsx", ".atom", "/export/", "/word/", "/pdf/", "/materials/<id>/")
    )
