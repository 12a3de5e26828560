"""The one task that serves the sockets of a process: its life, hints, trouble."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async

from accounts.models import User
from notifications import hints, live
from notifications import hub as hub_module
from notifications.hub import hub
from tests.factories.cases import World
from tests.notifications.conftest import Write
from tests.notifications.rows import user_of
from tests.notifications.sockets import Client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quick_looks")]


async def test_the_task_starts_with_the_first_line_and_stops_with_the_last(
    reader: User, write: Write
) -> None:
    assert hub()._looking is None
    async with Client(reader):
        task = hub()._looking
        async with Client(reader):
            assert hub()._looking is task
        assert task is not None and not task.done()
    assert task.done() and hub()._looking is None and hub()._lines == {}
    number = await write()
    async with Client(reader) as client:
        await client.hello()
        assert await client.ids(1) == [number]


async def test_a_hint_makes_it_look_at_once(
    reader: User, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "LOOK_EVERY", 3600.0)
    async with Client(reader) as client:
        await client.hello()
        number = await write()
        assert await client.silent()
        await sync_to_async(hints.give, thread_sensitive=False)()
        assert await client.ids(1) == [number]


async def test_the_door_hints_when_it_has_committed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "LOOK_EVERY", 3600.0)
    async with Client(user_of(world.officer)) as client:
        await client.hello()
        await database_sync_to_async(world.submitted)()
        assert (await client.hear())["kind"] == "todo"


async def test_trouble_with_the_database_only_delays(
    reader: User, write: Write, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pushes, failures = live.pushes, iter(range(3))

    def fail_thrice(*args: Any) -> Any:
        if next(failures, None) is not None:
            raise RuntimeError("the database does not answer")
        return pushes(*args)

    monkeypatch.setattr(live, "pushes", fail_thrice)
    async with Client(reader) as client:
        await client.hello()
        number = await write()
        assert await client.ids(1) == [number]
        assert await client.silent()
    assert "looking for new messages failed" in caplog.text


@pytest.mark.redis
async def test_a_hint_of_another_process_comes_through_redis(
    reader: User, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "LOOK_EVERY", 3600.0)
    async with Client(reader) as client:
        await client.hello()
        assert await client.silent()  # the subscription is made meanwhile
        monkeypatch.setattr(hints, "_listeners", set())  # as in a process without a socket
        number = await write()
        await sync_to_async(hints.give, thread_sensitive=False)()
        assert await client.ids(1) == [number]


async def test_a_redis_that_is_down_holds_nobody_up(reader: User, write: Write, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [settings.REDIS_URL]},
        }
    }
    async with Client(reader) as client:
        await client.hello()
        number = await write()
        await sync_to_async(hints.give)()
        assert await client.ids(1) == [number]
