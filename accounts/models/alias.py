"""Other names under which a unit is known."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationAlias(models.Model):
    """单位别名: a former name, or what a policy calls the unit (市大数据局). Unique within one authority."""

    organisation = models.ForeignKey(
        "accounts.Organisation", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="aliases"
    )
    authority = models.ForeignKey(
        "accounts.Organisation", verbose_name=_("主管地区"), on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("别名"), max_length=120)

    class Meta:
        verbose_name = _("单位别名")
        verbose_name_plural = _("单位别名")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "name"],
                name="alias_unique_in_authority",
                violation_error_message=_("该名称已是其他单位的别名。"),
            )
        ]

    def __str__(self) -> str:
        return self.name
