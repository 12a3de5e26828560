from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """Who does what next: the one door, the flows, work items, the dispatcher."""

    name = "workflows"
    verbose_name = "办理流程"

    def ready(self) -> None:
        """Tell the room of accounts what is still open with a person or a unit."""
        from accounts.neighbours import KNOWN
        from workflows.holdings import person_holds, unit_holds

        KNOWN.person_holds[self.name] = person_holds
        KNOWN.unit_holds[self.name] = unit_holds
