"""Who stands in while somebody is away."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from accounts.models.permanence import Permanent, PermanentQuerySet
from accounts.models.user import User


def substitution_valid_on(day: dt.date, relation: str = "") -> Q:
    """Not voided, begun, and not past its last day; ``relation`` ("substitutions__") leads to the substitution."""
    return Q(
        **{
            f"{relation}voided_at__isnull": True,
            f"{relation}valid_from__lte": day,
            f"{relation}valid_until__gte": day,
        }
    )


class SubstitutionQuerySet(PermanentQuerySet["Substitution"]):
    """Substitutions by day."""

    def valid_on(self, day: dt.date) -> SubstitutionQuerySet:
        """Not voided, begun, and not past their last day."""
        return self.filter(substitution_valid_on(day))


class Substitution(Permanent):
    """代办授权: while the holder of an assignment is away, another person acts under it, on the holder's
    behalf.

    Always with a last day (inclusive). The record names both persons; the substitute inherits the limits of
    both.
    """

    public_id = models.UUIDField(_("公开编号"), default=uuid7, unique=True, editable=False)
    assignment = models.ForeignKey(
        "accounts.RoleAssignment",
        verbose_name=_("任职授权"),
        on_delete=models.PROTECT,
        related_name="substitutions",
    )
    substitute = models.ForeignKey(
        User, verbose_name=_("代办人"), on_delete=models.PROTECT, related_name="substitutions"
    )
    valid_from = models.DateField(_("起始日期"))
    valid_until = models.DateField(_("截止日期"))
    reason = models.CharField(_("事由"), max_length=300)
    appointed_by = models.ForeignKey(
        User, verbose_name=_("授权人"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    void_reason = models.CharField(_("终止（作废）事由"), max_length=300, blank=True, default="")

    objects = SubstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("代办授权")
        verbose_name_plural = _("代办授权")
        ordering = ["valid_from", "pk"]
        indexes = [models.Index(fields=["substitute", "valid_from"], name="substitution_substitute")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")),
                name="substitution_dates_in_order",
                violation_error_message=_("截止日期不得早于起始日期。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.substitute} ← {self.assignment}"
