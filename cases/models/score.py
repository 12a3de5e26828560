"""评分表: one expert's sheet."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit import clock
from cases.ids import new_public_id


class ScoreSheet(models.Model):
    """评分: points by indicator and the answers to the rubric's questions. Voided sheets stay, and do not count."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="score_sheets")
    run_no = models.PositiveIntegerField()
    expert = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    appraisal = models.ForeignKey(
        "cases.Appraisal", on_delete=models.PROTECT, null=True, blank=True, related_name="site_sheets"
    )
    """The appraisal whose site it scores; none for a sheet of the review."""
    points = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    total = models.DecimalField(max_digits=9, decimal_places=3)
    comment = models.TextField(blank=True, default="")
    submitted_at = models.DateTimeField(default=clock.now)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "run_no", "expert"],
                condition=models.Q(voided_at__isnull=True, appraisal__isnull=True),
                name="one_sheet_an_expert",
            ),
            models.UniqueConstraint(
                fields=["appraisal", "expert"],
                condition=models.Q(voided_at__isnull=True),
                name="one_site_sheet_an_expert",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.expert_id} {self.total}"
