"""What must hold of every case at every moment, whoever raced whom and whatever was killed.

``check(case)`` reads the rows as they are stored and returns a sentence for each thing that is wrong; [] when the case
is whole. It knows the rows, not the engine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from audit.verify import verify_chain
from cases.enums import AppraisalStatus, DeadlineStatus, NoticeKind, NoticeStatus, ObjectionStatus, Stage
from cases.models import Case
from workflows.enums import ItemStatus, Track
from workflows.models import RunTask, StageRun, WorkItem

LIVE_DEADLINE = (DeadlineStatus.RUNNING, DeadlineStatus.PAUSED)
LIVE_NOTICE = (NoticeStatus.OPEN, NoticeStatus.PAUSED)
UNFINISHED_APPRAISAL = (
    AppraisalStatus.OPEN,
    AppraisalStatus.SUBMITTED,
    AppraisalStatus.CHECKED,
    AppraisalStatus.RECTIFYING,
)


def check(case: Case) -> list[str]:
    """Everything that is wrong with the case as it is stored now."""
    stored = Case.objects.select_related("edition", "chain").defer("edition__source").get(pk=case.pk)
    runs = list(StageRun.objects.filter(case=stored))
    items = list(WorkItem.objects.filter(case=stored, status=ItemStatus.OPEN).select_related("deadline"))
    found: list[str] = []
    for examine in (_main_run, _items, _tasks, _deadlines, _results, _windows, _appraisals, _record):
        found += examine(stored, runs, items)
    return found


def check_all() -> dict[str, list[str]]:
    """:func:`check` for every case there is; only those at fault are named."""
    found = {str(case): check(case) for case in Case.objects.order_by("pk")}
    return {name: wrong for name, wrong in found.items() if wrong}


def _live(runs: list[StageRun], track: Track) -> list[StageRun]:
    return [run for run in runs if run.track == track and run.finished is None]


def _main_run(case: Case, runs: list[StageRun], items: list[WorkItem]) -> Iterator[str]:
    """A procedure has one live main run, which the case names; a rest and a closed case have none."""
    live = _live(runs, Track.MAIN)
    closed = case.stage == Stage.CLOSED
    step = case.edition.pack.programme.lifecycle.steps[case.step]
    wanted = 0 if closed or step.kind == "rest" else 1
    if len(live) != wanted:
        yield f"{len(live)} live main runs in step {case.step} of stage {case.stage}, not {wanted}"
    for run in live:
        if run.run_no != case.run_no:
            yield f"the live run has number {run.run_no}, the case {case.run_no}"
        if run.step != case.step:
            yield f"the live run is of step {run.step}, the case in {case.step}"
    if not closed and step.stage != case.stage:
        yield f"step {case.step} belongs to {step.stage}, the case is in {case.stage}"
    for run in runs:
        if (run.finished is not None) != (run.status == "DONE"):
            yield f"run {run.pk} is {run.status}, finished {run.finished}"


def _items(case: Case, runs: list[StageRun], items: list[WorkItem]) -> Iterator[str]:
    """Open items belong to live runs, or to none; a closed case has none; nobody is asked twice for one thing."""
    live = {run.pk for run in runs if run.finished is None}
    if case.stage == Stage.CLOSED and items:
        yield f"closed with open items {[item.duty for item in items]}"
    for item in items:
        if item.run_id is not None and item.run_id not in live:
            yield f"open item {item.duty} belongs to the finished run {item.run_id}"
    asked = Counter((i.run_id, i.duty, i.assignee_id, i.objection_id, i.task_id) for i in items)
    for (_run, duty, *_rest), times in asked.items():
        if times > 1:
            yield f"{times} open items {duty} for the same thing"


def _tasks(case: Case, runs: list[StageRun], items: list[WorkItem]) -> Iterator[str]:
    """Every waiting task has its one open item, every open item with a task a waiting one; every live run a token."""
    tokens = RunTask.objects.filter(process__case=case, finished__isnull=True).values_list("pk", "process_id")
    waiting = dict(tokens)
    held = Counter(item.task_id for item in items if item.task_id is not None)
    for task in sorted(held.keys() - waiting.keys()):
        yield f"task {task} has finished, its item is open"
    for task in sorted(waiting.keys() - held.keys()):
        yield f"task {task} waits, nobody is asked"
    yield from (f"task {task} has {times} open items" for task, times in held.items() if times > 1)
    live = {run.pk for run in runs if run.finished is None}
    yield from (
        f"task {task} of the finished run {run} waits" for task, run in waiting.items() if run not in live
    )
    yield from (f"run {run} is live without a token" for run in sorted(live - set(waiting.values())))


def _deadlines(case: Case, runs: list[StageRun], items: list[WorkItem]) -> Iterator[str]:
    """No time limit outlives what it limits."""
    keys = {str(run.public_id) for run in runs if run.finished is None}
    keys |= {f"rest:{case.run_no}"} if case.stage != Stage.CLOSED else set()
    live = list(case.deadlines.filter(status__in=LIVE_DEADLINE))
    for deadline in live:
        if deadline.run_key not in keys:
            yield f"limit {deadline.duty} of {deadline.run_key} is {deadline.status}, its run is over"
    awaited = {item.deadline_id for item in items}
    for deadline in live:
        if deadline.pk not in awaited and not deadline.duty.startswith("side:"):
            yield f"limit {deadline.duty} is {deadline.status}, nobody is asked for it"


def _results(case: Case, runs: list[StageRun], items: list[WorkItem]) -> Iterator[str]:
    """Closed means closed with a result; one legal result at a time."""
    if (case.stage == Stage.CLOSED) != bool(case.closure):
        yield f"stage {case.stage} with closure {case.closure!r}"
    if (case.stage == Stage.CLOSED) != (case.closed_at is not None):
        yield f"stage {case.stage}, closed at {case.closed_at}"
    current = case.standings.filter(current=True).count()
    if current > 1:
        yield f"{current} current standings"


def _windows(case: Case, runs: list[StageRun], items: list[WorkItem]) -> Iterator[str]:
    """A notice takes objections only while its window is being waited for; a closed case examines none."""
    notices = list(
        case.notices.filter(kind=NoticeKind.PUBLICITY, status__in=LIVE_NOTICE).select_related("deadline")
    )
    windows = [item for item in items if item.duty == "window"]
    if {notice.deadline_id for notice in notices} != {item.deadline_id for item in windows}:
        yield f"{len(notices)} notices take objections, {len(windows)} windows are open"
    handled = {item.objection_id for item in items if item.objection_id is not None}
    examined = set(case.objections.filter(status=ObjectionStatus.OPEN).values_list("pk", flat=True))
    if handled != examined:
        yield f"objections {sorted(examined)} are open, {sorted(handled)} are being handled"
    for notice in notices:
        paused = notice.deadline is not None and notice.deadline.status == DeadlineStatus.PAUSED
        if paused != bool(examined):
            yield f"the window is {'paused' if paused else 'running'} with {len(examined)} open objections"


def _appraisals(case: Case, runs: list[StageRun], items: list[WorkItem]) -> Iterator[str]:
    """An unfinished appraisal has its one live side run, a finished one has none; a closed case has none at all."""
    live = Counter(run.appraisal_id for run in _live(runs, Track.SIDE))
    closed = case.stage == Stage.CLOSED
    open_ones = set(case.appraisals.filter(status__in=UNFINISHED_APPRAISAL).values_list("pk", flat=True))
    if set(live) != open_ones or any(times > 1 for times in live.values()):
        yield f"appraisals {sorted(open_ones)} are open, side runs are live for {dict(live)}"
    asked = case.appraisals.filter(rectifications__status__in=("open", "reported")).count()
    if closed and asked:
        yield f"{asked} rectifications are open, the case is closed"


def _record(case: Case, runs: list[StageRun], items: list[WorkItem]) -> Iterator[str]:
    """The chain verifies, and its last move is where the case is."""
    fault = verify_chain(case.chain)
    if fault is not None:
        yield f"the record is broken at {fault.seq}: {fault.code}"
        return
    entries = [(entry.action, entry.content["data"]) for entry in case.chain.entries.order_by("-seq")]
    start = case.edition.pack.programme.lifecycle.start
    opened: dict[str, Any] = {"to": {"stage": Stage.DECLARE.value, "step": start}}
    last = next((data for _action, data in entries if "to" in data), opened)
    if (last["to"]["stage"], last["to"]["step"]) != (case.stage, case.step):
        yield f"the record leads to {last['to']}, the case is in {case.stage}/{case.step}"
    if last.get("closure", "") != case.closure:
        yield f"the record closes with {last.get('closure')!r}, the case with {case.closure!r}"
    kept = {str(pk) for pk in case.score_sheets.values_list("public_id", flat=True)}
    recorded = {data["sheet"] for action, data in entries if action == "review.submit_score"}
    if kept != recorded:
        yield f"score sheets {sorted(kept ^ recorded)} are kept or recorded, not both"
