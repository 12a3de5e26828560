"""Who may watch: a supervisor of the case's own authority, and nobody else."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from cases.models import Case
from supervision.urls import urlpatterns
from tests.factories.accounts import make_assignment, make_authority, make_user
from tests.portal.rows import make_case, make_edition, make_round
from tests.supervision.conftest import WriteEntry

pytestmark = pytest.mark.django_db

PAGES = {
    "home": ("get", ()),
    "cards": ("get", ()),
    "entries": ("get", ()),
    "record": ("get", ("case",)),
    "entry": ("get", ("case", 1)),
    "verify": ("post", ("case",)),
    "reads": ("get", ("case",)),
    "export": ("post", ("case",)),
}
AUDITORS = {"administration", "administration_verify"}
"""For another role: tried in test_administration.py."""


@pytest.fixture
def case(write: WriteEntry) -> Case:  # with an entry, and nobody signed in yet
    case = make_case(title="南明示范基地")
    write(case)
    return case


def visit(client: Client, name: str, case: Case) -> Any:
    method, parts = PAGES[name]
    args = [case.public_id if part == "case" else part for part in parts]
    return getattr(client, method)(reverse(f"supervision:{name}", args=args))


def test_every_address_is_tried() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(PAGES) | AUDITORS


@pytest.mark.parametrize("name", PAGES)
def test_supervisor_of_the_authority_may(client: Client, supervisor: Actor, case: Case, name: str) -> None:
    assert visit(client, name, case).status_code == 200


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.AUDIT_ADMIN, Role.POLICY_ADMIN])
def test_other_roles_are_told_why_not(client: Client, case: Case, name: str, role: Role) -> None:
    authority = make_authority()
    user = make_user(organisation=authority)
    make_assignment(role, authority, user=user)
    client.force_login(user)
    response = visit(client, name, case)
    assert response.status_code == 403
    assert "仅供监察员查阅" in response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_people_without_a_role_and_strangers_get_nowhere(client: Client, case: Case, name: str) -> None:
    assert visit(client, name, case).url.startswith(reverse("accounts:sign_in"))
    client.force_login(make_user())
    assert visit(client, name, case).status_code == 403


@pytest.mark.parametrize("name", [name for name, (_method, parts) in PAGES.items() if parts])
def test_supervisor_of_another_authority_finds_nothing(stranger: Client, case: Case, name: str) -> None:
    assert visit(stranger, name, case).status_code == 404


@pytest.mark.parametrize("name", [name for name, (_method, parts) in PAGES.items() if not parts])
def test_overviews_of_another_authority_are_empty(stranger: Client, case: Case, name: str) -> None:
    shown = visit(stranger, name, case).content.decode()
    assert case.title not in shown
    assert case.case_no not in shown


def test_supervisor_of_one_programme_finds_no_other(client: Client, case: Case) -> None:
    authority = make_authority()
    user = make_user(organisation=authority)
    make_assignment(Role.SUPERVISOR, authority, user=user, programme_code="other-programme")
    client.force_login(user)
    assert visit(client, "record", case).status_code == 404
    assert case.title not in visit(client, "entries", case).content.decode()
    own = make_case(make_round(make_edition(code="other-programme"), name="其他批次"))
    assert visit(client, "record", own).status_code == 200


@pytest.mark.parametrize("name", [name for name, (_method, parts) in PAGES.items() if parts])
def test_drafts_and_unknown_cases_do_not_exist(
    client: Client, supervisor: Actor, write: WriteEntry, name: str
) -> None:
    draft = make_case(stage="declare", step="declare", submitted_at=None)
    write(draft, "case.open")
    assert visit(client, name, draft).status_code == 404
    assert visit(client, name, Case(public_id=uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("name", [name for name, (method, _parts) in PAGES.items() if method == "post"])
def test_what_changes_the_record_is_not_read(
    client: Client, supervisor: Actor, case: Case, name: str
) -> None:
    assert client.get(reverse(f"supervision:{name}", args=[case.public_id])).status_code == 405
