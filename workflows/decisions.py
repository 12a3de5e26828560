"""The decision that an action is kept as. 决定"""

from __future__ import annotations

from cases.models import Decision
from workflows import gates
from workflows.turn import Turn


def decide(turn: Turn) -> Decision:
    """Write the decision of this turn: who, as what, for which unit, when, why, on which clause. One INSERT."""
    actor = turn.actor
    return Decision.objects.create(
        case=turn.case,
        run_no=turn.case.run_no,
        procedure=turn.procedure,
        action=turn.action.code,
        decided_at=turn.now,
        user=actor.user,
        role=actor.role.value if actor.role else "system",
        organisation=actor.organisation,
        reason=turn.data.get("reason") or turn.data.get("opinion") or "",
        clause=turn.clause,
        verdicts=gates.stored(turn.verdicts),
    )
