from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Watching: who is late, who did what, who saw what."""

    name = "supervision"
    verbose_name = "监察"
