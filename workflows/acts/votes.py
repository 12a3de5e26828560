"""表决: another round of voting, where the one before has not brought the votes that are needed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.errors import NotAllowed
from workflows.acts.registry import act, pending
from workflows.acts.review import panel_result
from workflows.turn import Turn


@pending("review.call_second_vote")
def vote_is_open(turn: Turn) -> None:
    """Another round only where this one has not brought the votes that are needed."""
    rubric, result = panel_result(turn)
    if result.passed is not False:
        raise NotAllowed("vote_passed", _("本轮表决已达到规定票数，不再进行下一轮表决。"), rubric.clause)


@act("review.call_second_vote")
def call_second_vote(turn: Turn) -> None:
    """The votes of this round stay on the record; the same panel votes again."""
    turn.message = _("本轮表决未达到规定票数，进行下一轮表决。")
