from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """Who does what next: the one door, the flows, work items, the dispatcher."""

    name = "workflows"
    verbose_name = "办理流程"
