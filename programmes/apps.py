"""The room of policies. 项目与政策"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    """项目与政策: what the policy says, as data. Installs the triggers that keep published editions frozen."""

    name = "programmes"
    verbose_name = _("项目与政策")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Triggers after every migration (SQLite loses them whenever a table is rebuilt); the programmes for accounts."""
        post_migrate.connect(install_triggers, sender=self, dispatch_uid="programmes.install_triggers")
        from accounts.neighbours import KNOWN
        from programmes.offers import programme_choices

        KNOWN.programmes = programme_choices


def install_triggers(*, using: str, **_kwargs: Any) -> None:
    """Receiver of ``post_migrate``: put the triggers on, once the table is there."""
    from programmes import triggers

    triggers.install(connections[using])
