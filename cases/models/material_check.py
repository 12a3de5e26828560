"""材料核对: what the officer found, item by item."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit import clock
from cases.enums import MaterialVerdict


class MaterialCheck(models.Model):
    """材料核对: the verdict on one item of one version that was sent. Working notes: what the applicant is told is the

    decision to return the case, which is composed from them.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="material_checks")
    declaration = models.ForeignKey("cases.Declaration", on_delete=models.PROTECT, related_name="checks")
    item = models.CharField(max_length=64)
    verdict = models.CharField(max_length=16, choices=MaterialVerdict.choices)
    remark = models.CharField(max_length=500, blank=True, default="")
    checked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["declaration", "item"], name="material_check_once")
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id} {self.item} {self.verdict}"
