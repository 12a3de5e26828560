"""Every address has a known audience; a new one without an entry here fails.

``public``: anybody. ``signed_in``: a person under any role sees their own. ``case``: somebody to whom the case is
visible. A role set: those roles, others are refused with 403.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.enums import Role
from audit import clock
from tests.factories.cases import World, make_world

SUPERVISION = frozenset({Role.SUPERVISOR})
POLICY = frozenset({Role.POLICY_ADMIN})
ROUNDS = frozenset({Role.POLICY_ADMIN, Role.OFFICER})
CASE_PAGES = (
    *(
        "detail",
        "declared",
        "review",
        "notices",
        "decisions",
        "upkeep",
        "letter",
        "declaration",
        "form",
        "form_checks",
        "form_workbook",
        "sheet",
        "sheet_template",
        "sheet_rows",
        "form_here",
        "form_prefill",
        "form_sure",
    ),
    *("material_checks", "material_view", "uploads", "upload"),
    *("materials", "material", "material_remove", "submit", "receipt", "discard", "print"),
    *("sign", "seal_page"),
    "intake",
    *("print_style", "word", "pdf", "dossier"),
)

WORKSHOP_PAGES = (
    *("programmes", "import", "edition", "clone", "edition_download", "edition_compare"),
    *("edition_publish", "edition_retire", "move"),
    *("copy", "copy_discard", "copy_download", "copy_upload", "copy_lifecycle", "copy_compare"),
    *("file", "check", "file_add", "file_rename", "file_remove", "earlier", "file_restore"),
    *("forms", "form_new", "form", "form_settings", "form_preview", "form_arrange", "form_remove"),
    *("form_steps", "form_field", "form_column", "form_section"),
    *("what_if", "scenarios", "trial", "submit", "withdraw", "reject", "publish"),
)


LOOKED_UP = ("units", "unit", "people", "person")
KEPT = (
    *("unit_new", "unit_edit", "unit_rename", "unit_move", "unit_alias", "unit_status"),
    *("person_new", "person_edit", "person_status", "person_password", "person_unlock", "person_factor"),
)


def _all(space: str, names: tuple[str, ...], who: str | frozenset[Role]) -> dict[str, str | frozenset[Role]]:
    return dict.fromkeys((f"{space}:{name}" for name in names), who)


AUDIENCE: dict[str, str | frozenset[Role]] = {
    "home": "public",
    "healthz": "public",
    "accounts:sign_in": "public",
    "accounts:set_language": "public",
    "accounts:sign_out": "public",
    "accounts:password_change": "signed_in",
    "accounts:act_as": "signed_in",
    "accounts:profile": "signed_in",
    "accounts:substitute": "signed_in",
    "accounts:substitute_end": "signed_in",
    "accounts:second_factor": "signed_in",
    "accounts:second_factor_enrol": "signed_in",
    "accounts:signers": frozenset({Role.SECURITY_ADMIN}),
    "accounts:signer_end": "signed_in",
    **_all("accounts", LOOKED_UP, frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})),
    **_all("accounts", KEPT, frozenset({Role.SYSTEM_ADMIN})),
    **_all("accounts", ("grants", "grant_new", "grant_end"), frozenset({Role.SECURITY_ADMIN})),
    **_all("supervision", ("administration", "administration_verify"), frozenset({Role.AUDIT_ADMIN})),
    "cases:list": "signed_in",
    "cases:start": "signed_in",
    "cases:nominations": frozenset({Role.RECOMMENDER}),
    "cases:batch": "signed_in",
    "cases:batch_template": "signed_in",
    "cases:batch_mend": "signed_in",
    "cases:policy": "signed_in",
    **_all("cases", CASE_PAGES, "case"),
    "workflows:home": "signed_in",
    "workflows:worklist": "signed_in",
    "workflows:score": "case",
    "workflows:draw": "case",
    "workflows:act": "case",
    "workflows:recommended": "case",
    "workflows:recommendation_letter": "case",
    **dict.fromkeys(
        [f"notifications:{n}" for n in ["list", "badge", "preferences", "read_all", "open", "read", "watch"]],
        "signed_in",
    ),
    **dict.fromkeys(
        [
            f"portal:{n}"
            for n in [
                "index",
                "feed",
                "notices",
                "notice",
                "object",
                "objection_status",
                "receipt",
                "receipt_check",
                "programmes",
                "programme",
                "precheck",
                "finder",
                "register",
                "entry",
                "certificate",
                "certificate_qr",
            ]
        ],
        "public",
    ),
    **dict.fromkeys(
        [
            f"supervision:{n}"
            for n in ["home", "cards", "entries", "record", "entry", "verify", "reads", "export"]
        ],
        SUPERVISION,
    ),
    **_all("workshop", WORKSHOP_PAGES, POLICY),
    **dict.fromkeys(
        [f"workshop:{n}" for n in ["rounds", "open_round", "round", "fill_slot", "close_round"]], ROUNDS
    ),
}


def addresses(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, (*spaces, entry.namespace) if entry.namespace else spaces)
        else:
            yield ":".join((*spaces, entry.name or "")), entry


ALL = dict(addresses(get_resolver()))


def url_of(name: str, /, **values: Any) -> str:
    arguments = {}
    for key, converter in ALL[name].pattern.converters.items():
        kind = type(converter).__name__
        arguments[key] = values.get(key, uuid.uuid4() if "UUID" in kind else 1 if "Int" in kind else "x")
    return reverse(name, kwargs=arguments)


@pytest.fixture
def world(db: None) -> World:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    return make_world()


def client_of(actor: Any) -> Client:
    client = Client()
    client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_address_has_an_audience() -> None:
    assert set(ALL) == set(AUDIENCE)


@pytest.mark.parametrize("name", [n for n, who in AUDIENCE.items() if who != "public"])
@pytest.mark.django_db
def test_strangers_are_asked_to_sign_in(name: str) -> None:
    for answer in (Client().get(url_of(name)), Client().post(url_of(name))):
        if answer.status_code == 405:
            continue
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("accounts:sign_in")), name


@pytest.mark.parametrize("name", [n for n, who in AUDIENCE.items() if who == "public"])
@pytest.mark.django_db
def test_the_public_is_not_asked_to_sign_in(name: str) -> None:
    answer = Client().get(url_of(name))
    assert answer.status_code in (200, 302, 404, 405, 410)
    assert reverse("accounts:sign_in") not in answer.headers.get("Location", "")


@pytest.mark.parametrize("name", [n for n, who in AUDIENCE.items() if isinstance(who, frozenset)])
def test_roles_outside_the_audience_are_refused(world: World, name: str) -> None:
    who = AUDIENCE[name]
    assert isinstance(who, frozenset)
    for actor in (world.applicant, world.approver, world.experts[0]):
        assert actor.role not in who
        client = client_of(actor)
        answers = [client.get(url_of(name)), client.post(url_of(name))]
        assert {a.status_code for a in answers} <= {403, 405}, (name, [a.status_code for a in answers])
        assert 403 in {a.status_code for a in answers}


@pytest.mark.parametrize("name", [n for n, who in AUDIENCE.items() if who == "case"])
def test_another_units_case_does_not_exist(world: World, name: str) -> None:
    case = world.with_panel()
    item = case.items.filter(duty="score").first()
    assert item is not None
    values = {
        "public_id": item.public_id if name == "workflows:score" else case.public_id,
        "action": "command.withdraw",
        "code": "GY_PLAN",
    }
    client = client_of(world.other_applicant)
    for answer in (client.get(url_of(name, **values)), client.post(url_of(name, **values))):
        assert answer.status_code in (404, 405), (name, answer.status_code)
