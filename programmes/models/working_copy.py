"""A policy that is being written: files as text, with everybody who wrote in them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from audit import clock
from programmes.enums import CopyStatus, TrialKind, TrialStatus


class WorkingCopy(models.Model):
    """工作副本: the files of a pack while it is written, kept as they are typed, sound or not.

    ``programme`` is None for a programme that does not exist yet. ``base`` is the edition it was cloned from, ``edition``
    the draft it was last handed in as. ``authors`` are all who changed it (and those they stood in for): none of them
    publishes it. ``version`` is raised by every door.
    """

    public_id = models.UUIDField(_("公开编号"), default=uuid7, unique=True, editable=False)
    authority = models.ForeignKey(
        "accounts.Organisation", verbose_name=_("主管地区"), on_delete=models.PROTECT, related_name="+"
    )
    programme = models.ForeignKey(
        "programmes.Programme",
        verbose_name=_("项目类别"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="working_copies",
    )
    code = models.CharField(_("事项代码"), max_length=64)
    title = models.CharField(_("名称"), max_length=200)
    base = models.ForeignKey(
        "programmes.Edition",
        verbose_name=_("来源版本"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    edition = models.ForeignKey(
        "programmes.Edition",
        verbose_name=_("送审版本"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="working_copies",
    )
    status = models.CharField(
        _("状态"), max_length=12, choices=CopyStatus.choices, default=CopyStatus.EDITING
    )
    version = models.PositiveIntegerField(_("修订次数"), default=1)
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name=_("编写人"), related_name="+")
    created_at = models.DateTimeField(_("建立时间"), default=clock.now, editable=False)
    changed_at = models.DateTimeField(_("修改时间"), default=clock.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("修改人"), on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(_("送审时间"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("送审人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    note = models.TextField(_("退回意见"), blank=True, default="")

    class Meta:
        verbose_name = _("工作副本")
        verbose_name_plural = _("工作副本")
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class WorkingFile(models.Model):
    """文件: one file of a working copy as it stands. ``version`` tells two tabs apart."""

    copy = models.ForeignKey(
        WorkingCopy, verbose_name=_("工作副本"), on_delete=models.CASCADE, related_name="files"
    )
    path = models.CharField(_("文件名"), max_length=120)
    text = models.TextField(_("内容"), blank=True, default="")
    version = models.PositiveIntegerField(_("修订次数"), default=1)
    changed_at = models.DateTimeField(_("修改时间"), default=clock.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("修改人"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("工作副本文件")
        verbose_name_plural = _("工作副本文件")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["copy", "path"], name="working_file_path_unique"),
        ]

    def __str__(self) -> str:
        return self.path


class EarlierText(models.Model):
    """旧稿: what a file said before it was saved over, renamed away, removed or replaced by an upload. Never changed."""

    copy = models.ForeignKey(
        WorkingCopy, verbose_name=_("工作副本"), on_delete=models.CASCADE, related_name="earlier_texts"
    )
    path = models.CharField(_("文件名"), max_length=120)
    text = models.TextField(_("内容"), blank=True, default="")
    version = models.PositiveIntegerField(_("修订次数"))
    written_at = models.DateTimeField(_("写入时间"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("写入人"), on_delete=models.PROTECT, related_name="+"
    )
    replaced_at = models.DateTimeField(_("替换时间"), default=clock.now)

    class Meta:
        verbose_name = _("旧稿")
        verbose_name_plural = _("旧稿")
        ordering = ["-replaced_at", "-pk"]
        indexes = [models.Index(fields=["copy", "path"], name="earlier_text_path")]

    def __str__(self) -> str:
        return f"{self.path} v{self.version}"


class Trial(models.Model):
    """试运行: a working copy tried as it stood (``source``): over existing cases, or by its scenarios.

    ``total`` is 0 until it is known. ``result`` is what came of it, plain JSON; ``error`` why there is none.
    """

    public_id = models.UUIDField(_("公开编号"), default=uuid7, unique=True, editable=False)
    copy = models.ForeignKey(
        WorkingCopy, verbose_name=_("工作副本"), on_delete=models.CASCADE, related_name="trials"
    )
    kind = models.CharField(_("类别"), max_length=12, choices=TrialKind.choices)
    names = models.JSONField(_("脚本"), default=list, blank=True)
    """The scenario files that are played; empty: all."""
    source = models.BinaryField(_("政策包原文"))
    digest = models.CharField(_("摘要值"), max_length=64)
    status = models.CharField(
        _("状态"), max_length=12, choices=TrialStatus.choices, default=TrialStatus.QUEUED
    )
    done = models.PositiveIntegerField(_("已完成"), default=0)
    total = models.PositiveIntegerField(_("总数"), default=0)
    result = models.JSONField(_("结果"), null=True, blank=True)
    error = models.TextField(_("未完成的原因"), blank=True, default="")
    asked_at = models.DateTimeField(_("提出时间"), default=clock.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("提出人"), on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("试运行")
        verbose_name_plural = _("试运行")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.copy} · {self.get_kind_display()}"
