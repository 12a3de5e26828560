"""在册: the legal result."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from cases.enums import StandingStatus
from cases.ids import new_public_id


class Standing(models.Model):
    """在册状态: what a case legally is, from when, by which decision and clause.

    Rows are history: a new result ends the current one. Register, certificate, rules and counters read this, never
    ``Case.stage``.
    """

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="standings")
    authority = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=24, choices=StandingStatus.choices)
    holder = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="standings")
    number = models.CharField(max_length=64, blank=True, default="")
    tier = models.CharField(max_length=32, blank=True, default="")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    decision = models.ForeignKey("cases.Decision", on_delete=models.PROTECT, related_name="standings")
    clause = models.CharField(max_length=200, blank=True, default="")
    current = models.BooleanField(default=True)
    in_register = models.BooleanField(default=False)
    """Of a filing: whether its edition puts filings on the public register (``filing_register: public``)."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(current=True), name="standing_one_current"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["programme", "status", "current", "-since"], name="standing_register")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.status}"
