"""A score sheet as its expert sees it: the rubric's lines, what was typed, what was submitted. 评分表页"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.actors import Actor
from cases import policy
from cases.errors import Conflict, NotAllowed, NotVisible
from cases.models import Case, ScoreSheet
from programmes.schema import FormField, Rubric
from workflows import labels
from workflows.acts.site_scoring import judged_by_people
from workflows.asks import points_of
from workflows.enums import ItemStatus, Track
from workflows.forms import ANSWERS, POINTS, Line, plain
from workflows.models import WorkItem

SCORING: dict[str, str] = {"score": "review.submit_score", "site_score": "appraise.submit_site_score"}
"""Duty of a seat → the action that fills it."""
COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Question:
    """判断项: a yes or no asked beside the points."""

    name: str
    field: FormField
    value: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """评分表: everything the page shows. ``submitted`` is the expert's own row once there is one."""

    item: WorkItem
    rubric: Rubric
    lines: list[Line]
    questions: list[Question]
    comment: str
    comment_error: str
    submitted: ScoreSheet | None

    @property
    def case(self) -> Case:
        """The case that is scored."""
        return self.item.case

    @property
    def total(self) -> str:
        """The sum of what is typed, as far as it can be read; the submitted total once there is one."""
        if self.submitted is not None:
            return plain(self.submitted.total)
        points, _errors = points_of({line.name: line.value for line in self.lines})
        return plain(sum(points.values(), Decimal(0)))

    @property
    def maximum(self) -> str:
        """The most points of the sheet."""
        return plain(sum((line.indicator.maximum for line in self.lines), Decimal(0)))

    @property
    def ballot(self) -> bool:
        """Whether the sheet is a vote: each line is a yes or a no."""
        yes_or_no = all(line.indicator.maximum == self.rubric.step for line in self.lines)
        return self.rubric.aggregation == "vote" and yes_or_no

    @property
    def step(self) -> str:
        """The smallest step of points."""
        return plain(self.rubric.step)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """Every message as (id of the control, label, message)."""
        found = [
            (f"id_{line.name}", str(line.indicator.label), line.error) for line in self.lines if line.error
        ]
        found += [(f"id_{q.name}_yes", str(q.field.label), q.error) for q in self.questions if q.error]
        return found + ([(f"id_{COMMENT}", _("评审意见"), self.comment_error)] if self.comment_error else [])


def own_item(public_id: uuid.UUID, actor: Actor) -> WorkItem:
    """The item of a seat, for the expert who sits on it. Three queries.

    Raises NotVisible when there is none for this actor, NotAllowed for others who see the case.
    """
    item = (
        WorkItem.objects.select_related(
            "case__programme",
            "case__edition",
            "case__round",
            "case__applicant",
            "run__appraisal",
            "deadline",
            "done_by",
        )
        .defer("case__edition__source")
        .filter(public_id=public_id, duty__in=SCORING)
        .first()
    )
    if item is None or not policy.can_see(actor, item.case):
        raise NotVisible("invisible", _("未找到该事项。"))
    holder = actor.user is not None and item.assignee_id == actor.user.pk
    if not holder or actor.role not in policy.roles_for(SCORING[item.duty]):
        raise NotAllowed("not_yours", _("该评分表由指定的评审专家本人填写。"))
    return item


def sheet_of(
    item: WorkItem, actor: Actor, post: QueryDict | None = None, errors: Mapping[str, str] | None = None
) -> Sheet:
    """The sheet of this seat: as submitted, else as typed. One query once the seat is filled, else none.

    Raises Conflict when the seat was closed without a sheet of this expert.
    """
    assert actor.user is not None
    assert item.run is not None
    submitted = None
    if item.status != ItemStatus.OPEN:
        submitted = ScoreSheet.objects.filter(
            case=item.case,
            run_no=item.run.run_no,
            expert=actor.user,
            appraisal=item.run.appraisal,
            voided_at__isnull=True,
        ).first()
        if submitted is None:
            raise Conflict("already_done", labels.told_done(item))
    return _sheet(item, rubric_of(item), submitted, _typed(submitted, post), errors or {})


def rubric_of(item: WorkItem) -> Rubric:
    """What the seat scores: the step's rubric, or of an appraisal's the lines that people judge. No query."""
    assert item.run is not None
    pack = item.case.edition.pack
    if item.run.track != Track.SIDE:
        code = pack.programme.lifecycle.steps[item.run.step].rubric
        assert code is not None
        return pack.rubrics[code]
    code = pack.programme.side[item.run.step].rubric
    assert code is not None
    rubric = pack.rubrics[code]
    return rubric.model_copy(update={"indicators": tuple(judged_by_people(rubric)), "questions": ()})


def _typed(submitted: ScoreSheet | None, post: QueryDict | None) -> dict[str, str]:
    """Control name → text, as submitted or as typed."""
    if submitted is None:
        return {name: str(value) for name, value in post.items()} if post is not None else {}
    values = {f"{POINTS}.{key}": plain(Decimal(text)) for key, text in submitted.points.items()}
    values |= {f"{ANSWERS}.{key}": "yes" if given else "no" for key, given in submitted.answers.items()}
    return values | {COMMENT: submitted.comment}


def _sheet(
    item: WorkItem,
    rubric: Rubric,
    submitted: ScoreSheet | None,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> Sheet:
    lines = [
        Line(name, indicator, typed.get(name, ""), errors.get(indicator.key, ""))
        for indicator in rubric.indicators
        for name in [f"{POINTS}.{indicator.key}"]
    ]
    questions = [
        Question(name, field, typed.get(name, ""), errors.get(field.key, ""))
        for field in rubric.questions
        for name in [f"{ANSWERS}.{field.key}"]
    ]
    comment_error = errors.get(COMMENT, "")
    return Sheet(item, rubric, lines, questions, typed.get(COMMENT, ""), comment_error, submitted)
