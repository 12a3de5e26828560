"""Appraisals at the turn of the year: no year twice, none left out; and how far ahead a rectification may be due."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.errors import Refusal
from audit import clock
from cases.models import Case
from tests.factories.cases import World
from tests.workflows.pages import appraisal_checked, failed


def at(*day: int, hour: int = 10) -> None:
    clock.set_clock(dt.datetime(*day, hour, tzinfo=clock.SHANGHAI))  # type: ignore[arg-type,misc]


def in_force_on(world: World, *day: int) -> Case:
    """A case whose plaque was given on that day: its calendar begins there."""
    case = world.do(world.in_approval(), "accredit.report_for_approval")
    case = world.do(case, "accredit.approve")
    at(*day)
    return world.do(case, "accredit.issue_plaque")


def periods(case: Case) -> list[int]:
    return list(case.appraisals.exclude(status="cancelled").order_by("pk").values_list("period", flat=True))


@pytest.mark.parametrize(
    ("given", "first"),
    [((2020, 12, 31), 2021), ((2021, 1, 1), 2022), ((2021, 12, 30), 2022)],
)
def test_every_year_has_its_one_appraisal(world: World, given: tuple[int, ...], first: int) -> None:
    case = in_force_on(world, *given)
    for year in range(4):
        world.let_time_pass(dt.date(given[0] + 1 + year, *given[1:]) + dt.timedelta(days=1))
    assert periods(case) == [first, first + 1, first + 2, first + 3]


def test_what_fell_due_on_the_last_day_of_the_year_is_that_years(world: World) -> None:
    case = in_force_on(world, 2020, 12, 31)
    assert case.deadlines.get(duty="side:appraisal", status="running").due_on == dt.date(2021, 12, 31)
    world.let_time_pass(dt.datetime(2021, 12, 31, 23, 59, tzinfo=clock.SHANGHAI))
    assert periods(case) == []
    world.let_time_pass(dt.date(2022, 1, 1))
    assert periods(case) == [2021]


def test_started_by_hand_on_the_last_day_it_does_not_start_again_the_next(world: World) -> None:
    case = in_force_on(world, 2020, 12, 31)
    at(2021, 12, 31)
    case = world.do(case, "command.start_appraisal", period=2021, kind="composite")
    world.let_time_pass(dt.date(2022, 1, 2))
    assert periods(case) == [2021]
    world.let_time_pass(dt.date(2023, 1, 1))
    assert periods(case) == [2021, 2022]


def test_a_dispatcher_that_stood_still_leaves_no_year_out(world: World) -> None:
    case = in_force_on(world, 2020, 12, 31)
    world.let_time_pass(dt.date(2023, 2, 1))
    assert periods(case) == [2021, 2022]


def test_a_revocation_over_the_turn_of_the_year_leaves_no_year_out(world: World) -> None:
    case = failed(world)
    due = case.deadlines.get(duty="side:appraisal", status="running").due_on
    assert due is not None
    clock.set_clock(clock.start_of(due - dt.timedelta(days=3)))
    case = world.do(case, "command.propose_revocation", reason="整改不合格。")
    clock.set_clock(clock.start_of(due + dt.timedelta(days=5)))
    case = world.do(case, "revoke.refuse_revocation", reason="再给一次机会。")
    world.let_time_pass(clock.now() + dt.timedelta(minutes=1))
    assert periods(case) == [2020, due.year]
    following = case.deadlines.get(duty="side:appraisal", status="running").due_on
    assert following == due.replace(year=due.year + 1)


# -- how far ahead a rectification may be due ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "said"),
    [(-1, "应晚于今日"), (0, "应晚于今日"), (1, ""), (360, ""), (361, "最迟为"), (3000, "最迟为")],
)
def test_a_date_set_by_hand_lies_ahead_and_not_too_far(world: World, days: int, said: str) -> None:
    case = appraisal_checked(world)
    due = clock.today() + dt.timedelta(days=days)
    if not said:
        world.do(case, "appraise.conclude_unqualified", reason="未达标。", rectification_due=due.isoformat())
        assert case.appraisals.get().rectifications.get().due_on == due
        return
    with pytest.raises(Refusal) as caught:
        world.do(case, "appraise.conclude_unqualified", reason="未达标。", rectification_due=due.isoformat())
    assert said in str(caught.value.fields["rectification_due"])
    assert case.appraisals.get().status == "checked"
