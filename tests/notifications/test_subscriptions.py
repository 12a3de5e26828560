"""开放时通知我: who asked is told once when a programme takes declarations, by the channels they have chosen."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.errors import Refusal
from accounts.models import User
from audit import clock
from notifications.enums import Group, Kind
from notifications.models import Notification, Outbox, RoundNews, Subscription
from notifications.preferences import Choice, set_preferences
from notifications.sentences import headline_of, sentence_of
from notifications.subscriptions import subscribe, subscriptions_of, tell_of_rounds, unsubscribe
from programmes.models import Programme, Round
from programmes.rounds import open_round
from tests.factories.accounts import make_user
from tests.factories.cases import World
from tests.notifications.rows import user_of


def at(day: int, hour: int = 10, month: int = 4) -> None:
    clock.set_clock(dt.datetime(2020, month, day, hour, tzinfo=clock.SHANGHAI))


def opened(programme: Programme, opens_on: dt.date, name: str = "第二批") -> Round:
    round_, _verdicts = open_round(
        programme=programme,
        year=2020,
        name=name,
        opens_on=opens_on,
        closes_on=opens_on + dt.timedelta(days=20),
        actor=Actor.system_actor(),
        reason="年内第二批。",
    )
    return round_


@pytest.fixture
def programme(world: World) -> Programme:
    return world.draft().programme


@pytest.fixture
def reader(client: Client, world: World) -> User:
    user = user_of(world.applicant)
    user.email = "zhang@example.cn"
    user.save(update_fields=["email"])
    client.force_login(user)
    return user


def asked_by(user: User, programme: Programme) -> None:
    subscribe(programme=programme, actor=Actor.as_person(user))


def messages() -> list[Notification]:
    return list(Notification.objects.filter(kind=Kind.SUBSCRIBER).order_by("pk"))


def test_who_asked_is_told_once_on_the_first_day(reader: User, programme: Programme) -> None:
    asked_by(reader, programme)
    asked_by(reader, programme)
    assert len(subscriptions_of(reader)) == 1
    at(1)
    opened(programme, dt.date(2020, 4, 10))
    assert tell_of_rounds() == 0, "the round is announced and takes nothing yet"
    at(10, 0)
    assert tell_of_rounds() == 1
    assert tell_of_rounds() == 0
    (message,) = messages()
    assert (message.user, message.case) == (reader, None)
    assert sentence_of(message) == f"您关注的“{programme.title}”已开始受理申报：第二批，2020-04-30截止。"
    assert headline_of(message) == f"开始受理申报：{programme.title}"
    letter = Outbox.objects.get()
    assert letter.to == reader.email
    assert sentence_of(message) in letter.body
    assert f"/public/programmes/{programme.public_id}/" in letter.body


def test_a_round_that_is_open_already_is_not_told_of(reader: User, programme: Programme) -> None:
    """The world's own round is open when the person asks."""
    asked_by(reader, programme)
    assert tell_of_rounds() == 0
    assert (messages(), RoundNews.objects.count()) == ([], 1)


def test_a_round_opened_after_its_first_day_counts_from_its_opening(
    reader: User, programme: Programme
) -> None:
    at(1)
    asked_by(reader, programme)
    at(2)
    opened(programme, dt.date(2020, 3, 25))
    assert tell_of_rounds() == 1


@pytest.mark.parametrize("over", ["closed", "past"])
def test_a_round_that_is_over_is_not_told_of(reader: User, programme: Programme, over: str) -> None:
    asked_by(reader, programme)
    at(1)
    round_ = opened(programme, dt.date(2020, 4, 10))
    if over == "closed":
        Round.objects.filter(pk=round_.pk).update(status="closed")
    at(11 if over == "closed" else 31, month=4 if over == "closed" else 5)
    tell_of_rounds()
    assert messages() == []


