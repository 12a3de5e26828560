from __future__ import annotations

import datetime as dt

import pytest

from audit import clock
from tests.factories.cases import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """Guiyang on 20 March 2020, 10:00."""
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    return make_world()
