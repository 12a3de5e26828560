"""年度考核与整改: acts on the appraisal's own status machine."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256

from django.utils.translation import gettext as _

from audit import clock
from audit.canonical import dumps
from cases import deadlines
from cases.enums import AppraisalStatus, RectificationStatus
from cases.errors import Invalid, NotAllowed
from cases.facts import CaseFacts
from cases.models import Appraisal, Rectification
from programmes.calendar import StartRule, Term, WorkCalendar, compute
from programmes.form_cleaning import clean_form
from programmes.rubrics import total
from programmes.schema import SideProcedure
from workflows import held_slots, items, limits
from workflows.acts.registry import act, pending
from workflows.asks import points_of
from workflows.models import WorkItem
from workflows.turn import FORM, Turn


@pending("appraise.submit_appraisal")
def items_reported(turn: Turn) -> None:
    """Every content item of this kind of appraisal must be covered, and the edition's form, where it has one."""
    _form_is_filled_in(turn)
    wanted = turn.side.items.get(turn.appraisal.kind, ())
    given = {key: text for key, text in (turn.data["items"] or {}).items() if text and key in wanted}
    missing = [key for key in wanted if key not in given]
    if missing:
        fields = {f"items.{key}": _("此项为必填项。") for key in missing}
        raise Invalid("incomplete", _("还有%(n)s项考评内容未填写。") % {"n": len(missing)}, fields=fields)
    turn.data["items"] = given
    turn.pending |= {"appraisal.items": sorted(given)}


def _form_is_filled_in(turn: Turn) -> None:
    """Read the form of the appraisal; the rules see it as filled in now. Invalid with a message for each blank at fault."""
    code = turn.side.form
    if not code:
        return
    cleaned = clean_form(turn.pack.forms[code], turn.data.get(FORM) or {}, partial=False)
    if cleaned.errors:
        fields = {f"{FORM}.{path}": message for path, message in cleaned.errors.items()}
        raise Invalid("bad_form", _("考核填报表有%(n)s处需要修改。") % {"n": len(fields)}, fields=fields)
    turn.prepared = cleaned.data
    turn.form_data = {form: dict(data) for form, data in CaseFacts(turn.case).form_data().items()}
    turn.form_data[code] = cleaned.data


@act("appraise.submit_appraisal")
def submit_appraisal(turn: Turn) -> None:
    """The unit reports."""
    appraisal = turn.appraisal
    appraisal.items = turn.data["items"]
    if isinstance(turn.prepared, dict):
        appraisal.form_data = turn.prepared
        turn.record |= {
            "form": {"code": turn.side.form, "digest": sha256(dumps(turn.prepared).encode()).hexdigest()}
        }
    appraisal.submit()
    appraisal.save()
    turn.message = _("考评材料已报送。")


@act("appraise.return_appraisal", "appraise.return_from_upper_check")
def return_appraisal(turn: Turn) -> None:
    """Back to the unit, with what is missing."""
    turn.appraisal.send_back()
    turn.appraisal.save()
    turn.message = _("已退回补充。")


@pending("appraise.check_appraisal")
def methods_given(turn: Turn) -> None:
    """Only the methods of the edition; at least one."""
    known = {choice.code for choice in turn.side.methods}
    chosen = [m for m in turn.data["methods"] or [] if m in known]
    if not chosen:
        message = _("请选择考评方式。")
        raise Invalid("no_method", message, fields={"methods": message})
    turn.data["methods"] = chosen
    turn.pending |= {"appraisal.methods": chosen}


@act("appraise.check_appraisal")
def check_appraisal(turn: Turn) -> None:
    """The material has been checked, by these methods."""
    turn.appraisal.methods = turn.data["methods"]
    turn.appraisal.check_material()
    turn.appraisal.save()
    turn.message = _("核查完成，可以作出考评结论。")


