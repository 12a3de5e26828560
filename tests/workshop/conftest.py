"""An edition, an open round under it, and a policy administrator signed in."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.enums import Role
from programmes.models import Edition, Round
from programmes.rounds import open_round
from tests.conftest import Freeze
from tests.portal.rows import make_edition
from tests.workshop.visits import sign_in


@pytest.fixture
def edition(frozen_clock: Freeze) -> Edition:
    frozen_clock("2026-02-10 09:00")
    return make_edition()


@pytest.fixture
def round(edition: Edition) -> Round:
    opened, _verdicts = open_round(
        programme=edition.programme,
        year=2026,
        name="2026年度",
        opens_on=dt.date(2026, 2, 10),
        actor=Actor.system_actor(),
    )
    return opened


@pytest.fixture
def admin(client: Client) -> Actor:
    return sign_in(client, Role.POLICY_ADMIN)
