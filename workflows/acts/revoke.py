"""取消授牌: only with the consent of the approving body."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit import clock
from cases.enums import AppraisalStatus
from cases.models import Plaque
from programmes.calendar import StartRule, WorkCalendar, compute
from workflows import items, limits
from workflows.acts.appraise import open_rectification
from workflows.acts.registry import act, pending
from workflows.models import WorkItem
from workflows.turn import Turn


@act("command.propose_revocation")
def propose_revocation(turn: Turn) -> None:
    """The proposal changes nothing in law; it answers the work item that asked for it."""
    items.cancel_items(WorkItem.objects.filter(case=turn.case, duty="propose_revocation"))
    turn.message = _("已提请取消授牌，待审批机关审定。")


@pending("revoke.agree_revocation")
def consent_given(turn: Turn) -> None:
    """The rules see the consent that is being given."""
    turn.pending |= {"revocation.consent": "agreed"}


@act("revoke.agree_revocation")
def agree_revocation(turn: Turn) -> None:
    """The plaque is withdrawn with the decision, on its day."""
    Plaque.objects.filter(case=turn.case, withdrawn_on__isnull=True).update(withdrawn_on=clock.today())
    turn.record |= {"withdrawn_on": clock.today()}
    turn.message = _("已同意取消授牌。")


@act("revoke.refuse_revocation")
def refuse_revocation(turn: Turn) -> None:
    """The accreditation stands; where the edition says so, rectification is ordered again."""
    turn.message = _("不同意取消授牌，维持在册。")


def rectify_again(turn: Turn) -> None:
    """After a refused revocation: the failed appraisal goes back into rectification, with a new time limit.

    Runs after the case is back in force, so that the side run belongs there.
    """
    from workflows.steps import start_side

    appraisal = turn.case.appraisals.filter(status=AppraisalStatus.FAILED).order_by("-period", "-pk").first()
    if appraisal is None:
        return
    side = turn.pack.programme.side[appraisal.side]
    length = limits.length_of(turn.case, side.rectify_within)
    if length is None:
        return
    term = compute(
        start=clock.today(), duration=length, calendar=WorkCalendar.load(), start_rule=StartRule.NEXT_DAY
    )
    turn.data["rectification_due"] = term.due_on
    appraisal.order_rectification()
    appraisal.save()
    start_side(turn, appraisal, entry="rectify", prepare=lambda: open_rectification(turn, appraisal))
    turn.record |= {"rectification_due": term.due_on}
