"""Who may open a draft: only a unit and an account that are in use."""

from __future__ import annotations

import pytest

from accounts.models import Organisation, User
from cases.errors import NotAllowed
from cases.models import Case
from tests.factories.cases import World


def refused(world: World) -> str:
    with pytest.raises(NotAllowed) as caught:
        world.draft()
    assert not Case.objects.exists()
    return caught.value.code


def test_a_unit_out_of_use_declares_nothing(world: World) -> None:
    Organisation.objects.filter(pk=world.zone.pk).update(is_active=False)
    assert world.zone.is_active  # what the request was given before is not what counts
    assert refused(world) == "unit_inactive"


def test_an_account_out_of_use_opens_nothing(world: World) -> None:
    assert world.applicant.user is not None
    User.objects.filter(pk=world.applicant.user.pk).update(is_active=False)
    assert refused(world) == "account_inactive"


def test_others_go_on(world: World) -> None:
    Organisation.objects.filter(pk=world.zone.pk).update(is_active=False)
    assert world.draft(actor=world.other_applicant).is_draft
