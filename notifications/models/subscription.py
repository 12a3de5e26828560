"""开放提醒"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit import clock


class Subscription(models.Model):
    """开放提醒: that a person wants to be told when a programme takes declarations again. Ended by deleting the row."""

    user = models.ForeignKey(
        "accounts.User", verbose_name=_("用户"), on_delete=models.PROTECT, related_name="subscriptions"
    )
    programme = models.ForeignKey(
        "programmes.Programme", verbose_name=_("事项"), on_delete=models.PROTECT, related_name="subscriptions"
    )
    created_at = models.DateTimeField(_("订阅时间"), default=clock.now)

    class Meta:
        verbose_name = _("开放提醒")
        verbose_name_plural = _("开放提醒")
        constraints = [models.UniqueConstraint(fields=["user", "programme"], name="subscription_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.programme_id}"


class RoundNews(models.Model):
    """批次开放告知: that everybody who had asked for it has been told of a round. Once a round."""

    round = models.OneToOneField(
        "programmes.Round",
        verbose_name=_("批次"),
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="news",
    )
    told_at = models.DateTimeField(_("告知时间"), default=clock.now)

    class Meta:
        verbose_name = _("批次开放告知")
        verbose_name_plural = _("批次开放告知")

    def __str__(self) -> str:
        return str(self.round_id)
