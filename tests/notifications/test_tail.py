"""Following ids that become visible out of order: each once, none lost within the window."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notifications.tail import WINDOW, Tail


def look(tail: Tail, visible: set[int], now: float) -> list[int]:
    """What the hub does: look above the floor, deal with what is new, settle it."""
    fresh = tail.fresh(number for number in visible if number > tail.floor)
    tail.settle(fresh, now=now)
    return fresh


def test_each_id_once_and_in_order() -> None:
    tail = Tail()
    assert look(tail, {1, 2}, 0) == [1, 2]
    assert look(tail, {1, 2}, 1) == []
    assert look(tail, {1, 2, 4, 3}, 2) == [3, 4]


def test_a_lower_id_that_commits_late_is_found() -> None:
    tail = Tail()
    assert look(tail, {10, 12}, 0) == [10, 12]
    assert look(tail, {10, 11, 12}, WINDOW - 1) == [11]
    assert look(tail, {10, 11, 12}, WINDOW) == []


def test_the_floor_rises_with_the_window_and_memory_is_let_go() -> None:
    tail = Tail()
    look(tail, {5}, 0)
    assert tail.floor == 0
    look(tail, {5, 9}, WINDOW / 2)
    look(tail, {5, 9}, WINDOW)
    assert tail.floor == 5
    look(tail, {5, 9}, WINDOW * 1.5)
    assert tail.floor == 9
    assert tail.fresh({5, 7, 9, 10}) == [10]


def test_what_was_not_settled_comes_again() -> None:
    """Handing over failed: the next look finds the same."""
    tail = Tail()
    look(tail, {1}, 0)
    assert tail.fresh({1, 2}) == [2]
    assert tail.fresh({1, 2}) == [2]


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, int(WINDOW * 10) - 11)), min_size=1, max_size=60)
)
def test_nothing_lost_nothing_twice(rows: list[tuple[int, int]]) -> None:
    """Rows take their ids in the order of their writing and appear up to a window later (tenths of a second)."""
    rows.sort(key=lambda row: row[0])
    appears = {number: written + delay for number, (written, delay) in enumerate(rows, start=1)}
    tail, got = Tail(), []
    for tenth in range(0, max(appears.values()) + 20, 10):
        got += look(tail, {number for number, at in appears.items() if at <= tenth}, tenth / 10)
    assert sorted(got) == sorted(appears)
