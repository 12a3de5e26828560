"""Codes of the room."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Track(models.TextChoices):
    """办理线: the main line moves the stage; side runs (appraisal) touch it only through their outcome."""

    MAIN = "main", _("主线")
    SIDE = "side", _("并行")


class ItemStatus(models.TextChoices):
    """待办状态"""

    OPEN = "open", _("待办")
    DONE = "done", _("已办")
    CANCELLED = "cancelled", _("已撤销")
