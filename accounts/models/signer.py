"""Who may sign electronically for a unit."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from accounts.models.organisation import Organisation
from accounts.models.permanence import Permanent, PermanentQuerySet
from accounts.models.user import User


class SignerQuerySet(PermanentQuerySet["SignerRegistration"]):
    """Registrations by day."""

    def valid_on(self, day: dt.date) -> SignerQuerySet:
        """Not voided, begun, and not past their last day."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day), voided_at__isnull=True, valid_from__lte=day
        )


class SignerRegistration(Permanent):
    """签章人登记: the unit has named this person to sign for it electronically, from/until (last day inclusive).

    Personal: a substitute does not sign under it. It gives no right to see or do anything else.
    """

    public_id = models.UUIDField(_("公开编号"), default=uuid7, unique=True, editable=False)
    user = models.ForeignKey(
        User, verbose_name=_("签章人"), on_delete=models.PROTECT, related_name="signer_registrations"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="signers"
    )
    authority = models.ForeignKey(
        Organisation, verbose_name=_("主管地区"), on_delete=models.PROTECT, related_name="+"
    )
    valid_from = models.DateField(_("起始日期"))
    valid_until = models.DateField(_("截止日期"), null=True, blank=True)
    reason = models.CharField(_("登记依据"), max_length=300)
    registered_by = models.ForeignKey(
        User, verbose_name=_("登记人"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    void_reason = models.CharField(_("终止（作废）事由"), max_length=300, blank=True, default="")

    objects = SignerQuerySet.as_manager()

    class Meta:
        verbose_name = _("签章人登记")
        verbose_name_plural = _("签章人登记")
        ordering = ["valid_from", "pk"]
        indexes = [models.Index(fields=["organisation", "valid_from"], name="signer_organisation")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="signer_dates_in_order",
                violation_error_message=_("截止日期不得早于起始日期。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation.label}"
