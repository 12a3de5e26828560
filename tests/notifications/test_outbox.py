"""Mail: in the reader's words, once, whatever the mail server does."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connections
from django_tasks_db.models import DBTaskResult

from accounts.actors import Actor
from accounts.models import User
from audit import clock
from cases.models import Case
from notifications.enums import Group, OutboxStatus
from notifications.letters import queue_letters
from notifications.models import Outbox
from notifications.outbox import CLAIM, DELAYS, Sent, is_anything_due, retry_failed, send_due
from notifications.preferences import Choice, Choices, set_preferences
from notifications.tasks import send_outbox
from tests.factories.cases import World
from tests.notifications.conftest import Work
from tests.notifications.rows import make_event, make_message, user_of


def give_address(actor: Actor, **fields: Any) -> User:
    user = user_of(actor)
    User.objects.filter(pk=user.pk).update(**{"email": f"{user.username}@example.cn", **fields})
    user.refresh_from_db()
    return user


def make_letter(world: World, **fields: Any) -> Outbox:
    values = {"key": "mail:1:1", "to": "li@example.cn", "subject": "待办", "body": "请登录办理。", **fields}
    case = Case.objects.first() or world.draft()
    return Outbox.objects.create(event=make_event(case), **values)


class Refusing(EmailBackend):
    """A mail server that refuses, or cannot be reached, as often as it is told to."""

    refusals = 0
    unreachable = 0
    asked = 0

    def open(self) -> bool:
        if Refusing.unreachable:
            Refusing.unreachable -= 1
            raise ConnectionRefusedError("nobody there")
        return True

    def send_messages(self, messages: Any) -> int:
        Refusing.asked += 1
        if Refusing.refusals:
            Refusing.refusals -= 1
            raise ConnectionRefusedError("451 try again later")
        return super().send_messages(messages)


@pytest.fixture
def refusing(settings: Any) -> type[Refusing]:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    Refusing.refusals = Refusing.unreachable = Refusing.asked = 0
    return Refusing


def later(delay: dt.timedelta) -> None:
    clock.set_clock(clock.now() + delay + dt.timedelta(seconds=1))


def test_the_officer_is_written_to_with_a_link_to_the_case(world: World, work: Work, settings: Any) -> None:
    settings.SITE_URL = "https://licheng.example.cn/"
    officer = give_address(world.officer)
    case = world.submitted()
    work()
    (letter,) = mail.outbox
    assert letter.to == [officer.email]
    assert letter.subject == f"【历程】待办：备案审核（{case.title}）"
    assert letter.body.startswith(f"{officer.name}：")
    assert f"“{case.title}”待办理：备案审核" in letter.body
    assert f"https://licheng.example.cn/cases/{case.public_id}/" in letter.body
    assert "https://licheng.example.cn/notices/preferences/" in letter.body
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    row = Outbox.objects.get()
    assert (row.status, row.attempts, row.sent_at) == (OutboxStatus.SENT, 1, clock.now())


def test_in_the_readers_language(world: World, work: Work, english: None) -> None:
    give_address(world.officer, language="en")
    give_address(world.officer2)
    case = world.submitted()
    work()
    subjects = {letter.to[0].partition("@")[0]: letter.subject for letter in mail.outbox}
    assert subjects == {
        user_of(world.officer).username: f"[Licheng] To do: Examine the filing ({case.title})",
        user_of(world.officer2).username: f"【历程】待办：备案审核（{case.title}）",
    }


@pytest.mark.parametrize(
    ("fields", "choices", "letters"),
    [
        ({}, [], 1),
        ({"email": ""}, [], 0),
        ({"is_active": False}, [], 0),
        ({}, [Choice(Group.PROGRESS, mail=False)], 0),
        ({}, [Choice(Group.PROGRESS, in_app=False)], 1),
        ({}, [Choice(Group.TODO, mail=False)], 1),
    ],
)
def test_who_is_written_to(world: World, fields: dict[str, Any], choices: list[Choice], letters: int) -> None:
    case = world.draft()
    user = give_address(world.applicant, **fields)
    message = make_message(case, user)
    chosen = Choices({(user.pk, choice.group): choice for choice in choices})
    queue_letters(message.event, [message], chosen)
    assert Outbox.objects.count() == letters


def test_a_person_who_hides_progress_still_gets_it_by_mail(world: World, work: Work) -> None:
    give_address(world.applicant)
    set_preferences(choices=[Choice(Group.PROGRESS, in_app=False, mail=True)], actor=world.applicant)
    world.submitted()
    work()
    assert [letter.subject for letter in mail.outbox] == ["【历程】案件进展：白云大数据产业集聚示范基地"]


def test_one_letter_for_two_messages_the_to_do_first(world: World) -> None:
    case = world.submitted()
    user = give_address(world.officer)
    news = make_message(case, user, kind="officers", data={"code": "accredit.approve"})
    todo = make_message(
        case,
        user,
        event=news.event,
        kind="todo",
        level="todo",
        data={"code": "x", "items": [{"procedure": "accredit", "duty": "plaque", "due": ""}]},
    )
    queue_letters(news.event, [news, todo], Choices())
    (letter,) = Outbox.objects.all()
    assert letter.subject.startswith("【历程】待办：授牌")
    assert letter.body.index("待办理：授牌") < letter.body.index("审批机关已批准认定")


def test_queuing_twice_is_queuing_once(world: World) -> None:
    message = make_message(world.draft(), give_address(world.applicant))
    for _ in range(2):
        queue_letters(message.event, [message], Choices())
    assert Outbox.objects.count() == 1


def test_a_title_cannot_smuggle_a_header(world: World) -> None:
    case = world.draft("基地\nBcc: all@example.cn" + "长" * 150)
    message = make_message(case, give_address(world.applicant))
    queue_letters(message.event, [message], Choices())
    subject = Outbox.objects.get().subject
    assert "\n" not in subject and len(subject) <= 200
    assert send_due().sent == 1
    assert mail.outbox[0].recipients() == [Outbox.objects.get().to]


def test_a_refused_letter_is_tried_again_and_arrives_once(world: World, refusing: type[Refusing]) -> None:
    letter = make_letter(world)
    refusing.refusals = 2
    assert (send_due().refused, len(mail.outbox)) == (1, 0)
    assert send_due().refused == 0  # not before its time
    letter.refresh_from_db()
    assert (letter.status, letter.attempts) == (OutboxStatus.QUEUED, 1)
    assert letter.next_attempt_at == clock.now() + DELAYS[0]
    assert "451 try again later" in letter.last_error
    later(DELAYS[0])
    assert send_due().refused == 1
    later(DELAYS[1])
    assert send_due().sent == 1
    assert [send_due().sent for _ in range(3)] == [0, 0, 0]
    assert len(mail.outbox) == 1
    letter.refresh_from_db()
    assert (letter.status, letter.attempts, letter.last_error) == (OutboxStatus.SENT, 3, "")


def test_given_up_after_the_last_delay_and_taken_up_by_hand(world: World, refusing: type[Refusing]) -> None:
    letter = make_letter(world)
    refusing.refusals = len(DELAYS) + 1
    for delay in DELAYS:
        assert send_due().refused == 1
        later(delay)
    assert send_due().failed == 1
    letter.refresh_from_db()
    assert letter.status == OutboxStatus.FAILED
    assert send_due() == Sent()
    assert retry_failed() == 1
    assert send_due().sent == 1
    assert refusing.asked == len(DELAYS) + 2


def test_the_others_go_out_although_one_is_refused(world: World, refusing: type[Refusing]) -> None:
    for number in range(3):
        make_letter(world, key=f"mail:1:{number}", to=f"{number}@example.cn")
    refusing.refusals = 1
    result = send_due()
    assert (result.sent, result.refused) == (2, 1)
    assert [letter.to for letter in mail.outbox] == [["1@example.cn"], ["2@example.cn"]]


def test_a_round_ends_when_nobody_answers(world: World, refusing: type[Refusing]) -> None:
    """One letter waits for its time, the others for the next round: nobody knocks two hundred times."""
    for number in range(3):
        make_letter(world, key=f"mail:1:{number}", to=f"{number}@example.cn")
    refusing.unreachable = 1
    result = send_due()
    assert (result.sent, result.refused, result.retry_at) == (0, 1, clock.now() + DELAYS[0])
    assert list(Outbox.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 0, 0]
    later(DELAYS[0])
    assert (send_due().sent, refusing.asked) == (3, 3)


def test_a_claim_that_was_never_settled_is_not_sent_again(world: World) -> None:
    """The sender was killed after it had claimed the letter: perhaps after the mail server had taken it."""
    letter = make_letter(world, status=OutboxStatus.SENDING, next_attempt_at=clock.now() + CLAIM)
    assert send_due().failed == 0  # somebody may be at it
    later(CLAIM)
    assert send_due().failed == 1
    letter.refresh_from_db()
    assert (letter.status, mail.outbox) == (OutboxStatus.FAILED, [])
    assert letter.last_error.startswith("unsettled")


def test_the_same_letter_has_the_same_message_id(world: World, settings: Any) -> None:
    settings.SITE_URL = "https://licheng.example.cn"
    make_letter(world, key="mail:17:4")
    send_due()
    assert mail.outbox[0].extra_headers["Message-ID"] == "<mail.17.4@licheng.example.cn>"


def test_the_task_comes_back_for_what_was_refused(world: World, refusing: type[Refusing]) -> None:
    make_letter(world)
    refusing.refusals = 1
    send_outbox.call()
    (again,) = DBTaskResult.objects.filter(task_path="notifications.tasks.send_outbox")
    assert again.run_after == Outbox.objects.get().next_attempt_at
    assert again.queue_name == "mail"
    later(DELAYS[0])
    send_outbox.call()
    assert len(mail.outbox) == 1
    assert DBTaskResult.objects.count() == 1  # nothing is left to come back for


def test_a_broken_mail_server_undoes_nothing(world: World, work: Work, refusing: type[Refusing]) -> None:
    give_address(world.officer)
    refusing.refusals = 100
    case = world.submitted()
    work()
    assert world.reread(case).stage == "file"
    assert user_of(world.officer).notifications.count() == 1
    assert set(DBTaskResult.objects.filter(status="SUCCESSFUL").values_list("task_path", flat=True)) == {
        "notifications.tasks.expand_event",
        "notifications.tasks.send_outbox",
    }


@pytest.mark.parametrize("options", [["--once"], ["--once", "--retry-failed"]])
def test_the_command_sends_and_says_so(world: World, options: list[str], capsys: Any) -> None:
    make_letter(world)
    make_letter(world, key="mail:2:2", status=OutboxStatus.FAILED, attempts=6)
    call_command("outbox", *options)
    sent = 2 if "--retry-failed" in options else 1
    assert len(mail.outbox) == sent
    assert f"已发送 {sent} 封" in capsys.readouterr().out
    assert not is_anything_due()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_senders_share_the_work(world: World, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for number in range(30):
        make_letter(world, key=f"mail:1:{number}", to=f"{number}@example.cn")
    gate = threading.Barrier(4)

    def send() -> int:
        try:
            gate.wait(10)
            return send_due().sent
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        sent = sum(future.result(30) for future in [pool.submit(send) for _ in range(4)])
    assert sent == len(mail.outbox) == 30
    assert len({letter.to[0] for letter in mail.outbox}) == 30
