"""Guiyang, its people, and what they are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import polib
import pytest
from channels.db import database_sync_to_async
from django.core.management import call_command

from accounts.models import User
from audit import clock
from cases.models import Case
from tests.factories.cases import World, make_world
from tests.notifications.rows import make_message, user_of
from workflows.documents.printing import QUEUE_PDF

Work = Callable[[], None]
TO_THE_END = (
    "--batch",
    "--queue-name=*",
    f"--exclude-queues={QUEUE_PDF}",
    "--no-startup-delay",
    "--interval=0",
)
Write = Callable[..., Awaitable[int]]


@pytest.fixture
def world(db: None) -> World:
    """Guiyang on 20 March 2020, 10:00."""
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    return make_world()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """``work()``: the task worker does all that is queued, but for printing, in this process and on this connection."""
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)

    def run() -> None:
        call_command("db_worker", *TO_THE_END, verbosity=0)

    return run


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub looks, and recovers, without making a test wait."""
    monkeypatch.setattr("notifications.hub.LOOK_EVERY", 0.03)
    monkeypatch.setattr("notifications.hub.AFTER_TROUBLE", 0.03)


@pytest.fixture
def reader(world: World) -> User:
    """Whose messages a test is about."""
    return user_of(world.applicant)


@pytest.fixture
def case(world: World) -> Case:
    """What the messages are about."""
    return world.draft()


@pytest.fixture
def write(case: Case, reader: User) -> Write:
    """``await write()``: a new message for the reader, committed; its id."""

    def create(user: User | None = None, **fields: Any) -> int:
        return make_message(case, user or reader, **fields).pk

    return database_sync_to_async(create)


ENGLISH = {
    "“%(case)s”已准予备案。": "“%(case)s” was filed. ",
    "%(news)s待办理：%(duties)s，办理期限至%(due)s。": "%(news)sTo do: %(duties)s, by %(due)s.",
    "“%(case)s”待办理：%(duties)s，办理期限至%(due)s。": "“%(case)s”: to do: %(duties)s, by %(due)s.",
    "【历程】%(headline)s": "[Licheng] %(headline)s",
    "待办：%(duties)s（%(case)s）": "To do: %(duties)s (%(case)s)",
    "备案审核": "Examine the filing",
    "启动建设": "Begin construction",
    "待办": "To do",
}
"""A few words of English, so that the tests do not hang on the product's catalogue."""


@pytest.fixture
def english(settings: Any, tmp_path: Path) -> None:
    """An English catalogue of a few messages, and no other."""
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    catalogue.extend(polib.POEntry(msgid=msgid, msgstr=msgstr) for msgid, msgstr in ENGLISH.items())
    catalogue.save_as_mofile(str(folder / "django.mo"))
    settings.LOCALE_PATHS = [str(tmp_path)]
