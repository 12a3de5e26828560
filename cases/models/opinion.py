"""征求意见"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit import clock
from cases.ids import new_public_id


class Opinion(models.Model):
    """意见: what one unit was asked, and what it answered. ``batch`` numbers the questions of a case."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="opinions")
    batch = models.PositiveIntegerField()
    unit = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    question = models.TextField()
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    opinion = models.TextField(blank=True, default="")
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "batch", "unit"], name="opinion_once_a_unit")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.batch} {self.unit_id}"
