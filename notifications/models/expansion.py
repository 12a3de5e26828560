"""展开记录"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit import clock


class Expansion(models.Model):
    """展开记录: that everybody who must know of an event has been written to. Once an event; what an event of the
    last days lacks, ``manage.py reap`` makes up for.
    """

    event = models.OneToOneField(
        "workflows.Event",
        verbose_name=_("事件"),
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="expansion",
    )
    done_at = models.DateTimeField(_("展开时间"), default=clock.now)

    class Meta:
        verbose_name = _("展开记录")
        verbose_name_plural = _("展开记录")

    def __str__(self) -> str:
        return str(self.event_id)
