"""公示: notice, window, objections."""

from __future__ import annotations

import datetime as dt

from django.utils.html import escape
from django.utils.translation import gettext as _

from audit import clock
from cases import deadlines
from cases.enums import NoticeKind, NoticeStatus, ObjectionStatus
from cases.errors import Conflict, Invalid, NotAllowed
from cases.models import Objection, PublicNotice
from programmes.calendar import PauseReason
from workflows import items, limits
from workflows.acts import late
from workflows.acts.registry import act, pending
from workflows.letters import rendered, values_of
from workflows.models import WorkItem
from workflows.turn import Turn


@act("publicize.publish_notice")
def publish_notice(turn: Turn) -> None:
    """Publish, and start the window: its length is the step's ``length`` (a slot or a duration)."""
    assert turn.run is not None
    params = turn.run.params
    length = limits.length_of(turn.case, str(params["length"]))
    if length is None:
        raise NotAllowed("length_undecided", _("公示期限尚未确定，请先由主管部门确定。"), turn.clause)
    deadline = deadlines.arm(
        case=turn.case,
        run_key=str(turn.run.public_id),
        duty="window",
        length=length,
        start=clock.today(),
        start_rule=str(params.get("start", "same_day")),
        action="end_publicity",
        source=_length_source(turn, str(params["length"])),
        clause=turn.clause,
    )
    turn.run.__dict__["limits"] = {"window": deadline}
    values = {"starts_on": deadline.starts_on, "ends_on": deadline.due_on}
    letter = rendered(turn, turn.step.letters["publish_notice"], values_of(turn, values))
    extra = f"<p>{escape(turn.data['body'])}</p>" if turn.data.get("body") else ""
    notice = PublicNotice.objects.create(
        case=turn.case,
        authority_id=turn.case.authority_id,
        run_no=turn.case.run_no,
        kind=NoticeKind.PUBLICITY,
        status=NoticeStatus.OPEN,
        title=f"{letter.title}：{turn.case.title}"[:200],
        body=letter.html + extra,
        published_at=turn.now,
        starts_on=deadline.starts_on,
        deadline=deadline,
    )
    turn.letter_values |= values
    turn.record |= {
        "notice": str(notice.public_id),
        "starts_on": deadline.starts_on,
        "ends_on": deadline.due_on,
    }
    turn.message = _("公示已发布，公示期至%(day)s。") % {"day": deadline.due_on}


@act("publicize.announce")
def announce(turn: Turn) -> None:
    """公布: told to the public; nobody is asked to object."""
    letter = rendered(turn, turn.step.letters["announce"], {"published_on": clock.today()})
    extra = f"<p>{escape(turn.data['body'])}</p>" if turn.data.get("body") else ""
    notice = PublicNotice.objects.create(
        case=turn.case,
        authority_id=turn.case.authority_id,
        run_no=turn.case.run_no,
        kind=NoticeKind.ANNOUNCEMENT,
        status=NoticeStatus.PUBLISHED,
        title=f"{letter.title}：{turn.case.title}"[:200],
        body=letter.html + extra,
        published_at=turn.now,
    )
    turn.record |= {"notice": str(notice.public_id)}
    turn.message = _("结果已向社会公布。")


def _length_source(turn: Turn, written: str) -> str:
    """Whether the length of the window is the text's or proposed."""
    slot = turn.pack.programme.slots.get(written)
    return slot.source if slot else turn.step.source


def live_notice(turn: Turn) -> PublicNotice:
    """The notice whose window is open in this run."""
    return turn.case.notices.select_related("deadline").get(
        kind=NoticeKind.PUBLICITY, run_no=turn.case.run_no
    )


@pending("publicize.announce")
def about_to_be_public(turn: Turn) -> None:
    """The rules see what is about to be published."""
    turn.pending |= {"announcement.published": True, "decision.published": True}


@pending("publicize.end_publicity")
def nothing_open(turn: Turn) -> None:
    """The window ends only without an objection under examination, and not before its time."""
    if turn.case.objections.filter(status=ObjectionStatus.OPEN).exists():
        raise NotAllowed("open_objection", _("尚有异议未处理完毕，公示期不能结束。"), turn.clause)


