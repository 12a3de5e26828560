"""What each role finds at home: the answer to its first question. 首页

Every function makes the same number of queries whatever the number of cases. Lists are cut off at a screenful; the
full ones are the worklist and the list of cases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Case as Branch
from django.db.models import Count, F, IntegerField, Q, Value, When
from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit import clock
from audit.models import Entry
from cases import policy
from cases.enums import Stage
from cases.models import Case, Decision, ScoreSheet
from programmes.enums import RoundStatus
from programmes.models import Round
from programmes.nominations import only_nominated
from workflows import labels
from workflows.case_lists import CaseRow, rows_of
from workflows.desk import Urgency, urgency_of, with_everything
from workflows.enums import ItemStatus
from workflows.items import items_for
from workflows.models import WorkItem
from workflows.results import PanelResult, PublicityResult, last_decisions, panel_results, publicity_results

FEW = 8
MANY = 20
"""How many lines a home shows."""


# -- 申报单位、管理机构 ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ApplicantHome:
    """Where are my cases, what must I do, what may I begin, what was decided."""

    cases: list[CaseRow]
    todos: list[WorkItem]
    rounds: list[Round]
    letters: list[Decision]


def applicant_home(actor: Actor) -> ApplicantHome:
    """Five queries."""
    visible = policy.visible(actor)
    ended_last = Branch(
        When(stage=Stage.CLOSED, then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    cases = (
        visible.select_related("programme", "applicant", "edition", "round")
        .defer("edition__source")
        .order_by(ended_last, "-moved_at", "-id")[:MANY]
    )
    letters = Decision.objects.filter(case__in=visible).exclude(letter_code="")
    return ApplicantHome(
        cases=rows_of(cases, actor),
        todos=list(with_everything(items_for(actor))[:FEW]),
        rounds=open_rounds(actor),
        letters=list(
            letters.select_related("case__edition", "organisation")
            .defer("case__edition__source")
            .order_by("-decided_at", "-pk")[:FEW]
        ),
    )


def open_rounds(actor: Actor) -> list[Round]:
    """Rounds that take declarations today from units of this kind, by themselves. One query."""
    today = clock.today()
    rounds = (
        Round.objects.filter(status=RoundStatus.OPEN, opens_on__lte=today, authority_id=actor.authority_id)
        .filter(Q(closes_on__isnull=True) | Q(closes_on__gte=today))
        .select_related("programme", "edition")
        .defer("edition__source")
        .order_by(F("closes_on").asc(nulls_last=True), "pk")
    )
    if actor.programme_code:
        rounds = rounds.filter(programme__code=actor.programme_code)
    kind = actor.organisation.kind if actor.organisation is not None else ""
    return [
        round_
        for round_ in rounds
        if kind in round_.edition.pack.programme.applicant.kinds and not only_nominated(round_.edition.pack)
    ]


# -- 经办人、审核人、推荐单位 --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many live cases are in a stage."""

    code: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class OfficeHome:
    """What must I do today, what turns red next, where is everything."""

    urgency: Urgency
    items: list[WorkItem]
    stages: list[StageCount]
    moved: list[Case]


def office_home(actor: Actor) -> OfficeHome:
    """Four queries."""
    items = items_for(actor)
    return OfficeHome(
        urgency=urgency_of(items),
        items=list(with_everything(items)[:FEW]),
        stages=stage_counts(actor),
        moved=recently_moved(actor),
    )


def stage_counts(actor: Actor) -> list[StageCount]:
    """Live cases by stage, in the order of the lifecycle, the empty ones included. One query."""
    rows = (
        policy.visible(actor)
        .exclude(stage=Stage.CLOSED)
        .order_by()
        .values_list("stage")
        .annotate(n=Count("pk"))
    )
    counts: dict[str, int] = dict(rows)
    return [
        StageCount(stage.value, str(stage.label), counts.get(stage.value, 0))
        for stage in Stage
        if stage != Stage.CLOSED
    ]


def recently_moved(actor: Actor) -> list[Case]:
    """The cases that moved last. One query."""
    cases = policy.visible(actor).select_related("programme", "applicant", "edition").defer("edition__source")
    return list(cases.order_by("-moved_at", "-id")[:FEW])


# -- 专家 ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExpertHome:
    """What do I score, until when; what I have submitted. Nothing of anybody else."""

    items: list[WorkItem]
    sheets: list[ScoreSheet]
    done_items: dict[tuple[int, int], WorkItem]


