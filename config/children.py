"""The processes of ``manage.py serve``: started together, restarted if they die, gone with their parent. 进程

The parent holds the writing end of a pipe and every child the reading end: when the parent ends, however it
ends (``kill -9`` included), each child reads the end of the pipe and stops. This works on any POSIX system.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
POLL_SECONDS = 0.2
GRACE_SECONDS = 15.0  # what a running task may take to finish after it was told to stop
FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0
SETTLED_SECONDS = 60.0  # a child that lived this long starts again without growing delay
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Child:
    """One management command and the process that runs it now."""

    command: Sequence[str]
    inherited: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = 0.0
    restart_at: float = 0.0

    def start(self, lifeline: int) -> None:
        """Run the command in a session of its own: Ctrl+C in the terminal reaches the parent alone."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.children", str(lifeline), *self.command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=(lifeline, *self.inherited),
            start_new_session=True,
        )
        self.started = time.monotonic()

    def tend(self, lifeline: int) -> None:
        """Start the command again when its process has died: later and later while it keeps dying young."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.restart_at:
                self.start(lifeline)
            return
        if (code := self.process.poll()) is None:
            return
        settled = now - self.started >= SETTLED_SECONDS
        first = settled or not self.delay
        self.delay = FIRST_DELAY_SECONDS if first else min(self.delay * 2, LONGEST_DELAY_SECONDS)
        self.restart_at = now + self.delay
        self.process = None
        logger.error("%s ended with %s; starting it again in %.0f s", self.command[0], code, self.delay)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass(slots=True)
class Children:
    """Runs the given children until this process is told to stop (SIGINT, SIGTERM), then stops them."""

    children: Sequence[Child]
    _told: int = field(default=0, init=False)

    def run(self) -> None:
        """Block until told to stop. A second signal ends the children without waiting for their tasks."""
        with self._listening_for_signals(), _pipe() as lifeline:
            try:
                while not self._told:
                    for child in self.children:
                        child.tend(lifeline)
                    time.sleep(POLL_SECONDS)
            finally:
                self._stop()

    def _stop(self) -> None:
        for child in self.children:
            if child.process is not None and child.running:
                child.process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        while any(child.running for child in self.children):
            if self._told > 1 or time.monotonic() > deadline:
                break
            time.sleep(POLL_SECONDS)
        for child in self.children:
            if child.process is not None and child.running:
                logger.error("%s did not stop in time and is ended", child.command[0])
                child.process.kill()
                child.process.wait()

    @contextmanager
    def _listening_for_signals(self) -> Iterator[None]:
        def tell(signum: int, frame: FrameType | None) -> None:
            self._told += 1

        before = {number: signal.signal(number, tell) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _pipe() -> Iterator[int]:
    """A pipe whose reading end is handed out; the writing end stays here and goes with this process."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)


def end_with_parent(lifeline: int) -> None:
    """Block until the parent is gone, then stop this process: politely first, then for certain."""
    while os.read(lifeline, 1):
        continue
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def main(arguments: Sequence[str]) -> None:
    """The child's side: ``python -m config.children LIFELINE COMMAND …``."""
    lifeline, *command = arguments
    threading.Thread(target=end_with_parent, args=(int(lifeline),), name="lifeline", daemon=True).start()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *command])


if __name__ == "__main__":
    main(sys.argv[1:])
