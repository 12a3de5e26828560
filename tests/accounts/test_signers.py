"""Registered signers: who may register them, for whom, and until when they hold."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from accounts.models import Organisation, SignerRegistration, User
from accounts.signers import end_signer, is_signer, register_signer
from audit import clock
from audit.models import Entry
from tests.factories.accounts import make_actor, make_authority, make_organisation, make_user

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)


@pytest.fixture
def unit() -> Organisation:
    clock.set_clock(clock.start_of(TODAY))
    return make_organisation("南海区人民政府")


@pytest.fixture
def administrator(unit: Organisation) -> Actor:
    return make_actor(Role.SECURITY_ADMIN, make_authority())


def register(user: User, unit: Organisation, actor: Actor, **terms: dt.date) -> SignerRegistration:
    values = {"valid_from": TODAY} | terms
    return register_signer(user=user, organisation=unit, reason="南府函〔2026〕3号", actor=actor, **values)


def refusal(user: User, unit: Organisation, actor: Actor, **terms: dt.date) -> str:
    with pytest.raises(Refusal) as caught:
        register(user, unit, actor, **terms)
    return caught.value.code


def test_it_holds_from_the_first_day_to_the_last(unit: Organisation, administrator: Actor) -> None:
    user = make_user(organisation=unit)
    register(user, unit, administrator, valid_until=TODAY + dt.timedelta(days=1))
    days = [TODAY + dt.timedelta(days=n) for n in (-1, 0, 1, 2)]
    assert [is_signer(user, unit, day) for day in days] == [False, True, True, False]
    assert Entry.objects.filter(action="signer.registered").count() == 1


def test_who_may_and_for_whom(unit: Organisation, administrator: Actor) -> None:
    user, stranger = make_user(organisation=unit), make_user(organisation=make_organisation())
    closed = make_user(organisation=unit, is_active=False)
    assert refusal(user, unit, make_actor(Role.SYSTEM_ADMIN, make_authority())) == "not_permitted"
    assert refusal(user, unit, make_actor(Role.APPLICANT, unit)) == "not_permitted"
    elsewhere = make_actor(Role.SECURITY_ADMIN, make_authority("遵义市", code="zunyi"))
    assert refusal(user, unit, elsewhere) == "not_permitted"
    assert refusal(stranger, unit, administrator) == "not_of_unit"
    assert refusal(closed, unit, administrator) == "user_inactive"
    assert not SignerRegistration.objects.exists()


def test_nobody_is_registered_twice_for_the_same_days(unit: Organisation, administrator: Actor) -> None:
    user = make_user(organisation=unit)
    register(user, unit, administrator, valid_until=TODAY + dt.timedelta(days=9))
    assert refusal(user, unit, administrator, valid_from=TODAY + dt.timedelta(days=9)) == "already_registered"
    register(user, unit, administrator, valid_from=TODAY + dt.timedelta(days=10))


def test_the_end_is_told_and_kept(unit: Organisation, administrator: Actor) -> None:
    user = make_user(organisation=unit)
    row = register(user, unit, administrator)
    clock.set_clock(clock.start_of(TODAY + dt.timedelta(days=5)))
    end_signer(registration=row, on=TODAY + dt.timedelta(days=4), reason="调离", actor=administrator)
    assert not is_signer(user, unit, clock.today())
    assert is_signer(user, unit, TODAY)
    with pytest.raises(Refusal):
        row.delete()
    with pytest.raises(Refusal) as caught:
        end_signer(registration=row, on=TODAY + dt.timedelta(days=4), reason="调离", actor=administrator)
    assert caught.value.code == "already_ended"


def test_the_page_of_the_security_administrator(unit: Organisation, administrator: Actor) -> None:
    user = make_user("张主任", username="zhang", organisation=unit)
    client, address = Client(), reverse("accounts:signers")
    assert administrator.user is not None
    client.force_login(administrator.user, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"user": "zhang", "valid_from": "2026-03-02", "valid_until": "", "reason": "南府函〔2026〕3号"}
    wrong = client.post(address, sent | {"user": "nobody"})
    assert wrong.status_code == 422
    assert "没有该用户名" in wrong.content.decode()
    assert "南府函〔2026〕3号" in wrong.content.decode(), "nothing typed is lost"
    assert client.post(address, sent).status_code == 302
    page = client.get(address).content.decode()
    assert "张主任" in page
    assert "长期" in page
    row = SignerRegistration.objects.get(user=user)
    assert (
        client.post(reverse("accounts:signer_end", args=[row.public_id]), {"reason": "调离"}).status_code
        == 302
    )
    assert not is_signer(user, unit, TODAY)
    assert (
        "张主任"
        not in client.get(address).content.decode().partition("登记签章人")[0].partition("在册签章人")[2]
    )
