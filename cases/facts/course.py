"""Facts of the case's own way: its steps, what was made public, opinions, time limits. 办理过程"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Max, QuerySet

from audit import clock
from cases.enums import DeadlineStatus, NoticeKind
from cases.facts.base import CaseReading
from cases.models import Deadline


class CourseFacts(CaseReading):
    """办理过程: where the case has been, and what it waits for."""

    def _steps(self) -> list[str]:
        start = self.case.edition.pack.programme.lifecycle.start
        return list(dict.fromkeys([start, *(step for _run, step in self._moves_on_record()), self.case.step]))

    def _record_moves(self) -> int:
        """How many of the case's moves the chained record tells of (the first step is entered by opening the case)."""
        return len({1, *(run for run, _step in self._moves_on_record())})

    def _published(self, *kinds: NoticeKind) -> bool:
        return self.case.notices.filter(kind__in=kinds).exists()

    def _opinions(self, *, given: bool) -> list[str]:
        rows = self.case.opinions.filter(batch=self._last_question())
        rows = rows.filter(given_at__isnull=False) if given else rows
        return list(rows.order_by("pk").values_list("unit__name", flat=True))

    def _last_question(self) -> int:
        return self.case.opinions.aggregate(last=Max("batch"))["last"] or 0

    def _live_limits(self) -> QuerySet[Deadline]:
        return self.case.deadlines.filter(
            status__in=(DeadlineStatus.RUNNING, DeadlineStatus.PAUSED), due_on__isnull=False
        )

    def _due_on(self) -> dt.date | None:
        return self._live_limits().order_by("due_on").values_list("due_on", flat=True).first()

    def _overdue(self) -> QuerySet[Deadline]:
        return self._live_limits().filter(due_at__lte=clock.now())


PROVIDERS: dict[str, Callable[[CourseFacts], Any]] = {
    "case.steps": CourseFacts._steps,
    "case.moves": lambda f: f.case.run_no,
    "record.moves": CourseFacts._record_moves,
    "decision.published": lambda f: f.case.notices.exists(),
    "announcement.published": lambda f: f._published(NoticeKind.ANNOUNCEMENT),
    "progress.reports": lambda f: f.case.progress_reports.count(),
    "progress.published": lambda f: f._published(NoticeKind.ANNOUNCEMENT, NoticeKind.CASE_STUDY),
    "opinions.asked": lambda f: f._opinions(given=False),
    "opinions.given": lambda f: f._opinions(given=True),
    "deadline.due_on": CourseFacts._due_on,
    "deadline.overdue": lambda f: f._overdue().exists(),
    "deadline.alerted": lambda f: f._overdue().exists() and not f._overdue().filter(attempts=0).exists(),
}
