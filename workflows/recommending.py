"""What a recommending unit finds at home: the round's candidates side by side, its quota, and what it may do. 推荐"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from accounts.actors import Actor
from accounts.errors import Refusal
from audit import clock
from cases import policy
from cases.enums import Capacity, DeclarationStatus
from cases.models import Case, CaseParty, Decision, DeclarationForm, QuotaUse
from cases.recommendations import TAKEN_BACK
from cases.relations import parties_of, relations_of
from programmes.forms import RenderRow, render
from programmes.models import Round
from programmes.schema import Form
from workflows import labels
from workflows.desk import Urgency, urgency_of, with_everything
from workflows.due import Due, due_of
from workflows.items import items_for
from workflows.models import WorkItem
from workflows.nomination_pages import nominates
from workflows.preview import preview_of, turn_for
from workflows.quota_lines import QuotaLine, quota_line
from workflows.recommendation_lists import asks_ranking

RECOMMEND = "recommend"
ACTIONS = ("declare.recommend", "declare.return_to_applicant", "declare.not_recommend")
CANDIDATES = 12
"""How many candidates a round shows side by side; the list of cases has them all."""
FIGURES = 6
"""How many key figures of a declaration are told."""
NUMBERS = frozenset({"integer", "decimal", "percent"})
FEW = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the declaration's first form that has any."""

    label: str
    value: str
    clause: str


@dataclass(frozen=True, slots=True)
class Act:
    """What may be done with a candidate."""

    label: str
    url: str
    tone: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """候选: one declaration; ``waiting``: it awaits the unit's recommendation. The checks are those of recommending."""

    case: Case
    figures: tuple[Figure, ...]
    passed: int
    failed: tuple[str, ...]
    open: int
    """Rules that depend on what is filled in when recommending."""
    refused: str
    due: Due | None
    acts: tuple[Act, ...]
    state: str

    @property
    def waiting(self) -> bool:
        """Whether it awaits the unit's recommendation."""
        return self.due is not None


@dataclass(frozen=True, slots=True)
class Call:
    """批次: a round with its candidates and what is left of the quota."""

    round: Round
    quota: QuotaLine | None
    candidates: tuple[Candidate, ...]
    list_url: str = ""
    """Where the list of what was recommended is put in order and its letter printed; '' before anything was."""
    ranked: bool = False


@dataclass(frozen=True, slots=True)
class RecommenderHome:
    """What awaits my recommendation, out of which field, with how many places; what else I must do."""

    urgency: Urgency
    calls: list[Call]
    others: list[WorkItem]
    moved: list[Case]
    nominates: bool = False
    """Whether the unit nominates in an open round, or has nominated."""


def recommender_home(actor: Actor) -> RecommenderHome:
    """The queries grow with the candidates that wait, which are cut off at :data:`CANDIDATES` a round."""
    items = items_for(actor)
    everything = list(with_everything(items))
    waiting = {item.case_id: item for item in everything if item.duty == RECOMMEND}
    cases = policy.visible(actor).select_related(
        "programme", "applicant", "edition", "round", "chain", "authority"
    )
    return RecommenderHome(
        urgency_of(items),
        calls_of(actor, waiting),
        [item for item in everything if item.duty != RECOMMEND][:FEW],
        list(cases.defer("edition__source").order_by("-moved_at", "-id")[:FEW]),
        nominates(actor),
    )


def calls_of(actor: Actor, waiting: dict[int, WorkItem]) -> list[Call]:
    """The rounds in which something awaits a recommendation; this year's also when all has been recommended."""
    taken = set(QuotaUse.objects.filter(case__in=policy.visible(actor)).values_list("case_id", flat=True))
    recommended = _recommended(actor)
    rounds = Round.objects.filter(cases__in={*waiting, *taken, *recommended}).distinct()
    wanted = (
        policy.visible(actor)
        .filter(round__in=rounds, pk__in=_recommended_by(actor))
        .select_related("programme", "applicant", "edition", "round", "authority", "chain")
        .defer("edition__source")
        .order_by("-round__opens_on", "submitted_at", "pk")
    )
    calls: dict[int, list[Case]] = {}
    for case in wanted:
        calls.setdefault(case.round_id, []).append(case)
    return [
        Call(
            cases[0].round,
            quota_line(cases[0]),
            tuple(_candidate(case, waiting.get(case.pk), actor) for case in _first(cases, waiting)),
            list_url_of(cases[0]) if any(_on_list(case, recommended) for case in cases) else "",
            asks_ranking(cases[0].edition.pack),
        )
        for cases in calls.values()
        if cases[0].round.year == clock.today().year or any(case.pk in waiting for case in cases)
    ]


