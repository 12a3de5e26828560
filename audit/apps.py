"""The room of the record. 留痕"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Installs the triggers after every migration (SQLite loses them whenever a table is rebuilt)."""

    name = "audit"
    verbose_name = _("留痕")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(install_triggers, sender=self, dispatch_uid="audit.install_triggers")


def install_triggers(*, using: str, **_kwargs: Any) -> None:
    """Receiver of ``post_migrate``: put the triggers on whatever tables of this room exist by now."""
    from audit import triggers

    triggers.install(connections[using])
