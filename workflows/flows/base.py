"""What the flows share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from viewflow.workflow.base import Flow

from workflows.lock import case_row_lock
from workflows.models import RunTask, StageRun


class CaseFlow(Flow):
    """A procedure of a case."""

    process_class = StageRun
    task_class = RunTask
    lock_impl = case_row_lock

    def begin_run(
        self, activation: Any, prepare: Callable[[StageRun], None] | None = None, **fields: Any
    ) -> StageRun:
        """Fill the new run in (called by viewflow when the start node runs).

        ``prepare`` is called once the run is saved and before its first duty opens.
        """
        run: StageRun = activation.process
        for name, value in fields.items():
            setattr(run, name, value)
        if prepare is not None:
            run.save()
            prepare(run)
        return run
