"""A nominator's limit holds when two of its people nominate at the same moment, and so does one draft a nominee."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest

from accounts.actors import Actor
from accounts.errors import Refusal
from accounts.models import Organisation
from audit import clock
from cases.models import Case, Nomination
from programmes.models import Round
from tests.factories.played import played
from tests.faults.at_once import at_once
from workflows.nominating import nominate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def ready(places: int) -> dict[str, Actor]:
    """The fictional pack with a round in which a unit may nominate so many."""
    cast = played(
        "zj-laureates",
        f"round: {{year: 2022, opens_on: 2022-03-01, slots: {{places_each: {places}}}}}\n"
        "steps:\n- {wait_until: 2022-03-07}\n",
    )
    clock.set_clock(dt.datetime(2022, 3, 7, 10, 0, tzinfo=clock.SHANGHAI))
    return cast


def attempt(
    cast: dict[str, Actor], who: str, name: str, title: str, *, clicked: bool = False
) -> Callable[[], Case]:
    round_ = Round.objects.select_related("programme", "edition", "authority").get()
    nominee = Organisation.objects.get(name=name)
    return partial(
        nominate,
        round=round_,
        nominee=nominee,
        title=title,
        reason="业绩突出。",
        actor=cast[who],
        clicked=clicked,
    )


@pytest.mark.parametrize("time", range(5))
def test_the_last_place_is_taken_once(time: int) -> None:
    cast = ready(1)
    firms = ("精铸科技有限公司", "恒微传感有限公司", "澄海仪器有限公司")
    results = at_once(*(attempt(cast, "nominator", name, name) for name in firms))
    refusals = [result for result in results if isinstance(result, Refusal)]
    assert [refusal.code for refusal in refusals] == ["nomination_limit"] * 2
    assert (Nomination.objects.count(), Case.objects.count()) == (1, 1)


@pytest.mark.parametrize("time", range(5))
def test_two_units_do_not_nominate_one_twice(time: int) -> None:
    cast = ready(3)
    results = at_once(*(attempt(cast, who, "精铸科技有限公司", who) for who in ("nominator", "recommender")))
    assert [result.code for result in results if isinstance(result, Refusal)] == ["draft_limit"]
    assert Nomination.objects.count() == 1


@pytest.mark.parametrize("time", range(5))
def test_two_clicks_at_once_make_one(time: int) -> None:
    cast = ready(3)
    click = attempt(cast, "nominator", "精铸科技有限公司", "精密铸件", clicked=True)
    results = at_once(click, click)
    assert len({result.pk for result in results if isinstance(result, Case)}) == 1
    assert Nomination.objects.count() == 1
