"""Telephone numbers and e-mail addresses: which are taken, and what is said of the others."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from accounts.models import User
from accounts.organisations import amend_organisation
from accounts.users import create_user, update_contact
from accounts.validators import clean_phone, validate_phone, validate_unit_phone
from tests.accounts.administering import Seat, seat
from tests.factories.accounts import PASSWORD, make_authority, make_organisation, make_user

SYSTEM = Actor.system_actor()


@pytest.mark.parametrize(
    "number",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "+8613800138000",
        "0851-87989000",
        "0851 87989000",
        "（0851）87989000",
        "(010)66001234",
        "010-66001234",
        "020-8123 4567",
        "0851-87989000-8012",
        "0851-87989000转8012",
        "0851-87989000 转 8012",
        "0851—87989000",
        "０８５１－８７９８９０００",
        "0769-2222222",
        "400-800-1234",
        "4008001234",
        "+86-851-87989000".replace("851", "0851"),
    ],
)
def test_numbers_of_the_mainland_are_taken(number: str) -> None:
    validate_phone(number)


@pytest.mark.parametrize(
    "number",
    [
        *("123", "1", "12345678901", "1380013800", "138001380000", "87989000", "0851-1", "0851-187989000"),
        *("0851-87989000-", "0851-87989000-1234567", "abc", "138001380OO", "00000000000", "12306", "-"),
        *("(010-62345678", "010)62345678"),
        *("+1 202 555 0100", "0851/87989000", "13800138000;13900139000", "٠٨٥١-٨٧٩٨٩٠٠٠x"),
    ],
)
def test_others_are_refused_with_how_to_write_one(number: str) -> None:
    with pytest.raises(ValidationError, match="固定电话请加区号"):
        validate_phone(number)


def test_a_number_is_stored_in_half_width_and_plain_hyphens() -> None:
    assert clean_phone("  ０８５１－８７９８９０００  ") == "0851-87989000"
    assert clean_phone("138  0013\u30008000") == "138 0013 8000"


@pytest.mark.django_db
def test_doors_refuse_by_field() -> None:
    values = {"username": "wang", "name": "王", "password": PASSWORD, "organisation": make_authority()}
    with pytest.raises(Refusal) as refused:
        create_user(**values, email="a@b", phone="123", actor=SYSTEM)
    assert set(refused.value.fields) == {"email", "phone"}
    assert not User.objects.exists()
    unit = make_organisation("某局")
    with pytest.raises(Refusal) as of_unit:
        amend_organisation(organisation=unit, contact_phone="123", reason="核实", actor=SYSTEM)
    assert list(of_unit.value.fields) == ["contact_phone"]


@pytest.mark.django_db
def test_an_old_number_in_another_shape_stops_nothing_else() -> None:
    user = make_user(organisation=make_organisation("某局"), phone="8123")
    update_contact(user=user, email="wang@example.cn", phone="8123", actor=Actor.as_person(user))
    user.refresh_from_db()
    assert (user.email, user.phone) == ("wang@example.cn", "8123")
    unit = make_organisation("另一局")
    type(unit).objects.filter(pk=unit.pk).update(contact_phone="8123")
    unit.refresh_from_db()
    assert not amend_organisation(organisation=unit, is_active=False, reason="撤销", actor=SYSTEM).is_active


@pytest.mark.django_db
def test_ones_own_page_says_it_beside_the_field() -> None:
    person: Seat = seat(Role.OFFICER)
    answer = person.post("profile", email="a@b", phone="123")
    page = answer.content.decode()
    assert "电子邮箱格式不正确" in page
    assert 'value="a@b"' in page
    answer = person.post("profile", email="wang@example.cn", phone="123")
    page = answer.content.decode()
    assert "固定电话请加区号" in page
    assert 'value="123"' in page


@pytest.mark.parametrize("number", ["12345", "95588", "96567", "0851-96567", "0851-12345", "0851-87989000"])
def test_a_unit_may_have_the_number_of_a_public_service(number: str) -> None:
    validate_unit_phone(number)


@pytest.mark.parametrize("number", ["123", "97588", "1234", "0851-1", "abc"])
def test_other_short_numbers_are_refused_for_units_too(number: str) -> None:
    with pytest.raises(ValidationError, match="固定电话请加区号"):
        validate_unit_phone(number)
