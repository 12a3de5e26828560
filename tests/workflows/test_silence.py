"""逾期未告知，视为受理: silence at the limit accepts where the programme says so; the system does it, once."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from accounts.errors import Refusal
from audit import clock
from audit.models import Entry
from cases import deadlines
from cases.models import Case, Deadline, Decision
from portal.register import entries
from programmes import calendar as cal
from tests.factories.cases import World, make_world
from tests.faults.at_once import at_once
from tests.workflows.variants import sent_under
from workflows import dispatcher, engine
from workflows.models import WorkItem

SILENCE = "intake: {within: 5 working_day, on_due: deem_accepted, source: text, clause: 003·附件6·第三条}"


def limit_of(case: Case) -> Deadline:
    return Deadline.objects.get(items__case=case, items__duty="intake", items__status="open")


@pytest.mark.django_db
def test_nobody_speaks_and_the_system_accepts_from_the_day_of_receipt(world: World) -> None:
    case = sent_under(world, deadlines=SILENCE)
    received = clock.today()
    limit = limit_of(case)
    assert limit.due_at is not None
    clock.set_clock(limit.due_at - dt.timedelta(seconds=1))
    dispatcher.run_once()
    assert Case.objects.get(pk=case.pk).stage == "declare"
    clock.set_clock(limit.due_at)
    dispatcher.run_once()
    case = Case.objects.get(pk=case.pk)
    assert (case.stage, case.step) == ("file", "filing")
    decision = Decision.objects.get(action="deem_accepted")
    assert (decision.role, decision.user, decision.letter_code) == (
        "system",
        None,
        "default_acceptance_by_silence",
    )
    assert f"{received.year}年{received.month}月{received.day}日" in decision.letter
    assert "视为受理" in decision.letter
    told = Entry.objects.get(chain=case.chain, action="declare.deem_accepted").content["data"]
    assert told["accepted_from"] == received.isoformat()
    dispatcher.run_once()
    assert Decision.objects.filter(action="deem_accepted").count() == 1


@pytest.mark.django_db
def test_weekends_do_not_count_and_a_pause_moves_the_day(world: World) -> None:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, tzinfo=clock.SHANGHAI))  # a Friday
    limit = limit_of(sent_under(world, deadlines=SILENCE))
    assert limit.due_on == dt.date(2020, 3, 27)
    deadlines.pause(deadline=limit, since=dt.date(2020, 3, 24), reason=cal.PauseReason.CORRECTION)
    clock.set_clock(dt.datetime(2020, 3, 30, 10, tzinfo=clock.SHANGHAI))
    dispatcher.run_once()
    assert not Decision.objects.filter(action="deem_accepted").exists()
    deadlines.resume(deadline=limit, until=dt.date(2020, 3, 26))
    limit.refresh_from_db()
    assert limit.due_on == dt.date(2020, 4, 1)
    dispatcher.run_once()
    assert not Decision.objects.filter(action="deem_accepted").exists()
    clock.set_clock(dt.datetime(2020, 4, 2, 0, 0, tzinfo=clock.SHANGHAI))
    dispatcher.run_once()
    assert Decision.objects.filter(action="deem_accepted").count() == 1


@pytest.mark.django_db
def test_a_return_in_time_ends_the_limit_and_the_next_begins_anew(world: World) -> None:
    case = sent_under(world, deadlines=SILENCE)
    first = limit_of(case)
    world.do(case, "declare.return_for_correction", reason="请补正。")
    assert first.due_at is not None
    clock.set_clock(first.due_at + dt.timedelta(days=1))
    dispatcher.run_once()
    assert not Decision.objects.filter(action="deem_accepted").exists()
    world.do(case, "declare.submit", statement=True)
    again = limit_of(case)
    assert again.pk != first.pk
    assert again.starts_on == clock.today()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_an_officer_who_acts_at_that_moment_and_the_system_never_both_win(attempt: int) -> None:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, tzinfo=clock.SHANGHAI))
    world = make_world()
    case = sent_under(world, deadlines=SILENCE)
    limit = limit_of(case)
    assert limit.due_at is not None
    clock.set_clock(limit.due_at)
    refuse = partial(
        engine.act,
        case.public_id,
        "declare.decline",
        actor=world.officer,
        data={"reason": "不符合申报条件。"},
    )
    results = at_once(refuse, partial(engine.due, limit.pk))
    decided = Decision.objects.filter(case=case).exclude(action="submit")
    actions = list(decided.order_by("pk").values_list("action", flat=True))
    assert actions in (["decline"], ["deem_accepted"])
    assert len([r for r in results if isinstance(r, Refusal)]) == (1 if actions == ["deem_accepted"] else 0)
    assert WorkItem.objects.filter(case=case, duty="intake", status="open").count() == 0


@pytest.mark.django_db
def test_a_programme_that_ends_with_the_filing_is_read_on_the_public_register(world: World) -> None:
    """备案 as the result: the filing is on the register from the day it was filed, where the edition says so."""
    case = sent_under(world, params="intake: false", outcomes="", number="2020.9")
    pack = case.edition.pack
    programme = pack.programme.model_copy(update={"filing_register": "public"})
    changed = pack.model_copy(update={"programme": programme})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(case.edition), "pack", property(lambda self: changed))
        world.do(case, "file.file")
    standing = case.standings.get(current=True)
    assert (standing.status, standing.in_register) == ("filed", True)
    assert standing in entries(status="filed")