def _on_list(case: Case, recommended: set[int]) -> bool:
    return case.pk in recommended and case.closure not in TAKEN_BACK


def list_url_of(case: Case) -> str:
    """The list of the unit that recommends this case. No query once the parties are known."""
    units = (p.organisation for p in parties_of(case) if p.capacity == Capacity.RECOMMENDER)
    unit = next(units, None)
    if unit is None:
        return ""
    return reverse("workflows:recommended", args=[case.round.public_id, unit.public_id])


def _recommended(actor: Actor) -> set[int]:
    """The cases that have been put forward and not come back since. One query."""
    actions = ("recommend", "not_recommend", "return_to_applicant", "return_for_correction")
    rows = Decision.objects.filter(
        case__in=policy.visible(actor).values("pk"), procedure="declare", action__in=actions
    )
    last = dict(rows.order_by("pk").values_list("case_id", "action"))
    return {case_id for case_id, action in last.items() if action == "recommend"}


def _recommended_by(actor: Actor) -> list[int]:
    """The cases to which the actor's unit is party as the one that recommends."""
    rows = CaseParty.objects.filter(
        actor.scope("organisation"), capacity=Capacity.RECOMMENDER, until__isnull=True
    )
    return list(rows.values_list("case_id", flat=True))


def _first(cases: list[Case], waiting: dict[int, WorkItem]) -> list[Case]:
    """Those that wait come first; no more than fit side by side."""
    return sorted(cases, key=lambda case: case.pk not in waiting)[:CANDIDATES]


def _candidate(case: Case, item: WorkItem | None, actor: Actor) -> Candidate:
    passed, undecided, refused = 0, 0, ""
    failed: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    if item is not None:
        passed, failed, undecided, refused = _checks(case, item, actor)
        acts = tuple(_acts(case, item))
    return Candidate(
        case,
        tuple(key_figures(case)) if "declaration" in policy.fields(actor, case) else (),
        passed,
        failed,
        undecided,
        refused,
        due_of(item) if item is not None else None,
        acts,
        str(case.get_closure_display()) if case.closure else labels.step_name(case),
    )


def _checks(case: Case, item: WorkItem, actor: Actor) -> tuple[int, tuple[str, ...], int, str]:
    """How many rules of recommending are met, which are not, how many cannot be told yet; what refuses it altogether."""
    try:
        turn = turn_for(case, relations_of(actor, case), ACTIONS[0], actor=actor, item_id=item.public_id)
        preview = preview_of(turn)
    except Refusal as refusal:
        return 0, (), 0, str(refusal.message)
    failed = tuple(rule.title for rule in preview.troubled if rule.outcome == "failed")
    return len(preview.passed), failed, len(preview.troubled) - len(failed), ""


def _acts(case: Case, item: WorkItem) -> Iterator[Act]:
    tones = {ACTIONS[0]: "primary", ACTIONS[1]: "secondary", ACTIONS[2]: "danger"}
    for name in ACTIONS:
        url = f"{reverse('workflows:act', args=[case.public_id, name])}?item={item.public_id}"
        yield Act(labels.action_name(case, name), url, tones[name])


def key_figures(case: Case) -> Iterator[Figure]:
    """The first figures of the first form of the newest version sent that has any. One query."""
    pack = case.edition.pack
    codes = pack.programme.lifecycle.steps[pack.programme.lifecycle.start].forms
    rows = DeclarationForm.objects.filter(
        declaration__case=case, declaration__status=DeclarationStatus.SUBMITTED
    ).order_by("-declaration__version_no")
    stored: dict[str, dict[str, object]] = {}
    for row in rows:
        stored.setdefault(row.form_code, row.data)
    for code in codes:
        figures = list(_figures(pack.forms[code], stored.get(code, {})))
        if figures:
            yield from figures[:FIGURES]
            return


def _figures(form: Form, data: dict[str, object]) -> Iterator[Figure]:
    for section in render(form, data).sections:
        for row in section.rows:
            yield from _of_row(row)


def _of_row(row: RenderRow) -> Iterator[Figure]:
    if row.kind in ("table", "grid") or not row.visible:
        return
    for cell in row.cells:
        if cell.type in NUMBERS and cell.display:
            told = cell.unit in cell.display or cell.unit in str(row.label)
            unit = "" if told else cell.unit
            yield Figure(str(row.label), f"{cell.display}{unit}", row.clause)
