"""异议登记: what an objection changes, whether the public lodged it or the office registered it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from audit import clock
from audit.personal import commit_personal
from audit.punctuation import parted
from cases.enums import NoticeKind, NoticeStatus, ObjectionChannel, ObjectionStatus, ObjectorKind
from cases.errors import Invalid, NotAllowed
from cases.ids import new_public_id
from cases.models import Case, Objection, PublicNotice
from workflows import receipts
from workflows.acts import late
from workflows.acts.publicize import open_handling, pause_window
from workflows.acts.registry import act, pending
from workflows.enums import ItemStatus
from workflows.models import WorkItem
from workflows.turn import Turn

MAX_CONTENT = 5000


@dataclass(frozen=True, slots=True)
class Objector:
    """Who objects and to what, as given."""

    kind: str
    name: str
    contact: str
    content: str

    def check(self) -> None:
        """Raise Invalid with a message beside each field (real-name rule: units and persons give name and contact)."""
        errors: dict[str, str] = {}
        if self.kind not in ObjectorKind.values:
            errors["kind"] = _("请选择异议人类别。")
        if self.kind in (ObjectorKind.UNIT, ObjectorKind.PERSON):
            if not self.name:
                errors["name"] = _("请填写真实姓名或单位全称。")
            if not self.contact:
                errors["contact"] = _("请填写联系方式，以便核查和答复。")
        if not self.content:
            errors["content"] = _("请写明异议内容和依据。")
        elif len(self.content) > MAX_CONTENT:
            errors["content"] = _("异议内容请控制在5000字以内。")
        if errors:
            raise Invalid("invalid", parted(errors.values()), fields=errors)

    @property
    def accepted(self) -> bool:
        """Anonymous objections are recorded, not examined."""
        return self.kind != ObjectorKind.ANONYMOUS


@dataclass(frozen=True, slots=True)
class Arrival:
    """How an objection reached the office, and when. What was posted counts by its postmark, the rest by its arrival."""

    channel: str = ObjectionChannel.ONLINE.value
    received_on: dt.date | None = None
    postmarked_on: dt.date | None = None

    def check(self, notice: PublicNotice) -> None:
        """Raise unless it came in time: NotAllowed where nobody says when it came and the window is not open now,

        Invalid beside the date that is missing, impossible, or outside the window.
        """
        if self.received_on is None and self.postmarked_on is None:
            require_open(notice)
            return
        if notice.status == NoticeStatus.STOPPED:
            raise NotAllowed("window_closed", _("公示已终止，不再接受异议。"))
        posted = self.channel == ObjectionChannel.POST
        field, message = self._impossible(posted)
        if not message:
            field = "postmarked_on" if posted else "received_on"
            message = self._untimely(
                notice, (self.postmarked_on if posted else self.received_on) or clock.today()
            )
        if message:
            raise Invalid("not_in_time", message, fields={field: message})

    def _impossible(self, posted: bool) -> tuple[str, str]:
        """The first date that cannot be, with what is wrong with it."""
        received = self.received_on or clock.today()
        if received > clock.today():
            return "received_on", _("收到日期不能晚于今日。")
        if posted and self.postmarked_on is None:
            return "postmarked_on", _("邮寄的异议，请填写邮戳日期。")
        if self.postmarked_on is not None and self.postmarked_on > received:
            return "postmarked_on", _("邮戳日期不能晚于收到日期。")
        return "", ""

    def _untimely(self, notice: PublicNotice, day: dt.date) -> str:
        """Why an objection of that day does not count; '' when it does. A stopped clock has no last day yet."""
        last = notice.deadline.due_on if notice.deadline is not None else None
        if notice.starts_on is not None and day < notice.starts_on:
            return _("该日期（%(day)s）早于公示开始日%(first)s，不予受理。") % {
                "day": day,
                "first": notice.starts_on,
            }
        if last is not None and day > last:
            said = (
                _("邮戳日期（%(day)s）晚于公示期满日%(last)s，异议未在公示期内提出，不予受理。")
                if self.channel == ObjectionChannel.POST
                else _("收到日期（%(day)s）晚于公示期满日%(last)s，异议未在公示期内提出，不予受理。")
            )
            return said % {"day": day, "last": last}
        return ""

    def told(self) -> dict[str, object]:
        """What the record says of it."""
        return {key: value for key, value in asdict(self).items() if value is not None}


def require_open(notice: PublicNotice) -> None:
    """Raise NotAllowed unless objections to this notice are taken now."""
    deadline = notice.deadline
    over = deadline is None or (deadline.due_at is not None and deadline.due_at <= clock.now())
    if notice.status not in (NoticeStatus.OPEN, NoticeStatus.PAUSED) or over:
        raise NotAllowed("window_closed", _("公示期已结束，不再接受异议。"))


def enter(case: Case, notice: PublicNotice, given: Objector, arrival: Arrival = Arrival()) -> Objection:
    """The rows of an objection: itself, and when it is accepted the office's work item and the stopped clock.

    Called with the case locked, inside the door's transaction.
    """
    public_id = new_public_id()
    objection = Objection.objects.create(
        public_id=public_id,
        notice=notice,
        case=case,
        number=receipts.new_number(case.case_no),
        check_hash=receipts.hash_of(receipts.check_code(public_id)),
        kind=given.kind,
        name=given.name,
        contact=given.contact,
        content=given.content,
        received_at=clock.now(),
        **asdict(arrival),
        status=ObjectionStatus.OPEN if given.accepted else ObjectionStatus.NOT_ACCEPTED,
        finding="" if given.accepted else _("匿名异议不予受理，已登记备查。"),
    )
    if given.accepted and late.decides_here(case):
        late.hold_approval(case, objection)
    elif given.accepted:
        window = WorkItem.objects.select_related("run", "case").get(
            case=case, duty="window", status=ItemStatus.OPEN
        )
        window.case = case
        if window.run is not None:
            window.run.case = case
        open_handling(window=window, objection=objection)
        pause_window(notice, clock.today())
    return objection


def recorded(objection: Objection, given: Objector) -> dict[str, object]:
    """What the chained record tells of an objection: the identity as a commitment only."""
    return {
        "objection": objection.number,
        "kind": given.kind,
        "accepted": given.accepted,
        "objector": commit_personal(f"{given.name}\n{given.contact}"),
        "content": commit_personal(given.content),
    }


def _given(turn: Turn) -> Objector:
    return Objector(*(turn.data[key] or "" for key in ("kind", "name", "contact", "content")))


def _notice(turn: Turn) -> PublicNotice:
    rows = turn.case.notices.select_related("deadline").filter(kind=NoticeKind.PUBLICITY)
    if late.decides_here(turn.case):
        late.require_undecided(turn)
        notice = rows.order_by("-pk").first()
    else:
        notice = rows.filter(run_no=turn.case.run_no).first()
    if notice is None:
        raise NotAllowed("window_closed", _("公示尚未发布，不能登记异议。"), turn.clause)
    return notice


def _arrival(turn: Turn) -> Arrival:
    channel = turn.data.get("channel") or ObjectionChannel.IN_PERSON.value
    if channel not in ObjectionChannel.values or channel == ObjectionChannel.ONLINE:
        message = _("请选择收到方式。")
        raise Invalid("invalid", message, fields={"channel": message})
    return Arrival(channel, turn.data.get("received_on"), turn.data.get("postmarked_on"))


@pending("command.register_objection")
def came_in_time(turn: Turn) -> None:
    """Only what came, or was posted, within the window, and only with what the real-name rule asks."""
    _arrival(turn).check(_notice(turn))
    _given(turn).check()


@act("command.register_objection")
def register_objection(turn: Turn) -> None:
    """The office registers what reached it by post or in person."""
    given, arrival = _given(turn), _arrival(turn)
    objection = enter(turn.case, _notice(turn), given, arrival)
    turn.record |= recorded(objection, given) | arrival.told()
    if given.accepted and late.decides_here(turn.case):
        turn.message = _("异议已登记，回执编号%(no)s；核查处理完毕前不作出审批决定，审批时限暂停计算。") % {
            "no": objection.number
        }
    elif given.accepted:
        turn.message = _("异议已登记，回执编号%(no)s；公示暂停计时。") % {"no": objection.number}
    else:
        turn.message = _("匿名异议已登记备查，编号%(no)s，不予受理。") % {"no": objection.number}
