"""What somebody may not see does not exist for them: every address that names a thing answers 404, never 403.

The person holds the role that the address is made for, in another authority: nothing but visibility is in the way.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.enums import Role
from audit import clock
from cases.models import Case, UploadSession
from programmes.enums import EditionStatus
from programmes.models import Edition, Trial, WorkingCopy
from tests.config.test_addresses import ALL, client_of, url_of
from tests.factories.accounts import (
    make_actor,
    make_assignment,
    make_authority,
    make_organisation,
    make_substitution,
)
from tests.factories.cases import World, make_world
from tests.factories.signing import make_signer
from workflows.models import WorkItem
from workshop.copies import clone_edition

PUBLIC = frozenset({"portal:notice", "portal:object", "portal:entry"}) | {
    "portal:certificate",
    "portal:certificate_qr",
    "portal:programme",
    "portal:precheck",
}
"""They name things too, but what they name is published."""
PUBLISHED = frozenset({"cases:policy", "notifications:watch"})
"""A published edition is for everybody at work; a draft is not (tested below)."""
ROLES = (Role.APPLICANT, Role.OPERATOR, Role.OFFICER, Role.CHIEF, Role.EXPERT, Role.APPROVER, Role.SUPERVISOR)


@pytest.fixture
def world(db: None) -> World:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    return make_world()


def elsewhere(role: Role) -> Actor:
    """Somebody in this role, in a unit of another city."""
    return make_actor(role, make_organisation(parent=make_authority("遵义市", code="zunyi")))


def naming() -> list[str]:
    """Every address that names a thing by its public id and is not for everybody."""
    kinds = {name: {type(c).__name__ for c in p.pattern.converters.values()} for name, p in ALL.items()}
    return sorted(
        name for name, found in kinds.items() if "UUIDConverter" in found and name not in PUBLIC | PUBLISHED
    )


@dataclasses.dataclass(frozen=True)
class Thing:
    """What an address names, and a role that may enter there at all."""

    values: Callable[[World, Case], dict[str, Any]]
    roles: tuple[Role, ...]


def _case(world: World, case: Case) -> dict[str, Any]:
    material = case.materials.first()
    decision = case.decisions.exclude(letter="").first()
    assert material is not None
    assert decision is not None
    upload, _created = UploadSession.objects.get_or_create(
        case=case,
        owner=material.uploaded_by,
        item=material.item,
        name="x.pdf",
        size=9,
        fingerprint="changed:1",
    )
    return {
        "public_id": case.public_id,
        "material_id": material.public_id,
        "upload_id": upload.public_id,
        "decision_id": decision.public_id,
        "code": "GY_PLAN",
        "action": "review.submit_score",
        "seq": 1,
    }


def _item(duty: str) -> Callable[[World, Case], dict[str, Any]]:
    return lambda world, case: {"public_id": WorkItem.objects.filter(case=case, duty=duty)[0].public_id}


def _message(world: World, case: Case) -> dict[str, Any]:
    from notifications.models import Notification

    row = Notification.objects.first()
    assert row is not None
    return {"public_id": row.public_id}


def _assignment(world: World, case: Case) -> dict[str, Any]:
    return {"public_id": make_assignment(Role.OFFICER, world.bureau).public_id}


def _substitution(world: World, case: Case) -> dict[str, Any]:
    return {"public_id": make_substitution(make_assignment(Role.OFFICER, world.bureau)).public_id}


def _registration(world: World, case: Case) -> dict[str, Any]:
    return {"public_id": make_signer(world.zone).registration.public_id}


def _unit(world: World, case: Case) -> dict[str, Any]:
    return {"public_id": world.bureau.public_id}


def _person(world: World, case: Case) -> dict[str, Any]:
    user = world.officer.user
    assert user is not None
    return {"public_id": user.public_id}


def _edition(world: World, case: Case) -> dict[str, Any]:
    return {"public_id": world.edition.public_id}


def _copy(world: World, case: Case) -> dict[str, Any]:
    author = make_actor(Role.POLICY_ADMIN, world.bureau)
    copy = WorkingCopy.objects.first() or clone_edition(edition=world.edition, actor=author)
    return {"public_id": copy.public_id}


def _trial(world: World, case: Case) -> dict[str, Any]:
    copy = WorkingCopy.objects.get(public_id=_copy(world, case)["public_id"])
    made = Trial.objects.create(copy=copy, kind="scenarios", source=b"", digest="", asked_by=copy.changed_by)
    return {"public_id": made.public_id}


def _thing_of(name: str) -> Thing:
    room, _colon, page = name.partition(":")
    match room, page:
        case "workflows", "score" | "draw":
            return Thing(_item("score" if page == "score" else "assign"), ROLES)
        case "cases", "batch" | "batch_template" | "batch_mend":
            roles = (Role.APPLICANT, Role.OPERATOR)
            return Thing(lambda world, case: {"public_id": world.round.public_id}, roles)
        case (("cases" | "workflows"), _):
            return Thing(_case, ROLES)
        case "supervision", _:
            return Thing(_case, (Role.SUPERVISOR,))
        case "notifications", _:
            return Thing(_message, (Role.OFFICER,))
        case "workshop", "edition" | "clone" | "edition_download" | "edition_compare":
            return Thing(_edition, (Role.POLICY_ADMIN,))
        case "workshop", "edition_publish" | "edition_retire" | "move":
            return Thing(_edition, (Role.POLICY_ADMIN,))
        case "workshop", "open_round":
            roles = (Role.POLICY_ADMIN, Role.OFFICER)
            return Thing(lambda world, case: {"public_id": world.programme.public_id}, roles)
        case "workshop", "trial":
            return Thing(_trial, (Role.POLICY_ADMIN,))
        case "workshop", "round" | "fill_slot" | "close_round":
            roles = (Role.POLICY_ADMIN, Role.OFFICER)
            values = {"name": "publicity_length"}
            return Thing(lambda world, case: values | {"public_id": world.round.public_id}, roles)
        case "workshop", _:
            return Thing(_copy, (Role.POLICY_ADMIN,))
        case "accounts", "act_as":
            return Thing(_assignment, (Role.OFFICER,))
        case "accounts", "unit" | "person":
            roles = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
            return Thing(_unit if page == "unit" else _person, roles)
        case "accounts", _ if page.startswith(("unit_", "person_")):
            return Thing(_unit if page.startswith("unit_") else _person, (Role.SYSTEM_ADMIN,))
        case "accounts", "grant_end":
            return Thing(_assignment, (Role.SECURITY_ADMIN,))
        case "accounts", "signer_end":
            return Thing(_registration, (Role.SECURITY_ADMIN,))
        case "accounts", "substitute_end":
            return Thing(_substitution, (Role.OFFICER,))
    raise LookupError(f"{name}: say in _thing_of what this address names")


def test_what_one_may_not_see_is_not_there(world: World) -> None:
    case = world.with_panel()
    clients = {
        role: client_of(elsewhere(role))
        for role in (*ROLES, Role.POLICY_ADMIN, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN)
    }
    for name in naming():
        thing = _thing_of(name)
        values = thing.values(world, case)
        for role in thing.roles:
            told = [ask(url_of(name, **values)) for ask in (clients[role].get, clients[role].post)]
            assert {answer.status_code for answer in told} <= {404, 405}, (name, role, told)
            assert 404 in {answer.status_code for answer in told}, (name, role)
            missing = url_of(name, **values | {"public_id": uuid.uuid4()})
            assert clients[role].post(missing).status_code == told[1].status_code, (name, role)


def test_an_item_of_a_case_one_may_not_see_is_not_there(world: World) -> None:
    """Open or done, with the right version or a stale one, of the action's kind or another."""
    case = world.with_panel()
    items = [WorkItem.objects.filter(case=case, duty=duty)[0] for duty in ("score", "assign", "examine")]
    for actor in (world.other_applicant, elsewhere(Role.OFFICER), world.experts[6]):
        client = client_of(actor)
        for action in ("review.assign_experts", "review.submit_score", "command.withdraw", "nonsense"):
            address = url_of("workflows:act", public_id=case.public_id, action=action)
            for item in items:
                assert client.get(address, {"item": item.public_id}).status_code == 404
                for version in ("", "1", "99"):
                    sent = {"item": item.public_id, "version": version, "idempotency_key": uuid.uuid4().hex}
                    assert client.post(address, sent).status_code == 404, (action, item.duty, version)


