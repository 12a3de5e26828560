"""The three administrators of a city and of another one, each at their own browser."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from accounts.models import Organisation
from audit import clock
from tests.factories.accounts import make_actor, make_authority

TODAY = dt.date(2026, 3, 2)
USCC = "91310000775785552L"


@dataclass(frozen=True)
class Seat:
    """Somebody acting, and their browser."""

    actor: Actor
    client: Client

    def get(self, name: str, /, *args: Any, **query: Any) -> HttpResponse:
        return self.client.get(reverse(f"accounts:{name}", args=args), query)

    def post(self, name: str, /, *args: Any, **sent: Any) -> HttpResponse:
        return self.client.post(reverse(f"accounts:{name}", args=args), sent)

    def page(self, name: str, /, *args: Any, **query: Any) -> str:
        answer = self.get(name, *args, **query)
        assert answer.status_code == 200, (name, answer.status_code)
        return answer.content.decode()

    def queries(self, name: str, /, *args: Any, **query: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert self.get(name, *args, **query).status_code == 200
        return len(seen)


def seat(role: Role, organisation: Organisation | None = None, **fields: Any) -> Seat:
    """Somebody in ``role`` (at the authority, unless told otherwise), signed in."""
    clock.set_clock(clock.start_of(TODAY) + dt.timedelta(hours=10))
    actor = make_actor(role, organisation or make_authority(), **fields)
    return Seat(actor, client_of(actor))


def elsewhere(role: Role) -> Seat:
    """The same administrator of another city."""
    return seat(role, make_authority("遵义市", code="zunyi"))


def client_of(actor: Actor) -> Client:
    client = Client()
    assert actor.user is not None
    client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    return client
