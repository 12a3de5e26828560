"""Codes of the room. Codes are stored; labels are only ever shown."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """消息类别: why somebody is told. A person gets at most one message of a kind for an event."""

    TODO = "todo", _("待办")
    DUE_SOON = "due_soon", _("临期提醒")
    OVERDUE = "overdue", _("逾期提醒")
    APPLICANT = "applicant", _("案件进展")
    RECOMMENDER = "recommender", _("推荐情况")
    NOMINATOR = "nominator", _("提名情况")
    OFFICERS = "officers", _("办理情况")
    SUPERVISORS = "supervisors", _("监察提示")
    SUBSCRIBER = "subscriber", _("开放提醒")


class Level(models.TextChoices):
    """轻重: how loudly it is said."""

    INFO = "info", _("知悉")
    TODO = "todo", _("待办")
    WARN = "warn", _("注意")


class Group(models.TextChoices):
    """通知分组: what a person may choose the channels for."""

    TODO = "todo", _("待办事项")
    ALERT = "alert", _("督促提醒")
    PROGRESS = "progress", _("案件进展")
    ROUNDS = "rounds", _("申报开放提醒")


ALWAYS_SHOWN: Final = frozenset({Group.TODO, Group.ALERT})
"""Groups that nobody can switch off inside the system: not to have known of a duty is no excuse."""


class Channel(models.TextChoices):
    """外发渠道"""

    MAIL = "mail", _("电子邮件")


class OutboxStatus(models.TextChoices):
    """外发状态. ``sending``: handed to the mail server, which has not answered yet."""

    QUEUED = "queued", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")
