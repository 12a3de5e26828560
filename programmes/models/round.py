"""One call for declarations."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from audit import clock
from programmes.enums import RoundStatus


class Round(models.Model):
    """批次: the declarations of one year under one edition. The aggregate for what spans the cases of a call.

    ``closes_on`` is the last day of declaring (inclusive); None leaves the end open. ``version`` is raised by every
    door; ``chain`` is the round's own record.
    """

    public_id = models.UUIDField(_("公开编号"), default=uuid7, unique=True, editable=False)
    programme = models.ForeignKey(
        "programmes.Programme", verbose_name=_("项目类别"), on_delete=models.PROTECT, related_name="rounds"
    )
    edition = models.ForeignKey(
        "programmes.Edition", verbose_name=_("政策版本"), on_delete=models.PROTECT, related_name="rounds"
    )
    authority = models.ForeignKey(
        "accounts.Organisation", verbose_name=_("主管地区"), on_delete=models.PROTECT, related_name="+"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    name = models.CharField(_("批次名称"), max_length=200)
    opens_on = models.DateField(_("开始日期"))
    closes_on = models.DateField(_("截止日期"), null=True, blank=True)
    status = models.CharField(
        _("状态"), max_length=12, choices=RoundStatus.choices, default=RoundStatus.PLANNED
    )
    opened_at = models.DateTimeField(_("启动时间"), null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("启动人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    closed_at = models.DateTimeField(_("截止时间"), null=True, blank=True)
    reason = models.TextField(_("理由"), blank=True, default="")
    version = models.PositiveIntegerField(_("修订次数"), default=1)
    chain = models.ForeignKey(
        "audit.Chain",
        verbose_name=_("留痕链"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(_("建立时间"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("批次")
        verbose_name_plural = _("批次")
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="round_name_unique_in_programme",
                violation_error_message=_("该批次名称已被使用。"),
            ),
            models.CheckConstraint(
                condition=Q(closes_on__isnull=True) | Q(closes_on__gte=F("opens_on")),
                name="round_dates_in_order",
                violation_error_message=_("截止日期不得早于开始日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open_on(self, day: dt.date) -> bool:
        """May declarations be handed in on that day? From ``opens_on`` to ``closes_on``, both included."""
        begun = self.status == RoundStatus.OPEN and self.opens_on <= day
        return begun and (self.closes_on is None or day <= self.closes_on)
