"""The panel's sheets and what they come to, as one reader may see them. 评审情况"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Subquery
from django.utils.translation import gettext as _

from accounts.actors import Actor
from cases.enums import Part
from cases.models import Case, ScoreSheet
from cases.sheets import review_sheets
from programmes.rubrics import Aggregate, aggregate, maximum
from programmes.schema import Rubric
from workflows.models import StageRun, WorkItem
from workflows.results import decided_rubric


@dataclass(frozen=True, slots=True)
class Seat:
    """席位: an expert of the panel, and whether the sheet is in."""

    name: str
    unit: str
    submitted: bool


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One indicator (or question) across the sheets."""

    label: str
    maximum: Decimal | None
    clause: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PanelView:
    """评审情况. ``sheets`` only what the reader may see; ``result`` None when they may not, or there is none yet."""

    rubric: Rubric
    maximum: Decimal
    seats: tuple[Seat, ...]
    sheets: tuple[ScoreSheet, ...]
    voided: tuple[ScoreSheet, ...]
    lines: tuple[ScoreLine, ...]
    questions: tuple[ScoreLine, ...]
    result: Aggregate | None
    submitted: int


def panel_of(
    case: Case, actor: Actor, readable: frozenset[str], run: StageRun | None = None
) -> PanelView | None:
    """What this reader may see of the panel; None when the programme has no rubric. Three queries at most.

    ``run``: the review under way, where the caller knows it.
    """
    rubric = decided_rubric(case, run)
    if rubric is None:
        return None
    everything = review_sheets(case)
    newest = everything[0].run_no if everything else None
    valid = tuple(s for s in everything if s.voided_at is None and s.run_no == newest)
    shown = valid if "sheets" in readable else _own(valid, actor) if "own_sheet" in readable else ()
    return PanelView(
        rubric=rubric,
        maximum=maximum(rubric),
        seats=_seats(case, valid) if "experts" in readable else (),
        sheets=shown,
        voided=tuple(s for s in everything if s not in valid) if "sheets" in readable else (),
        lines=tuple(
            ScoreLine(
                str(each.label),
                each.maximum,
                each.clause,
                tuple(_points(s.points.get(each.key)) for s in shown),
            )
            for each in rubric.indicators
        ),
        questions=tuple(
            ScoreLine(
                str(each.label), None, each.clause, tuple(_answer(s.answers.get(each.key)) for s in shown)
            )
            for each in rubric.questions
        ),
        result=aggregate(rubric, [s.total for s in valid]) if valid and "aggregate" in readable else None,
        submitted=len(valid),
    )


def _own(sheets: Sequence[ScoreSheet], actor: Actor) -> tuple[ScoreSheet, ...]:
    return tuple(s for s in sheets if actor.user is not None and s.expert_id == actor.user.pk)


def _seats(case: Case, valid: Sequence[ScoreSheet]) -> tuple[Seat, ...]:
    """Who holds a seat of the newest panel, or held it to the end of the review."""
    scored = {sheet.expert_id for sheet in valid}
    left = case.participations.filter(capacity=Part.RECUSED, until__isnull=True, voided_at__isnull=True)
    seats = WorkItem.objects.filter(case=case, procedure="review", duty="score", assignee__isnull=False)
    newest = seats.order_by("-run__run_no").values("run__run_no")[:1]
    held = (
        seats.filter(run__run_no=Subquery(newest))
        .exclude(assignee__in=left.values("user"))
        .select_related("assignee__organisation")
    )
    return tuple(
        Seat(
            item.assignee.name,
            item.assignee.organisation.name if item.assignee.organisation else "",
            item.assignee_id in scored,
        )
        for item in held.order_by("pk")
        if item.assignee is not None
    )


def _points(value: object) -> str:
    if value in (None, ""):
        return "—"
    text = format(Decimal(str(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _answer(value: object) -> str:
    return "—" if value is None else _("是") if value else _("否")
