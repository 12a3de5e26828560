"""The fixed vocabularies of the room. Codes are stored; labels are only ever shown."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EditionStatus(models.TextChoices):
    """版本状态."""

    DRAFT = "draft", _("草案")
    PUBLISHED = "published", _("已发布")
    RETIRED = "retired", _("已停用")


class RoundStatus(models.TextChoices):
    """批次状态."""

    PLANNED = "planned", _("未启动")
    OPEN = "open", _("申报中")
    CLOSED = "closed", _("已截止")


class CopyStatus(models.TextChoices):
    """工作副本状态."""

    EDITING = "editing", _("编写中")
    SUBMITTED = "submitted", _("待审核发布")
    PUBLISHED = "published", _("已发布")
    DISCARDED = "discarded", _("已作废")


class TrialKind(models.TextChoices):
    """试运行类别."""

    WHAT_IF = "what_if", _("影响推演")
    SCENARIOS = "scenarios", _("脚本演练")


class TrialStatus(models.TextChoices):
    """试运行状态."""

    QUEUED = "queued", _("等待运行")
    RUNNING = "running", _("运行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未能完成")