def test_an_item_of_another_case_is_not_there_either(world: World) -> None:
    """The officer sees both cases; the item belongs to the other one."""
    one, other = world.submitted(), world.submitted(title="花溪大数据产业集聚示范基地")
    address = url_of("workflows:act", public_id=one.public_id, action="file.file")
    client = client_of(world.officer)
    foreign = other.items.get(duty="examine").public_id
    assert client.get(address, {"item": foreign}).status_code == 404
    assert client.post(address, {"item": foreign}).status_code == 404


def test_a_draw_for_an_item_one_may_not_see_is_not_there(world: World) -> None:
    case = world.with_panel()
    for duty in ("assign", "score", "examine"):
        item = WorkItem.objects.filter(case=case, duty=duty)[0]
        address = url_of("workflows:draw", public_id=item.public_id)
        for actor in (world.other_applicant, elsewhere(Role.OFFICER), world.experts[6]):
            assert client_of(actor).post(address).status_code == 404
        assert client_of(world.applicant).post(address).status_code == 403, "seen, but not theirs to do"


def test_a_draft_edition_is_not_there(world: World) -> None:
    draft = Edition.objects.create(
        programme=world.programme, number="2021.0", digest="0" * 64, source=world.edition.source
    )
    assert draft.status == EditionStatus.DRAFT
    client = client_of(world.officer)
    assert client.get(url_of("cases:policy", public_id=draft.public_id)).status_code == 404
    assert client.get(url_of("cases:policy", public_id=world.edition.public_id)).status_code == 200
