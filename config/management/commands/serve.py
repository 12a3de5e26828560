"""``manage.py serve``: the whole product under one command."""

from __future__ import annotations

import errno
import http.client
import os
import socket
import sys
import threading
import time
from argparse import SUPPRESS, ArgumentParser
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.children import Child, Children
from workflows.documents.printing import QUEUE_PDF


def companions(port: int) -> tuple[tuple[str, ...], ...]:
    """What runs beside the web server. A worker has a name of its own, so that it finds what it left unfinished; PDF

    files have one to themselves, since a long table takes half a minute.
    """
    worker = ("worker", "--no-reload", "--worker-id")
    return (
        (*worker, f"serve-{port}", "--queue-name", "*", "--exclude-queues", QUEUE_PDF),
        (*worker, f"serve-{port}-pdf", "--queue-name", QUEUE_PDF),
        ("dispatcher",),
        ("reap", "--every", "300"),
    )


SHUTDOWN_SECONDS = 5  # open live sockets are closed after that; browsers connect again by themselves
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class Command(BaseCommand):
    """Web server (HTTP and live socket), task worker and dispatcher: for a demonstration or a small office.

    A larger installation runs the three as services of their own: deploy/README.md.
    """

    help = "Run the web server, the task worker and the dispatcher together."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default=8000, type=int)
        parser.add_argument(
            "--workers-web", default=1, type=int, help="web processes; more than one needs Redis (default: 1)"
        )
        parser.add_argument("--listening", type=int, help=SUPPRESS)  # a web process: the socket it was handed

    def handle(
        self, *, host: str, port: int, workers_web: int, listening: int | None, **options: Any
    ) -> None:
        if listening is not None:
            _serve_web(listening)
            return
        if workers_web < 1:
            raise CommandError("--workers-web 至少为 1。")
        if workers_web > 1 and not settings.REDIS_URL:
            raise CommandError("多个网页进程须经 Redis 互通消息：请设置 REDIS_URL，或使用 --workers-web 1。")
        os.environ["DJANGO_SETTINGS_MODULE"] = settings.SETTINGS_MODULE  # the children's too
        with _listen(host, port) as taken:
            handed = taken.fileno()
            if not os.environ.get("SITE_URL"):
                os.environ["SITE_URL"] = site_url(*taken.getsockname()[:2])
            web = [Child(("serve", "--listening", str(handed)), (handed,)) for _ in range(workers_web)]
            address = taken.getsockname()[:2]
            threading.Thread(target=_announce, args=address, name="announce", daemon=True).start()
            Children([*web, *map(Child, companions(port))]).run()
        self.stdout.write("历程已停止。")


def site_url(host: str, port: int) -> str:
    """The address that mails, certificates and QR codes name when nobody has chosen one: where this server answers."""
    host = ANYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _serve_web(listening: int) -> None:
    config = uvicorn.Config(
        "config.asgi:application",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=listening)])


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything starts: that the port is taken is said at once."""
    taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(2048)
    except OSError as error:
        taken.close()
        if error.errno == errno.EADDRINUSE:
            raise CommandError(
                f"端口 {port} 已被占用。请停止占用它的程序，或换一个端口，如 make demo PORT={port + 1}。"
            ) from None
        raise CommandError(f"无法监听 {host}:{port}：{error.strerror}。") from None
    return taken


def _announce(host: str, port: int) -> None:
    """Say where the product can be reached, once it answers there."""
    while True:
        connection = http.client.HTTPConnection(ANYWHERE.get(host, host), port, timeout=30)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.5)
        else:
            break
        finally:
            connection.close()
    address = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"\n历程已启动：http://{address}:{port}/（按 Ctrl+C 停止）\n\n")
    sys.stdout.flush()
