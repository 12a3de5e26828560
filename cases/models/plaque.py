"""标牌"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from cases.ids import new_public_id


class Plaque(models.Model):
    """标牌: issued with an accreditation; withdrawn with its revocation. ``public_id`` is on the certificate's QR code."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="plaques")
    authority = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    tier = models.CharField(max_length=32, blank=True, default="")
    issued_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "number"], name="plaque_number_once"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(withdrawn_on__isnull=True), name="plaque_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return self.number
