"""计数器"""

from __future__ import annotations

from django.db import models


class Counter(models.Model):
    """计数器: numbers given one after another (case numbers, plaques, receipts) and quotas, counted under lock."""

    key = models.CharField(max_length=200, unique=True)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
