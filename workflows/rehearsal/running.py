"""Many scenarios, in processes of their own, each play on a fresh copy of the scratch database. 批量演练

The caller's database is never touched: workers have settings of their own (config/settings/rehearsal.py).
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from workflows.rehearsal.report import Report
from workflows.rehearsal.scratch import RehearsalFailed, command, options, template
from workflows.rehearsal.script import Script

PATIENCE = 300.0
"""Seconds after which a play is given up."""


@dataclass(frozen=True, slots=True)
class Job:
    """One way through one scenario."""

    script: Script
    branch: str
    text: str
    """The scenario file, as it was read."""


def jobs_of(script: Script, text: str) -> list[Job]:
    """Every way through a scenario."""
    return [Job(script, branch, text) for branch in script.branches]


def rehearse(
    jobs: Sequence[Job], *, processes: int = 1, on_report: Callable[[int, Report], None] | None = None
) -> list[Report]:
    """Play all jobs, ``processes`` at a time; the reports in the order of the jobs.

    ``on_report(index, report)`` is called as each play ends, in whatever order they do, one call at a time. Raises
    RehearsalFailed when no worker can be started.
    """
    if not jobs:
        return []
    source = template()
    with tempfile.TemporaryDirectory(prefix="licheng-rehearsal-") as folder:
        hall = _Hall(jobs, source, Path(folder), on_report)
        threads = [
            threading.Thread(target=hall.work, args=(number,), name=f"rehearsal-{number}")
            for number in range(max(1, min(processes, len(jobs))))
        ]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        finally:
            hall.empty()
            for thread in threads:
                thread.join()
    if hall.failure is not None:
        raise hall.failure
    return [hall.reports[index] for index in range(len(jobs))]


class _Hall:
    """What the threads share: the jobs still to do and the reports there are. Each thread has one worker process."""

    def __init__(
        self,
        jobs: Sequence[Job],
        source: Path,
        folder: Path,
        on_report: Callable[[int, Report], None] | None,
    ) -> None:
        self.jobs = jobs
        self.source = source
        self.folder = folder
        self.on_report = on_report
        self.reports: dict[int, Report] = {}
        self.failure: Exception | None = None
        self.language = get_language() or settings.LANGUAGE_CODE
        self.told = threading.Lock()
        self.todo: queue.SimpleQueue[int] = queue.SimpleQueue()
        for index in range(len(jobs)):
            self.todo.put(index)
        self.archives = self._archives()

    def _archives(self) -> dict[int, Path]:
        """Every repertoire's pack as a file, once."""
        files: dict[int, Path] = {}
        for job in self.jobs:
            repertoire = job.script.repertoire
            if id(repertoire) not in files:
                files[id(repertoire)] = self.folder / f"pack-{len(files)}.zip"
                files[id(repertoire)].write_bytes(repertoire.archive)
        return files

    def work(self, number: int) -> None:
        """Take one job after another until none is left."""
        worker = _Worker(self.folder / f"worker-{number}", self.source)
        translation.activate(self.language)  # a thread begins in the default language
        try:
            while self.failure is None:
                try:
                    index = self.todo.get_nowait()
                except queue.Empty:
                    return
                self._done(index, worker.play(self._order(index)))
        except Exception as error:
            self.failure = error
        finally:
            worker.close()

    def _order(self, index: int) -> dict[str, Any]:
        job = self.jobs[index]
        repertoire = job.script.repertoire
        return {
            "archive": str(self.archives[id(repertoire)]),
            "common": repertoire.place.file,
            "file": job.script.place.file,
            "text": job.text,
            "branch": job.branch,
            "id": job.script.scenario.id,
            "title": str(job.script.scenario.title),
            "language": self.language,
        }

    def _done(self, index: int, report: Report) -> None:
        with self.told:
            self.reports[index] = report
            if self.on_report is not None:
                self.on_report(index, report)

    def empty(self) -> None:
        """Let the threads end: nothing is left to do."""
        while not self.todo.empty():
            self.todo.get_nowait()


class _Worker:
    """A process that plays what it is told, one play after another."""

    def __init__(self, folder: Path, source: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.source = source
        self.log = folder / "log.txt"
        self.process: subprocess.Popen[str] | None = None

    def play(self, order: dict[str, Any]) -> Report:
        """The report of one play; a process that dies or hangs over it is replaced, and the report says so."""
        process = self.process or self._start()
        assert process.stdin is not None and process.stdout is not None
        killer = threading.Timer(PATIENCE, process.kill)
        killer.start()
        try:
            process.stdin.write(json.dumps(order, ensure_ascii=False) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            answer = ""
        finally:
            killer.cancel()
        if answer:
            return Report.from_json(json.loads(answer))
        self.close()
        last = self.log.read_text(encoding="utf-8", errors="replace").strip()[-2000:]
        return Report(
            order["id"],
            order["branch"],
            order["title"],
            order["file"],
            error=_("演练进程异常退出：%(last)s") % {"last": last},
        )

    def _start(self) -> subprocess.Popen[str]:
        database = self.folder / "scratch.sqlite3"
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command("rehearse", "--worker", str(self.source)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                **options(database),
            )
        return self.process

    def close(self) -> None:
        """End the process, if it runs."""
        process, self.process = self.process, None
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


__all__ = ["Job", "RehearsalFailed", "jobs_of", "rehearse"]
