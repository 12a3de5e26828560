"""Trials in the background: a working copy over existing cases, or by its scenarios. 试运行任务

Idempotent: a trial that was cut short runs again from the beginning; one that has ended is left alone.
"""

from __future__ import annotations

import logging
import uuid
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from accounts.actors import Actor
from audit import clock
from cases.models import Case
from programmes import packs
from programmes.enums import TrialKind, TrialStatus
from programmes.models import Programme, Trial
from programmes.problems import PackError
from workflows.rehearsal.reading import COMMON, FOLDER, read_repertoire, read_script
from workflows.rehearsal.report import Report
from workflows.rehearsal.running import RehearsalFailed, jobs_of, rehearse
from workshop.results import replay_json
from workshop.whatif import replay

logger = logging.getLogger(__name__)
PROCESSES = 1
"""A workshop's scenarios are played beside the daily work: one process at a time."""
MAX_SHOWN = 2000
"""Flips that a stored result names one by one; the rest is counted."""


@task
def run_trial(trial_id: str, language: str) -> None:
    """Run the trial with this public id and store what came of it."""
    trial = Trial.objects.select_related("copy__programme").filter(public_id=uuid.UUID(trial_id)).first()
    if trial is None or trial.status in (TrialStatus.DONE, TrialStatus.FAILED):
        return
    with translation.override(language):
        carry_out(trial)


def carry_out(trial: Trial) -> Trial:
    """Run a trial here and now; what went wrong is told in the trial."""
    _note(trial, status=TrialStatus.RUNNING, done=0)
    try:
        result = _what_if(trial) if trial.kind == TrialKind.WHAT_IF else _scenarios(trial)
    except PackError as error:
        told = "\n".join(f"{p.place} {p.where} {p.message}" for p in error.problems[:50])
        _end(trial, status=TrialStatus.FAILED, error=told)
    except RehearsalFailed:
        logger.exception("the scenarios of trial %s could not be played", trial.public_id)
        _end(trial, status=TrialStatus.FAILED, error=_("演练未能启动，请联系系统管理员。"))
    except Exception:
        logger.exception("trial %s failed", trial.public_id)
        _end(trial, status=TrialStatus.FAILED, error=_("试运行因系统故障中断，请联系系统管理员。"))
    else:
        _end(trial, status=TrialStatus.DONE, result=result)
    return trial


def enqueue(trial: Trial) -> None:
    """Let the worker run it; called in the transaction that made it."""
    run_trial.enqueue(str(trial.public_id), translation.get_language() or "zh-hans")


def new_trial(
    *, copy: Any, kind: TrialKind, source: bytes, actor: Actor, names: list[str] | None = None
) -> Trial:
    """A trial of the copy as it stands."""
    assert actor.user is not None
    return Trial.objects.create(
        copy=copy,
        kind=kind,
        names=names or [],
        source=source,
        digest=packs.digest(source),
        asked_at=clock.now(),
        asked_by=actor.user,
    )


def cases_of(programme: Programme | None) -> Any:
    """The cases that a draft of this programme is tried on: all that have been handed in."""
    rows = Case.objects.filter(submitted_at__isnull=False)
    return rows.filter(programme=programme) if programme is not None else rows.none()


def _what_if(trial: Trial) -> dict[str, Any]:
    draft = packs.parse(bytes(trial.source))
    cases = cases_of(trial.copy.programme)
    _note(trial, total=cases.count())
    found = replay(draft, cases, on_progress=lambda done: _note(trial, done=done))
    return replay_json(found, most=MAX_SHOWN)


def _scenarios(trial: Trial) -> dict[str, Any]:
    files = packs.unarchive(bytes(trial.source))
    repertoire = read_repertoire(files)
    names = trial.names or sorted(name for name in repertoire.pack.scenarios if name != COMMON)
    jobs = []
    for name in names:
        text = repertoire.pack.scenarios[name]
        jobs += jobs_of(read_script(text, file=f"{FOLDER}{name}", repertoire=repertoire), text)
    _note(trial, total=len(jobs))
    told: list[int] = []
    language = translation.get_language()

    def play() -> list[Report]:
        with translation.override(language):
            return rehearse(jobs, processes=PROCESSES, on_report=lambda index, _report: told.append(index))

    # The plays have threads of their own; progress is written by this one, which has the connection.
    with ThreadPoolExecutor(max_workers=1) as hall:
        future = hall.submit(play)
        while not future.done():
            wait([future], timeout=1)
            if trial.done != len(told):
                _note(trial, done=len(told))
        reports = future.result()
    return {"reports": [report.to_json() for report in reports]}


def _end(trial: Trial, **values: Any) -> None:
    """It has ended: the archive it was run with is not needed any more, its digest stays."""
    _note(trial, source=b"", ended_at=clock.now(), **values)


def _note(trial: Trial, **values: Any) -> None:
    for name, value in values.items():
        setattr(trial, name, value)
    trial.save(update_fields=list(values))
