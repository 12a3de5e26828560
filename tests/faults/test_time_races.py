"""The calendar beside people: dispatchers side by side, the end of a window and an objection at one moment."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from accounts.errors import Refusal
from audit import clock
from audit.models import Entry
from cases.enums import DeadlineStatus
from cases.models import Case, Deadline
from tests.faults.at_once import at_once
from tests.faults.conftest import START, Anew
from tests.faults.invariants import check
from workflows import dispatcher, engine
from workflows.engine import Result
from workflows.events import CASE_ACTED, DEADLINE_FAILED, ITEM_OVERDUE
from workflows.models import Event
from workflows.objections import Lodged, lodge_objection

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 4
OBJECTION = {"kind": "unit", "name": "某公司", "contact": "0851-12345678", "content": "数据不实。"}


def times(case: Case, action: str) -> int:
    """How often the record tells of an action."""
    return Entry.objects.filter(chain=case.chain_id, action=action).count()


def test_dispatchers_side_by_side_fire_each_limit_once(anew: Anew) -> None:
    worlds = [anew() for _ in range(4)]
    cases = [world.publicized() for world in worlds]
    windows = Deadline.objects.filter(duty="window", case__in=cases)
    clock.set_clock(max(row.due_at for row in windows if row.due_at))
    at_once(*[dispatcher.run_once] * 4)
    for world, case in zip(worlds, cases, strict=True):
        assert times(case, "publicize.end_publicity") == 1
        assert world.items(case) == ["report"]
        assert check(case) == []
        told = Event.objects.filter(case=case, data__action="publicize.end_publicity")
        assert list(told.values_list("kind", flat=True)) == [CASE_ACTED]
    assert set(windows.values_list("status", "attempts", "last_error")) == {("fired", 0, "")}


def test_overdue_is_told_once_beside_several_dispatchers(anew: Anew) -> None:
    cases = [anew().submitted() for _ in range(4)]
    clock.set_clock(START + dt.timedelta(days=60))
    at_once(*[dispatcher.run_once] * 4)
    for case in cases:
        assert Event.objects.filter(case=case, kind=ITEM_OVERDUE).count() == 1
        assert check(case) == []


def test_a_limit_that_cannot_be_carried_out_waits_beside_people_who_act(
    anew: Anew,
) -> None:
    """Putting it off and closing it at the same moment: neither waits for the other in a circle."""
    for _ in range(ROUNDS):
        world = anew()
        case = world.publicized()
        deadline = case.deadlines.get(duty="window")
        withdraw = partial(
            engine.command, case.public_id, "withdraw", actor=world.applicant, data={"reason": "撤回。"}
        )
        put_off = partial(dispatcher._try_later, deadline.pk, RuntimeError("试"))
        outcomes = at_once(withdraw, put_off, put_off)
        assert isinstance(outcomes[0], Result), outcomes
        deadline.refresh_from_db()
        assert deadline.status == "cancelled"
        assert Event.objects.filter(case=case, kind=DEADLINE_FAILED).count() == deadline.attempts
        assert check(case) == []


def strike(deadline_id: int) -> Result | None:
    """What a dispatcher does whose interval is nothing: fire the limit as soon as it is due, unless it stops running."""
    while Deadline.objects.get(pk=deadline_id).status == DeadlineStatus.RUNNING:
        if (result := engine.due(deadline_id)) is not None:
            return result
    return None


def test_the_end_of_publicity_and_an_objection_at_the_same_moment(anew: Anew) -> None:
    """The clock strikes while somebody objects: the objection counts or came too late, never half of each."""
    clock.set_clock(None)  # it runs
    for left in (-0.01, 0.0, 0.02, 0.03, 0.04, 0.05, 0.07, 1.0):
        world = anew()
        case = world.publicized()
        notice = case.notices.select_related("deadline").get()
        assert notice.deadline is not None
        Deadline.objects.filter(pk=notice.deadline.pk).update(due_at=clock.now() + dt.timedelta(seconds=left))
        lodge = partial(lodge_objection, notice=notice, **OBJECTION)
        fired, lodged = at_once(partial(strike, notice.deadline.pk), lodge)
        assert check(case) == []
        stored = world.reread(case)
        if isinstance(lodged, Lodged):
            assert fired is None
            assert (stored.stage, world.items(case)) == ("publicize", ["window", "handle"])
        else:
            assert isinstance(lodged, Refusal)
            assert lodged.code == "window_closed"
            assert isinstance(fired, Result)
            assert (stored.stage, world.items(case)) == ("accredit", ["report"])
            assert not case.objections.exists()
        if left < 0 or left == 1.0:
            assert isinstance(lodged, Lodged) == (left > 0)


@pytest.mark.parametrize("leave", ["withdraw", "confirm_misconduct"])
def test_an_objection_while_the_case_leaves_publicity(anew: Anew, leave: str) -> None:
    for _ in range(ROUNDS):
        world = anew()
        case = world.publicized()
        data = {"reason": "撤回。"}
        actor = world.applicant
        if leave == "confirm_misconduct":
            expert = world.experts[0].user
            assert expert is not None
            world.do(case, "command.report_misconduct", expert=[str(expert.public_id)], reason="线索。")
            data |= {"misconduct": str(case.misconducts.get().public_id)}
            actor = world.supervisor
        go = partial(engine.command, case.public_id, leave, actor=actor, data=data)
        lodge = partial(lodge_objection, notice=case.notices.get(), **OBJECTION)
        outcomes = at_once(go, lodge)
        assert isinstance(outcomes[0], Result), outcomes
        assert isinstance(outcomes[1], Lodged) or outcomes[1].code == "window_closed"  # type: ignore[union-attr]
        assert check(case) == []
        assert case.notices.get().status == "stopped"
        assert not case.objections.filter(status="open").exists()


def test_two_objections_at_once_are_both_handled(anew: Anew) -> None:
    for _ in range(ROUNDS):
        world = anew()
        case = world.publicized()
        lodge = partial(lodge_objection, notice=case.notices.get(), **OBJECTION)
        register = partial(
            engine.command, case.public_id, "register_objection", actor=world.officer, data=OBJECTION
        )
        outcomes = at_once(lodge, lodge, register)
        assert [type(one) for one in outcomes] == [Lodged, Lodged, Result]
        assert world.items(case) == ["window", "handle", "handle", "handle"]
        assert case.deadlines.get(duty="window").pauses.count() == 1
        assert check(case) == []