def expert_home(actor: Actor) -> ExpertHome:
    """Three queries."""
    assert actor.user is not None
    sheets = ScoreSheet.objects.filter(
        expert=actor.user, voided_at__isnull=True, case__in=policy.visible(actor)
    )
    shown = list(
        sheets.select_related("case__applicant", "case__programme").order_by("-submitted_at", "-pk")[:MANY]
    )
    done = WorkItem.objects.filter(
        assignee=actor.user,
        duty__in=("score", "site_score"),
        status=ItemStatus.DONE,
        case__in=[s.case_id for s in shown],
    ).select_related("run")
    return ExpertHome(
        items=list(with_everything(items_for(actor))[:MANY]),
        sheets=shown,
        done_items={(i.case_id, i.run.run_no): i for i in done if i.run is not None},
    )


# -- 审批机关 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ApprovalCard:
    """What awaits approval, with what the steps before came to."""

    item: WorkItem
    panel: PanelResult | None
    publicity: PublicityResult | None
    report: Decision | None
    exceptions: list[str]
    """Rules that were not plainly passed when the earlier steps were decided."""


@dataclass(frozen=True, slots=True)
class ApproverHome:
    """What awaits my approval, and where everything is."""

    urgency: Urgency
    cards: list[ApprovalCard]
    moved: list[Case]


CHECKED = ("select", "report_for_approval", "propose_revocation")
"""Decisions whose findings the approving body is told of."""


def approver_home(actor: Actor) -> ApproverHome:
    """Eight queries."""
    items = items_for(actor)
    shown = list(with_everything(items)[:MANY])
    cases = [item.case for item in shown]
    panels, publicity = panel_results(cases), publicity_results(cases)
    decisions = last_decisions(cases, CHECKED)
    cards = []
    for item in shown:
        revoking = item.procedure == "revoke"
        report = decisions.get((item.case_id, "propose_revocation" if revoking else "report_for_approval"))
        told = [report] if revoking else [decisions.get((item.case_id, "select")), report]
        cards.append(
            ApprovalCard(
                item,
                None if revoking else panels.get(item.case_id),
                None if revoking else publicity.get(item.case_id),
                report,
                [
                    text
                    for decision in told
                    if decision is not None
                    for text in exceptions_of(item.case, decision)
                ],
            )
        )
    return ApproverHome(urgency_of(items), cards, recently_moved(actor))


def exceptions_of(case: Case, decision: Decision) -> list[str]:
    """The rules that a decision was taken in spite of, by title and clause."""
    rules = case.edition.pack.rules
    told = (
        _("%(rule)s（%(clause)s）") % {"rule": rules[found["rule"]].title, "clause": found["clause"]}
        for found in decision.verdicts
        if found["outcome"] in ("failed", "undecided") and found["rule"] in rules
    )
    return list(dict.fromkeys(told))  # once, however many lines of a table the rule spoke of


# -- 监察 ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """One thing done today."""

    at: dt.datetime
    who: str
    unit: str
    what: str
    case: Case | None


@dataclass(frozen=True, slots=True)
class SupervisorHome:
    """Who is late, who did what today."""

    late: list[WorkItem]
    late_total: int
    done: list[Done]


def supervisor_home(actor: Actor) -> SupervisorHome:
    """Four queries."""
    late = WorkItem.objects.filter(
        status=ItemStatus.OPEN, due_on__lt=clock.today(), case__in=policy.visible(actor)
    )
    return SupervisorHome(
        late=list(with_everything(late).select_related("assignee")[:MANY]),
        late_total=late.order_by().count(),
        done=done_today(actor),
    )


def done_today(actor: Actor) -> list[Done]:
    """What was done to cases of the supervisor's authority today, the newest first. Two queries."""
    entries = list(
        Entry.objects.filter(
            at__gte=clock.start_of(clock.today()), chain__in=policy.visible(actor).values("chain")
        ).order_by("-at", "-pk")[:MANY]
    )
    cases = _cases_of(entries)
    return [
        Done(e.at, e.actor_name, e.organisation_name, labels.deed(e.action), cases.get(e.chain_id))
        for e in entries
    ]


def _cases_of(entries: Collection[Entry]) -> dict[int, Case]:
    return {case.chain_id: case for case in Case.objects.filter(chain__in={e.chain_id for e in entries})}
