"""What is written in the transaction of the change: rows, counted statements, and nothing that can undo it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from accounts.enums import Role
from cases.models import Case
from notifications.enums import Kind, Level
from notifications.models import Notification
from notifications.receivers import on_happened
from tests.factories.accounts import make_actor
from tests.factories.cases import World
from tests.notifications.rows import make_event, sentences, told, user_of
from workflows import events
from workflows.events import Happened, happened, write_event
from workflows.models import WorkItem


def queued() -> list[str]:
    """The tasks that wait."""
    return [row.task_path.rpartition(".")[2] for row in DBTaskResult.objects.order_by("enqueued_at")]


def statements(payload: Happened) -> list[str]:
    """What the receiver says to the database."""
    with CaptureQueriesContext(connection) as captured:
        on_happened(None, payload=payload)
    return [query["sql"].split()[0] for query in captured]


def test_the_unit_that_must_act_has_a_to_do_when_the_door_returns(world: World) -> None:
    case = world.submitted()
    for actor in (world.officer, world.officer2, world.chief):
        assert told(actor) == [("todo", "declare.submit")]
    row = Notification.objects.get(user=user_of(world.officer))
    item = WorkItem.objects.get(case=case, duty="examine")
    assert row.level == Level.TODO
    assert row.case_id == case.pk
    assert row.data["items"] == [
        {"id": item.pk, "procedure": "file", "duty": "examine", "due": item.due_on.isoformat()}
    ]
    assert sentences(world.officer) == [f"“{case.title}”待办理：备案审核，办理期限至{item.due_on}。"]
    assert told(world.approver) == told(world.experts[0]) == []


def test_each_expert_with_a_seat_has_one(world: World) -> None:
    world.with_panel()
    for expert in world.experts[:5]:
        assert told(expert) == [("todo", "review.assign_experts")]
    assert told(world.experts[5]) == []


def test_statements_of_the_receiver_in_the_door(world: World) -> None:
    """The holders, their to-dos, the task; whichever unit it is that must act."""
    counted: dict[str, list[str]] = {}

    def measure(sender: object, *, payload: Happened, **kwargs: Any) -> None:
        counted[payload.event.data["action"]] = statements(payload)

    assert happened.disconnect(dispatch_uid="notifications")
    happened.connect(measure, dispatch_uid="measured")
    try:
        case = world.do(world.in_approval(), "accredit.report_for_approval")
        world.do(case, "accredit.approve")
    finally:
        happened.disconnect(dispatch_uid="measured")
        happened.connect(on_happened, dispatch_uid="notifications")
    seats, news = ["INSERT", "INSERT"], ["INSERT"]
    for action in (
        "declare.submit",
        "file.notify_filing",
        "review.select",
        "accredit.report_for_approval",
        "accredit.approve",
    ):
        holders, written = counted[action][:-2], counted[action][-2:]
        assert written == seats and 1 <= len(holders) <= 3 and set(holders) == {"SELECT"}, action
    assert counted["review.assign_experts"] == seats
    assert counted["publicize.publish_notice"] == news


def test_statements_for_five_seats(world: World) -> None:
    case = world.with_panel()
    seats = tuple(WorkItem.objects.filter(case=case, duty="score"))
    assert len(seats) == 5
    assert statements(Happened(make_event(case), case, seats)) == ["INSERT", "INSERT"]


def test_statements_for_news_alone(world: World) -> None:
    case = world.submitted()
    assert statements(Happened(make_event(case, "accredit.approve"), case)) == ["INSERT"]


@pytest.mark.parametrize("action", ["review.submit_score", "review.replace_expert", "file.unheard_of"])
def test_no_statement_when_nobody_must_know(world: World, action: str) -> None:
    case = world.submitted()
    assert statements(Happened(make_event(case, action), case)) == []


def test_no_statement_for_an_event_without_a_case(world: World) -> None:
    event = events.Event.objects.create(kind="item_overdue", data={})
    assert statements(Happened(event, None)) == []


def test_a_sheet_that_is_not_the_last_tells_nobody(world: World) -> None:
    case = world.with_panel()
    before, tasks = Notification.objects.count(), len(queued())
    for expert in world.experts[:4]:
        world.score(case, expert)
    assert (Notification.objects.count(), len(queued())) == (before, tasks)
    world.score(case, world.experts[4])
    assert told(world.officer)[-1] == ("todo", "review.submit_score")
    assert len(queued()) == tasks + 1


def test_rolled_back_with_the_change(world: World) -> None:
    case = world.submitted()
    item = WorkItem.objects.get(case=case, duty="examine")
    rows, tasks = Notification.objects.count(), len(queued())
    with pytest.raises(RuntimeError), transaction.atomic():
        write_event(kind="case_acted", case=case, data={"action": "declare.submit"}, opened=(item,))
        assert Notification.objects.count() > rows
        assert len(queued()) > tasks
        raise RuntimeError("the door refuses after all")
    assert (Notification.objects.count(), len(queued())) == (rows, tasks)


def fail(*args: Any, **kwargs: Any) -> None:
    raise RuntimeError("out of order")


@pytest.mark.parametrize(
    ("name", "broken"), [("messages_to_holders", fail), ("expand_event", SimpleNamespace(enqueue=fail))]
)
def test_a_failing_receiver_does_not_undo_the_decision(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, broken: Any, caplog: pytest.LogCaptureFixture
) -> None:
    case = world.fill(world.draft())
    monkeypatch.setattr(f"notifications.receivers.{name}", broken)
    case = world.do(case, "declare.submit", statement=True)
    assert not Notification.objects.filter(case=case).exists()
    assert "announcing event" in caplog.text and "out of order" in caplog.text
    assert Case.objects.get(pk=case.pk).stage == "file"
    assert world.items(case) == ["examine"]


def test_a_database_error_in_the_receiver_does_not_undo_the_decision(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real one: the same to-do twice breaks the unique key, which poisons a transaction without savepoint."""
    from notifications import receivers

    def twice(*args: Any) -> list[Notification]:
        first, second = (receivers_messages(*args) for _ in range(2))
        return [*first, *second]

    receivers_messages = receivers.messages_to_holders
    monkeypatch.setattr(receivers, "messages_to_holders", twice)
    case = world.submitted()
    assert case.stage == "file"
    assert not Notification.objects.exists()