def _scores(turn: Turn) -> Decimal | None:
    """The points given, checked against the rubric; None when the office decides without points.

    A kind of appraisal that asks fewer items is scored over their maxima, scaled to the rubric's total (proposed).
    """
    given = {k: v for k, v in (turn.data.get("scores") or {}).items() if str(v).strip()}
    if not given or turn.side.rubric is None:
        return None
    rubric = turn.pack.rubrics[turn.side.rubric]
    points, errors = points_of(given)
    wanted = set(turn.side.items.get(turn.appraisal.kind, ())) or {i.key for i in rubric.indicators}
    for indicator in rubric.indicators:
        if indicator.key not in wanted:
            points.setdefault(indicator.key, Decimal(0))
        elif indicator.key not in points:
            errors.setdefault(indicator.key, _("请填写分数，或全部留空。"))
        elif not Decimal(0) <= points[indicator.key] <= indicator.maximum:
            errors[indicator.key] = _("分数应在0至%(max)s之间。") % {"max": indicator.maximum}
    if errors:
        raise Invalid("bad_scores", _("分项得分有误。"), fields={f"scores.{k}": v for k, v in errors.items()})
    turn.appraisal.scores = {key: str(points[key]) for key in points if key in wanted}
    reachable = sum((i.maximum for i in rubric.indicators if i.key in wanted), Decimal(0))
    scored = total(rubric, points) * rubric.total / reachable
    return scored.quantize(Decimal(1).scaleb(-rubric.rounding.places), ROUND_HALF_UP)


def pass_mark(turn: Turn) -> Decimal | None:
    """The pass mark of the edition: a number, or the slot's value as it was when the appraisal began."""
    written = turn.side.pass_mark
    if not written:
        return None
    known = written in turn.pack.programme.slots
    value = held_slots.values_of(turn.case, turn.run)[written] if known else written
    return Decimal(str(value)) if value is not None else None


@pending("appraise.conclude_qualified")
def qualified_fits(turn: Turn) -> None:
    """A total below the pass mark cannot be called qualified."""
    points, mark = _scores(turn), pass_mark(turn)
    if points is not None and mark is not None and points < mark:
        raise NotAllowed(
            "below_pass_mark",
            _("总分%(total)s分，低于合格线%(mark)s分，不能评定为合格。") % {"total": points, "mark": mark},
            turn.clause,
        )
    turn.appraisal.total = points
    turn.pending |= {"appraisal.result": "qualified"}


@act("appraise.conclude_qualified")
def conclude_qualified(turn: Turn) -> None:
    """Confirmed."""
    turn.appraisal.decision = turn.decision
    turn.appraisal.confirm()
    turn.appraisal.save()
    turn.record |= {"period": turn.appraisal.period, "total": turn.appraisal.total}
    turn.message = _("考评合格，予以确认。")


LONGEST = 4
"""A time for rectification that is set by hand is at most this many times the edition's own (proposed: 限期 has a limit)."""


def rectification_term(turn: Turn) -> Term | None:
    """The time limit that a rectification ordered today would have; None while the edition's length is undecided."""
    length = limits.length_of(turn.case, turn.side.rectify_within) if turn.side.rectify_within else None
    if length is None:
        return None
    return compute(
        start=clock.today(), duration=length, calendar=WorkCalendar.load(), start_rule=StartRule.NEXT_DAY
    )


def _require_sensible(due: dt.date, own: dt.date | None) -> None:
    """Raise Invalid unless ``due`` lies ahead, and not further than the edition's own date allows."""
    today, code = clock.today(), ""
    latest = today + LONGEST * (own - today) if own is not None else None
    if due <= today:
        code, message = "past_due_date", _("整改期限应晚于今日。")
    elif latest is not None and due > latest:
        code = "due_date_too_far"
        message = _("整改期限过长，最迟为%(day)s（规定期限的%(n)s倍）。") % {"day": latest, "n": LONGEST}
    if code:
        raise Invalid(code, message, fields={"rectification_due": message})


@pending("appraise.conclude_unqualified")
def unqualified_has_due_date(turn: Turn) -> None:
    """Without a date of its own the edition's length applies; one that is past or too far ahead is refused."""
    if turn.side.counted and turn.appraisal.kind not in turn.side.counted:
        raise NotAllowed(
            "kind_not_decisive",
            _("限期整改和取消授牌只适用于综合考评；本次考评发现问题的，请启动综合考评。"),
            turn.clause,
        )
    turn.appraisal.total = _scores(turn)
    term, due = rectification_term(turn), turn.data["rectification_due"]
    own = term.due_on if term is not None else None
    if due is None:
        due = own
    else:
        _require_sensible(due, own)
    turn.data["rectification_due"] = due
    turn.pending |= {"appraisal.result": "unqualified", "appraisal.rectification_due": due}


