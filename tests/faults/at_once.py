"""Several people at the same moment: threads that start together, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

from accounts.errors import Refusal

T = TypeVar("T")
PATIENCE = 30  # seconds; a deadlock that the database does not see would show as a timeout


def at_once(*attempts: Callable[[], T], patience: float = PATIENCE) -> list[T | Refusal]:
    """What each attempt returned, or the refusal it met; anything else that one of them raises is raised here."""
    gate = threading.Barrier(len(attempts))

    def run(attempt: Callable[[], T]) -> T | Refusal:
        try:
            gate.wait(patience)
            return attempt()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(attempts)) as pool:
        return [future.result(patience) for future in [pool.submit(run, one) for one in attempts]]
