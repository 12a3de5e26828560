"""``manage.py reap``: queue again what a dead worker left behind, tell what was forgotten."""

from __future__ import annotations

import datetime as dt
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from notifications.expansion import expand_forgotten
from notifications.outbox import is_anything_due
from notifications.reaping import STALE, reap
from notifications.subscriptions import tell_of_rounds
from notifications.tasks import send_outbox


class Command(BaseCommand):
    """Tells of rounds that have opened as well. For a timer every few minutes, or ``--every`` as a service of its own."""

    help = "Queue tasks of dead workers again, expand events whose task was lost, tell of rounds that opened."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than",
            type=float,
            default=STALE.total_seconds() / 60,
            metavar="MINUTES",
            help="how long a task may run before its worker is taken for dead (default: 30)",
        )
        parser.add_argument("--every", type=float, metavar="SECONDS", help="go on for ever, at this interval")

    def handle(self, *, older_than: float, every: float | None, **options: Any) -> None:
        while True:
            self._once(dt.timedelta(minutes=older_than))
            if not every:
                return
            time.sleep(every)

    def _once(self, older_than: dt.timedelta) -> None:
        tasks, events, told = reap(older_than), expand_forgotten(), tell_of_rounds()
        if is_anything_due():
            send_outbox.enqueue()
        if tasks or events:
            self.stdout.write(f"重新排队任务 {tasks} 项，补发事件消息 {events} 件。")
        if told:
            self.stdout.write(f"批次开放提醒 {told} 人。")