def test_one_message_for_several_items_of_one_event(world: World) -> None:
    case = world.submitted()
    item = WorkItem.objects.get(case=case, duty="examine")
    twin = WorkItem.objects.create(
        case=case, programme=case.programme, procedure="publicize", duty="handle", role="officer",
        organisation=world.bureau,
    )  # fmt: skip
    event = make_event(case, "review.recuse")
    on_happened(None, payload=Happened(event, case, (item, twin)))
    row = Notification.objects.get(event=event, user=user_of(world.officer))
    assert [one["duty"] for one in row.data["items"]] == ["examine", "handle"]


def test_a_reminder_before_the_limit(world: World) -> None:
    case = world.submitted()
    deadline = case.deadlines.get(duty="examine")
    assert deadline.warn_on is not None
    world.let_time_pass(deadline.warn_on)
    assert told(world.officer)[-1] == ("due_soon", "item_due_soon")
    assert told(world.supervisor) == []


def test_an_overdue_item_is_a_reminder_not_a_to_do(world: World) -> None:
    case = world.submitted()
    deadline = case.deadlines.get(duty="examine")
    world.let_time_pass(deadline.due_at)
    assert told(world.officer)[-1] == ("overdue", "item_overdue")
    row = Notification.objects.filter(user=user_of(world.officer)).latest("pk")
    assert (row.kind, row.level) == (Kind.OVERDUE, Level.WARN)


def test_waiting_for_the_system_is_nobodys_to_do(world: World) -> None:
    world.publicized()
    assert not Notification.objects.filter(data__items__0__duty="window").exists()


def test_stand_ins_and_people_above_are_told(world: World) -> None:
    from tests.factories.accounts import make_substitution

    assert world.officer.assignment is not None
    stand_in = make_substitution(world.officer.assignment).substitute
    above = make_actor(Role.OFFICER, world.authority, subtree=True)
    elsewhere = make_actor(Role.OFFICER, world.office)
    case = world.submitted()
    told_users = set(Notification.objects.filter(case=case, kind=Kind.TODO).values_list("user_id", flat=True))
    assert {stand_in.pk, user_of(above).pk} <= told_users
    assert user_of(elsewhere).pk not in told_users
