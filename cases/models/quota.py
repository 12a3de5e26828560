"""名额: who has drawn on a quota."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit import clock


class QuotaUse(models.Model):
    """名额使用: one case drawing on a unit's quota of a period, once. Counted under the lock of the quota's counter."""

    key = models.CharField(max_length=64)
    """Programmes with the same key draw on the same quota (``QuotaSpec.key``)."""
    unit = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=64)
    """The year, or ``round:<id>``."""
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="quota_uses")
    used_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "unit", "period", "case"], name="quota_once_a_case")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.unit_id} {self.period}"
