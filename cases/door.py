"""The latch of the one door: only :mod:`workflows.engine` opens it. 入口

``Case.save()`` and the case query set refuse to move a case (stage, step, run, closure) while the latch is shut, so no
view, admin page, shell line or task can move one by mistake. It is a latch, not a lock: it holds per thread or task.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_open_for: ContextVar[frozenset[int]] = ContextVar("open_for", default=frozenset())


class DoorClosed(RuntimeError):
    """Something other than the engine tried to move a case."""


@contextmanager
def opened(case_id: int) -> Iterator[None]:
    """Let the engine move the case ``case_id`` (0: a case being created) within the block."""
    token = _open_for.set(_open_for.get() | {case_id})
    try:
        yield
    finally:
        _open_for.reset(token)


def is_open(case_id: int) -> bool:
    """Whether the engine is at work on this case in this thread or task."""
    return case_id in _open_for.get()
