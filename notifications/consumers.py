"""The live socket. 实时消息

The client says ``{"type": "hello", "since": 17, "seen": [15, 17]}``: the last message it has got (0: none) and the ids
it has got of late, without a gap, so that what took its id earlier and was committed later is found. The answer is
``{"type": "welcome", "unread", "last", "missed", "more"}``, then what it has missed, then whatever is new, each as
``{"type": "notification", "id", "kind", "level", "text", "url", "at", "read", …}``. ``{"type": "ping"}`` is answered
with ``{"type": "pong"}``.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings

from accounts.models import User
from notifications import live
from notifications.hub import hub
from notifications.lines import Line

logger = logging.getLogger(__name__)

NOT_SIGNED_IN: Final = 4401
MALFORMED: Final = 4400
AGAIN: Final = 4000
"""Close codes: 4401 do not come back, 4400 you spoke nonsense, 4000 connect again."""
LIFETIME: Final = 3600.0
"""Seconds after which the client must connect again: who signed out or was closed does not listen for ever."""
SEEN: Final = 500
"""How many ids a hello may list."""


class NotificationConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """One client. It needs no channel layer: the hub of the process serves it."""

    channel_layer_alias = None
    line: Line | None = None
    writer: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the connection; whichever way it ends, the hub forgets it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._leave()

    async def connect(self) -> None:
        """Signed-in people only; nobody who has yet to change a first password."""
        user = self.scope.get("user")
        if user is None or not user.is_authenticated or user.must_change_password:
            await self.close(code=NOT_SIGNED_IN)
            return
        self.line = Line(user_id=user.pk, language=self._language(user))
        await hub().join(self.line)
        await self.accept()
        self.writer = asyncio.create_task(self._write(self.line))

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """A frame that is no JSON object ends the connection."""
        try:
            content = await self.decode_json(text_data or "")
        except ValueError:
            content = None
        if isinstance(content, dict):
            await self.receive_json(content)
        else:
            await self.close(code=MALFORMED)

    async def receive_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        """``hello`` (once) or ``ping``; anything else is ignored, so that newer clients can be served."""
        if self.line is None:
            return
        match content.get("type"):
            case "hello":
                await self._hello(self.line, content)
            case "ping":
                self.line.answer({"type": "pong"})

    async def _hello(self, line: Line, content: dict[str, Any]) -> None:
        since, listed = content.get("since"), content.get("seen")
        since = since if _is_id(since) else 0
        seen = [number for number in listed if _is_id(number)][-SEEN:] if isinstance(listed, list) else []
        if not line.greet():
            return
        missed = await database_sync_to_async(live.missed)(
            user_id=line.user_id, language=line.language, since=since, seen=seen
        )
        line.welcome(missed, seen)

    async def _write(self, line: Line) -> None:
        """Send what the line holds, for an hour at most. A slow client keeps nobody else waiting."""
        end = asyncio.get_running_loop().call_later(LIFETIME, line.end)
        try:
            while (message := await line.next()) is not None:
                await self.send_json(message)
            await self.close(code=AGAIN)
        except Exception:
            logger.info("a live socket went away while it was written to", exc_info=True)
        finally:
            end.cancel()

    async def _leave(self) -> None:
        line, self.line = self.line, None
        if self.writer is not None:
            self.writer.cancel()
        if line is not None:
            await hub().leave(line)

    def _language(self, user: User) -> str:
        """As on the pages: this browser's choice, else the person's."""
        chosen = self.scope.get("cookies", {}).get(settings.LANGUAGE_COOKIE_NAME)
        return chosen if chosen in dict(settings.LANGUAGES) else user.language


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
