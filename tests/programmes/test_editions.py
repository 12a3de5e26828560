"""Editions: loaded, checked, frozen; through the door, the model and the database."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from audit.models import Chain, Entry
from programmes import packs
from programmes.editions import load_pack, publish_edition, retire_edition
from programmes.enums import EditionStatus
from programmes.errors import PackRefused
from programmes.models import Programme
from programmes.packs import PackError
from programmes.rounds import close_round
from tests.conftest import Freeze
from tests.factories.accounts import make_actor, make_authority, make_organisation
from tests.factories.programmes import (
    MINI_DIRECTORY,
    make_edition,
    make_policy_admin,
    make_round,
    mini_files,
    renumbered,
)

pytestmark = pytest.mark.django_db


def last_entry() -> Entry:
    return Entry.objects.order_by("-pk")[0]


# -- loading -------------------------------------------------------------------------------------------------------------


def test_a_directory_becomes_a_draft(frozen_clock: Freeze) -> None:
    now = frozen_clock("2026-01-05 09:00")
    authority = make_authority()
    admin = make_policy_admin(authority)
    edition = load_pack(directory=MINI_DIRECTORY, authority=authority, actor=admin)
    assert edition.status == EditionStatus.DRAFT
    assert (edition.number, edition.programme.code) == ("2026.1", "mini")
    assert edition.digest == packs.digest(bytes(edition.source))
    assert edition.effective_from == dt.date(2026, 1, 1)
    assert (edition.created_at, edition.created_by) == (now, admin.user)
    assert edition.programme.title == "示范项目"
    assert edition.pack.programme.id == "mini"
    assert edition.programme.current_edition() is None
    entry = last_entry()
    assert (entry.action, entry.subject) == ("edition.loaded", str(edition.public_id))
    assert entry.content["data"] == {"programme": "mini", "number": "2026.1", "digest": edition.digest}
    assert Chain.objects.get(pk=entry.chain_id).kind == "authority"


def test_the_same_bytes_are_the_same_edition() -> None:
    first = make_edition(publish=False)
    entries = Entry.objects.count()
    again = load_pack(
        directory=MINI_DIRECTORY, authority=first.programme.authority, actor=Actor.system_actor()
    )
    assert again == first
    assert Entry.objects.count() == entries
    publish_edition(edition=first, actor=Actor.system_actor())
    assert (
        load_pack(directory=MINI_DIRECTORY, authority=make_authority(), actor=Actor.system_actor()) == first
    )


def test_other_bytes_replace_a_draft() -> None:
    first = make_edition(publish=False)
    old = first.digest
    second = make_edition({"programme.yaml": lambda c: c.update(summary={"zh": "改过"})}, publish=False)
    assert second.pk == first.pk
    assert second.digest != old
    assert second.pack.programme.summary.zh == "改过"
    assert last_entry().content["data"]["replaced"] == old


def test_other_bytes_under_a_published_number_are_refused() -> None:
    edition = make_edition()
    with pytest.raises(Refusal) as refusal:
        make_edition({"programme.yaml": lambda c: c.update(summary={"zh": "改过"})})
    assert refusal.value.code == "edition_frozen"
    edition.refresh_from_db()
    assert edition.pack.programme.summary.zh == "用于检验的小政策。"
    assert make_edition(renumbered("2026.2")).programme == edition.programme


def test_what_is_no_pack_changes_nothing() -> None:
    with pytest.raises(PackError):
        load_pack(archive=b"x", authority=make_authority(), actor=Actor.system_actor())
    files = mini_files()
    del files["clauses.yaml"]
    with pytest.raises(PackError):
        load_pack(archive=packs.archive(files), authority=make_authority(), actor=Actor.system_actor())
    assert not Programme.objects.exists()


def test_a_pack_belongs_to_one_authority() -> None:
    elsewhere = make_authority("遵义市", code="zunyi")
    with pytest.raises(Refusal) as refusal:
        load_pack(directory=MINI_DIRECTORY, authority=elsewhere, actor=Actor.system_actor())
    assert refusal.value.code == "other_authority"


@pytest.mark.parametrize(
    ("role", "code", "elsewhere", "allowed"),
    [
        (Role.POLICY_ADMIN, "", False, True),
        (Role.POLICY_ADMIN, "mini", False, True),
        (Role.POLICY_ADMIN, "other", False, False),
        (Role.POLICY_ADMIN, "", True, False),
        (Role.OFFICER, "", False, False),
        (Role.SYSTEM_ADMIN, "", False, False),
    ],
)
def test_who_may_load_publish_and_retire(role: Role, code: str, elsewhere: bool, allowed: bool) -> None:
    authority = make_authority()
    home = make_organisation(parent=make_authority("遵义市", code="zunyi")) if elsewhere else authority
    actor = make_actor(role, home, programme_code=code)
    draft = make_edition(publish=False)
    published = make_edition(renumbered("2"))
    doors = (
        lambda: load_pack(directory=MINI_DIRECTORY, authority=authority, actor=actor),
        lambda: publish_edition(edition=draft, actor=actor),
        lambda: retire_edition(edition=published, reason="不再使用", actor=actor),
    )
    for door in doors:
        if allowed:
            door()
        else:
            with pytest.raises(Refusal) as refusal:
                door()
            assert refusal.value.code == "not_permitted"


def test_nobody_in_particular_may_not() -> None:
    edition = make_edition(publish=False)
    with pytest.raises(Refusal):
        publish_edition(edition=edition, actor=Actor.as_person(make_policy_admin().user))  # type: ignore[arg-type]
    published = make_edition()
    with pytest.raises(Refusal):  # setting up may load and publish; retiring is a person's decision
        retire_edition(edition=published, reason="到期", actor=Actor.system_actor())


# -- publishing ----------------------------------------------------------------------------------------------------------


def test_publishing_makes_it_current(frozen_clock: Freeze) -> None:
    frozen_clock("2026-01-05 10:00")
    first = make_edition()
    now = frozen_clock("2026-02-01 10:00")
    admin = make_policy_admin()
    changes = renumbered("2026.2")["programme.yaml"]

    def edit(content: dict[str, object]) -> None:
        changes(content)
        content["title"] = {"zh": "新名称", "en": "New name"}

    second = make_edition({"programme.yaml": edit}, actor=admin)
    assert (second.status, second.published_at, second.published_by) == (
        EditionStatus.PUBLISHED,
        now,
        admin.user,
    )
    programme = Programme.objects.get(pk=first.programme_id)
    assert programme.current_edition() == second
    assert (programme.title_zh, programme.title_en) == ("新名称", "New name")
    assert last_entry().action == "edition.published"
    first.refresh_from_db()
    assert first.status == EditionStatus.PUBLISHED


def test_what_fails_the_checks_is_not_published() -> None:
    edition = make_edition({"rules.yaml": lambda rules: rules[1].update(expr="revenu >= 1")}, publish=False)
    with pytest.raises(PackRefused) as refusal:
        publish_edition(edition=edition, actor=make_policy_admin())
    assert refusal.value.code == "pack_unsound"
    assert [p.where for p in refusal.value.problems] == ["M-2.expr"]
    edition.refresh_from_db()
    assert edition.status == EditionStatus.DRAFT


def test_an_edition_is_published_once() -> None:
    edition = make_edition()
    with pytest.raises(Refusal) as refusal:
        publish_edition(edition=edition, actor=make_policy_admin())
    assert refusal.value.code == "not_draft"


def test_retiring(frozen_clock: Freeze) -> None:
    frozen_clock("2026-03-02 09:00")
    edition = make_edition()
    round = make_round(edition.programme)
    admin = make_policy_admin()
    with pytest.raises(Refusal) as refusal:
        retire_edition(edition=edition, reason="到期", actor=admin)
    assert refusal.value.code == "edition_in_use"
    close_round(round=round, actor=admin)
    with pytest.raises(Refusal) as refusal:
        retire_edition(edition=edition, reason=" ", actor=admin)
    assert refusal.value.code == "reason_missing"
    retired = retire_edition(edition=edition, reason="到期", actor=admin)
    assert retired.status == EditionStatus.RETIRED
    assert edition.programme.current_edition() is None
    assert last_entry().content["data"]["reason"] == "到期"
    with pytest.raises(Refusal) as refusal:
        retire_edition(edition=edition, reason="到期", actor=admin)
    assert refusal.value.code == "not_published"
