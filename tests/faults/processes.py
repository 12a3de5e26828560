"""Processes of the product on a database that the test sees too, to be held and killed."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.db import connections
from django.test import Client

from accounts.actors import Actor
from audit import clock
from tests.browser.server import ROOT, free_port
from tests.faults import holds

PATIENCE = 90.0
"""Seconds: a process starts slowly on a busy machine."""


@dataclass
class Place:
    """Where the processes run: the database, the folder of the holds, and whoever still runs."""

    url: str
    folder: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start ``python <command>``; its clock stands where the test's stands."""
        env = {**os.environ, "DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": "tests.faults.settings"}
        env |= {holds.FOLDER: str(self.folder), holds.NOW: clock.now().isoformat(), "PYTHONPATH": str(ROOT)}
        env.pop("REDIS_URL", None)
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT
            )
        self.running.append(process)
        return process

    def run(self, *command: str) -> None:
        """Run ``manage.py <command>`` to its end; AssertionError with the log when it fails."""
        process = self.start("manage.py", *command)
        assert process.wait(PATIENCE) == 0, self.log()

    def arm(self, place: str) -> None:
        """Let whoever comes to ``place`` next stay there."""
        (self.folder / f"{place}.armed").touch()

    def await_held(self, place: str) -> None:
        """Wait until somebody stays at ``place``."""
        until = time.monotonic() + PATIENCE
        while not (self.folder / f"{place}.held").exists():
            assert time.monotonic() < until, f"nobody came to {place}:\n{self.log()}"
            time.sleep(0.02)
        (self.folder / f"{place}.held").unlink()

    def log(self) -> str:
        """What the processes have said."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")


def kill(process: subprocess.Popen[bytes]) -> None:
    """``kill -9``: no chance to say goodbye."""
    process.send_signal(signal.SIGKILL)
    process.wait(PATIENCE)


@contextmanager
def place_in(folder: Path) -> Iterator[Place]:
    """A place on the test's own PostgreSQL database, or on a file with a copy of its SQLite database in memory.

    Within the block the test's connection leads to that database.
    """
    connection = connections["default"]
    if connection.vendor == "sqlite":
        place = Place(f"sqlite:///{folder / 'licheng.sqlite3'}", folder)
        settings = copy.deepcopy(connection.settings_dict) | {"NAME": str(folder / "licheng.sqlite3")}
        connection.ensure_connection()
        elsewhere = type(connection)(settings, alias="default")
        elsewhere.ensure_connection()
        connection.connection.backup(elsewhere.connection)
        connections["default"] = elsewhere
    else:
        parts = urlsplit(os.environ["DATABASE_URL"])
        name = connection.settings_dict["NAME"]
        place = Place(urlunsplit(parts._replace(path=f"/{name}")), folder)
    try:
        yield place
    finally:
        for process in place.running:
            if process.poll() is None:
                kill(process)
        if connections["default"] is not connection:
            connections["default"].close()
            connections["default"] = connection


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    body: dict[str, Any]


@dataclass
class Server:
    """``uvicorn config.asgi:application``, as ``manage.py serve`` runs it."""

    place: Place
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start it (again), on the same port."""
        self.process = self.place.start(
            *("-m", "uvicorn", "config.asgi:application", "--port", str(self.port), "--lifespan", "off")
        )
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < until, f"the server did not start:\n{self.place.log()}"
            assert self.process.poll() is None, f"the server ended:\n{self.place.log()}"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                return True
        except OSError:
            return False

    def act(self, case_id: uuid.UUID, action: str, *, session: str, key: str, **data: str) -> Answer:
        """Press the button ``action`` on the page of a case, as the browser of whoever is signed in does."""
        token = "f" * 32
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/work/{case_id}/{action}/",
            data=urlencode({"idempotency_key": key, **data}).encode(),
            headers={
                "Accept": "application/json",
                "Cookie": f"sessionid={session}; csrftoken={token}",
                "X-CSRFToken": token,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return Answer(response.status, json.load(response))
        except urllib.error.HTTPError as error:
            return Answer(error.code, json.loads(error.read() or b"{}"))


def session_of(actor: Actor) -> str:
    """The key of a session in which the actor is signed in: in the thread that has the place's connection."""
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user)
    return client.cookies["sessionid"].value
