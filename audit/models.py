"""The tables of the record. Triggers (audit/triggers.py) keep them append-only."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Chain(models.Model):
    """链: the ordered record of one subject (a case, a round or batch, an authority).

    ``head_seq`` and ``head_hash`` repeat the last entry, so that a removed tail shows. Empty chain: 0 and
    ''.
    """

    kind = models.CharField(_("链类别"), max_length=32)
    key = models.CharField(_("链标识"), max_length=100)
    authority = models.CharField(_("所属机关"), max_length=50)
    head_seq = models.PositiveBigIntegerField(_("链头序号"), default=0)
    head_hash = models.CharField(_("链头哈希"), max_length=64, default="", blank=True)
    created_at = models.DateTimeField(_("开链时间"))

    class Meta:
        verbose_name = _("链")
        verbose_name_plural = _("链")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="audit_chain_kind_key")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """``kind:key``, as it enters every hash of the chain (a kind never contains a colon)."""
        return f"{self.kind}:{self.key}"


class Entry(models.Model):
    """留痕: who did what, when, in which role, on whose behalf, under which clause, with which result.

    ``body`` is the truth (canonical JSON); the columns below it repeat parts of it for browsing and are
    compared with it by the verification. README.md gives the exact preimage of ``hash``.
    """

    chain = models.ForeignKey(
        Chain, on_delete=models.PROTECT, related_name="entries", db_index=False, verbose_name=_("链")
    )
    seq = models.PositiveBigIntegerField(_("序号"))
    at = models.DateTimeField(_("时间"))
    action = models.CharField(_("行为"), max_length=100)
    body = models.TextField(_("正文"))
    prev_hash = models.CharField(_("前序哈希"), max_length=64, blank=True)
    hash = models.CharField(_("哈希"), max_length=64)
    alg = models.CharField(_("哈希算法"), max_length=16, default="sha256")
    actor_id = models.BigIntegerField(_("行为人编号"), null=True, blank=True)
    actor_name = models.CharField(_("行为人"), max_length=150)
    role = models.CharField(_("角色"), max_length=50)
    organisation_name = models.CharField(_("单位"), max_length=200, blank=True)
    subject = models.CharField(_("对象"), max_length=100, blank=True)
    on_behalf_of_id = models.BigIntegerField(_("被代行人编号"), null=True, blank=True)

    class Meta:
        verbose_name = _("留痕")
        verbose_name_plural = _("留痕")
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_entry_chain_seq")]
        indexes = [
            models.Index(fields=["action"], name="audit_entry_action"),
            models.Index(fields=["at"], name="audit_entry_at"),
            models.Index(fields=["actor_id", "at"], name="audit_entry_actor_at"),
            models.Index(fields=["subject"], name="audit_entry_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.chain.label} #{self.seq} {self.action}"

    @property
    def content(self) -> dict[str, Any]:
        """The body, parsed: ``{"actor": {…}, "authority": …, "clause": …, "data": {…}, "subject": …}``."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


class PersonalValue(models.Model):
    """个人信息承诺: a personal value, outside the chain; entries carry only its salted commitment.

    Erasing (《个人信息保护法》第四十七条) empties value *and* salt: with the salt left behind, a telephone or
    identity-card number could be found again by trying them all.
    """

    commitment = models.CharField(_("承诺"), max_length=64, unique=True)
    salt = models.CharField(_("盐值"), max_length=64, blank=True)
    value = models.TextField(_("原值"), null=True, blank=True)  # noqa: DJ001 - NULL means erased, '' is a value
    erased_at = models.DateTimeField(_("删除时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("个人信息承诺")
        verbose_name_plural = _("个人信息承诺")

    def __str__(self) -> str:
        return f"p:sha256:{self.commitment}"


class ReadEntry(models.Model):
    """查阅记录: who saw what. Unchained, so that reading never waits for a chain head; sealed in batches.

    ``sealed_in`` is the number of the seal that covers the row; it is set once and never changed.
    """

    at = models.DateTimeField(_("时间"))
    actor_id = models.BigIntegerField(_("查阅人编号"), null=True, blank=True)
    actor_name = models.CharField(_("查阅人"), max_length=150)
    role = models.CharField(_("角色"), max_length=50)
    organisation_name = models.CharField(_("单位"), max_length=200, blank=True)
    on_behalf_of = models.CharField(_("代为行使"), max_length=150, blank=True)
    kind = models.CharField(_("对象类别"), max_length=32)
    key = models.CharField(_("对象标识"), max_length=100)
    what = models.CharField(_("查阅内容"), max_length=200)
    sealed_in = models.BigIntegerField(_("封存批次"), null=True, blank=True)

    class Meta:
        verbose_name = _("查阅记录")
        verbose_name_plural = _("查阅记录")
        indexes = [
            models.Index(fields=["kind", "key", "at"], name="audit_read_kind_key_at"),
            models.Index(fields=["actor_id", "at"], name="audit_read_actor_at"),
            models.Index(fields=["at"], name="audit_read_at"),
            models.Index(fields=["sealed_in"], name="audit_read_sealed_in"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.kind}:{self.key} {self.what}"
