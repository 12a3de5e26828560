"""补助与奖励: what was granted to whom, who bears it, and what was paid."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from audit import clock
from cases.enums import AwardStatus
from cases.ids import new_public_id


class Award(models.Model):
    """补助（奖励）: one entry in a beneficiary's ledger (统一社会信用代码 × authority × ledger).

    ``computed`` is what the formula gives, ``granted`` what was decided within the caps; ``shares`` maps payers' codes to
    amounts that add up to it. All in 万元, to the yuan.
    """

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="awards")
    run_no = models.PositiveIntegerField()
    authority = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    ledger = models.CharField(max_length=64)
    beneficiary = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="awards_received"
    )
    uscc = models.CharField(max_length=18)
    """统一社会信用代码 of the beneficiary when it was granted."""
    item = models.CharField(max_length=200)
    stage = models.CharField(max_length=64, blank=True, default="")
    """Which part of a staged award ('' = it is not staged)."""
    year = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=AwardStatus.choices, default=AwardStatus.GRANTED)
    computed = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    granted = models.DecimalField(max_digits=18, decimal_places=4)
    shares: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    basis: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list, blank=True)
    """How the sum came about: formula and caps with their values and clauses."""
    granted_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)
    voucher = models.CharField(max_length=64, blank=True, default="")
    decision = models.ForeignKey("cases.Decision", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["uscc", "authority", "ledger"], name="award_ledger"),
            models.Index(fields=["case"], name="award_case"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(granted__gte=0), name="award_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.uscc} {self.ledger} {self.granted}"
