"""One open socket: what waits, what was sent, what is too much."""

from __future__ import annotations

from typing import Any

from notifications.lines import WAITING, Line
from notifications.live import Missed


def message(number: int) -> dict[str, Any]:
    return {"type": "notification", "id": number}


def make_line() -> Line:
    return Line(user_id=1, language="zh-hans")


def welcomed(line: Line, *missed: int, seen: list[int] | None = None) -> None:
    messages = [message(number) for number in missed]
    line.welcome(Missed(unread=len(missed), last=9, messages=messages, more=False), seen or [])


async def sent(line: Line) -> list[Any]:
    """What goes out, until the end."""
    line.end()
    out: list[Any] = []
    while (item := await line.next()) is not None:
        out.append(item.get("id", item["type"]))
    return out


async def test_nothing_before_hello() -> None:
    line = make_line()
    line.offer(message(1))
    assert await sent(line) == []


async def test_the_welcome_comes_first_then_the_missed_then_the_held() -> None:
    line = make_line()
    assert line.greet()
    line.offer(message(5))
    line.offer(message(3))  # the answer has it as well
    welcomed(line, 2, 3)
    line.offer(message(6))
    assert await sent(line) == ["welcome", 2, 3, 5, 6]


async def test_each_id_goes_out_once() -> None:
    line = make_line()
    line.greet()
    welcomed(line, 1, 2, seen=[4])
    for number in (1, 2, 4, 5, 5):
        line.offer(message(number))
    assert await sent(line) == ["welcome", 1, 2, 5]


async def test_one_hello_is_enough() -> None:
    line = make_line()
    assert [line.greet(), line.greet()] == [True, False]


async def test_a_client_that_does_not_listen_is_cut_off() -> None:
    line = make_line()
    line.greet()
    welcomed(line)
    for number in range(WAITING * 3):
        line.offer(message(number))
    out = 0
    while await line.next() is not None:
        out += 1
    assert out == WAITING