def test_who_no_longer_wants_it_and_whose_account_is_closed_hear_nothing(
    reader: User, programme: Programme, world: World
) -> None:
    gone = make_user(organisation=world.zone)
    asked_by(reader, programme)
    asked_by(gone, programme)
    unsubscribe(programme=programme, actor=Actor.as_person(reader))
    unsubscribe(programme=programme, actor=Actor.as_person(reader))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    at(1)
    opened(programme, dt.date(2020, 4, 1))
    assert tell_of_rounds() == 0


@pytest.mark.parametrize(("in_app", "mail"), [(True, False), (False, True), (False, False)])
def test_the_channels_are_the_person_s_choice(
    reader: User, programme: Programme, in_app: bool, mail: bool
) -> None:
    asked_by(reader, programme)
    set_preferences(choices=[Choice(Group.ROUNDS, in_app, mail)], actor=Actor.as_person(reader))
    at(1)
    opened(programme, dt.date(2020, 4, 1))
    tell_of_rounds()
    assert (len(messages()), Outbox.objects.count()) == (int(in_app), int(mail))


def test_the_timer_tells_and_says_so(
    reader: User, programme: Programme, capsys: pytest.CaptureFixture[str]
) -> None:
    asked_by(reader, programme)
    at(1)
    opened(programme, dt.date(2020, 4, 1))
    call_command("reap")
    assert "批次开放提醒 1 人。" in capsys.readouterr().out


def test_telling_costs_the_same_for_many(
    programme: Programme, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make_user(organisation=world.zone) for _ in range(4)]
    for user in people[:1]:
        asked_by(user, programme)
    at(1)
    tell_of_rounds()
    counts = []
    for number, some in enumerate((people[:1], people)):
        for user in some:
            asked_by(user, programme)
        at(2 + number)
        opened(programme, dt.date(2020, 4, 2 + number), name=f"批次{number}")
        with CaptureQueriesContext(connection) as asked:
            assert tell_of_rounds() == len(some)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    with django_assert_num_queries(1):
        assert tell_of_rounds() == 0


def test_a_programme_that_is_not_published_cannot_be_watched(
    reader: User, client: Client, world: World
) -> None:
    hidden = Programme.objects.create(authority=world.authority, code="not-yet", title_zh="尚未公布的事项")
    with pytest.raises(Refusal) as refused:
        asked_by(reader, hidden)
    assert refused.value.code == "not_published"
    assert client.get(reverse("notifications:watch", args=[hidden.public_id])).status_code == 404


# -- the pages -------------------------------------------------------------------------------------------------------


def test_asking_and_ending_it_without_script(reader: User, client: Client, programme: Programme) -> None:
    to = reverse("notifications:watch", args=[programme.public_id])
    page = client.get(to).content.decode()
    assert 'name="do" value="on"' in page
    assert f"同时发送邮件至 {reader.email}。" in page
    done = client.post(to, {"do": "on"}, follow=True).content.decode()
    assert f"已设置开放提醒：{programme.title}。" in done
    assert f'action="{to}"' in done
    assert 'name="do" value="off"' in client.get(to).content.decode()
    done = client.post(to, {"do": "off"}, follow=True).content.decode()
    assert f"已取消开放提醒：{programme.title}。" in done
    assert not Subscription.objects.exists()


def test_the_message_leads_to_the_programme(reader: User, client: Client, programme: Programme) -> None:
    asked_by(reader, programme)
    at(1)
    opened(programme, dt.date(2020, 4, 1))
    tell_of_rounds()
    (message,) = messages()
    assert sentence_of(message) in client.get(reverse("notifications:list")).content.decode()
    answer = client.get(reverse("notifications:open", args=[message.public_id]))
    assert answer.headers["Location"] == reverse("portal:programme", args=[programme.public_id])


def test_the_public_page_leads_there_and_strangers_sign_in_first(
    client: Client, programme: Programme
) -> None:
    to = reverse("notifications:watch", args=[programme.public_id])
    page = client.get(reverse("portal:programme", args=[programme.public_id])).content.decode()
    assert f'href="{to}"' in page
    assert "（须登录）" in page
    answer = client.get(to)
    assert answer.status_code == 302
    assert "next=" in answer.headers["Location"]