@act("appraise.conclude_unqualified")
def conclude_unqualified(turn: Turn) -> None:
    """Rectification with a due date; the limit of consecutive failures opens the way to revocation."""
    appraisal = turn.appraisal
    appraisal.decision = turn.decision
    appraisal.order_rectification()
    appraisal.save()
    row = open_rectification(turn, appraisal)
    count = CaseFacts(turn.case)["appraisal.consecutive_unqualified"]
    turn.record |= {"period": appraisal.period, "rectification_due": row.due_on, "consecutive": count}
    turn.letter_values |= {"due_on": row.due_on}
    turn.message = _("考评不合格，限期整改至%(day)s。") % {"day": row.due_on}
    if turn.side.consecutive_limit and count >= turn.side.consecutive_limit:
        propose_item(turn)


def open_rectification(turn: Turn, appraisal: Appraisal) -> Rectification:
    """A rectification with its time limit; when that is up, acceptance opens without a report."""
    assert turn.run is not None
    due = turn.data["rectification_due"]
    row = Rectification.objects.create(
        appraisal=appraisal, opened_on=clock.today(), due_on=due, decision=turn.decision
    )
    turn.run.__dict__["limits"] = {
        "rectify": deadlines.arm_date(
            case=turn.case,
            run_key=str(turn.run.public_id),
            duty="rectify",
            on=due,
            action="rectification_due",
            clause=turn.clause,
        )
    }
    return row


def propose_item(turn: Turn, side: SideProcedure | None = None) -> None:
    """Ask the office to propose revocation: a work item beside the main line, once. ``side``: where the turn has none."""
    command = (side or turn.side).escalate_to
    if not command:
        return
    if not WorkItem.objects.filter(case=turn.case, duty=command, status="open").exists():
        items.open_item(case=turn.case, procedure="command", duty=command, role="officer")


def _open_rectification(turn: Turn) -> Rectification:
    return turn.appraisal.rectifications.get(
        status__in=(RectificationStatus.OPEN, RectificationStatus.REPORTED)
    )


@act("appraise.submit_rectification")
def submit_rectification(turn: Turn) -> None:
    """The unit reports what it has put right."""
    row = _open_rectification(turn)
    row.status, row.report, row.reported_at = RectificationStatus.REPORTED, turn.data["report"], turn.now
    row.save()
    turn.message = _("整改报告已报送。")


@act("appraise.rectification_due")
def rectification_due(turn: Turn) -> None:
    """The time is up: the office checks what there is."""
    turn.record |= {"due_on": _open_rectification(turn).due_on}


@pending("appraise.accept_rectification")
def acceptance_passes(turn: Turn) -> None:
    """The rules see the acceptance as passed."""
    turn.pending |= {"appraisal.acceptance": "pass"}


@act("appraise.accept_rectification")
def accept_rectification(turn: Turn) -> None:
    """Accepted: the accreditation stands; the unqualified result still counts."""
    row = _open_rectification(turn)
    row.status, row.accepted_on = RectificationStatus.ACCEPTED, clock.today()
    row.save()
    turn.appraisal.accept_rectification()
    turn.appraisal.save()
    turn.message = _("整改验收合格。")


@act("appraise.fail_rectification")
def fail_rectification(turn: Turn) -> None:
    """Not accepted: the office is asked to propose revocation."""
    row = _open_rectification(turn)
    row.status, row.accepted_on = RectificationStatus.FAILED, clock.today()
    row.save()
    turn.appraisal.fail_rectification()
    turn.appraisal.save()
    propose_item(turn)
    turn.message = _("整改验收不合格，请按程序提请取消授牌。")


def cancel_appraisals(turn: Turn) -> None:
    """With the end of the case its appraisals have no object any more; a result that was reached stays one."""
    open_statuses = (
        AppraisalStatus.OPEN,
        AppraisalStatus.SUBMITTED,
        AppraisalStatus.CHECKED,
        AppraisalStatus.RECTIFYING,
    )
    for appraisal in turn.case.appraisals.filter(status__in=open_statuses):
        appraisal.rectifications.filter(
            status__in=(RectificationStatus.OPEN, RectificationStatus.REPORTED)
        ).update(status=RectificationStatus.CANCELLED)
        appraisal.cancel()
        appraisal.save()
