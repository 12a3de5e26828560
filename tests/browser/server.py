"""Servers for browser tests: the product as ``manage.py serve`` runs it, in a database of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


@dataclass(slots=True)
class Product:
    """The running product: where it is, and its own command line."""

    url: str
    env: dict[str, str]
    var: Path
    server: int = 0
    """The process of ``manage.py serve``."""
    signed_in: dict[str, Any] = field(default_factory=dict)
    _password: str = ""

    def manage(self, *arguments: str) -> str:
        """Run a management command against the product's database; its output. Raises when it fails."""
        return self._python("manage.py", *arguments)

    def run(self, module: str) -> str:
        """Run a module of the tests against the product's database; its output. Raises when it fails."""
        return self._python("-m", module)

    def cut_lines(self) -> None:
        """Kill the web process, as a crash would; ``manage.py serve`` starts another one. Returns when it answers."""
        web = [child for child in _children(self.server) if "--listening" in child.read_text().split("\0")]
        assert web, "the web process was not found"
        for child in web:
            os.kill(int(child.parent.name), signal.SIGKILL)
        await_health(self.url)

    def password(self) -> str:
        """The password of everybody in the demonstration."""
        if not self._password:
            told = self._python("-c", "from django.conf import settings; print(settings.DEMO_PASSWORD)")
            self._password = told.strip()
        return self._password

    def _python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return done.stdout


def seed_demonstration(product: Product) -> None:
    """The demonstration as ``make demo`` sets it up."""
    product.manage("demo")


@contextmanager
def served_demonstration(
    var: Path,
    *,
    seed: Callable[[Product], None] = seed_demonstration,
    settings: str = "config.settings.demo",
    **more: str,
) -> Iterator[Product]:
    """The product, set up in ``var`` (or in a fresh PostgreSQL database), seeded and served.

    ``more``: further environment variables of its processes.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with fresh_database(port) as database:
        env = {**os.environ, **database, "LICHENG_VAR": str(var)}
        env |= {"DJANGO_SETTINGS_MODULE": settings, "SITE_URL": url, **more}
        product = Product(url=url, env=env, var=var)
        product.manage("migrate", "--no-input", "--verbosity", "0")
        product.manage("programmes", "load", "--all")
        seed(product)
        command = ["manage.py", "serve", "--port", str(port)]
        with serving(command, url=url, env=env, log=var / "serve.log") as product.server:
            yield product


@contextmanager
def serving(command: list[str], *, url: str, env: dict[str, str], log: Path) -> Iterator[int]:
    """Run a server until the block ends; its address answers when the block begins. Its process id."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        await_health(url, server, log)
        yield server.pid
    finally:
        server.terminate()
        server.wait(30)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def await_health(url: str, server: subprocess.Popen[bytes] | None = None, log: Path | None = None) -> None:
    """Until the product answers; AssertionError with the end of its log when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and (server is None or server.poll() is None):
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise AssertionError(f"the server does not answer:\n{log.read_text() if log else url}")


def _children(process: int) -> list[Path]:
    """The command lines of its child processes, as files under /proc."""
    threads = Path(f"/proc/{process}/task").glob("*/children")
    return [Path(f"/proc/{child}/cmdline") for one in threads for child in one.read_text().split()]


@contextmanager
def fresh_database(number: int) -> Iterator[dict[str, str]]:
    """A database of this run alone: with DATABASE_URL a fresh one there, else SQLite in LICHENG_VAR."""
    server = os.environ.get("DATABASE_URL", "")
    if not server:
        yield {}
        return
    parts = urlsplit(server)
    name = f"licheng_browser_{os.getpid()}_{number}"
    maintenance = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield {"DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}"))}
    finally:
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
