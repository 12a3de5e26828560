"""决定: what an office decided."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit import clock
from cases.ids import new_public_id


class Decision(models.Model):
    """决定: who, as what, for which unit, when, with which reason and under which clause. Appended, never altered."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="decisions")
    run_no = models.PositiveIntegerField()
    procedure = models.CharField(max_length=16)
    action = models.CharField(max_length=64)
    decided_at = models.DateTimeField(default=clock.now)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=24)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(blank=True, default="")
    clause = models.CharField(max_length=200, blank=True, default="")
    data = models.JSONField(default=dict, blank=True)
    verdicts = models.JSONField(default=list, blank=True)
    """The rules that were not plainly passed at that moment, with their level."""
    letter_code = models.CharField(max_length=64, blank=True, default="")
    letter = models.TextField(blank=True, default="")
    """The letter sent with the decision, as rendered then (HTML)."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "-decided_at"], name="decision_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.action}"
