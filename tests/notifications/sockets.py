"""A client of the live socket, as the browser's script is one: it remembers what it has got."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any

from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from notifications.routing import websocket_urlpatterns

PATIENCE = 5.0
QUIET = 0.3


class Client:
    """``async with Client(user) as client``: connected, and gone at the end. ``memory`` outlives a cut line."""

    def __init__(
        self,
        user: User | AnonymousUser,
        *,
        memory: list[int] | None = None,
        cookies: dict[str, str] | None = None,
    ) -> None:
        self.memory: list[int] = memory if memory is not None else []
        scope = {
            "type": "websocket",
            "path": "/ws/notifications/",
            "query_string": b"",
            "headers": [],
            "subprotocols": [],
            "user": user,
            "cookies": cookies or {},
        }
        self.wire = ApplicationCommunicator(URLRouter(websocket_urlpatterns), scope)

    async def knock(self) -> dict[str, Any]:
        """Ask to be let in; the answer."""
        await self.wire.send_input({"type": "websocket.connect"})
        answer: dict[str, Any] = await self.wire.receive_output(PATIENCE)
        return answer

    async def __aenter__(self) -> Client:
        answer = await self.knock()
        assert answer["type"] == "websocket.accept", answer
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.wire.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wire.wait(PATIENCE)

    async def hello(self) -> dict[str, Any]:
        """Ask for what was missed; the welcome."""
        since = max(self.memory, default=0)
        await self.say({"type": "hello", "since": since, "seen": list(self.memory)})
        answer = await self.hear()
        assert answer["type"] == "welcome"
        return answer

    async def say(self, message: dict[str, Any]) -> None:
        """Send one message."""
        await self.send_frame(text=json.dumps(message))

    async def send_frame(self, **frame: Any) -> None:
        """Send a frame as it is: ``text`` or ``bytes``."""
        await self.wire.send_input({"type": "websocket.receive", **frame})

    async def hear(self) -> dict[str, Any]:
        """The next message, remembered when it is a notification."""
        frame = await self.wire.receive_output(PATIENCE)
        assert frame["type"] == "websocket.send", frame
        message: dict[str, Any] = json.loads(frame["text"])
        if message["type"] == "notification":
            self.memory.append(message["id"])
        return message

    async def ids(self, count: int) -> list[int]:
        """The ids of the next ``count`` notifications."""
        return [(await self.hear())["id"] for _ in range(count)]

    async def silent(self) -> bool:
        """Whether nothing comes for a while."""
        nothing: bool = await self.wire.receive_nothing(QUIET)
        return nothing

    async def closing_code(self) -> int:
        """The code with which the server closes."""
        while (frame := await self.wire.receive_output(PATIENCE))["type"] != "websocket.close":
            continue
        return int(frame["code"])
