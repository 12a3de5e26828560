from django.apps import AppConfig


class CasesConfig(AppConfig):
    """What did happen: cases and everything that belongs to one."""

    name = "cases"
    verbose_name = "案件"
