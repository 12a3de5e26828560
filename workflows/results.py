"""What earlier steps came to, for whoever decides next: for many cases at once, with a fixed number of queries. 前序结果"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from cases.enums import NoticeKind, NoticeStatus, ObjectionStatus
from cases.models import Case, Decision, Objection, PublicNotice, ScoreSheet
from programmes.rubrics import Aggregate, aggregate
from programmes.schema import Rubric
from workflows import held_slots
from workflows.enums import Track
from workflows.models import StageRun


@dataclass(frozen=True, slots=True)
class PanelResult:
    """评审结果: the valid sheets of the newest panel and what they come to."""

    sheets: tuple[ScoreSheet, ...]
    result: Aggregate
    rubric: Rubric

    @property
    def clause(self) -> str:
        """The clause of the rubric."""
        return self.rubric.clause


@dataclass(frozen=True, slots=True)
class PublicityResult:
    """公示结果: the newest window and what was objected."""

    starts_on: dt.date | None
    ends_on: dt.date | None
    status: str
    objections: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All objections, those not accepted included."""
        return sum(self.objections.values())

    @property
    def open(self) -> int:
        """Objections still being examined."""
        return self.objections.get(ObjectionStatus.OPEN, 0)

    @property
    def ended(self) -> bool:
        """Whether the window has run out."""
        return self.status == NoticeStatus.ENDED

    @property
    def status_label(self) -> str:
        """The notice's status in the user's language."""
        return str(NoticeStatus(self.status).label)


def rubric_of(case: Case, run: StageRun | None = None) -> Rubric | None:
    """The rubric by which the panel of ``run`` scores, as the pack has it; without one, that of the step the case stands

    in, else of the first step that has one. None when the programme has none.
    """
    pack = case.edition.pack
    steps = pack.programme.lifecycle.steps
    named = [steps[key].rubric for key in (run.step if run else "", case.step) if key in steps]
    rubric = next(filter(None, [*named, *(step.rubric for step in steps.values())]), None)
    return pack.rubrics[rubric] if rubric else None


def decided_rubric(case: Case, run: StageRun | None = None) -> Rubric | None:
    """The rubric with the pass mark and panel size that hold: as held by ``run``, or by the newest panel; before a

    panel is formed, as the round has decided. Two queries at most, none when ``run`` holds them.
    """
    if run is None:
        return decided_rubrics([case]).get(case.pk)
    rubric = rubric_of(case, run)
    if rubric is None:
        return None
    values = held_slots.of_run(case, run) if held_slots.holds(run) else held_slots.values_of(case, run)
    return _decided(case, rubric, values)


def decided_rubrics(cases: Collection[Case]) -> dict[int, Rubric]:
    """Case key → its rubric as :func:`decided_rubric` has it. One query, and one a round whose case has no panel yet."""
    panels = StageRun.objects.filter(case__in=cases, procedure="review", track=Track.MAIN)
    held = {run.case_id: run for run in panels.order_by("run_no") if held_slots.holds(run)}
    rounds: dict[int, held_slots.Values] = {}
    found = {}
    for case in cases:
        run = held.get(case.pk)
        rubric = rubric_of(case, run)
        if rubric is None:
            continue
        if run is not None:
            values = held_slots.of_run(case, run)
        else:
            if case.round_id not in rounds:
                rounds[case.round_id] = held_slots.values_of(case, None)
            values = rounds[case.round_id]
        found[case.pk] = _decided(case, rubric, values)
    return found


def _decided(case: Case, rubric: Rubric, values: held_slots.Values) -> Rubric:
    decided = {name: values.get(code) for name, code in rubric.slots.items()}
    return rubric.model_copy(update={k: v for k, v in decided.items() if v is not None})


def panel_results(cases: Collection[Case]) -> dict[int, PanelResult]:
    """Case key → result of its newest panel, by the rubric as decided. Two queries."""
    sheets: dict[int, list[ScoreSheet]] = defaultdict(list)
    rows = ScoreSheet.objects.filter(
        case__in=cases, voided_at__isnull=True, appraisal__isnull=True
    ).select_related("expert")
    for sheet in rows.order_by("case", "-run_no", "pk"):
        held = sheets[sheet.case_id]
        if not held or held[0].run_no == sheet.run_no:
            held.append(sheet)
    rubrics = decided_rubrics(cases)
    found = {}
    for case in cases:
        rubric = rubrics.get(case.pk)
        if rubric is not None and sheets[case.pk]:
            totals = [sheet.total for sheet in sheets[case.pk]]
            found[case.pk] = PanelResult(tuple(sheets[case.pk]), aggregate(rubric, totals), rubric)
    return found


def publicity_results(cases: Collection[Case]) -> dict[int, PublicityResult]:
    """Case key → its newest publicity window. Two queries."""
    notices: dict[int, PublicNotice] = {}
    rows = PublicNotice.objects.filter(case__in=cases, kind=NoticeKind.PUBLICITY).select_related("deadline")
    for notice in rows.order_by("pk"):
        notices[notice.case_id] = notice
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for notice_id, status in Objection.objects.filter(notice__in=notices.values()).values_list(
        "notice", "status"
    ):
        counts[notice_id][status] += 1
    return {
        case_id: PublicityResult(
            notice.starts_on,
            notice.deadline.due_on if notice.deadline else None,
            notice.status,
            dict(counts[notice.pk]),
        )
        for case_id, notice in notices.items()
    }


def last_decisions(cases: Collection[Case], actions: Iterable[str]) -> dict[tuple[int, str], Decision]:
    """(case key, action code) → the newest decision of that action. One query."""
    rows = Decision.objects.filter(case__in=cases, action__in=list(actions)).select_related(
        "user", "organisation"
    )
    return {(row.case_id, row.action): row for row in rows.order_by("pk")}
