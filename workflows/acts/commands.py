"""Commands: acts outside any duty. 指令"""

from __future__ import annotations

from django.utils.html import escape
from django.utils.translation import gettext as _

from cases.enums import AppraisalStatus, AwardStatus, DeclarationStatus, NoticeKind, NoticeStatus
from cases.errors import Conflict, Invalid, NotAllowed
from cases.models import Appraisal, Nomination, ProgressReport, PublicNotice
from programmes.schema import side_with_flow
from workflows.acts.publicize import stop_publicity
from workflows.acts.registry import act, pending
from workflows.steps import start_side
from workflows.turn import Turn


@pending("command.discard")
def only_a_draft(turn: Turn) -> None:
    """What has been sent is withdrawn, not discarded."""
    if not turn.case.is_draft:
        raise NotAllowed("already_sent", _("申报材料已提交，不能作废，可以撤回。"))


@act("command.discard")
def discard(turn: Turn) -> None:
    """The draft is kept, marked as discarded; of a unit that was nominated this declines the nomination (谢绝提名)."""
    turn.case.declarations.filter(status=DeclarationStatus.DRAFT).update(status=DeclarationStatus.DISCARDED)
    turn.message = _("草稿已作废。")
    declined = Nomination.objects.filter(case=turn.case, declined_at__isnull=True)
    if declined.update(declined_at=turn.now, declined_reason=turn.data.get("reason") or ""):
        turn.record |= {"nomination": "declined"}
        turn.message = _("已谢绝提名，并告知提名单位。")


@pending("command.withdraw")
def only_what_was_sent(turn: Turn) -> None:
    """A draft that nobody has seen is discarded, not withdrawn; what has been granted stays in the ledger."""
    if turn.case.is_draft:
        raise NotAllowed("not_sent", _("申报材料尚未提交，可以直接作废草稿。"))
    if turn.case.awards.filter(run_no=turn.case.run_no, status=AwardStatus.GRANTED).exists():
        raise NotAllowed("already_granted", _("补助或奖励已审定，待拨付，不能撤回。"))


@act("command.withdraw")
def withdraw(turn: Turn) -> None:
    """The applicant takes the declaration back; a window that was open is stopped."""
    turn.case.declarations.filter(status=DeclarationStatus.DRAFT).update(status=DeclarationStatus.DISCARDED)
    stop_publicity(turn)
    turn.message = _("申报已撤回。")


@act("command.report_progress")
def report_progress(turn: Turn) -> None:
    """What was built in a period."""
    assert turn.actor.user is not None
    ProgressReport.objects.create(
        case=turn.case,
        run_no=turn.case.run_no,
        period=turn.data["period"][:64],
        content=turn.data["content"],
        reported_by=turn.actor.user,
        reported_at=turn.now,
    )
    turn.record |= {"period": turn.data["period"][:64]}
    turn.message = _("建设进展已报送。")


@pending("command.start_appraisal")
def appraisal_fits(turn: Turn) -> None:
    """A known kind, once a period, while the edition has it."""
    name = side_with_flow(turn.pack.programme, "appraise")
    if not name or turn.case.step not in turn.pack.programme.side[name].during:
        raise NotAllowed("no_appraisal", _("该事项在当前环节不开展考评。"))
    kinds = {choice.code for choice in turn.pack.programme.side[name].kinds}
    if turn.data["kind"] not in kinds:
        raise Invalid("bad_kind", _("请选择考评类别。"), fields={"kind": _("请选择考评类别。")})
    if not 2000 <= turn.data["period"] <= 2100:
        raise Invalid("bad_period", _("考评年度无效。"), fields={"period": _("考评年度无效。")})
    rows = turn.case.appraisals.exclude(status=AppraisalStatus.CANCELLED)
    if rows.filter(period=turn.data["period"], kind=turn.data["kind"]).exists():
        raise Conflict("appraisal_exists", _("该年度已开展同类考评。"))
    turn.pending |= {"appraisal.kind": turn.data["kind"]}


@act("command.start_appraisal")
def start_appraisal(turn: Turn) -> None:
    """Open the appraisal and its side run."""
    name = side_with_flow(turn.pack.programme, "appraise")
    appraisal = Appraisal.objects.create(
        case=turn.case,
        run_no=turn.case.run_no,
        side=name,
        period=turn.data["period"],
        kind=turn.data["kind"],
        opened_at=turn.now,
    )
    start_side(turn, appraisal)
    turn.letter_values |= {"period": appraisal.period}
    turn.record |= {"appraisal": str(appraisal.public_id), "period": appraisal.period, "kind": appraisal.kind}
    turn.message = _("已启动%(year)s年度考评。") % {"year": appraisal.period}


@act("command.publish_case_study")
def publish_case_study(turn: Turn) -> None:
    """Good practice for others to read."""
    _publish(turn, NoticeKind.CASE_STUDY)
    turn.message = _("典型案例已发布。")


@act("command.publish_progress")
def publish_progress(turn: Turn) -> None:
    """What has been done so far, for the public."""
    _publish(turn, NoticeKind.ANNOUNCEMENT)
    turn.message = _("进展情况已公开。")


def _publish(turn: Turn, kind: NoticeKind) -> None:
    notice = PublicNotice.objects.create(
        case=turn.case,
        authority_id=turn.case.authority_id,
        run_no=turn.case.run_no,
        kind=kind,
        status=NoticeStatus.PUBLISHED,
        title=turn.data["title"][:200],
        body="".join(f"<p>{escape(part)}</p>" for part in turn.data["body"].splitlines() if part.strip()),
        published_at=turn.now,
    )
    turn.record |= {"notice": str(notice.public_id)}


@act("command.log_work")
def log_work(turn: Turn) -> None:
    """What the office did for the unit, or saw to: kept with the case."""
    turn.record |= {"content": turn.data["content"]}
    turn.message = _("工作记录已登记。")


@act("command.raise_item")
def raise_item(turn: Turn) -> None:
    """A major item for a collective decision."""
    turn.record |= {"item": turn.data["item"]}
    turn.message = _("已提请集体审议。")


@act("command.adjust_entry")
def adjust_entry(turn: Turn) -> None:
    """What changes about an entry that stays: told by its reason and by what the policy has recorded."""
    turn.message = _("已作动态调整，调整情况已记录。")
