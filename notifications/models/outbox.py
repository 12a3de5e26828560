"""外发"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit import clock
from notifications.enums import Channel, OutboxStatus


class Outbox(models.Model):
    """外发: one letter that leaves the system, in its final wording and language.

    ``key`` (channel, event, person) makes queuing idempotent. A row is claimed (``sending``) before the mail server
    is spoken to, and a claim that was never settled is not tried again: a letter may be lost with the machine, it is
    never sent twice. The message inside the system stays the truth.
    """

    key = models.CharField(_("唯一标识"), max_length=80, unique=True)
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel.choices, default=Channel.MAIL)
    to = models.EmailField(_("收件地址"), max_length=254)
    subject = models.CharField(_("主题"), max_length=200)
    body = models.TextField(_("正文"))
    event = models.ForeignKey(
        "workflows.Event", verbose_name=_("事件"), on_delete=models.PROTECT, related_name="letters"
    )
    status = models.CharField(
        _("状态"), max_length=8, choices=OutboxStatus.choices, default=OutboxStatus.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_attempt_at = models.DateTimeField(_("下次尝试时间"), default=clock.now)
    last_error = models.CharField(_("最近错误"), max_length=300, blank=True, default="")
    created_at = models.DateTimeField(_("产生时间"), default=clock.now)
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("外发")
        verbose_name_plural = _("外发")
        ordering = ["id"]
        indexes = [models.Index(fields=["status", "next_attempt_at"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.key} {self.status}"
