"""案件: the list, and the page of one case: where it is, what it waits for, on whom, until when, what happened."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from cases import policy
from cases.enums import Stage, StandingStatus
from cases.models import Case
from cases.relations import relations_of
from workflows.award_lines import award_view
from workflows.case_lists import CAP, PAGE, CappedPaginator, Wanted, find_cases, programmes_of, rows_of
from workflows.case_pages import find_case, frame, grade_of, note_read
from workflows.explain import offers_for
from workflows.items import open_items_of
from workflows.models import WorkItem
from workflows.offer_lines import offer_lines
from workflows.opinion_lines import questions_of
from workflows.panel import PanelView, panel_of
from workflows.quota_lines import quota_line
from workflows.stepper import marks_of
from workflows.timeline import entered_steps, entries_of, happenings
from workflows.views.refusals import PersonAtWork, for_actors
from workflows.waiting import timers_of, waiting_of

RECENT = 12
"""Lines of the timeline that stand open; the older ones unfold."""
ENTRIES = 400


@for_actors
@require_safe
def case_list(request: PersonAtWork) -> HttpResponse:
    """The cases that the person may see, searched and narrowed. Eight queries, however many cases there are."""
    wanted = Wanted(
        text=request.GET.get("q", "").strip()[:100],
        programme=request.GET.get("programme", ""),
        stage=_known(request.GET.get("stage", ""), Stage.values),
        standing=_known(request.GET.get("standing", ""), StandingStatus.values),
        late=request.GET.get("late") == "1",
    )
    paginator = CappedPaginator(find_cases(request.actor, wanted), PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "wanted": wanted,
        "page": page,
        "rows": rows_of(page.object_list, request.actor),
        "capped": paginator.capped,
        "cap": CAP,
        "programmes": programmes_of(request.actor),
        "stages": Stage.choices,
        "standings": StandingStatus.choices,
    }
    return render(request, "cases/list.html", context)


def _known(value: str, values: list[str]) -> str:
    return value if value in values else ""


def _panel(case: Case, actor: Actor, readable: frozenset[str], items: Iterable[WorkItem]) -> PanelView | None:
    """While the case is reviewed, those who decide see at a glance what the sheets come to. Two queries, or none."""
    if case.stage != Stage.REVIEW or "sheets" not in readable:
        return None
    run = next((item.run for item in items if item.procedure == "review" and item.run is not None), None)
    return panel_of(case, actor, readable & {"aggregate"}, run)


@for_actors
@require_safe
def detail(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """One case: header, way, what it waits for, what can be done, what happened."""
    actor = request.actor
    case = find_case(actor, public_id)
    context = frame(case, actor, "detail")
    readable = context["readable"]
    items = list(open_items_of(case))
    entries = list(entries_of(case, ENTRIES))
    if len(entries) < ENTRIES:
        policy.remember_record(case, entries)
    waiting = waiting_of(case, items, actor, readable)
    told = happenings(case, entries, actor, readable)
    offers = offers_for(case, actor, items, relations_of(actor, case))
    paused = any(each.due.tone == "paused" for each in waiting)
    note_read(actor, case, "case.page")
    context |= {
        "steps": marks_of(case, entered=entered_steps(case, entries), paused=paused),
        "waiting": waiting,
        "offers": offer_lines(case, offers),
        "may_fill": context["drafting"] and any(item.duty == "draft" for item in items),
        "recent": told[:RECENT],
        "older": told[RECENT:],
        "panel": _panel(case, actor, readable, items),
        "timers": timers_of(case),
        "questions": questions_of(case, readable),
        "awards": award_view(case) if "decisions" in readable else None,
        "quota": quota_line(case) if readable & {"reasons", "contacts"} and not case.closure else None,
        "grade": grade_of(case) if "decisions" in readable else "",
    }
    return render(request, "cases/detail.html", context)
