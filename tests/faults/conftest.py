from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from audit import clock
from tests.factories.cases import World, make_world
from tests.faults.applicants import with_new_applicant
from tests.faults.processes import Place, place_in

START = dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI)
Anew = Callable[[], World]


@pytest.fixture
def world(db: None) -> World:
    """Guiyang on 20 March 2020, 10:00."""
    clock.set_clock(START)
    return make_world()


@pytest.fixture
def anew(transactional_db: None) -> Anew:
    """``anew()``: Guiyang on 20 March 2020, 10:00, with an applicant who has not declared anything yet.

    Committed, so that other threads and connections see it.
    """
    clock.set_clock(START)
    return partial(with_new_applicant, make_world())


@pytest.fixture
def place(transactional_db: None, tmp_path: Path) -> Iterator[Place]:
    """Where processes can be started and killed; the test's database is theirs."""
    with place_in(tmp_path) as place:
        yield place


@pytest.fixture
def placed_world(place: Place) -> World:
    """Guiyang in the database of the processes."""
    clock.set_clock(START)
    return make_world()
