"""One open socket, as the hub sees it. 连线"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from notifications.live import MOST, Missed, Payload

WAITING: Final = MOST + 100
"""How many messages may wait for a slow client before it is cut off; it connects again and asks for the rest."""


class Line:
    """连线: a client's queue of messages. Each id goes out once, however it was found.

    Until the client has said hello nothing is sent. While its hello is being answered, news wait, so that the
    welcome comes first and nothing falls between what was looked up and what was pushed.
    """

    def __init__(self, *, user_id: int, language: str) -> None:
        self.user_id = user_id
        self.language = language
        self._queue: asyncio.Queue[Payload | None] = asyncio.Queue()
        self._held: list[Payload] | None = None
        self._greeted = False
        self._sent: set[int] = set()

    def greet(self) -> bool:
        """The client has said hello: keep what comes from now on. False when it had said so before."""
        if self._greeted:
            return False
        self._greeted, self._held = True, []
        return True

    def welcome(self, missed: Missed, seen: list[int]) -> None:
        """Answer the hello, then let go what has come meanwhile."""
        self._sent.update(seen)
        self._put(
            {
                "type": "welcome",
                "unread": missed.unread,
                "last": missed.last,
                "missed": len(missed.messages),
                "more": missed.more,
            }
        )
        held, self._held = self._held or [], None
        for message in [*missed.messages, *held]:
            self.offer(message)

    def offer(self, message: Payload) -> None:
        """Send a message unless it went out before, or the client has not asked yet."""
        if not self._greeted:
            return
        if self._held is not None:
            self._held.append(message)
        elif message["id"] not in self._sent:
            self._sent.add(message["id"])
            self._put(message)

    def answer(self, message: dict[str, Any]) -> None:
        """Send something that is not a message."""
        self._put(message)

    def end(self) -> None:
        """Let the writer close the socket once it has sent what waits."""
        self._queue.put_nowait(None)

    async def next(self) -> Payload | None:
        """What is to be sent next; None: close."""
        return await self._queue.get()

    def _put(self, message: Payload) -> None:
        if self._queue.qsize() < WAITING:
            self._queue.put_nowait(message)
        elif self._queue.qsize() == WAITING:
            self.end()
