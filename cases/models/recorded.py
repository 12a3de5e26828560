"""办理记载: what a policy has recorded with an action, beside what every procedure asks."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from audit import clock


class Recorded(models.Model):
    """办理记载: the values that the edition asks with an action (``Step.asks``), as given then. Appended, never altered.

    A mistake is put right by doing the action again; rules read the newest row (:mod:`cases.facts`).
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="recorded")
    gate = models.CharField(max_length=80)
    """``<procedure>.<action>`` or ``command.<action>``."""
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.ForeignKey("cases.Decision", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "gate"], name="recorded_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.gate}"
