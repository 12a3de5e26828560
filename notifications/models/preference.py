"""通知偏好"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.enums import Group


class Preference(models.Model):
    """通知偏好: by which channels a person hears of a group of messages. Without a row: by all of them.

    ``in_app`` counts only for groups that may be switched off (:data:`notifications.enums.ALWAYS_SHOWN`).
    """

    user = models.ForeignKey(
        "accounts.User",
        verbose_name=_("用户"),
        on_delete=models.PROTECT,
        related_name="notification_preferences",
    )
    group = models.CharField(_("分组"), max_length=16, choices=Group.choices)
    in_app = models.BooleanField(_("站内消息"), default=True)
    mail = models.BooleanField(_("电子邮件"), default=True)

    class Meta:
        verbose_name = _("通知偏好")
        verbose_name_plural = _("通知偏好")
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.group}"
