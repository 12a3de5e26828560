"""时限与停表"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit import clock
from cases.enums import DeadlineStatus
from cases.ids import new_public_id


class Deadline(models.Model):
    """办理时限: the local due date, the half-open instant, and its arithmetic (:class:`programmes.calendar.Term`).

    ``action`` is what the system does when it is due ('' = alert only). The dispatcher fires rows that are RUNNING
    and due.
    """

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="deadlines")
    run_key = models.CharField(max_length=64)
    """Public id of the run it belongs to, or ``rest:<run_no>`` for the calendar of a rest."""
    duty = models.CharField(max_length=64)
    action = models.CharField(max_length=64, blank=True, default="")
    status = models.CharField(max_length=16, choices=DeadlineStatus.choices, default=DeadlineStatus.RUNNING)
    starts_on = models.DateField()
    after_seal = models.BooleanField(default=False)
    """It is reckoned from the unsealing of the declaration (:mod:`cases.sealing`), not from when the item came."""
    due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    warn_before = models.CharField(max_length=32, blank=True, default="")
    """How long before the due date the office is reminded, as a duration ('' = never)."""
    warn_on = models.DateField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    term = models.JSONField(default=dict)
    source = models.CharField(max_length=16, default="proposed")
    clause = models.CharField(max_length=200, blank=True, default="")
    settled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["status", "due_at"], name="deadline_due"),
            models.Index(fields=["status", "warn_on"], name="deadline_warn"),
            models.Index(fields=["case", "run_key"], name="deadline_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.duty} {self.due_on}"


class Pause(models.Model):
    """停表: a stretch in which a time limit does not run, and why."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="pauses")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.since}–{self.until or ''}"
