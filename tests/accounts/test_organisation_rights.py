"""Who may change the organisation tree, and how much of it."""

from __future__ import annotations

import pytest

from accounts.enums import OrganisationKind, Role
from accounts.errors import Refusal
from accounts.organisations import (
    add_alias,
    amend_organisation,
    create_organisation,
    move_organisation,
    rename_organisation,
)
from tests.accounts.records import last
from tests.factories.accounts import make_actor, make_authority, make_organisation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMIN}))
def test_only_the_system_administrator_changes_the_tree(role: Role) -> None:
    actor = make_actor(role, make_authority(), subtree=True)
    unit = make_organisation("某局")
    attempts = (
        lambda: create_organisation(
            name="新局", kind=OrganisationKind.DEPARTMENT, parent=make_authority(), actor=actor
        ),
        lambda: rename_organisation(organisation=unit, name="新局", reason="更名", actor=actor),
        lambda: move_organisation(organisation=unit, parent=None, reason="调整", actor=actor),
        lambda: amend_organisation(organisation=unit, reason="更正", actor=actor, short_name="局"),
        lambda: add_alias(organisation=unit, name="别名", actor=actor),
    )
    for attempt in attempts:
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.code == "not_permitted"


def test_system_administrator_reaches_their_own_authority_only() -> None:
    administrator = make_actor(Role.SYSTEM_ADMIN, make_authority())
    unit, elsewhere = make_organisation("某局"), make_authority("宜春市", code="yichun")
    foreign = make_organisation("宜春某局", parent=elsewhere)
    rename_organisation(organisation=unit, name="新局", reason="更名", actor=administrator)
    assert last("organisation.renamed").actor_name == administrator.user.name
    with pytest.raises(Refusal) as refused:
        rename_organisation(organisation=foreign, name="新局", reason="更名", actor=administrator)
    assert refused.value.code == "not_permitted"


def test_administrator_of_a_county_reaches_the_county_only() -> None:
    county, other = make_organisation("南明区"), make_organisation("云岩区")
    administrator = make_actor(Role.SYSTEM_ADMIN, county, subtree=True)
    kind = OrganisationKind.ENTERPRISE
    firm = create_organisation(name="某公司", kind=kind, parent=county, actor=administrator)
    assert firm.is_within(county)
    with pytest.raises(Refusal) as refused:
        create_organisation(name="另一公司", kind=kind, parent=other, actor=administrator)
    assert refused.value.code == "not_permitted"


def test_only_the_system_opens_an_authority() -> None:
    administrator = make_actor(Role.SYSTEM_ADMIN, make_authority(), subtree=True)
    with pytest.raises(Refusal) as refused:
        create_organisation(name="安顺市", kind=OrganisationKind.CITY, code="anshun", actor=administrator)
    assert refused.value.code == "not_permitted"
