"""The live socket: nothing lost, nothing twice, nobody else's."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.db import connections, transaction

from accounts.models import User
from cases.models import Case
from notifications import consumers, live
from notifications.inbox import mark_all_read
from notifications.lines import Line
from notifications.models import Notification
from tests.factories.cases import World
from tests.notifications.conftest import Write
from tests.notifications.rows import make_message, user_of
from tests.notifications.sockets import Client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quick_looks")]


async def test_visitors_are_refused() -> None:
    answer = await Client(AnonymousUser()).knock()
    assert (answer["type"], answer["code"]) == ("websocket.close", consumers.NOT_SIGNED_IN)


async def test_nobody_listens_before_the_first_password_is_changed(reader: User) -> None:
    reader.must_change_password = True
    answer = await Client(reader).knock()
    assert (answer["type"], answer["code"]) == ("websocket.close", consumers.NOT_SIGNED_IN)


async def test_hello_brings_the_count_and_what_is_unread(reader: User, write: Write) -> None:
    old = await write()
    await database_sync_to_async(Notification.objects.filter(pk=old).update)(read_at="2020-03-20T02:00:00Z")
    first, second = await write(), await write()
    async with Client(reader) as client:
        welcome = await client.hello()
        assert welcome == {"type": "welcome", "unread": 2, "last": second, "missed": 2, "more": False}
        message = await client.hear()
        assert (message["id"], message["missed"], message["read"]) == (first, True, False)
        assert message["text"] == "“白云大数据产业集聚示范基地”已准予备案。"
        assert message["level"] == "info"
        public_id = await database_sync_to_async(
            Notification.objects.values_list("public_id", flat=True).get
        )(pk=first)
        assert message["url"] == f"/notices/{public_id}/"
        assert await client.ids(1) == [second]


async def test_new_rows_are_pushed_with_the_count(reader: User, write: Write) -> None:
    async with Client(reader) as client:
        assert (await client.hello())["unread"] == 0
        number = await write()
        message = await client.hear()
        assert (message["id"], message["unread"]) == (number, 1)
        assert "missed" not in message


async def test_nothing_is_said_before_hello(reader: User, write: Write) -> None:
    async with Client(reader) as client:
        await write()
        assert await client.silent()
        assert (await client.hello())["missed"] == 1


async def test_other_peoples_messages_are_not_heard(world: World, reader: User, write: Write) -> None:
    async with Client(reader) as client, Client(user_of(world.officer)) as other:
        await client.hello()
        await other.hello()
        number = await write(user_of(world.officer))
        assert await other.ids(1) == [number]
        assert await client.silent()


async def test_a_cut_line_loses_nothing_and_repeats_nothing(reader: User, write: Write) -> None:
    memory: list[int] = []
    async with Client(reader, memory=memory) as client:
        await client.hello()
        expected = [await write(), await write()]
        assert await client.ids(2) == expected
    expected += [await write(), await write(), await write()]  # while nobody listens
    async with Client(reader, memory=memory) as client:
        assert (await client.hello())["missed"] == 3
        await client.ids(3)
        expected.append(await write())
        await client.ids(1)
        assert await client.silent()
    assert memory == expected


async def test_since_alone_is_everything_newer(reader: User, write: Write) -> None:
    numbers = [await write() for _ in range(4)]
    async with Client(reader) as client:
        await client.say({"type": "hello", "since": numbers[1]})
        assert (await client.hear())["missed"] == 2
        assert await client.ids(2) == numbers[2:]
        assert await client.silent()


async def test_rows_written_while_the_hello_is_answered_come_once(
    reader: User, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub offers the row before the answer is out, and the answer has it as well."""
    missed, offered = live.missed, threading.Event()
    offer = Line.offer

    def watched(line: Line, message: live.Payload) -> None:
        offer(line, message)
        offered.set()

    def late(**fields: Any) -> live.Missed:
        assert offered.wait(5)  # the row is written and found while the client waits for its welcome
        return missed(**fields)

    monkeypatch.setattr(Line, "offer", watched)
    monkeypatch.setattr(live, "missed", late)
    monkeypatch.setattr(
        consumers, "database_sync_to_async", partial(database_sync_to_async, thread_sensitive=False)
    )
    async with Client(reader) as client:
        await client.say({"type": "hello", "since": 0})
        number = await write()
        assert (await client.hear())["missed"] == 1
        assert await client.ids(1) == [number]
        assert await client.silent()


async def test_ids_that_commit_out_of_order(reader: User, write: Write) -> None:
    first = await write()
    async with Client(reader) as client:
        await client.hello()
        await client.ids(1)
        await write(pk=first + 5)
        assert await client.ids(1) == [first + 5]
        await write(pk=first + 3)  # taken earlier, committed later
        await write(pk=first + 6)
        assert await client.ids(2) == [first + 3, first + 6]
        assert await client.silent()


