"""What every page of a case begins with: the case as its reader may see it, its header and its tabs. 案件页"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, FilteredRelation, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from audit import clock
from audit.reads import record_read, was_read
from cases import policy
from cases.declarations import EDITABLE_STAGES
from cases.enums import StandingStatus
from cases.errors import NotAllowed, NotVisible
from cases.models import Case, Standing
from cases.relations import SEES_DRAFTS
from cases.sealing import seal_clause, sealed_for, sealed_reason
from programmes.schema import Programme
from workflows.unsealing import note_unsealing

READ_KIND = "case"
"""What reading is logged under: the kind of a case's chain."""
AGAIN: Final = dt.timedelta(hours=1)
"""After which reading on in the same file is written down again."""


@dataclass(frozen=True, slots=True)
class Section:
    """A tab of the case. ``parts``: one of them must be readable ('' = anybody who sees the case)."""

    code: str
    label: str | Promise
    icon: str
    parts: frozenset[str]
    of_draft: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A section as shown on one page."""

    url: str
    label: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class StandingMark:
    """在册状态 for a header: the badge, the number and tier of the plaque, since when, on which clause."""

    label: str
    tone: str
    number: str
    tier: str
    since: Any
    clause: str


SECTIONS: tuple[Section, ...] = (
    Section("detail", gettext_lazy("概况"), "list-details", frozenset(), of_draft=True),
    Section("declared", gettext_lazy("申报材料"), "file-text", frozenset({"declaration"})),
    Section("intake", gettext_lazy("收件登记"), "inbox", frozenset({"decisions"})),
    Section(
        "review",
        gettext_lazy("评审"),
        "star",
        frozenset({"sheets", "own_sheet", "aggregate", "experts", "misconduct"}),
    ),
    Section("notices", gettext_lazy("公示公布与异议"), "speakerphone", frozenset({"objections"})),
    Section("decisions", gettext_lazy("决定与文书"), "gavel", frozenset({"decisions"})),
    Section("upkeep", gettext_lazy("建设与考核"), "report-analytics", frozenset({"appraisals"})),
)
STANDING = ("status", "number", "tier", "since", "clause")
"""What a header tells of a standing."""
TONES: dict[str, str] = {
    StandingStatus.FILED: "info",
    StandingStatus.LISTED: "info",
    StandingStatus.LISTED_CREATION: "info",
    StandingStatus.LISTED_CULTIVATION: "info",
    StandingStatus.ACCREDITED: "gold",
    StandingStatus.SUSPENDED: "warning",
    StandingStatus.WITHDRAWN: "danger",
    StandingStatus.LAPSED: "neutral",
}


def find_case(actor: Actor, public_id: uuid.UUID) -> Case:
    """The case, with everything its header names. One query; NotVisible when it is not there for this actor.

    What the case legally is now comes along (``standing_…``; :func:`standing_of` reads it): no second query.
    """
    current = FilteredRelation("standings", condition=Q(standings__current=True))
    case = (
        policy.visible(actor)
        .filter(public_id=public_id)
        .annotate(now=current, **{f"standing_{name}": F(f"now__{name}") for name in STANDING})
        .select_related("programme", "edition", "round", "applicant", "authority", "chain")
        .defer("edition__source")
        .first()
    )
    if case is None:
        raise NotVisible("invisible", _("未找到该案件。"))
    if case.round.edition_id == case.edition_id:
        case.round.edition = case.edition  # slots read the round's edition: no second query for it
    return case


def require_visible(actor: Actor, public_id: uuid.UUID) -> None:
    """NotVisible unless the actor sees the case: asked before anything else is said about it. One query."""
    if not policy.visible(actor).filter(public_id=public_id).exists():
        raise NotVisible("invisible", _("未找到该案件。"))


def require_part(actor: Actor, case: Case, *parts: str) -> frozenset[str]:
    """What the actor may read of the case; NotAllowed unless at least one of ``parts`` is among it."""
    readable = policy.fields(actor, case)
    if sealed_for(actor, case):
        raise NotAllowed("sealed", sealed_reason(case), seal_clause(case))
    if not readable & set(parts):
        raise NotAllowed("not_readable", _("您当前的身份不能查阅本案的这部分内容。"))
    return readable


def read_lately(actor: Actor, case: Case, what: str) -> bool:
    """Whether the actor's having seen exactly this has been written down within the last hour. One query, at times two.

    What opened meanwhile (:func:`note_unsealing`) is written down in any case.
    """
    note_unsealing(case, actor)
    since = clock.now() - AGAIN
    return was_read(actor=actor.stamp(), kind=READ_KIND, key=str(case.public_id), what=what, since=since)


def note_read(actor: Actor, case: Case, what: str) -> None:
    """Write down that the actor has seen this of the case. One INSERT; the unsealing, where it is the first look since."""
    note_unsealing(case, actor)
    record_read(actor=actor.stamp(), kind=READ_KIND, key=str(case.public_id), what=what)


def frame(case: Case, actor: Actor, section: str) -> dict[str, Any]:
    """The context that the header of every page of a case needs; ``case`` as :func:`find_case` gives it. No query."""
    readable = policy.fields(actor, case)
    drafting = case.stage in EDITABLE_STAGES and actor.role in SEES_DRAFTS
    return {
        "case": case,
        "readable": readable,
        "tabs": list(_tabs(case, readable, section)),
        "standing": None if case.is_draft else standing_of(case),
        "policy_url": reverse("cases:policy", args=[case.edition.public_id]),
        "drafting": drafting,
    }


PUBLISHING = frozenset({"publish_progress", "publish_case_study"})
BUILDING = frozenset({"report_progress", "start_appraisal"})


def _absent(programme: Programme) -> frozenset[str]:
    """The sections that cannot hold anything in this programme: no panel, nothing published, nothing built on."""
    steps, sides = programme.lifecycle.steps.values(), programme.side.values()
    commands = {code for step in steps for code in step.commands}
    has = {
        "review": any(step.rubric for step in steps) or any(side.rubric for side in sides),
        "notices": any(step.stage == "publicize" for step in steps) or bool(commands & PUBLISHING),
        "intake": "register_intake" in commands,
        "upkeep": any(side.flow == "appraise" for side in sides) or bool(commands & BUILDING),
    }
    return frozenset(code for code, there in has.items() if not there)


def _tabs(case: Case, readable: frozenset[str], current: str) -> list[Tab]:
    absent = _absent(case.edition.pack.programme)
    shown = (
        section
        for section in SECTIONS
        if (not section.parts or section.parts & readable)
        and (section.of_draft or not case.is_draft)
        and (section.code not in absent or section.code == current)
    )
    return [
        Tab(
            reverse(f"cases:{section.code}", args=[case.public_id]),
            str(section.label),
            section.icon,
            section.code == current,
        )
        for section in shown
    ]


def standing_of(case: Case) -> StandingMark | None:
    """What the case of :func:`find_case` legally is now; None when it has no standing yet. No query."""
    values = {name: getattr(case, f"standing_{name}") for name in STANDING}
    return mark_of(case, Standing(**values)) if values["status"] else None


def mark_of(case: Case, row: Standing) -> StandingMark:
    """A standing as a badge."""
    plaque = case.edition.pack.programme.plaque
    tiers = {choice.code: str(choice.label) for choice in plaque.tiers} if plaque else {}
    return StandingMark(
        label=str(StandingStatus(row.status).label),
        tone=TONES.get(row.status, "neutral"),
        number=row.number,
        tier=tiers.get(row.tier, row.tier),
        since=row.since,
        clause=row.clause,
    )


def grade_of(case: Case) -> str:
    """What a review that gives grades has come to, in the policy's words; '' before, or where it gives none.

    One query where the programme grades, else none.
    """
    steps = case.edition.pack.programme.lifecycle.steps.values()
    grades = {choice.code: str(choice.label) for step in steps for choice in step.grades}
    if not grades:
        return ""
    row = case.recorded.filter(gate="review.select").order_by("-pk").first()
    code = str(row.data.get("grade", "")) if row is not None else ""
    return grades.get(code, code)
