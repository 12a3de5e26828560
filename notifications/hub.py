"""The one task of a web process that looks for new messages and hands them to the open sockets. 推送

It looks at the table itself, once a second or when hinted, so that what any process has written arrives, with Redis
or without. It starts with the first socket and stops with the last.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings

from notifications import hints, live
from notifications.lines import Line
from notifications.tail import Tail

logger = logging.getLogger(__name__)

LOOK_EVERY: Final = 1.0
"""Seconds between two looks when nobody hints."""
AFTER_TROUBLE: Final = 5.0
"""Seconds to wait after the database, or Redis, did not answer."""


class Hub:
    """推送: the open lines of this process, by user, and the task that serves them."""

    def __init__(self) -> None:
        self._lines: dict[int, set[Line]] = {}
        self._tail = Tail()
        self._looking: asyncio.Task[None] | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._stop = asyncio.Event()
        self._starting = asyncio.Lock()
        self._deaf: Callable[[], None] = _nothing

    async def join(self, line: Line) -> None:
        """Serve ``line`` from now on: whatever is committed after this returns reaches it.

        The first line starts the task; what the table holds then is known, and asked for by each client's hello.
        """
        self._lines.setdefault(line.user_id, set()).add(line)
        async with self._starting:
            if self._looking is None:
                await self._start()

    async def leave(self, line: Line) -> None:
        """Forget ``line``; the last one stops the task, after the look it may be at. Harmless when repeated."""
        lines = self._lines.get(line.user_id, set())
        lines.discard(line)
        if not lines:
            self._lines.pop(line.user_id, None)
        if not self._lines:
            await self._finish()

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()
        known = await database_sync_to_async(live.newest)(None)
        self._tail = Tail()
        self._tail.settle([number for number, _user in known], now=loop.time())
        self._deaf = hints.listen(self._poke_from(loop))
        self._stop = asyncio.Event()
        self._looking = asyncio.create_task(self._run(self._stop), name="notifications")
        if settings.REDIS_URL:
            self._hearing = asyncio.create_task(self._hear_others(), name="notification-hints")

    async def _finish(self) -> None:
        looking, hearing = self._looking, self._hearing
        self._looking = self._hearing = None
        self._deaf()
        self._stop.set()
        self._news.set()
        if hearing is not None:
            hearing.cancel()  # from within, it would never end: it waits for Redis
        if looking is not None:
            await asyncio.wait({looking}, timeout=AFTER_TROUBLE)
            looking.cancel()

    def _poke_from(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        def poke() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has been closed
                loop.call_soon_threadsafe(self._news.set)

        return poke

    async def _run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._look()
            except Exception:
                logger.exception("looking for new messages failed; trying again")
                await _wait(stop, AFTER_TROUBLE)
            await _wait(self._news, LOOK_EVERY)
            self._news.clear()

    async def _look(self) -> None:
        """One look at the table: what is new for somebody connected is made into words and handed over.

        A line that joins meanwhile misses nothing: it asks for what there is after this look has begun.
        """
        rows = await database_sync_to_async(live.newest)(self._tail.floor)
        owner = dict(rows)
        fresh = self._tail.fresh(owner)
        wanted = [number for number in fresh if owner[number] in self._lines]
        if wanted:
            languages = {owner[number]: self._languages(owner[number]) for number in wanted}
            messages = await database_sync_to_async(live.pushes)(wanted, languages)
            for number in wanted:
                self._hand_over(number, owner[number], messages)
        self._tail.settle(fresh, now=asyncio.get_running_loop().time())

    def _hand_over(self, number: int, user_id: int, messages: dict[tuple[int, str], live.Payload]) -> None:
        for line in self._lines.get(user_id, ()):
            message = messages.get((number, line.language))
            if message is not None:
                line.offer(message)

    def _languages(self, user_id: int) -> set[str]:
        return {line.language for line in self._lines.get(user_id, ())}

    async def _hear_others(self) -> None:
        """Other processes' hints. Redis may come and go."""
        layer = get_channel_layer()
        while layer is not None:
            try:
                channel = await layer.new_channel()
                await layer.group_add(hints.GROUP, channel)
                while True:
                    await layer.receive(channel)
                    self._news.set()
            except Exception as error:
                logger.warning("no hints from other processes: %s", error)
                await asyncio.sleep(AFTER_TROUBLE)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


def _nothing() -> None:
    """Nobody listens yet."""


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
