"""推荐名单: whom a unit recommends in a round, and in which order."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import Organisation
from cases.enums import Capacity, Closure
from cases.models import Case, Decision, RecommendationList
from cases.relations import parties_of
from programmes.models import Round

TAKEN_BACK = frozenset({Closure.WITHDRAWN, Closure.DISCARDED})
"""Ended by the applicant itself: no longer on any list."""


def newest_list(round_: Round, unit: Organisation) -> RecommendationList | None:
    """The list that holds; None before any was made. One query."""
    rows = RecommendationList.objects.filter(round=round_, organisation=unit)
    return rows.select_related("decided_by").order_by("-version_no").first()


def recommended_cases(round_: Round, unit: Organisation) -> QuerySet[Case]:
    """The round's cases that the unit has put forward and that neither came back to the applicant nor were taken back

    by it since. What the province declined stays on the list it came with.
    """
    party = {"parties__organisation": unit, "parties__capacity": Capacity.RECOMMENDER}
    rows = Case.objects.filter(round=round_, parties__until__isnull=True, **party)
    kept = [case_id for case_id, action in _last_words(rows).items() if action == "recommend"]
    listed = rows.filter(pk__in=kept).exclude(closure__in=TAKEN_BACK)
    related = listed.select_related("applicant", "programme", "round", "edition")
    return related.defer("edition__source").distinct()


def _last_words(cases: QuerySet[Case]) -> dict[int, str]:
    """Case → what was last decided between sending and intake."""
    actions = (
        "recommend",
        "not_recommend",
        "return_to_applicant",
        "return_for_correction",
    )
    found = Decision.objects.filter(case__in=cases.values("pk"), procedure="declare", action__in=actions)
    return dict(found.order_by("pk").values_list("case_id", "action"))


def in_order(cases: list[Case], order: list[str]) -> list[Case]:
    """As the list has them; those it does not know yet follow in the order they were recommended."""
    places = {key: place for place, key in enumerate(order)}
    return sorted(cases, key=lambda case: (places.get(str(case.public_id), len(places)), case.pk))


def rank_in_list(case: Case) -> int | None:
    """The case's place (1 is the first) among what is still on its recommending unit's list; None while it has none."""
    units = (p.organisation for p in parties_of(case) if p.capacity == Capacity.RECOMMENDER)
    unit = next(units, None)
    newest = newest_list(case.round, unit) if unit is not None else None
    if unit is None or newest is None or str(case.public_id) not in newest.order:
        return None
    return standing_places(newest, recommended_cases(case.round, unit)).get(str(case.public_id))


def standing_places(newest: RecommendationList, cases: Iterable[Case]) -> dict[str, int]:
    """Public id → place in the list, of those of its cases that are still on it: 1, 2, … without a gap."""
    left = {str(case.public_id) for case in cases}
    return {key: place for place, key in enumerate((key for key in newest.order if key in left), 1)}
