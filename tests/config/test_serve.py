"""``manage.py serve`` says plainly what keeps it from starting."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from config.management.commands.serve import site_url


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


class Started:
    """Stands in for the processes: remembers what they would have been told."""

    told: str | None = None

    def __init__(self, children: list[Any]) -> None:
        assert children

    def run(self) -> None:
        Started.told = os.environ.get("SITE_URL")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> type[Started]:
    monkeypatch.setattr("config.management.commands.serve.Children", Started)
    monkeypatch.setattr("config.management.commands.serve._announce", lambda host, port: None)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", os.environ["DJANGO_SETTINGS_MODULE"])
    monkeypatch.setenv("SITE_URL", "")
    Started.told = None
    return Started


def test_addresses_in_letters_and_codes_follow_host_and_port(started: type[Started]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    call_command("serve", port=port)
    assert started.told == f"http://127.0.0.1:{port}"


def test_an_address_that_was_chosen_stays(started: type[Started], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "https://licheng.example.cn")
    call_command("serve", port=0)
    assert started.told == "https://licheng.example.cn"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8066"),
        ("0.0.0.0", "http://127.0.0.1:8066"),
        ("::1", "http://[::1]:8066"),
        ("::", "http://[::1]:8066"),
        ("localhost", "http://localhost:8066"),
    ],
)
def test_the_address_that_a_server_answers_at(host: str, address: str) -> None:
    assert site_url(host, 8066) == address
