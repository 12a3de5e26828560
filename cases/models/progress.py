"""建设进展"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit import clock
from cases.ids import new_public_id


class ProgressReport(models.Model):
    """建设进展报告: what was built in a period, as the unit reports it."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="progress_reports")
    run_no = models.PositiveIntegerField()
    period = models.CharField(max_length=64)
    content = models.TextField()
    reported_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "-reported_at"], name="progress_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.period}"
