"""评审违纪线索"""

from __future__ import annotations

from django.db import models

from audit import clock
from cases.enums import MisconductStatus
from cases.ids import new_public_id


class Misconduct(models.Model):
    """评审违纪: a report about an expert; confirmed, it voids the expert's sheets and opens a liability inquiry."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="misconducts")
    expert = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=16, choices=MisconductStatus.choices, default=MisconductStatus.REPORTED
    )
    report = models.TextField()
    reported_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(default=clock.now)
    finding = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    liability_opened_at = models.DateTimeField(null=True, blank=True)
    liability_reference = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.case_id} {self.status}"