async def test_what_committed_late_while_the_line_was_cut(reader: User, write: Write) -> None:
    """Told by what the client has seen: between its ids there is none that it has not got."""
    memory: list[int] = []
    await write(pk=100)
    await write(pk=110)
    async with Client(reader, memory=memory) as client:
        await client.hello()
        await client.ids(2)
        await write(pk=115)
        await client.ids(1)
    await write(pk=113)  # committed after 115
    await write(pk=90)  # before anything that the client remembers: in the list, and in the count
    async with Client(reader, memory=memory) as client:
        welcome = await client.hello()
        assert (welcome["missed"], welcome["unread"]) == (1, 5)
        assert await client.ids(1) == [113]
        assert await client.silent()


@pytest.mark.postgres
async def test_a_transaction_that_takes_its_time(reader: User, case: Case, write: Write) -> None:
    """For real: one connection takes an id and waits, another one overtakes it."""
    inserted, commit = threading.Event(), threading.Event()
    slow: list[int] = []

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                slow.append(make_message(case, reader).pk)
                inserted.set()
                assert commit.wait(10)
        finally:
            connections.close_all()

    async with Client(reader) as client:
        await client.hello()
        thread = threading.Thread(target=write_slowly)
        thread.start()
        assert await sync_to_async(inserted.wait, thread_sensitive=False)(10)
        overtaking = await write()
        assert await client.ids(1) == [overtaking]
        assert await client.silent()
        commit.set()
        assert await client.ids(1) == slow
        assert slow[0] < overtaking
        thread.join(10)


async def test_rows_of_another_connection_appear(reader: User, case: Case) -> None:
    """As the worker's process writes them: no hint reaches this one, the look finds them."""

    def write_elsewhere() -> int:
        try:
            return make_message(case, reader).pk
        finally:
            connections.close_all()

    async with Client(reader) as client:
        await client.hello()
        number = await sync_to_async(write_elsewhere, thread_sensitive=False)()
        assert await client.ids(1) == [number]


async def test_every_tab_and_each_in_its_language(reader: User, write: Write, english: None) -> None:
    async with Client(reader) as one, Client(reader, cookies={"django_language": "en"}) as two:
        await one.hello()
        await two.hello()
        await write()
        assert (await one.hear())["text"] == "“白云大数据产业集聚示范基地”已准予备案。"
        assert (await two.hear())["text"] == "“白云大数据产业集聚示范基地” was filed. "


async def test_closed_accounts_hear_nothing(reader: User, write: Write) -> None:
    async with Client(reader) as client:
        await client.hello()
        await database_sync_to_async(User.objects.filter(pk=reader.pk).update)(is_active=False)
        await write()
        assert await client.silent()


async def test_reading_elsewhere_shows_in_the_next_count(world: World, reader: User, write: Write) -> None:
    async with Client(reader) as client:
        await client.hello()
        await write()
        assert (await client.hear())["unread"] == 1
        await database_sync_to_async(mark_all_read)(newest=None, actor=world.applicant)
        await write()
        assert (await client.hear())["unread"] == 1


async def test_more_than_can_be_sent_one_by_one(
    reader: User, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [await write() for _ in range(5)]
    monkeypatch.setattr(live, "MOST", 3)
    async with Client(reader) as client:
        welcome = await client.hello()
        assert (welcome["unread"], welcome["missed"], welcome["more"]) == (5, 3, True)
        assert await client.ids(3) == numbers[2:]


async def test_a_second_hello_is_ignored(reader: User, write: Write) -> None:
    await write()
    async with Client(reader) as client:
        await client.hello()
        await client.ids(1)
        await client.say({"type": "hello", "since": 0})
        assert await client.silent()


async def test_nonsense_for_since_is_none(reader: User, write: Write) -> None:
    await write()
    for since in (None, "7", -1, True, 2**70, [1]):
        async with Client(reader) as client:
            await client.say({"type": "hello", "since": since, "seen": "x"})
            assert (await client.hear())["missed"] == 1, since


async def test_ping_is_answered_and_the_unknown_ignored(reader: User) -> None:
    async with Client(reader) as client:
        await client.say({"type": "dance"})
        await client.say({"type": "ping"})
        assert await client.hear() == {"type": "pong"}


async def test_a_frame_that_is_no_message_ends_the_line(reader: User) -> None:
    for frame in ({"text": "not json"}, {"text": "[1]"}, {"bytes": b"\x00"}):
        async with Client(reader) as client:
            await client.send_frame(**frame)
            assert await client.closing_code() == consumers.MALFORMED


async def test_a_line_ends_after_its_time(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "LIFETIME", 0.05)
    async with Client(reader) as client:
        assert await client.closing_code() == consumers.AGAIN
