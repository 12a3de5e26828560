from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Who must know: listens to what happened, never commands."""

    name = "notifications"
    verbose_name = "消息"

    def ready(self) -> None:
        """Listen. One receiver, however often the registry is set up."""
        from notifications.receivers import on_happened
        from workflows.events import happened

        happened.connect(on_happened, dispatch_uid="notifications")
