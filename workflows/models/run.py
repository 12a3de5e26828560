"""办理过程: one execution of a procedure."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from viewflow.workflow.models import AbstractProcess, AbstractTask

from cases.ids import new_public_id
from workflows.enums import Track


class StageRun(AbstractProcess):
    """办理过程: one execution of a procedure for a case (a viewflow process).

    ``params`` is the step's parameters as they were at the start. On the main track the case's ``run_no`` names the
    live run; any other is stale.
    """

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="runs")
    run_no = models.PositiveIntegerField()
    procedure = models.CharField(max_length=16)
    step = models.CharField(max_length=64)
    """Step of the lifecycle, or the side procedure's name."""
    track = models.CharField(max_length=8, choices=Track.choices, default=Track.MAIN)
    params = models.JSONField(default=dict, blank=True)
    entry = models.CharField(max_length=64, blank=True, default="")
    """The duty at which the run begins ('' = its first)."""
    outcome = models.CharField(max_length=64, blank=True, default="")
    appraisal = models.ForeignKey(
        "cases.Appraisal", on_delete=models.PROTECT, null=True, blank=True, related_name="runs"
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "-id"], name="run_case")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "run_no"], condition=models.Q(track="main"), name="run_no_once"
            )
        ]


class RunTask(AbstractTask):
    """令牌: where a run stands (a viewflow task). Who must act is in :class:`WorkItem`; ``owner`` is never used."""

    process = models.ForeignKey(StageRun, on_delete=models.PROTECT, related_name="task_set")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["process", "finished"], name="task_live")]
