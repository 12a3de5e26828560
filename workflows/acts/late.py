"""异议在审批期间到达: an objection posted within the window that reaches the office once the case is put to approval.

Where the edition lets the office register it there (``register_objection`` among the commands of the approving step), the
time limits of the approval stand still and nothing is approved until it has been examined. One that is upheld leads where
the publicity would have led; one that is dismissed lets the approval go on.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit import clock
from cases import deadlines
from cases.enums import NoticeKind, ObjectionStatus, Stage
from cases.errors import NotAllowed
from cases.models import Case, Deadline, Objection
from programmes.calendar import PauseReason
from programmes.schema import Close
from workflows import items
from workflows.enums import ItemStatus, Track
from workflows.models import StageRun, WorkItem
from workflows.turn import Turn

UNDECIDED = ("report", "approve")
"""The duties of an approval before it is decided."""


def decides_here(case: Case) -> bool:
    """Whether the case is being approved, after its publicity."""
    return str(case.stage) == Stage.ACCREDIT.value


def require_undecided(turn: Turn) -> None:
    """Raise NotAllowed once the approval has been decided: an objection comes too late then."""
    waiting = WorkItem.objects.filter(
        case=turn.case, procedure="accredit", duty__in=UNDECIDED, status=ItemStatus.OPEN
    )
    if not waiting.exists():
        raise NotAllowed("already_decided", _("审批机关已作出决定，不能再登记公示期内的异议。"), turn.clause)


def require_settled(turn: Turn) -> None:
    """Raise NotAllowed while an objection is being examined. No query where none can come in here."""
    if "register_objection" in turn.step.commands and _open(turn.case):
        raise NotAllowed("open_objection", _("尚有异议未处理完毕，不能作出审批决定。"), turn.clause)


def _open(case: Case) -> bool:
    return case.objections.filter(status=ObjectionStatus.OPEN).exists()


def hold_approval(case: Case, objection: Objection) -> None:
    """Somebody examines the objection; meanwhile the limits of the approval stand still."""
    items.open_item(case=case, procedure="publicize", duty="handle", role="officer", objection=objection)
    for deadline in _limits(case):
        deadlines.pause(deadline=deadline, since=clock.today(), reason=PauseReason.OBJECTION)
        items.follow_limit(deadline)


def go_on(turn: Turn) -> None:
    """The objection is dismissed; with the last one the limits of the approval run on, from the day after."""
    if _open(turn.case):
        turn.message = _("该异议已处理；尚有其他异议待处理，审批继续暂停计时。")
        return
    for deadline in _limits(turn.case):
        deadlines.resume(deadline=deadline, until=clock.today())
        items.follow_limit(deadline)
    turn.message = _("异议不成立，审批恢复计时。")


def leave(turn: Turn) -> None:
    """The case leaves the approval: what was still being examined has lost its object. Two UPDATEs."""
    turn.case.objections.filter(status=ObjectionStatus.OPEN).update(
        status=ObjectionStatus.CLOSED, decided_at=turn.now
    )
    items.cancel_items(WorkItem.objects.filter(case=turn.case, procedure="publicize", duty="handle"))


def _limits(case: Case) -> list[Deadline]:
    """The time limits of what the approval waits for."""
    waiting = WorkItem.objects.filter(
        case=case, procedure="accredit", status=ItemStatus.OPEN, deadline__isnull=False
    ).select_related("deadline")
    return [item.deadline for item in waiting.order_by("pk") if item.deadline is not None]


def way_of_upheld(case: Case) -> str | Close | None:
    """Where an objection that is upheld would have led in the step whose window it came in."""
    notice = case.notices.filter(kind=NoticeKind.PUBLICITY).order_by("-pk").first()
    if notice is None:
        return None
    run = StageRun.objects.filter(case=case, run_no=notice.run_no, track=Track.MAIN).first()
    step = case.edition.pack.programme.lifecycle.steps.get(run.step) if run is not None else None
    return step.next.get("upheld") if step is not None else None
