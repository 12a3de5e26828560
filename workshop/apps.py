from django.apps import AppConfig


class WorkshopConfig(AppConfig):
    """The policy administrator's bench: programmes, editions, rounds."""

    name = "workshop"
    verbose_name = "政策工作台"
