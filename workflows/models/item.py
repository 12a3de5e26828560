"""待办"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit import clock
from cases.ids import new_public_id
from workflows.enums import ItemStatus


class WorkItem(models.Model):
    """待办: who must act, with what, by when. The truth; the viewflow task only carries the token.

    For a unit (``role`` + ``organisation``), a person (``assignee``: an expert), or the system (``role`` = system:
    what the case waits for). ``version`` is raised when the item changes hands or its limit moves.
    """

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="items")
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey("workflows.StageRun", on_delete=models.PROTECT, null=True, related_name="items")
    task = models.ForeignKey("workflows.RunTask", on_delete=models.PROTECT, null=True, related_name="items")
    procedure = models.CharField(max_length=16)
    duty = models.CharField(max_length=64)
    role = models.CharField(max_length=24)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    assignee = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="work_items"
    )
    objection = models.ForeignKey(
        "cases.Objection", on_delete=models.PROTECT, null=True, related_name="items"
    )
    deadline = models.ForeignKey("cases.Deadline", on_delete=models.PROTECT, null=True, related_name="items")
    due_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=ItemStatus.choices, default=ItemStatus.OPEN)
    created_at = models.DateTimeField(default=clock.now)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=64, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "role", "status", "due_on", "id"], name="item_unit"),
            models.Index(fields=["assignee", "status", "due_on", "id"], name="item_person"),
            models.Index(fields=["case", "status"], name="item_case"),
            models.Index(fields=["status", "due_on"], name="item_due"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure}.{self.duty} {self.status}"
