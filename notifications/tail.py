"""Following a table by id although ids become visible out of order. 尾随

A transaction takes its id when it inserts and shows it when it commits: 12 may be seen before 11. So the last seconds
are looked at again and again, and what has been seen in them is remembered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

WINDOW: Final = 10.0
"""Seconds for which a lower id may still turn up after a higher one: longer than any transaction of a door."""


class Tail:
    """尾随: what is new among the ids above :attr:`floor`, each once. Times are a monotonic clock's seconds."""

    def __init__(self, window: float = WINDOW) -> None:
        self.floor = 0
        """Ids up to here are settled: look only at those above."""
        self._window = window
        self._seen: set[int] = set()
        self._top = 0
        self._tops: deque[tuple[float, int]] = deque()

    def fresh(self, ids: Iterable[int]) -> list[int]:
        """Those of ``ids`` that were not settled before, in their order. Changes nothing."""
        return sorted(number for number in set(ids) if number > self.floor and number not in self._seen)

    def settle(self, ids: Iterable[int], *, now: float) -> None:
        """``ids`` have been dealt with; where time has passed, the floor rises."""
        self._seen.update(ids)
        self._top = max(self._top, *self._seen) if self._seen else self._top
        self._tops.append((now, self._top))
        while self._tops[0][0] <= now - self._window:
            _then, self.floor = self._tops.popleft()
        self._seen = {number for number in self._seen if number > self.floor}
