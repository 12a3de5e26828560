"""Runs, their tokens, work items, events and submissions."""

from workflows.models.event import Event
from workflows.models.item import WorkItem
from workflows.models.run import RunTask, StageRun
from workflows.models.submission import Submission

__all__ = ["Event", "RunTask", "StageRun", "Submission", "WorkItem"]
