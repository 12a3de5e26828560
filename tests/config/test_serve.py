"""``manage.py serve`` says plainly what keeps it from starting."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def test_a_taken_port_is_refused_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"端口 {port} 已被占用.*PORT={port + 1}"):
            call_command("serve", port=port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CommandError, match=r"无法监听 192\.0\.2\.1:8000"):
        call_command("serve", host="192.0.2.1", port=8000)


def test_several_web_processes_need_redis(settings: Any) -> None:
    settings.REDIS_URL = ""
    with pytest.raises(CommandError, match="REDIS_URL"):
        call_command("serve", workers_web=2)


def test_at_least_one_web_process() -> None:
    with pytest.raises(CommandError, match="--workers-web"):
        call_command("serve", workers_web=0)
