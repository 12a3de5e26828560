"""Every address of the workshop, and how it is called."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.actors import Actor, actor_for
from accounts.enums import Role
from programmes.enums import TrialKind
from programmes.models import Round, Trial, WorkingCopy
from tests.factories.accounts import make_assignment, make_authority, make_organisation, make_user
from workshop.copies import archive_of, clone_edition
from workshop.tasks import new_trial

PAGES = {
    "programmes": ("get", ""),
    "import": ("get", ""),
    "edition": ("get", "edition"),
    "clone": ("get", "edition"),
    "edition_download": ("get", "edition"),
    "edition_compare": ("get", "edition"),
    "edition_publish": ("post", "edition"),
    "edition_retire": ("post", "edition"),
    "move": ("get", "edition"),
    "copy": ("get", "copy"),
    "copy_discard": ("post", "copy"),
    "copy_download": ("get", "copy"),
    "copy_upload": ("post", "copy"),
    "copy_lifecycle": ("get", "copy"),
    "copy_compare": ("get", "copy"),
    "file": ("get", "copy"),
    "check": ("get", "copy"),
    "file_add": ("post", "copy"),
    "file_rename": ("post", "copy"),
    "file_remove": ("post", "copy"),
    "earlier": ("get", "copy"),
    "file_restore": ("post", "copy"),
    "forms": ("get", "copy"),
    "form_new": ("get", "copy"),
    "form": ("get", "copy"),
    "form_settings": ("get", "copy"),
    "form_steps": ("get", "copy"),
    "form_preview": ("get", "copy"),
    "form_arrange": ("post", "copy"),
    "form_remove": ("post", "copy"),
    "form_field": ("get", "copy"),
    "form_column": ("get", "copy"),
    "form_section": ("get", "copy"),
    "what_if": ("get", "copy"),
    "scenarios": ("get", "copy"),
    "trial": ("get", "trial"),
    "submit": ("post", "copy"),
    "withdraw": ("post", "copy"),
    "reject": ("post", "copy"),
    "publish": ("post", "copy"),
    "rounds": ("get", ""),
    "open_round": ("get", "programme"),
    "round": ("get", "round"),
    "fill_slot": ("post", "round"),
    "close_round": ("post", "round"),
}
EVERYBODYS = ("rounds", "open_round", "round", "fill_slot", "close_round")
EDITORS_ONLY = tuple(name for name in PAGES if name not in EVERYBODYS)


def sign_in(
    client: Client, role: Role, *, code: str = "", authority: Any = None, name: str = "郑政策"
) -> Actor:
    authority = authority or make_authority()
    unit = authority if role == Role.POLICY_ADMIN else make_organisation(parent=authority)
    user = make_user(name, organisation=unit)
    client.force_login(user)
    return actor_for(make_assignment(role, unit, user=user, programme_code=code))


def copy_for(round: Round) -> WorkingCopy:
    """A working copy of the round's edition, written by somebody of the authority."""
    found = WorkingCopy.objects.filter(base=round.edition).first()
    if found is not None:
        return found
    authority = round.programme.authority
    user = make_user("何编写", organisation=authority)
    author = actor_for(make_assignment(Role.POLICY_ADMIN, authority, user=user))
    return clone_edition(edition=round.edition, actor=author)


def trial_for(round: Round) -> Trial:
    """A trial of that copy that waits for the worker."""
    copy = copy_for(round)
    author = actor_for(copy.changed_by.role_assignments.get())
    return new_trial(copy=copy, kind=TrialKind.SCENARIOS, source=archive_of(copy), actor=author)


def visit(client: Client, name: str, round: Round, data: dict[str, str] | None = None) -> Any:
    method, of = PAGES[name]
    subjects = {
        "edition": lambda: round.edition,
        "programme": lambda: round.programme,
        "round": lambda: round,
        "copy": lambda: copy_for(round),
        "trial": lambda: trial_for(round),
    }
    args: list[Any] = [subjects[of]().public_id] if of else []
    args += ["publicity_length"] if name == "fill_slot" else []
    args += ["GY_KEY_ENT"] if (name.startswith("form_") and name != "form_new") or name == "form" else []
    address = reverse(f"workshop:{name}", args=args)
    if name == "form_column":
        address += "?field=rows"
    if name == "file":
        address += "?path=programme.yaml"
    return getattr(client, method)(address, data or {})
