"""The list of messages in Chromium, with the real scripts and a socket that the test itself answers.

No server and no database: pages are rendered beforehand, static files come from where they lie.
"""

from __future__ import annotations

import json
import mimetypes
import time
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute

from cases.models import Case
from notifications.models import Notification
from notifications.views import Row

SITE = "http://licheng.test"
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
PATIENCE = 8.0


def until(page: Page, happened: Callable[[], Any]) -> None:
    """Wait for something that the page does in its own time (the socket is answered while the page waits)."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        page.wait_for_timeout(50)


def news(number: int, **fields: Any) -> dict[str, Any]:
    """A message as the socket sends it."""
    text, url = f"第{number}条", f"/notices/{uuid.UUID(int=number)}/"
    message = {"type": "notification", "id": number, "kind": "applicant", "level": "info", "read": False}
    return {**message, "text": text, "url": url, "at": "2020-03-20T10:00:00+08:00", **fields}


def welcome(**fields: Any) -> dict[str, Any]:
    """The answer to a hello."""
    return {"type": "welcome", "unread": 0, "last": 0, "missed": 0, "more": False, **fields}


class Office:
    """The other end of the socket: what each line has said, and a way to speak on the latest."""

    def __init__(self) -> None:
        self.lines: list[WebSocketRoute] = []
        self.hellos: list[dict[str, Any]] = []
        self.answers: list[list[dict[str, Any]]] = []

    def take(self, line: WebSocketRoute) -> None:
        """A client has called."""
        self.lines.append(line)
        line.on_message(lambda frame: self._hear(line, json.loads(frame)))

    def _hear(self, line: WebSocketRoute, message: dict[str, Any]) -> None:
        if message["type"] == "hello":
            self.hellos.append(message)
            for answer in self.answers.pop(0) if self.answers else [welcome()]:
                line.send(json.dumps(answer))

    def say(self, *messages: dict[str, Any]) -> None:
        """Push messages."""
        for message in messages:
            self.lines[-1].send(json.dumps(message))

    def cut(self, code: int = 1006) -> None:
        """The line goes dead."""
        self.lines[-1].close(code=1001 if code == 1006 else code)


class Desk:
    """A person's browser with the list of messages."""

    def __init__(self, context: BrowserContext, office: Office) -> None:
        self.context, self.office = context, office
        self.user = uuid.uuid4()
        self.unread = 0
        self.rows: list[Row] = []
        self.posted: list[str] = []
        context.route(f"{SITE}/**", self._serve)
        context.route_web_socket(f"{SITE.replace('http', 'ws')}/ws/notifications/", office.take)

    def open(self) -> Page:
        """The list in a tab, with its socket answered."""
        page, before = self.context.new_page(), len(self.office.hellos)
        page.goto(f"{SITE}/notices/")
        until(page, lambda: len(self.office.hellos) > before)
        page.wait_for_timeout(100)
        return page

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE).partition("?")[0]
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            assert isinstance(found, str), path
            route.fulfill(path=found, content_type=mimetypes.guess_type(found)[0] or "text/plain")
        elif route.request.method == "POST":
            self.posted.append(path)
            read = render("notifications/row.html", self.user, row=self._read(path), answered=True)
            count = json.dumps({"licheng:unread": {"unread": self.unread}})
            route.fulfill(body=read, content_type="text/html; charset=utf-8", headers={"HX-Trigger": count})
        else:
            page = render(
                "notifications/list.html",
                self.user,
                rows=self.rows,
                page=Paginator(self.rows, 20).page(1),
                unread=self.unread,
                unread_only=False,
                newest=None,
            )
            headers = {"Content-Security-Policy": POLICY}
            route.fulfill(body=page, content_type="text/html; charset=utf-8", headers=headers)

    def _read(self, path: str) -> Row:
        row = next(row for row in self.rows if str(row.message.public_id) in path)
        row.message.read_at = row.message.created_at
        self.unread -= 1
        return row


def make_row(number: int) -> Row:
    """An unread message of the list."""
    message = Notification(public_id=uuid.UUID(int=number), kind="applicant", case=Case(title="白云基地"))
    return Row(message, f"第{number}条", f"/notices/{message.public_id}/", settled=False)


def render(template: str, public_id: uuid.UUID, **context: Any) -> str:
    """A template as the views render it, for somebody who holds no role."""
    request: Any = RequestFactory().get("/notices/")
    request.user = SimpleNamespace(
        is_authenticated=True, must_change_password=False, name="李", organisation=None, public_id=public_id
    )
    request.actor, request.actors, request.resolver_match = None, (), None
    return render_to_string(template, context, request=request)


def toasts(page: Page) -> list[str]:
    """What is shown at the corner."""
    return page.locator(".lc-toast-text").all_inner_texts()


def bell(page: Page) -> str:
    """The count at the bell, as a screen reader has it."""
    return (
        page.locator("#bell-count .visually-hidden").inner_text()
        if page.locator("#bell-count *").count()
        else ""
    )
