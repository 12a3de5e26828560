"""评审违纪: a report changes nothing; a confirmed one opens the liability inquiry (第九条).

Before the accreditation it also voids the sheets and repeats the review. Afterwards the review is not repeated: the
accreditation stands, on the sheets on which it was decided, until it is withdrawn by its own procedure (第八条).
"""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from cases.enums import MisconductStatus, Part, StandingStatus
from cases.errors import Invalid, NotAllowed
from cases.models import Misconduct
from cases.sheets import forget_sheets
from cases.standings import current_standing
from workflows.acts.publicize import stop_publicity
from workflows.acts.registry import act, pending
from workflows.acts.review import leave_seat
from workflows.turn import Turn


@pending("command.report_misconduct")
def names_an_expert(turn: Turn) -> None:
    """The report concerns somebody who scored or sits on this case."""
    chosen = turn.data["expert"]
    scored = turn.case.score_sheets.filter(expert__in=chosen).exists()
    sits = turn.case.participations.filter(user__in=chosen, capacity=Part.EXPERT).exists()
    if len(chosen) != 1 or not (scored or sits):
        message = _("请选择一名参加过本案评审的专家。")
        raise Invalid("not_an_expert", message, fields={"expert": message})


@act("command.report_misconduct")
def report_misconduct(turn: Turn) -> None:
    """Recorded for examination; nothing else changes."""
    assert turn.actor.user is not None
    row = Misconduct.objects.create(
        case=turn.case,
        expert=turn.data["expert"][0],
        report=turn.data["reason"],
        reported_by=turn.actor.user,
        reported_at=turn.now,
    )
    turn.record |= {"misconduct": str(row.public_id)}
    turn.message = _("线索已登记，待监察核查。")


def _reported(turn: Turn) -> Misconduct:
    rows = turn.case.misconducts.filter(status=MisconductStatus.REPORTED)
    try:
        row = rows.filter(public_id=uuid.UUID(str(turn.data["misconduct"]))).first()
    except ValueError:
        row = None
    if row is None:
        message = _("请选择一条待核查的线索。")
        raise Invalid("no_misconduct", message, fields={"misconduct": message})
    return row


@pending("command.confirm_misconduct", "command.clear_misconduct")
def must_be_reported(turn: Turn) -> None:
    """Only a report that is being examined can be decided; what is accredited is not reviewed again."""
    _reported(turn)
    if turn.action.code != "confirm_misconduct" or not repeats_review(turn):
        return
    standing = current_standing(turn.case)
    if standing is not None and standing.status == StandingStatus.ACCREDITED:
        raise NotAllowed(
            "already_accredited",
            _("本案已批准认定，不再重新评审；请在登记授牌后认定违纪、启动追责。"),
            turn.clause,
        )


def repeats_review(turn: Turn) -> bool:
    """Whether the edition sends the case back when misconduct is confirmed in this step."""
    return turn.step.commands["confirm_misconduct"].to is not None


@act("command.confirm_misconduct")
def confirm_misconduct(turn: Turn) -> None:
    """Bar the person, open the liability inquiry; where the review is repeated, void the expert's sheets.

    The initial review stands: nobody has found fault with it.
    """
    row = _reported(turn)
    row.status, row.finding, row.decided_at = MisconductStatus.CONFIRMED, turn.data["reason"], turn.now
    row.liability_opened_at = turn.now
    row.liability_reference = turn.data["reference"] or turn.clause
    row.save()
    leave_seat(turn.case, row.expert, _("评审违纪查证属实"))
    turn.record |= {"misconduct": str(row.public_id), "liability": row.liability_reference}
    if not repeats_review(turn):
        turn.message = _("已认定违纪并启动追责；认定结果不变。")
        return
    turn.record |= {
        "voided_sheets": turn.case.score_sheets.filter(expert=row.expert, voided_at__isnull=True).update(
            voided_at=turn.now, void_reason=_("评审违纪查证属实")
        )
    }
    forget_sheets(turn.case)
    stop_publicity(turn)
    turn.entry = "assign"
    turn.message = _("已认定违纪并启动追责，原评分作废，须重新组织专家评审。")


@act("command.clear_misconduct")
def clear_misconduct(turn: Turn) -> None:
    """The report was unfounded; the review stands."""
    row = _reported(turn)
    row.status, row.finding, row.decided_at = MisconductStatus.CLEARED, turn.data["reason"], turn.now
    row.save()
    turn.record |= {"misconduct": str(row.public_id)}
    turn.message = _("线索不属实，评审结果不受影响。")
