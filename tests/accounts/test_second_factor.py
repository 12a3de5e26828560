"""The second factor: codes of the telephone, recovery codes, what happens after wrong ones, and the proof for a door."""

from __future__ import annotations

import datetime as dt

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import Refusal
from accounts.models import RecoveryCode, SecondFactor, User
from accounts.second_factor import (
    LOCKED,
    TRIES,
    begin_enrolment,
    codes_left,
    confirm_enrolment,
    current_code,
    has_factor,
    proof_for,
    proven,
    renew_recovery_codes,
    reset_factor,
    verify,
)
from audit import clock
from audit.models import Entry
from tests.factories.accounts import make_actor, make_authority, make_organisation, make_user
from tests.factories.signing import give_factor

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 3, 2, 9, 0, 10, tzinfo=clock.SHANGHAI)


@pytest.fixture
def person() -> User:
    clock.set_clock(START)
    return make_user("签章人", organisation=make_organisation())


def later(seconds: int) -> None:
    clock.set_clock(clock.now() + dt.timedelta(seconds=seconds))


def refused(code: str, person: User) -> str:
    with pytest.raises(Refusal) as caught:
        verify(user=person, code=code)
    return caught.value.code


def wrong(person: User) -> str:
    right = current_code(person)
    return f"{(int(right) + 1) % 1_000_000:06d}"


def enrolled(person: User) -> list[str]:
    row = begin_enrolment(user=person)
    return confirm_enrolment(user=person, code=pyotp.TOTP(row.candidate).at(clock.now()))


def test_it_counts_once_the_first_code_has_come_back(person: User) -> None:
    row = begin_enrolment(user=person)
    assert begin_enrolment(user=person).candidate == row.candidate, "a page loaded again shows the same"
    assert not has_factor(person)
    with pytest.raises(Refusal, match="不正确"):
        confirm_enrolment(user=person, code="000000")
    codes = enrolled(person)
    assert has_factor(person)
    assert len(set(codes)) == 10
    assert codes_left(person) == 10
    assert Entry.objects.filter(action="second_factor.enrolled").count() == 1


def test_secret_and_codes_do_not_lie_open_in_the_database(person: User) -> None:
    codes = enrolled(person)
    row = SecondFactor.objects.get(user=person)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_secondfactor")
        stored = cursor.fetchone()[0]
    assert row.secret
    assert row.secret not in stored
    assert not RecoveryCode.objects.filter(digest__in=[code.replace("-", "") for code in codes]).exists()


def test_a_code_is_good_once(person: User) -> None:
    give_factor(person)
    code = current_code(person)
    assert verify(user=person, code=code) == "totp"
    assert refused(code, person) == "code_used"
    later(30)
    assert verify(user=person, code=current_code(person)) == "totp"


def test_an_older_code_is_not_taken_after_a_newer_one(person: User) -> None:
    row = give_factor(person)
    before = pyotp.TOTP(row.secret).at(clock.now() - dt.timedelta(seconds=30))
    verify(user=person, code=current_code(person))
    assert refused(before, person) == "code_used"


@pytest.mark.parametrize(("seconds", "good"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_one_step_early_or_late(person: User, seconds: int, good: bool) -> None:
    row = give_factor(person)
    code = pyotp.TOTP(row.secret).at(clock.now() + dt.timedelta(seconds=seconds))
    if good:
        assert verify(user=person, code=code) == "totp"
    else:
        assert refused(code, person) == "wrong_code"


def test_full_width_digits_and_spaces_are_understood(person: User) -> None:
    give_factor(person)
    code = current_code(person)
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert verify(user=person, code=f"{wide[:3]} {wide[3:]}") == "totp"


def test_after_five_wrong_codes_nothing_is_taken_for_a_while(person: User) -> None:
    give_factor(person)
    told = [refused(wrong(person), person) for _try in range(TRIES)]
    assert told == ["wrong_code"] * (TRIES - 1) + ["code_locked"]
    assert refused(current_code(person), person) == "code_locked", "the right one neither"
    later(int(LOCKED.total_seconds()) + 1)
    assert verify(user=person, code=current_code(person)) == "totp"


def test_a_right_code_begins_the_count_anew(person: User) -> None:
    give_factor(person)
    for _try in range(TRIES - 1):
        refused(wrong(person), person)
    verify(user=person, code=current_code(person))
    assert refused(wrong(person), person) == "wrong_code"


def test_a_recovery_code_is_good_once_however_it_is_typed(person: User) -> None:
    codes = enrolled(person)
    assert verify(user=person, code=f" {codes[0].lower()} ") == "recovery"
    assert refused(codes[0], person) == "wrong_code"
    assert codes_left(person) == 9


def test_new_recovery_codes_replace_the_old_ones(person: User) -> None:
    old = enrolled(person)
    later(30)
    new = renew_recovery_codes(user=person, code=current_code(person))
    assert refused(old[0], person) == "wrong_code"
    assert verify(user=person, code=new[0]) == "recovery"


def test_another_telephone_wants_a_present_code(person: User) -> None:
    codes = enrolled(person)
    row = begin_enrolment(user=person)
    new = pyotp.TOTP(row.candidate).at(clock.now())
    with pytest.raises(Refusal) as caught:
        confirm_enrolment(user=person, code=new, present="000000")
    assert list(caught.value.fields) == ["present"]
    confirm_enrolment(user=person, code=new, present=codes[0])
    assert SecondFactor.objects.get(user=person).secret == row.candidate


def test_the_system_administrator_resets_and_nobody_else(person: User) -> None:
    enrolled(person)
    with pytest.raises(Refusal):
        reset_factor(user=person, reason="手机遗失", actor=make_actor(Role.SECURITY_ADMIN, make_authority()))
    reset_factor(user=person, reason="手机遗失", actor=make_actor(Role.SYSTEM_ADMIN, make_authority()))
    assert not has_factor(person)
    assert codes_left(person) == 0


def test_a_proof_is_for_one_person_and_one_purpose(person: User) -> None:
    token = proof_for(person, "a:b", "totp")
    assert proven(token, person, "a:b") == "totp"
    assert proven(token, person, "a:c") == ""
    assert proven(token, make_user(), "a:b") == ""
    assert proven(token + "x", person, "a:b") == ""
    assert proven("", person, "a:b") == ""


# -- pages ---------------------------------------------------------------------------------------------------------


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_page_shows_a_code_to_scan_and_then_the_recovery_codes_once(person: User) -> None:
    client, address = browser(person), reverse("accounts:second_factor_enrol")
    page = client.get(address).content.decode()
    secret = SecondFactor.objects.get(user=person).candidate
    assert "<svg" in page
    assert secret[:4] in page
    bad = client.post(address, {"code": "000000"})
    assert bad.status_code == 422
    assert "动态口令不正确" in bad.content.decode()
    assert SecondFactor.objects.get(user=person).candidate == secret
    shown = client.post(address, {"code": pyotp.TOTP(secret).at(clock.now())})
    assert shown.status_code == 200
    assert "只显示这一次" in shown.content.decode()
    state = client.get(reverse("accounts:second_factor")).content.decode()
    assert "已启用" in state
    assert "10 个" in state
    assert secret not in state


def test_new_codes_from_the_page_want_a_code(person: User) -> None:
    give_factor(person)
    client, address = browser(person), reverse("accounts:second_factor")
    assert client.post(address, {"code": "123"}).status_code == 422
    answer = client.post(address, {"code": current_code(person)})
    assert answer.status_code == 200
    assert "只显示这一次" in answer.content.decode()
