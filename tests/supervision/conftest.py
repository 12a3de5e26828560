"""A supervisor, signed in, and cases to watch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.actors import Actor, actor_for
from accounts.enums import Role
from audit.chain import append
from audit.models import Entry
from cases.models import Case
from tests.factories.accounts import make_assignment, make_authority, make_organisation, make_user
from tests.portal.rows import make_case

WriteEntry = Callable[..., Entry]


@pytest.fixture
def supervisor(client: Client) -> Actor:
    """孙监察 of the authority, signed in."""
    authority = make_authority()
    user = make_user("孙监察", organisation=authority)
    client.force_login(user)
    return actor_for(make_assignment(Role.SUPERVISOR, authority, user=user))


@pytest.fixture
def stranger(supervisor: Actor) -> Client:
    """A supervisor of another authority, signed in."""
    elsewhere = make_authority("遵义市", code="zunyi")
    user = make_user("周监察", organisation=elsewhere)
    make_assignment(Role.SUPERVISOR, elsewhere, user=user)
    other = Client()
    other.force_login(user)
    return other


@pytest.fixture
def case(supervisor: Actor) -> Case:
    """A case of the supervisor's authority, its record still empty."""
    return make_case(title="南明示范基地")


@pytest.fixture
def officer(db: None) -> Actor:
    """王经办 of the bureau."""
    unit = make_organisation("市大数据局")
    return actor_for(make_assignment(Role.OFFICER, unit, user=make_user("王经办", organisation=unit)))


@pytest.fixture
def write(officer: Actor) -> WriteEntry:
    """Append one entry to the record of a case, as the officer unless told otherwise."""

    def write(case: Case, action: str = "file.file", *, actor: Actor | None = None, **data: Any) -> Entry:
        with transaction.atomic():
            return append(
                chain=case.chain,
                action=action,
                actor=(actor or officer).stamp(),
                subject=str(case.public_id),
                data=data,
                clause="003·附件6·第四条(二)",
            )

    return write
