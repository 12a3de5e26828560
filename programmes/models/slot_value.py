"""What was decided about a value the policy leaves open."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit import clock


class SlotValue(models.Model):
    """待定值: the decision that fills a slot of the pack for one round. Later decisions supersede, none is erased.

    ``value`` is JSON: numbers as strings, dates ISO, durations as written in packs (``5 working_day``).
    """

    round = models.ForeignKey(
        "programmes.Round", verbose_name=_("批次"), on_delete=models.PROTECT, related_name="slot_values"
    )
    name = models.CharField(_("待定值"), max_length=64)
    value = models.JSONField(_("取值"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("决定人"), on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("决定时间"), default=clock.now)
    reason = models.TextField(_("理由"))
    superseded = models.BooleanField(_("已被取代"), default=False)

    class Meta:
        verbose_name = _("待定值")
        verbose_name_plural = _("待定值")
        ordering = ["name", "-decided_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "name"],
                condition=Q(superseded=False),
                name="slot_value_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.round} · {self.name}"
