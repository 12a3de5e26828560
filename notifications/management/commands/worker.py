"""``manage.py worker``: the task worker, which first takes up what its dead predecessor left."""

from __future__ import annotations

from typing import Any

from django_tasks_db.management.commands import db_worker

from notifications.reaping import reap_worker


class Command(db_worker.Command):
    """``db_worker`` under a name that it keeps when it is started again: ``--worker-id`` must be this process's own."""

    help = "Run the task worker; with --worker-id, first queue again what the last worker of that name left behind."

    def handle(self, *, worker_id: str, **options: Any) -> None:
        reap_worker(worker_id)
        super().handle(worker_id=worker_id, **options)
