"""What viewflow does by itself for one completed task: its own flow, models, view wrapper and lock.

No policy, no rules, no record, no work items, no time limits: the yardstick for what the door adds.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

from django.apps import AppConfig, apps
from django.http import HttpResponse
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.flow.utils import wrap_task_view, wrap_view
from viewflow.workflow.models import Process, Task

from accounts.models import User

if "bench" not in apps.app_configs:  # a flow must belong to an app
    config = AppConfig("tests.bench", sys.modules["tests.bench"])
    config.label, config.apps, config.models = "bench", apps, {}
    apps.app_configs["bench"] = config


def fill_in(request: Any, **kwargs: Any) -> HttpResponse:
    """What ``UpdateProcessView.form_valid`` does, without the form and the page."""
    request.activation.process.save()
    request.activation.execute()
    return HttpResponse()


class StockFlow(flow.Flow):  # type: ignore[misc]
    """Four human tasks in a row, as many as the moves that are measured."""

    process_class = Process
    task_class = Task
    lock_impl = lock.select_for_update_lock

    start = flow.StartHandle(this.begin).Next(this.first)
    first = flow.View(fill_in).Assign(this.owner).Next(this.second)
    second = flow.View(fill_in).Assign(this.owner).Next(this.third)
    third = flow.View(fill_in).Assign(this.owner).Next(this.fourth)
    fourth = flow.View(fill_in).Assign(this.owner).Next(this.end)
    end = flow.End()

    def begin(self, activation: Any, owner: User) -> Process:
        process: Process = activation.process
        process.data = {"owner": owner.pk}
        return process

    def owner(self, activation: Any) -> User:
        return User.objects.get(pk=activation.process.data["owner"])


class PoolFlow(flow.Flow):  # type: ignore[misc]
    """The same for tasks that wait for a unit, not for a person: as most of ours do. They are claimed, then completed."""

    process_class = Process
    task_class = Task
    lock_impl = lock.select_for_update_lock

    start = flow.StartHandle(this.begin).Next(this.first)
    first = flow.View(fill_in).Next(this.second)
    second = flow.View(fill_in).Next(this.third)
    third = flow.View(fill_in).Next(this.fourth)
    fourth = flow.View(fill_in).Next(this.end)
    end = flow.End()

    def begin(self, activation: Any, owner: User) -> Process:
        process: Process = activation.process
        return process


def claim(request: Any, **kwargs: Any) -> HttpResponse:
    """What ``AssignTaskView`` does."""
    request.activation.assign(request.user)
    return HttpResponse()


NODES = ("first", "second", "third", "fourth")
VIEWS = {
    flow: {name: wrap_view(flow.instance.node(name), fill_in) for name in NODES}
    for flow in (StockFlow, PoolFlow)
}
CLAIMS = {name: wrap_task_view(PoolFlow.instance.node(name), claim) for name in NODES}


def start(owner: User, kind: type[flow.Flow] = StockFlow) -> int:
    """The key of a process that waits at its first task."""
    process: Process = kind.start.run(owner=owner)
    return int(process.pk)


def waiting(process_id: int) -> int:
    """The key of the task that the process waits for."""
    pk: int = Task.objects.values_list("pk", flat=True).get(process_id=process_id, finished__isnull=True)
    return pk


def complete(process_id: int, task_id: int, node: str, user: User) -> None:
    """``user`` completes the task that is theirs: the request as viewflow's own view takes it."""
    VIEWS[StockFlow][node](_post(user), process_pk=process_id, task_pk=task_id)


def claim_and_complete(process_id: int, task_id: int, node: str, user: User) -> None:
    """``user`` takes the task out of the pool and completes it: two requests, as viewflow has it."""
    CLAIMS[node](_post(user), process_pk=process_id, task_pk=task_id)
    VIEWS[PoolFlow][node](_post(user), process_pk=process_id, task_pk=task_id)


def _post(user: User) -> Any:
    return SimpleNamespace(method="POST", user=user)
