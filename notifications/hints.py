"""Hints that there is something new: this process's tails at once, other processes' through Redis. 提示

A hint is worth nothing but time: the tails look at the table once a second anyway. Giving one never waits and never
fails.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from channels.layers import get_channel_layer
from django.conf import settings

logger = logging.getLogger(__name__)

GROUP: Final = "notifications.hints"
PATIENCE_SECONDS: Final = 5
HINT: Final = {"type": "notifications.hint"}

_listeners: set[Callable[[], None]] = set()
_lock = threading.Lock()
_pending = threading.Event()
_messenger = ThreadPoolExecutor(max_workers=1, thread_name_prefix="notification-hints")
_runner = asyncio.Runner()  # the messenger's own loop: one connection for all hints, not one for each
atexit.register(_runner.close)


def give() -> None:
    """There may be new rows: look now. May be called from any thread."""
    with _lock:
        listeners = list(_listeners)
    for poke in listeners:
        poke()
    if settings.REDIS_URL and not _pending.is_set():
        _pending.set()
        _messenger.submit(_tell_other_processes)


def listen(poke: Callable[[], None]) -> Callable[[], None]:
    """Call ``poke`` (thread-safe, quick) at every hint of this process, until what is returned is called."""
    with _lock:
        _listeners.add(poke)

    def stop() -> None:
        with _lock:
            _listeners.discard(poke)

    return stop


def _tell_other_processes() -> None:
    """In a thread of its own: a Redis that is down must not keep anybody waiting."""
    _pending.clear()  # a change committed from now on deserves a hint of its own
    try:
        _runner.run(_send())
    except Exception as error:
        logger.warning("no hint to other processes: %s", error)


async def _send() -> None:
    layer = get_channel_layer()
    if layer is not None:
        await asyncio.wait_for(layer.group_send(GROUP, HINT), PATIENCE_SECONDS)
