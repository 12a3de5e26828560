"""``manage.py outbox``: send the mail that is due."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from notifications.outbox import retry_failed, send_due


class Command(BaseCommand):
    """The worker sends mail as it comes; this is for a machine without one, and for after a breakdown."""

    help = "Send the mail that is due, once or for ever."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due and end")
        parser.add_argument("--interval", type=float, default=10.0, metavar="SECONDS")
        parser.add_argument(
            "--retry-failed", action="store_true", help="queue the mail that was given up first"
        )

    def handle(self, *, once: bool, interval: float, retry_failed: bool, **options: Any) -> None:
        if retry_failed:
            self.stdout.write(f"重新排队邮件 {_retry()} 封。")
        while True:
            result = send_due()
            if once or result.sent or result.refused or result.failed:
                self.stdout.write(
                    f"已发送 {result.sent} 封，待重试 {result.refused} 封，失败 {result.failed} 封。"
                )
            if once:
                return
            time.sleep(interval)


_retry = retry_failed  # the option of the same name hides it inside handle
