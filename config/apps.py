"""The room ``config``: what a deployment must have chosen is checked here."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """设置与总入口."""

    name = "config"

    def ready(self) -> None:
        """Register the checks of ``check --deploy``."""
        from config import checks  # noqa: F401
