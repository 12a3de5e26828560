"""期限自启封起算: while a declaration is sealed no time runs against those who may not open it, whatever the round does."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from audit import chain, clock
from audit.models import Entry
from cases.enums import DeadlineStatus
from cases.models import Case, Deadline, Decision
from programmes.calendar import Duration, Term, Unit
from programmes.models import Round
from programmes.rounds import CHAIN_KIND, close_round
from tests.factories.cases import World
from tests.workflows.pages import browser, text_of
from tests.workflows.variants import sent_under
from workflows import dispatcher, edition_moves, engine
from workflows.models import WorkItem
from workflows.sealed_limits import follow_rounds

pytestmark = pytest.mark.django_db
OFFICES = "officer, chief, expert, approver, supervisor"
SILENCE = "intake: {within: 5 working_day, on_due: deem_accepted, warn_before: 2 working_day, source: text, clause: 003·附件6·第三条}"
SENT = dt.date(2020, 3, 20)
"""A Friday."""
CLOSES = dt.date(2020, 3, 31)
"""A Tuesday."""
OPENED = "申报材料在批次截止前封存，期限自启封（批次截止）起算"


def at(day: dt.date, hour: int = 10) -> None:
    clock.set_clock(dt.datetime.combine(day, dt.time(hour), tzinfo=clock.SHANGHAI))


def sealed(
    world: World,
    *,
    closes: dt.date | None = CLOSES,
    limit: str = SILENCE,
    roles: str = OFFICES,
    params: str = "intake: true",
    sent: bool = True,
) -> Case:
    """Sent on 20 March 2020 in a round that seals until ``closes``."""
    at(SENT)
    case = sent_under(world, params=params, deadlines=limit, sealed=roles, sent=False)
    world.round.closes_on = closes
    world.round.chain = chain.open_chain(
        kind=CHAIN_KIND, key=str(world.round.public_id), authority=world.authority.code
    )
    world.round.save()
    return world.do(case, "declare.submit", statement=True) if sent else case


def limit_of(case: Case, duty: str = "intake") -> Deadline:
    return Deadline.objects.get(items__case=case, items__duty=duty, items__status="open")


def moved_to(world: World, closes: dt.date | None) -> None:
    """The round is given another last day, as its row says it."""
    Round.objects.filter(pk=world.round.pk).update(closes_on=closes)


def test_the_limit_starts_with_the_unsealing_and_says_so(world: World) -> None:
    case = sealed(world)
    limit = limit_of(case)
    assert (limit.starts_on, limit.due_on, limit.after_seal) == (CLOSES, dt.date(2020, 4, 8), True)
    assert limit.warn_on == dt.date(2020, 4, 3)
    assert WorkItem.objects.get(deadline=limit).due_on == limit.due_on
    page = text_of(browser(world.officer).get(reverse("cases:detail", args=[case.public_id])))
    assert OPENED in page
    assert "自2020年3月31日的次日起算（当日不计入）" in page
    assert "启封后起算，共5个工作日" in page
    at(dt.date(2020, 4, 1))
    later = text_of(browser(world.officer).get(reverse("cases:detail", args=[case.public_id])))
    assert OPENED in later
    assert "启封后起算，共" not in later
    assert "还剩4个工作日" in later


def test_nothing_falls_due_while_it_is_sealed(world: World) -> None:
    case = sealed(world)
    for day in (dt.date(2020, 3, 28), CLOSES, dt.date(2020, 4, 8)):
        at(day, 23)
        dispatcher.run_once()
        assert world.reread(case).stage == "declare", day
    at(dt.date(2020, 4, 9), 0)
    dispatcher.run_once()
    assert world.reread(case).stage == "file"
    assert Decision.objects.filter(action="deem_accepted").count() == 1


def test_a_rule_that_counts_the_first_day_counts_the_first_day_on_which_it_can_be_read(world: World) -> None:
    limit = limit_of(sealed(world, limit=SILENCE.replace("within:", "start: same_day, within:")))
    assert (limit.starts_on, limit.due_on) == (dt.date(2020, 4, 1), dt.date(2020, 4, 8))
    assert follow_rounds() == 0


def test_who_may_read_it_has_no_more_time_than_before(world: World) -> None:
    """The officer is not among those it is sealed for."""
    limit = limit_of(sealed(world, roles="expert, supervisor"))
    assert (limit.starts_on, limit.due_on, limit.after_seal) == (SENT, dt.date(2020, 3, 27), False)


@pytest.mark.parametrize(("roles", "starts"), [(f"recommender, {OFFICES}", CLOSES), (OFFICES, SENT)])
def test_the_recommending_unit_waits_where_it_is_sealed_for_it(
    world: World, roles: str, starts: dt.date
) -> None:
    limit = "recommend: {within: 5 working_day, source: proposed}"
    case = sealed(world, limit=limit, roles=roles, params="recommendation: true, intake: true")
    assert limit_of(case, "recommend").starts_on == starts


def test_an_edition_that_seals_nothing_counts_from_the_day_it_came(world: World) -> None:
    at(SENT)
    limit = limit_of(sent_under(world, deadlines=SILENCE))
    assert (limit.starts_on, limit.after_seal) == (SENT, False)


def test_what_comes_after_the_unsealing_counts_from_its_own_day(world: World) -> None:
    case = sealed(world)
    at(dt.date(2020, 4, 1))
    case = world.do(case, "declare.return_for_correction", reason="请补正。")
    at(dt.date(2020, 4, 2))
    Round.objects.filter(pk=world.round.pk).update(closes_on=dt.date(2020, 4, 1))
    world.do(world.reread(case), "declare.submit", statement=True)
    limit = limit_of(case)
    assert (limit.starts_on, limit.after_seal) == (dt.date(2020, 4, 2), False)


# -- the round's last day is moved ---------------------------------------------------------------------------------------


def test_a_longer_round_moves_the_limit(world: World) -> None:
    case = sealed(world)
    first, version = limit_of(case), WorkItem.objects.get(case=case, status="open").version
    moved_to(world, dt.date(2020, 4, 10))
    assert dispatcher.run_once() == 1
    limit, item = limit_of(case), WorkItem.objects.get(case=case, status="open")
    assert (limit.starts_on, limit.due_on) == (dt.date(2020, 4, 10), dt.date(2020, 4, 17))
    assert (limit.action, limit.warn_before, limit.clause, limit.after_seal) == (
        first.action,
        first.warn_before,
        first.clause,
        True,
    )
    assert (item.due_on, item.version) == (limit.due_on, version + 1), (
        "a page that shows the old day is stale"
    )
    first.refresh_from_db()
    assert first.status == DeadlineStatus.CANCELLED
    assert follow_rounds() == 0, "once"
    at(dt.date(2020, 4, 9), 0)
    dispatcher.run_once()
    assert world.reread(case).stage == "declare"


def test_a_round_extended_after_its_last_day_takes_the_running_limit_with_it(world: World) -> None:
    case = sealed(world)
    at(dt.date(2020, 4, 2))
    dispatcher.run_once()
    moved_to(world, dt.date(2020, 4, 10))
    first = limit_of(case)
    at(dt.date(2020, 4, 9), 0)
    engine.due(first.pk)
    assert world.reread(case).stage == "declare", "sealed again: the door fires nothing, dispatcher or not"
    dispatcher.run_once()
    assert limit_of(case).due_on == dt.date(2020, 4, 17)


def test_a_round_closed_by_its_door_starts_the_limit_on_that_day(world: World) -> None:
    case = sealed(world)
    at(dt.date(2020, 3, 24), 15)
    close_round(round=world.round, actor=world.officer, reason="已足额。")
    dispatcher.run_once()
    limit = limit_of(case)
    assert (limit.starts_on, limit.due_on) == (dt.date(2020, 3, 24), dt.date(2020, 3, 31))
    page = text_of(browser(world.officer).get(reverse("cases:detail", args=[case.public_id])))
    assert OPENED in page
    assert "自2020年3月24日的次日起算（当日不计入）" in page


def test_closing_a_round_after_its_last_day_changes_nothing(world: World) -> None:
    case = sealed(world)
    at(dt.date(2020, 4, 3))
    close_round(round=world.round, actor=world.officer, reason="截止。")
    assert follow_rounds() == 0
    assert limit_of(case).starts_on == CLOSES


def test_a_round_without_a_last_day_holds_the_limit_until_it_is_closed(world: World) -> None:
    case = sealed(world, closes=None)
    limit = limit_of(case)
    assert (limit.status, limit.due_on) == (DeadlineStatus.PAUSED, None)
    page = text_of(browser(world.officer).get(reverse("cases:detail", args=[case.public_id])))
    assert "因封存停止计时" in page
    assert OPENED in page
    at(dt.date(2020, 6, 1))
    assert dispatcher.run_once() == 0
    assert follow_rounds() == 0
    close_round(round=world.round, actor=world.officer, reason="截止。")
    dispatcher.run_once()
    limit = limit_of(case)
    assert (limit.status, limit.starts_on, limit.due_on) == (
        DeadlineStatus.RUNNING,
        dt.date(2020, 6, 1),
        dt.date(2020, 6, 8),
    )


def test_a_last_day_that_is_taken_away_stops_the_limit(world: World) -> None:
    case = sealed(world)
    moved_to(world, None)
    dispatcher.run_once()
    assert limit_of(case).status == DeadlineStatus.PAUSED
    moved_to(world, CLOSES)
    dispatcher.run_once()
    assert limit_of(case).due_on == dt.date(2020, 4, 8)
    assert not Entry.objects.filter(chain=case.chain_id, action__startswith="declare.deem").exists()


def test_only_rounds_with_something_to_move_are_asked_twice(
    world: World, django_assert_num_queries: object
) -> None:
    sealed(world)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert follow_rounds() == 0
    Deadline.objects.update(after_seal=False)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert follow_rounds() == 0


def test_a_case_moved_to_another_edition_keeps_its_unsealing(world: World) -> None:
    case = sealed(world)
    item = WorkItem.objects.select_related("deadline", "run").get(case=case, status="open")
    spec = case.edition.pack.programme.lifecycle.steps[case.step].deadlines["intake"]
    longer = spec.model_copy(update={"within": "10 working_day", "start": "same_day"})
    assert edition_moves._due(case, item, longer) == dt.date(2020, 4, 15)
    fresh = edition_moves._armed(case, item, longer)
    assert fresh is not None
    assert (fresh.starts_on, fresh.due_on, fresh.after_seal) == (
        dt.date(2020, 4, 1),
        dt.date(2020, 4, 15),
        True,
    )


def test_a_case_moved_before_its_limit_has_begun_takes_the_new_length(world: World) -> None:
    case = sealed(world, closes=None)
    item = WorkItem.objects.select_related("deadline", "run").get(case=case, status="open")
    assert not edition_moves._stands_still(item)
    spec = case.edition.pack.programme.lifecycle.steps[case.step].deadlines["intake"]
    longer = spec.model_copy(update={"within": "10 working_day"})
    assert edition_moves._due(case, item, longer) is None
    fresh = edition_moves._armed(case, item, longer)
    assert fresh is not None
    assert (fresh.status, fresh.after_seal) == (DeadlineStatus.PAUSED, True)
    assert Term.from_json(fresh.term).duration == Duration(10, Unit.WORKING_DAY)


def test_one_limit_that_cannot_follow_stops_no_other_and_no_dispatcher(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = sealed(world)
    moved_to(world, dt.date(2020, 4, 10))
    monkeypatch.setattr("workflows.sealed_limits.lock_case", lambda _pk: 1 / 0)
    assert follow_rounds() == 0
    monkeypatch.setattr("workflows.dispatcher.follow_rounds", lambda: 1 / 0)
    assert dispatcher.run_once() == 0
    assert limit_of(case).status == DeadlineStatus.RUNNING
