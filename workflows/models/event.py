"""事件"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit import clock


class Event(models.Model):
    """事件: that something happened, as codes and parameters, written in the transaction of the change.

    Web processes tail this table by id; a push is a hint, the row is the truth.
    """

    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=64)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="events")
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "-id"], name="event_case")]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"
