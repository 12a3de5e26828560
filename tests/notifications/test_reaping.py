"""Tasks of dead workers run again, once; those that kill their worker do not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.functions import Now
from django_tasks_db.models import DBTaskResult

from notifications import reaping
from notifications.models import Expansion, Notification
from notifications.reaping import MOST_STARTS, reap, reap_worker
from notifications.tasks import expand_event
from tests.factories.cases import World
from tests.notifications.conftest import TO_THE_END, Work

HOUR = dt.timedelta(hours=1)


def running(
    *, minutes: float = 60, worker_ids: tuple[str, ...] = ("w1",), status: str = "RUNNING"
) -> DBTaskResult:
    """A task that a worker has begun, so many minutes ago by the database's clock."""
    row = DBTaskResult.objects.get(pk=expand_event.enqueue(1).id)
    DBTaskResult.objects.filter(pk=row.pk).update(
        status=status, started_at=Now() - dt.timedelta(minutes=minutes), worker_ids=list(worker_ids)
    )
    row.refresh_from_db()
    return row


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "limit", "again"), [(31, 30, True), (29, 30, False), (1, 0, True), (90, 120, False)]
)
def test_what_runs_too_long_is_queued_again(minutes: float, limit: float, again: bool) -> None:
    row = running(minutes=minutes)
    assert reap(dt.timedelta(minutes=limit)) == int(again)
    row.refresh_from_db()
    assert row.status == ("READY" if again else "RUNNING")
    assert (row.started_at is None) is again


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["READY", "SUCCESSFUL", "FAILED"])
def test_what_does_not_run_is_left_alone(status: str) -> None:
    row = running(status=status)
    assert reap(dt.timedelta(0)) == 0
    row.refresh_from_db()
    assert row.status == status


@pytest.mark.django_db
def test_a_worker_that_starts_again_takes_up_its_own() -> None:
    mine, others, formerly_mine = (
        running(minutes=0, worker_ids=("w1",)),
        running(minutes=0, worker_ids=("w2",)),
        running(minutes=0, worker_ids=("w1", "w2")),
    )
    assert reap_worker("w1") == 1
    for row, status in ((mine, "READY"), (others, "RUNNING"), (formerly_mine, "RUNNING")):
        row.refresh_from_db()
        assert row.status == status


@pytest.mark.django_db
def test_a_task_that_keeps_killing_its_worker_is_given_up() -> None:
    row = running(worker_ids=tuple(f"w{number}" for number in range(MOST_STARTS)))
    assert reap(HOUR / 2) == 0
    row.refresh_from_db()
    assert row.status == "FAILED"
    assert "WorkerDied" in row.exception_class_path


@pytest.mark.django_db
def test_a_task_begun_anew_meanwhile_is_left_alone() -> None:
    """Somebody else reaped it and a worker began it, between our look and our UPDATE."""
    row = running()
    DBTaskResult.objects.filter(pk=row.pk).update(started_at=Now())
    assert reaping._queue_again([row]) == 0
    row.refresh_from_db()
    assert row.status == "RUNNING"


@pytest.mark.django_db
def test_a_rehearsals_clock_does_not_make_tasks_stale(frozen_clock: Any) -> None:
    running(minutes=1)
    frozen_clock("2099-01-01 09:00")
    assert reap() == 0


def test_a_task_cut_short_is_done_once_later(world: World, work: Work) -> None:
    world.submitted()
    row = DBTaskResult.objects.get(queue_name="default")
    row.claim("w1")  # and the worker is gone
    work()
    assert not Expansion.objects.exists()
    assert reap_worker("w1") == 1
    work()
    work()
    assert Expansion.objects.count() == 1
    told = Notification.objects.values_list("user_id", "event_id", "kind")
    assert len(told) == len(set(told))
    row.refresh_from_db()
    assert (row.status, len(row.worker_ids)) == ("SUCCESSFUL", 2)


@pytest.mark.django_db
def test_the_worker_command_reaps_under_its_name_before_it_works(world: World, work: Work) -> None:
    world.submitted()
    told = DBTaskResult.objects.get(queue_name="default")
    told.claim("night-shift")
    for worker, status in (("day-shift", "RUNNING"), ("night-shift", "SUCCESSFUL")):
        call_command("worker", *TO_THE_END, worker_id=worker, verbosity=0)
        told.refresh_from_db()
        assert told.status == status


@pytest.mark.django_db
def test_the_reap_command(capsys: Any) -> None:
    running(minutes=31)
    running(minutes=29)
    call_command("reap")
    assert "重新排队任务 1 项" in capsys.readouterr().out
    call_command("reap", older_than=20)
    assert "重新排队任务 1 项" in capsys.readouterr().out
