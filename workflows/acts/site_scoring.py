"""考核评分: a panel scores on site, the computed items come from the report, the office confirms the sum."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Refusal
from accounts.models import User
from audit.punctuation import listed, parted
from cases.enums import Part
from cases.errors import Invalid, NotAllowed
from cases.facts import CaseFacts
from cases.models import ScoreSheet
from cases.relations import add_participation, end_participation
from programmes.expressions import Undecided
from programmes.rubrics import aggregate, read_points, rounded
from programmes.rules import resolve_context
from programmes.schema import Indicator, Rubric
from programmes.scope import compiled
from workflows import held_slots
from workflows.acts.registry import act, pending
from workflows.acts.review import candidates
from workflows.turn import Turn


def rubric_of(turn: Turn) -> Rubric:
    """The rubric of the appraisal. NotAllowed when the edition scores nothing."""
    if turn.side.rubric is None:
        raise NotAllowed("no_rubric", _("本考核不评分。"), turn.clause)
    return turn.pack.rubrics[turn.side.rubric]


def judged_by_people(rubric: Rubric) -> list[Indicator]:
    """The items that are not computed."""
    return [indicator for indicator in rubric.indicators if not indicator.points]


@pending("appraise.assign_site_experts")
def check_site_panel(turn: Turn) -> None:
    """Size and eligibility, as for a review."""
    chosen: list[User] = turn.data["experts"]
    least = rubric_of(turn).panel_minimum
    eligible = {user.pk for user in candidates(turn.case)}
    barred = [user.name for user in chosen if user.pk not in eligible]
    faults = []
    if barred:
        faults.append(
            _("%(names)s不是本事项专家，或与申报单位存在利害关系，应当回避。") % {"names": listed(barred)}
        )
    if len(chosen) < least:
        faults.append(_("专家组不得少于%(n)s人。") % {"n": least})
    if faults:
        raise Invalid("bad_panel", parted(faults), fields={"experts": parted(faults)})


@act("appraise.assign_site_experts")
def seat_site_panel(turn: Turn) -> None:
    """Every expert gets a part in the case and a seat."""
    assert turn.run is not None
    chosen: list[User] = turn.data["experts"]
    for user in chosen:
        add_participation(case=turn.case, user=user, part=Part.EXPERT)
    turn.run.params = turn.run.params | {"seats": [user.pk for user in chosen]}
    turn.run.save(update_fields=["params"])
    turn.record |= {"experts": [{"user": user.pk, "name": user.name} for user in chosen]}
    turn.message = _("已组成%(n)s人现场考核专家组。") % {"n": len(chosen)}


@act("appraise.submit_site_score")
def submit_site_score(turn: Turn) -> None:
    """One sheet over the items that people judge. Raises Invalid with a message for each line at fault."""
    assert turn.actor.user is not None
    rubric = rubric_of(turn)
    sheet: dict[str, Any] = turn.data["sheet"]
    wanted = [indicator.key for indicator in judged_by_people(rubric)]
    given = {key: value for key, value in (sheet.get("points") or {}).items() if key in wanted}
    points, errors = read_points(rubric, given, items=wanted)
    if errors:
        raise Invalid("bad_sheet", _("评分表有%(n)s处需要修改。") % {"n": len(errors)}, fields=errors)
    row = ScoreSheet.objects.create(
        case=turn.case,
        run_no=turn.case.run_no,
        appraisal=turn.appraisal,
        expert=turn.actor.user,
        points={key: str(value) for key, value in points.items()},
        total=sum(points.values(), Decimal(0)),
        comment=turn.data["comment"] or "",
        submitted_at=turn.now,
    )
    turn.record |= {"sheet": str(row.public_id), "points": row.points, "total": str(row.total)}
    turn.message = _("评分已提交。")


@pending("appraise.conclude_scored")
def add_up(turn: Turn) -> None:
    """Computed items from the report, the others as the panel's sheets come out, item by item."""
    rubric = rubric_of(turn)
    points = {
        indicator.key: _computed(turn, indicator) for indicator in rubric.indicators if indicator.points
    }
    sheets = list(turn.appraisal.site_sheets.filter(voided_at__isnull=True))
    for indicator in judged_by_people(rubric):
        points[indicator.key] = _of_panel(turn, rubric, indicator, sheets)
    turn.prepared = points
    turn.appraisal.total = rounded(sum(points.values(), Decimal(0)), rubric.rounding)
    turn.pending |= {"appraisal.total": turn.appraisal.total, "appraisal.result": "scored"}


def _of_panel(turn: Turn, rubric: Rubric, indicator: Indicator, sheets: Sequence[ScoreSheet]) -> Decimal:
    if turn.run is not None and turn.run.params.get("panel"):
        given = [Decimal(sheet.points[indicator.key]) for sheet in sheets if indicator.key in sheet.points]
        value = aggregate(rubric, given).value
        if value is None:
            raise NotAllowed("no_sheets", _("尚无有效的现场评分。"), rubric.clause)
        return value
    try:
        read, errors = read_points(rubric, turn.data["scores"] or {}, items=[indicator.key])
    except Refusal as refusal:
        raise Invalid("bad_scores", str(refusal.message)) from None
    if errors:
        raise Invalid(
            "bad_scores", _("分项得分有误。"), fields={f"scores.{key}": text for key, text in errors.items()}
        )
    return read[indicator.key]


def _computed(turn: Turn, indicator: Indicator) -> Decimal:
    """The points of a computed item, within 0 and its maximum. NotAllowed when a figure is missing."""
    facts = CaseFacts(turn.case, pending=turn.pending, appraisal=turn.appraisal)
    expression = compiled(turn.pack, indicator.points, expects="decimal")
    values = resolve_context(
        turn.pack,
        form_data=facts.form_data(),
        system_facts=facts,
        action_data=turn.data,
        slots=held_slots.values_of(turn.case, turn.run),
        names=expression.names,
    )
    found = expression.evaluate(values)
    if isinstance(found, Undecided):
        raise NotAllowed(
            "not_computed",
            _("“%(item)s”无法计分：%(why)s。") % {"item": indicator.label, "why": found.reason},
            indicator.clause,
        )
    return min(max(Decimal(str(found)), Decimal(0)), indicator.maximum)


@act("appraise.conclude_scored")
def conclude_scored(turn: Turn) -> None:
    """The score stands; nothing follows from a low one, for the policy attaches nothing to it."""
    appraisal = turn.appraisal
    assert isinstance(turn.prepared, dict)
    appraisal.scores = {key: format(value, "f") for key, value in turn.prepared.items()}
    appraisal.decision = turn.decision
    appraisal.confirm_score()
    appraisal.save()
    for seat in turn.case.participations.filter(
        capacity=Part.EXPERT, until__isnull=True, voided_at__isnull=True
    ).select_related("user"):
        end_participation(case=turn.case, user=seat.user, part=Part.EXPERT, reason=_("考核已结束"))
    turn.record |= {"period": appraisal.period, "total": appraisal.total, "points": appraisal.scores}
    turn.letter_values |= {"score": appraisal.total, "period": appraisal.period}
    turn.message = _("考核得分%(total)s分，已确认。") % {"total": appraisal.total}
