"""The second factor of a person who signs: a shared secret and codes for the day the telephone is lost."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.encryption import EncryptedTextField
from accounts.models.permanence import Permanent, PermanentQuerySet
from accounts.models.user import User
from audit import clock


class SecondFactor(Permanent):
    """动态口令: one a person (RFC 6238). ``secret`` counts once ``confirmed_at`` is set; ``candidate`` is one being

    set up. ``last_step`` is the newest time step whose code was used: neither it nor an older one is taken again.
    """

    user = models.OneToOneField(
        User, verbose_name=_("用户"), on_delete=models.PROTECT, related_name="second_factor"
    )
    secret = EncryptedTextField(_("密钥"), blank=True, default="")
    candidate = EncryptedTextField(_("待启用密钥"), blank=True, default="")
    confirmed_at = models.DateTimeField(_("启用时间"), null=True, blank=True)
    last_step = models.BigIntegerField(_("最近使用的时间步"), default=0)
    failures = models.PositiveSmallIntegerField(_("连续错误次数"), default=0)
    locked_until = models.DateTimeField(_("锁定至"), null=True, blank=True)
    created_at = models.DateTimeField(_("建立时间"), default=clock.now, editable=False)

    objects = PermanentQuerySet["SecondFactor"].as_manager()

    class Meta:
        verbose_name = _("动态口令")
        verbose_name_plural = _("动态口令")

    def __str__(self) -> str:
        return str(self.user_id)


class RecoveryCode(Permanent):
    """恢复码: good once, in place of a code of the telephone. Only a hash is kept. ``replaced_at``: newer ones were made."""

    user = models.ForeignKey(
        User, verbose_name=_("用户"), on_delete=models.PROTECT, related_name="recovery_codes"
    )
    digest = models.CharField(_("摘要"), max_length=64)
    made_at = models.DateTimeField(_("生成时间"), default=clock.now, editable=False)
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("更换时间"), null=True, blank=True)

    objects = PermanentQuerySet["RecoveryCode"].as_manager()

    class Meta:
        verbose_name = _("恢复码")
        verbose_name_plural = _("恢复码")
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"{self.user_id}"
