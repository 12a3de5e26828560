"""The one clock: civil dates in Shanghai, and nobody moves it outside a rehearsal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from audit import clock


@pytest.fixture(autouse=True)
def running_again() -> Iterator[None]:
    yield
    clock.set_clock(None)


@pytest.mark.parametrize(
    ("moment", "today"),
    [
        ("2026-03-01T15:59:59+00:00", dt.date(2026, 3, 1)),
        ("2026-03-01T16:00:00+00:00", dt.date(2026, 3, 2)),
        ("2026-12-31T16:00:00+00:00", dt.date(2027, 1, 1)),
    ],
)
def test_the_day_turns_at_midnight_in_shanghai(moment: str, today: dt.date) -> None:
    clock.set_clock(dt.datetime.fromisoformat(moment))
    assert clock.today() == today


def test_a_day_is_half_open() -> None:
    day = dt.date(2026, 3, 1)
    assert clock.start_of(day) == dt.datetime(2026, 2, 28, 16, tzinfo=dt.UTC)
    assert clock.end_of(day) == clock.start_of(dt.date(2026, 3, 2))
    assert clock.start_of(day).tzinfo is dt.UTC


def test_the_clock_runs_in_utc() -> None:
    before = dt.datetime.now(dt.UTC)
    assert before <= clock.now() <= dt.datetime.now(dt.UTC)
    assert clock.now().tzinfo is dt.UTC


def test_the_clock_moves_only_in_a_rehearsal(settings: Settings) -> None:
    settings.REHEARSAL = False
    with pytest.raises(clock.ClockRefused):
        clock.set_clock(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    settings.REHEARSAL = True
    with pytest.raises(clock.ClockRefused):
        clock.set_clock(dt.datetime(2026, 3, 1))
