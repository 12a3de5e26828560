"""Packs, editions and rounds for every room's tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from accounts.actors import Actor
from accounts.enums import Role
from accounts.models import Organisation
from programmes import packs
from programmes.editions import load_pack, publish_edition
from programmes.models import Edition, Programme, Round
from programmes.rounds import open_round
from programmes.schema import Pack
from tests.factories.accounts import make_actor, make_authority

MINI_DIRECTORY = Path(__file__).resolve().parents[1] / "programmes" / "packs" / "mini"
"""A small pack of the authority ``guiyang`` that has a bit of everything."""

Change = Callable[[Any], object]
"""Changes the parsed YAML of one file in place."""


def mini_files(changes: dict[str, Change] | None = None, **texts: str) -> dict[str, bytes]:
    """The files of the mini pack. ``changes`` edits YAML files by name; ``texts`` adds or replaces whole files."""
    files = packs.read_directory(MINI_DIRECTORY)
    for name, change in (changes or {}).items():
        content = yaml.safe_load(files[name])
        change(content)
        files[name] = yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode()
    return files | {name: text.encode() for name, text in texts.items()}


def mini_pack(changes: dict[str, Change] | None = None, **texts: str) -> Pack:
    """The mini pack, changed as :func:`mini_files` does."""
    return packs.parse_files(mini_files(changes, **texts))


def renumbered(number: str) -> dict[str, Change]:
    """The change that gives the mini pack another edition number."""
    return {"programme.yaml": lambda content: content.update(edition=number)}


def make_policy_admin(authority: Organisation | None = None, **fields: Any) -> Actor:
    """Somebody who administers the policies of ``authority``."""
    return make_actor(Role.POLICY_ADMIN, authority or make_authority(), **fields)


def make_edition(
    changes: dict[str, Change] | None = None,
    *,
    authority: Organisation | None = None,
    actor: Actor | None = None,
    publish: bool = True,
) -> Edition:
    """An edition of the mini pack, published unless told otherwise."""
    authority = authority or make_authority()
    actor = actor or make_policy_admin(authority)
    loader = Actor.system_actor() if publish else actor  # nobody publishes what they loaded
    edition = load_pack(archive=packs.archive(mini_files(changes)), authority=authority, actor=loader)
    return publish_edition(edition=edition, actor=actor) if publish else edition


def make_programme(**fields: Any) -> Programme:
    """The programme of a published mini pack; fields as :func:`make_edition`."""
    return make_edition(**fields).programme


def make_round(
    programme: Programme | None = None,
    *,
    year: int = 2026,
    opens_on: dt.date = dt.date(2026, 3, 2),
    actor: Actor | None = None,
    **fields: Any,
) -> Round:
    """An open round, opened by the real door in the first quarter."""
    programme = programme or make_programme()
    actor = actor or make_actor(Role.OFFICER, programme.authority)
    round, _verdicts = open_round(programme=programme, year=year, opens_on=opens_on, actor=actor, **fields)
    return round
