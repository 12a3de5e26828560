"""A kind of matter that somebody may declare for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from audit import clock
from programmes.enums import EditionStatus

if TYPE_CHECKING:
    from programmes.models.edition import Edition


class Programme(models.Model):
    """项目类别: one recognition or support programme of one authority; its policy lives in editions.

    ``code`` is the pack's ``id`` and unique within the authority; role assignments name it.
    """

    public_id = models.UUIDField(_("公开编号"), default=uuid7, unique=True, editable=False)
    authority = models.ForeignKey(
        "accounts.Organisation", verbose_name=_("主管地区"), on_delete=models.PROTECT, related_name="+"
    )
    code = models.CharField(_("事项代码"), max_length=64)
    title_zh = models.CharField(_("事项名称"), max_length=200)
    title_en = models.CharField(_("英文名称"), max_length=300, blank=True, default="")
    created_at = models.DateTimeField(_("建立时间"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("项目类别")
        verbose_name_plural = _("项目类别")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "code"],
                name="programme_code_unique_in_authority",
                violation_error_message=_("该事项代码已被使用。"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the language of the reader; Chinese where there is no English."""
        english = (get_language() or "").startswith("en")
        return self.title_en if english and self.title_en else self.title_zh

    def current_edition(self, on: dt.date | None = None) -> Edition | None:
        """The edition that a round opens under on that day (today): of those published and in effect by then, the last
        published. None when nothing is in force."""
        day = on or clock.today()
        in_effect = Q(effective_from__isnull=True) | Q(effective_from__lte=day)
        published = self.editions.filter(in_effect, status=EditionStatus.PUBLISHED).defer("source")
        return published.order_by("-published_at", "-pk").first()
