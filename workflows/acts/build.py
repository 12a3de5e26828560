"""建设: what was built is reported by bringing the declaration up to date. 建设期更新数据

Thresholds are warnings at the declaration and hard at the review, because accreditation follows building: so while it
builds, the unit keeps a draft of its declaration, and asking for review (or changing the plan) sends it as a version.
"""

from __future__ import annotations

from cases import door
from cases.declarations import draft_of, require_unchanged
from workflows.acts.declare import freeze
from workflows.acts.registry import act, pending
from workflows.turn import Turn


@pending("build.request_review", "build.change_plan")
def judge_what_was_built(turn: Turn) -> None:
    """The rules look at the figures that are being sent."""
    turn.draft = draft_of(turn.case, hold=door.is_open(turn.case.pk))
    if turn.draft is not None:
        turn.form_data = turn.draft.data()
        require_unchanged(turn.draft, str(turn.raw.get("draft") or ""))


@act("build.request_review", "build.change_plan")
def report_what_was_built(turn: Turn) -> None:
    """The figures as they are now become the version that offices work on; the account of the work goes on record."""
    if turn.draft is not None:
        freeze(turn, turn.draft)
    if summary := turn.data.get("summary"):
        turn.record["summary"] = summary