@act("publicize.end_publicity")
def end_publicity(turn: Turn) -> None:
    """The window is over."""
    notice = live_notice(turn)
    notice.status, notice.ended_at = NoticeStatus.ENDED, turn.now
    notice.save(update_fields=["status", "ended_at"])


def _objection(turn: Turn) -> Objection:
    """The objection of the item; Conflict when the sender named another one."""
    if turn.item is not None and turn.item.objection is not None:
        objection: Objection = turn.item.objection
        named = turn.data.get("objection")
        if named and named not in (objection.number, str(objection.public_id)):
            raise Conflict("stale", _("该异议已处理，请刷新页面后再办理。"))
        return objection
    raise Invalid("no_objection", _("请选择要处理的异议。"), fields={"objection": _("请选择要处理的异议。")})


def _settle(turn: Turn, status: ObjectionStatus) -> Objection:
    objection = _objection(turn)
    objection.status, objection.decided_at = status, turn.now
    objection.finding, objection.decision = turn.data["reason"], turn.decision
    objection.save(update_fields=["status", "decided_at", "finding", "decision"])
    turn.record |= {"objection": objection.number}
    return objection


@act("publicize.dismiss_objection")
def dismiss_objection(turn: Turn) -> None:
    """Dismissed: with the last open one the clock runs on, from the day after."""
    _settle(turn, ObjectionStatus.DISMISSED)
    if late.decides_here(turn.case):
        late.go_on(turn)
        return
    if turn.case.objections.filter(status=ObjectionStatus.OPEN).exists():
        turn.message = _("该异议已处理；尚有其他异议待处理，公示继续暂停计时。")
        return
    notice = live_notice(turn)
    assert notice.deadline is not None
    deadlines.resume(deadline=notice.deadline, until=clock.today())
    notice.status = NoticeStatus.OPEN
    notice.save(update_fields=["status"])
    items.follow_limit(notice.deadline)
    turn.record |= {"until": notice.deadline.due_on}
    turn.message = _("异议不成立，公示恢复计时，至%(day)s期满。") % {"day": notice.deadline.due_on}


@act("publicize.uphold_objection")
def uphold_objection(turn: Turn) -> None:
    """Upheld: the case leaves the list; other objections have lost their object."""
    _settle(turn, ObjectionStatus.UPHELD)
    if late.decides_here(turn.case):
        turn.leads = late.way_of_upheld(turn.case)
    stop_publicity(turn)
    turn.stops_run = "upheld"
    turn.message = _("异议成立，已移出入选名单。")


def stop_publicity(turn: Turn) -> None:
    """The case leaves before the window has ended: the notice takes no more objections, those under examination have

    lost their object. Two UPDATEs; nothing happens when no window is open.
    """
    turn.case.objections.filter(status=ObjectionStatus.OPEN).update(
        status=ObjectionStatus.CLOSED, decided_at=turn.now
    )
    turn.case.notices.filter(
        kind=NoticeKind.PUBLICITY, status__in=(NoticeStatus.OPEN, NoticeStatus.PAUSED)
    ).update(status=NoticeStatus.STOPPED, ended_at=turn.now)


def pause_window(notice: PublicNotice, since: dt.date) -> None:
    """Stop the window's clock for an objection; ``since`` is the first day that does not count."""
    assert notice.deadline is not None
    deadlines.pause(deadline=notice.deadline, since=since, reason=PauseReason.OBJECTION)
    notice.status = NoticeStatus.PAUSED
    notice.save(update_fields=["status"])
    items.follow_limit(notice.deadline)


def open_handling(*, window: WorkItem, objection: Objection) -> WorkItem:
    """A work item for the office that examines the objection, beside the window's."""
    return items.open_item(
        case=window.case,
        procedure="publicize",
        duty="handle",
        role="officer",
        run=window.run,
        objection=objection,
        deadline=limits.arm_for(window.case, window.run, "handle") if window.run else None,
    )
