"""Each process of the product follows the clock that the test has written down.

The file named by ``LICHENG_CLOCK`` holds what the product's time was, and at which moment of the machine's monotonic
clock: from there it runs on. Rehearsals alone may be moved (:func:`audit.clock.set_clock`).
"""

from __future__ import annotations

import datetime as dt
import os
import threading
import time
from pathlib import Path

from django.apps import AppConfig

from audit import clock

EVERY = 0.05
"""Seconds between looks at the file; the product's clock stands still in between."""


class MovingClock(AppConfig):
    """移动时钟."""

    name = "tests.browser.moving"

    def ready(self) -> None:
        file = Path(os.environ["LICHENG_CLOCK"])
        follow(file)
        threading.Thread(target=_follow_for_ever, args=(file,), name="clock", daemon=True).start()


def follow(file: Path) -> None:
    """Set this process's clock by the file. While there is none, it runs as it did."""
    try:
        was, at = file.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return
    clock.set_clock(dt.datetime.fromisoformat(was) + dt.timedelta(seconds=time.monotonic() - float(at)))


def write(file: Path, moment: dt.datetime) -> None:
    """From now on the product's time is ``moment`` (aware) and runs on from there."""
    waiting = file.with_suffix(".new")
    waiting.write_text(f"{moment.isoformat()} {time.monotonic()}", encoding="ascii")
    waiting.replace(file)


def _follow_for_ever(file: Path) -> None:
    while True:
        time.sleep(EVERY)
        follow(file)
