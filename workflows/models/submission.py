"""提交凭据"""

from __future__ import annotations

from django.db import models

from audit import clock


class Submission(models.Model):
    """提交凭据: an idempotency key and what came of it, so that a double click or a retry happens once."""

    key = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=100)
    at = models.DateTimeField(default=clock.now)
    message = models.CharField(max_length=300, blank=True, default="")

    def __str__(self) -> str:
        return self.key
