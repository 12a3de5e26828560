"""The dispatcher and the worker are killed in the middle: what they were doing is done afterwards, once."""

from __future__ import annotations

import hashlib

import pytest
from django.core.mail import EmailMessage
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from audit import clock
from audit.models import Entry
from cases.models import Case
from notifications.enums import OutboxStatus
from notifications.models import Expansion, Notification, Outbox
from notifications.outbox import CLAIM
from tests.factories.cases import World
from tests.faults import holds
from tests.faults.invariants import check
from tests.faults.processes import Place, kill
from workflows.documents.printing import QUEUE_PDF
from workflows.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = ("worker", "--batch", "--no-startup-delay", "--interval", "0", "--queue-name", "*")
WORKER += ("--exclude-queues", QUEUE_PDF)
PRINTER = ("worker", "--batch", "--no-startup-delay", "--interval", "0", "--queue-name", QUEUE_PDF)


def last_event(case: Case) -> Event:
    return Event.objects.filter(case=case).latest("pk")


def written_for(event: Event) -> list[tuple[int, str]]:
    return sorted(Notification.objects.filter(event=event).values_list("user_id", "kind"))


@pytest.mark.parametrize("where", [holds.BEFORE_RECORD, holds.BEFORE_COMMIT])
def test_a_limit_whose_dispatcher_was_killed_is_fired_once_afterwards(
    place: Place, placed_world: World, where: str
) -> None:
    world = placed_world
    case = world.publicized()
    window = case.deadlines.get(duty="window")
    assert window.due_at is not None
    clock.set_clock(window.due_at)
    place.arm(where)
    dispatcher = place.start("manage.py", "dispatcher", "--interval", "0.2")
    place.await_held(where)
    kill(dispatcher)
    window.refresh_from_db()
    assert (window.status, world.items(case), check(case)) == ("running", ["window"], [])
    place.run("dispatcher", "--once")
    place.run("dispatcher", "--once")
    window.refresh_from_db()
    assert (window.status, world.items(case), check(case)) == ("fired", ["report"], [])
    fired = Entry.objects.filter(chain=case.chain_id, action="publicize.end_publicity")
    assert fired.count() == 1
    assert Event.objects.filter(case=case, data__action="publicize.end_publicity").count() == 1


@pytest.mark.parametrize("found_by", ["reaper", "same name"])
def test_a_task_whose_worker_was_killed_is_done_once_afterwards(
    place: Place, placed_world: World, found_by: str
) -> None:
    """Left as running by the dead; queued again by the reaper, or by the next worker of the same name."""
    world = placed_world
    User.objects.update(email="someone@example.cn")
    place.run(*WORKER)  # what the making of the world has left to do
    undisturbed = world.submitted(title="甲基地")
    place.run(*WORKER)
    case = world.submitted(title="乙基地")
    event = last_event(case)
    task = DBTaskResult.objects.get(
        status=TaskResultStatus.READY, queue_name="default", args_kwargs__args=[event.pk]
    )
    place.arm(holds.IN_TASK)
    worker = place.start("manage.py", *WORKER, "--worker-id", "first")
    place.await_held(holds.IN_TASK)
    kill(worker)
    task.refresh_from_db()
    assert (task.status, Expansion.objects.filter(event=event).exists()) == (TaskResultStatus.RUNNING, False)
    place.run(*WORKER)
    task.refresh_from_db()
    assert task.status == TaskResultStatus.RUNNING, "another worker took what may still be running"

    if found_by == "reaper":
        place.run("reap", "--older-than", "0")
        place.run(*WORKER)
    else:
        place.run(*WORKER, "--worker-id", "first")
    task.refresh_from_db()
    assert (task.status, len(task.worker_ids)) == (TaskResultStatus.SUCCESSFUL, 2)
    assert Expansion.objects.filter(event=event).count() == 1
    expected = written_for(last_event(undisturbed))
    assert expected
    assert written_for(event) == expected
    letters = Outbox.objects.filter(event=event)
    assert letters.count() == Outbox.objects.filter(event=last_event(undisturbed)).count() > 0
    assert set(letters.values_list("status", "attempts")) == {(OutboxStatus.SENT, 1)}


@pytest.mark.pdf
def test_a_pdf_whose_worker_was_killed_is_made_once_afterwards(place: Place, placed_world: World) -> None:
    """Nothing half-made is handed out, and the next worker makes it from the beginning."""
    case = placed_world.submitted()
    version = case.declarations.get()
    place.arm(holds.IN_PRESS)
    worker = place.start("manage.py", *PRINTER, "--worker-id", "first")
    place.await_held(holds.IN_PRESS)
    kill(worker)
    row = version.pdfs.get()
    assert (row.asked, row.made, bool(row.file)) == (1, 0, False)
    place.run(*PRINTER, "--worker-id", "first")
    place.run(*PRINTER)
    row.refresh_from_db()
    assert (row.asked, row.made, row.failed) == (1, 1, 0)
    assert row.source == version.digest
    stored = place.folder / "files" / (row.file.name or "")
    content = stored.read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (row.size, row.sha256)
    assert list((place.folder / "files" / "declarations").rglob("*.pdf")) == [stored]
    tasks = DBTaskResult.objects.filter(queue_name=QUEUE_PDF)
    assert [(task.status, len(task.worker_ids)) for task in tasks] == [(TaskResultStatus.SUCCESSFUL, 2)]


def test_a_letter_whose_sender_was_killed_is_never_sent_twice(place: Place, placed_world: World) -> None:
    """It may be lost with the machine, and then it is called so; the others go out."""
    User.objects.update(email="someone@example.cn")
    placed_world.submitted()
    place.arm(holds.IN_MAIL)
    worker = place.start("manage.py", *WORKER)
    place.await_held(holds.IN_MAIL)
    kill(worker)
    held = Outbox.objects.get(status=OutboxStatus.SENDING)
    place.run("reap", "--older-than", "0")
    place.run(*WORKER)
    held.refresh_from_db()
    assert (held.status, held.attempts) == (OutboxStatus.SENDING, 1), "somebody else took a claimed letter"
    clock.set_clock(clock.now() + CLAIM)
    place.run("outbox", "--once")
    held.refresh_from_db()
    assert (held.status, held.attempts) == (OutboxStatus.FAILED, 1)
    others = Outbox.objects.exclude(pk=held.pk)
    assert set(others.values_list("status", "attempts")) == {(OutboxStatus.SENT, 1)}
    assert EmailMessage.send.__module__ == "django.core.mail.message", "the hold leaked into the suite"
