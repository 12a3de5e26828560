"""消息"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit import clock
from cases.ids import new_public_id
from notifications.enums import Kind, Level


class Notification(models.Model):
    """消息: that one person must know of one event. Codes and parameters only; the sentence is made when it is
    read, in the reader's language (:mod:`notifications.sentences`).

    ``data``: ``code`` (an action, or an event's kind), ``items`` for what is to be done, further parameters of the
    sentence. Neither experts nor objectors are ever named in it. Web processes tail this table by id; ``created_at``
    is when the event happened, which may be a while before the row was written.
    """

    public_id = models.UUIDField(_("公开编号"), default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(
        "accounts.User", verbose_name=_("接收人"), on_delete=models.PROTECT, related_name="notifications"
    )
    event = models.ForeignKey(
        "workflows.Event", verbose_name=_("事件"), on_delete=models.PROTECT, related_name="notifications"
    )
    kind = models.CharField(_("类别"), max_length=16, choices=Kind.choices)
    case = models.ForeignKey(
        "cases.Case",
        verbose_name=_("案件"),
        on_delete=models.PROTECT,
        null=True,
        related_name="notifications",
    )
    data = models.JSONField(_("参数"), default=dict)
    level = models.CharField(_("轻重"), max_length=8, choices=Level.choices, default=Level.INFO)
    created_at = models.DateTimeField(_("发生时间"), default=clock.now)
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "read_at", "-id"], name="notification_unread"),
            models.Index(fields=["user", "-created_at", "-id"], name="notification_recent"),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "event", "kind"], name="notification_once")]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.data.get('code', '')}"
