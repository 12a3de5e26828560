"""Checking a receipt: genuine or not, and nothing else about the declaration; the same answer to whatever is wrong."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from audit import clock
from cases.models import Case, Declaration
from cases.receipts import check_code, find_receipt, grouped, receipt_number
from tests.factories.cases import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    return make_world()


def version_of(case: Case) -> Declaration:
    return case.declarations.select_related("case").get(version_no=1)


def ask(number: str, code: str) -> HttpResponse:
    return Client().get(reverse("portal:receipt_check"), {"number": number, "code": code})


def test_a_genuine_receipt(world: World) -> None:
    case = world.submitted()
    version = version_of(case)
    number, code = receipt_number(version), check_code(version.public_id)
    for typed in (code, code.lower(), code.replace("-", " ")):
        answer = ask(f" {number.lower()} ", typed)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "回执真实" in page
        assert grouped(version.digest) in page
        assert str(case.programme.title) in page
    assert answer["X-Robots-Tag"].startswith("noindex")
    posted = Client().post(reverse("portal:receipt_check"), {"number": number, "code": code})
    assert "回执真实" in posted.content.decode()


def test_it_tells_nobody_and_nothing_of_what_was_declared(world: World) -> None:
    case = world.submitted()
    version = version_of(case)
    page = ask(receipt_number(version), check_code(version.public_id)).content.decode()
    assert world.applicant.user is not None
    for kept in (case.title, case.applicant.name, world.applicant.user.name, "m7_license", "备案"):
        assert kept not in page, kept


def test_wrong_number_and_wrong_code_have_the_same_answer(world: World) -> None:
    version = version_of(world.submitted())
    number, code = receipt_number(version), check_code(version.public_id)
    other = version_of(world.submitted("乙"))
    wrong = [
        (number, "0000-0000-0000-0000"),
        ("HZ-GYJJ-2020-9999-01", code),
        (number.replace("-01", "-02"), code),
        (number, check_code(other.public_id)),
        ("随便", code),
    ]
    told = {(answer.status_code, _alert(answer)) for answer in (ask(*pair) for pair in wrong)}
    assert len(told) == 1
    assert "查无此回执" in told.pop()[1]


def _alert(answer: HttpResponse) -> str:
    found = re.search(r"lc-error-summary.*?</ul>", answer.content.decode(), re.S)
    return found[0] if found else ""


def test_a_draft_has_no_receipt(world: World) -> None:
    case = world.do(world.submitted(), "file.return_for_correction", reason="请补正。")
    draft = case.declarations.select_related("case").get(version_no=2)
    assert find_receipt(receipt_number(draft), check_code(draft.public_id)) is None


def test_an_old_receipt_stays_good(world: World) -> None:
    case = world.do(world.submitted(), "file.return_for_correction", reason="请补正。")
    case = world.do(case, "declare.submit", statement=True)
    version = version_of(case)
    page = ask(receipt_number(version), check_code(version.public_id)).content.decode()
    assert "回执真实" in page
    assert "此后已有更新版本" in page


def test_paper_printed_under_the_former_secret_still_answers(world: World) -> None:
    version = version_of(world.submitted())
    code, former = check_code(version.public_id), settings.SECRET_KEY
    with override_settings(SECRET_KEY="another-" * 8, SECRET_KEY_FALLBACKS=[former]):
        assert check_code(version.public_id) != code
        assert find_receipt(receipt_number(version), code) is not None
    with override_settings(SECRET_KEY="another-" * 8):
        assert find_receipt(receipt_number(version), code) is None


def test_the_qr_code_leads_to_the_answer(world: World, client: Client) -> None:
    case = world.submitted()
    assert world.applicant.user is not None
    client.force_login(world.applicant.user, backend="django.contrib.auth.backends.ModelBackend")
    address = client.get(reverse("cases:receipt", args=[case.public_id])).context["check_url"]
    assert address.startswith(settings.SITE_URL)
    query = parse_qs(urlsplit(address).query)
    answer = ask(query["number"][0], query["code"][0])
    assert "回执真实" in answer.content.decode()


def test_guessing_is_limited(world: World, empty_cache: Callable[[], None]) -> None:
    version = version_of(world.submitted())
    number, code = receipt_number(version), check_code(version.public_id)
    with override_settings(PORTAL_PER_HOUR={"number": 3}):
        assert [ask(number, "X").status_code for _try in range(4)] == [404, 404, 404, 429]
        assert ask(number, code).status_code == 429, "not even the right one"
    empty_cache()
    with override_settings(PORTAL_PER_HOUR={"receipt": 2}):
        assert [ask(number, code).status_code for _try in range(3)] == [200, 200, 429]
