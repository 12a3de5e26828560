"""Where the time of a move goes: each phase with what it does itself, its statements and what they take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from workflows import engine

REST = "begin, item, key, commit"


@dataclass
class Spent:
    """Of one phase: seconds in all, seconds in the database, statements."""

    seconds: float = 0.0
    database: float = 0.0
    statements: int = 0


@dataclass
class Stopwatch:
    """Time goes to the innermost phase that is under way."""

    spent: dict[str, Spent] = field(default_factory=dict)
    _stack: list[str] = field(default_factory=list)
    _since: float = 0.0

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, its time counted under ``name``."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            self._switch()
            self._stack.append(name)
            try:
                return function(*args, **kwargs)
            finally:
                self._switch()
                self._stack.pop()

        return timed

    def _switch(self) -> None:
        now = time.perf_counter()
        if self._stack:
            self._of(self._stack[-1]).seconds += now - self._since
        self._since = now

    def _of(self, name: str) -> Spent:
        return self.spent.setdefault(name, Spent())

    def statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """A wrapper for :meth:`connection.execute_wrapper`."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            if self._stack:
                spent = self._of(self._stack[-1])
                spent.database += time.perf_counter() - began
                spent.statements += 1


FUNCTIONS: tuple[tuple[str, Any, str], ...] = (
    ("lock and read", engine, "lock_case"),
    ("policy", engine, "relations_of"),
    ("policy", engine.policy, "may"),
    ("gates", engine.gates, "check"),
    ("rows", engine, "decide"),
    ("rows", engine, "_apply_standing"),
    ("rows", engine.letters, "attach"),
    ("flow", engine, "_move"),
    ("record", engine, "append"),
    ("event", engine, "write_event"),
)
"""Which function is which phase; ACTS count as rows. What a phase calls of another counts there."""


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Time the phases of whatever goes through the door in the block."""
    watch = Stopwatch()
    before = [(owner, name, getattr(owner, name)) for _phase, owner, name in FUNCTIONS]
    acts, complete = dict(engine.ACTS), engine.complete
    for phase, owner, name in FUNCTIONS:
        setattr(owner, name, watch.wrap(phase, getattr(owner, name)))
    for name, act in acts.items():
        engine.ACTS[name] = watch.wrap("rows", act)
    engine.complete = watch.wrap(REST, complete)
    try:
        with connection.execute_wrapper(watch.statement):
            yield watch
    finally:
        for owner, name, function in before:
            setattr(owner, name, function)
        engine.ACTS.update(acts)
        engine.complete = complete


def told(watch: Stopwatch, moves: int) -> list[str]:
    """The phases as lines of a table, per move."""
    total = sum(spent.seconds for spent in watch.spent.values())
    order = [*dict.fromkeys(phase for phase, _owner, _name in FUNCTIONS), REST]
    lines = [f"{'where a full move spends its time':38} {'ms':>7} {'%':>5} {'of it SQL ms':>13} {'SQL':>6}"]
    for name in order:
        spent = watch.spent.get(name, Spent())
        lines.append(
            f"  {name:36} {spent.seconds / moves * 1000:7.2f} {spent.seconds / total:5.0%}"
            f" {spent.database / moves * 1000:13.2f} {spent.statements / moves:6.1f}"
        )
    return lines
