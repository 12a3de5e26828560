"""The processes of ``manage.py serve`` live and die with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.children import FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, ROOT, SETTLED_SECONDS, Child

PATIENCE_SECONDS = 30.0
# A child that writes its process id and then works for a minute.
WORKING = "import os, time; open({log!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
PARENT = """
import sys
from config.children import Child, Children
Children([Child(("shell", "--no-imports", "-c", sys.argv[1]))]).run()
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "pids"


@pytest.fixture
def parent(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that keeps one child."""
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, WORKING.format(log=str(log))],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        stderr=subprocess.DEVNULL,
    )
    yield process
    process.kill()
    process.wait()
    for pid in pids(log):
        if alive(pid):
            os.kill(pid, signal.SIGKILL)


def pids(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_stops_its_child(
    parent: subprocess.Popen[bytes], log: Path, number: signal.Signals
) -> None:
    until(lambda: len(pids(log)) == 1)
    parent.send_signal(number)
    assert parent.wait(PATIENCE_SECONDS) == 0
    assert not alive(pids(log)[0])


def test_killed_outright_it_takes_its_child_along(parent: subprocess.Popen[bytes], log: Path) -> None:
    until(lambda: len(pids(log)) == 1)
    parent.kill()
    until(lambda: not alive(pids(log)[0]))


def test_a_child_that_dies_is_started_again(parent: subprocess.Popen[bytes], log: Path) -> None:
    until(lambda: len(pids(log)) == 1)
    os.kill(pids(log)[0], signal.SIGKILL)
    until(lambda: len(pids(log)) == 2)
    assert alive(pids(log)[1])


class Ended:
    """A process that has ended."""

    def poll(self) -> int:
        return 1


def test_a_child_that_keeps_dying_young_waits_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("config.children.time.monotonic", lambda: now)
    child = Child(("dispatcher",))
    delays = []
    for _ in range(8):
        child.process, child.started = Ended(), now  # type: ignore[assignment]
        child.tend(lifeline=0)
        delays.append(child.delay)
    assert delays == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert (delays[0], delays[-1]) == (FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS)
    child.process, child.started = Ended(), now - SETTLED_SECONDS  # type: ignore[assignment]
    child.tend(lifeline=0)
    assert child.delay == FIRST_DELAY_SECONDS
