"""How often one may knock, and what one is told afterwards: by number and code, without a name."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from cases.enums import ObjectionStatus
from cases.models import Objection, PublicNotice
from tests.portal.sending import CONTACT, CONTENT, NAME, ask, code_of, said, send
from workflows import receipts

pytestmark = pytest.mark.django_db


def test_one_address_lodges_ten_an_hour(client: Client, notice: PublicNotice, settings: Any) -> None:
    settings.PORTAL_PER_HOUR = {"objection": 2}
    for _number in range(2):
        assert send(client, notice).status_code == 302
    refused = send(client, notice)
    assert refused.status_code == 429
    assert "每小时最多提交2件异议" in refused.content.decode()
    assert CONTENT in refused.content.decode()
    assert Objection.objects.count() == 2
    elsewhere = client.post(
        reverse("portal:object", args=[notice.public_id]), said(), REMOTE_ADDR="198.51.100.7"
    )
    assert elsewhere.status_code == 302


def test_typing_errors_do_not_count(client: Client, notice: PublicNotice, settings: Any) -> None:
    settings.PORTAL_PER_HOUR = {"objection": 1}
    assert send(client, notice, content="").status_code == 422
    assert send(client, notice).status_code == 302


def test_addresses_are_not_kept_in_clear(client: Client, notice: PublicNotice) -> None:
    client.post(reverse("portal:object", args=[notice.public_id]), said(), REMOTE_ADDR="198.51.100.7")
    assert "198.51.100.7" not in str(getattr(cache, "_cache", ""))


def test_number_and_code_tell_status_and_finding_and_no_name(client: Client, notice: PublicNotice) -> None:
    send(client, notice)
    objection = Objection.objects.get()
    typed = code_of(objection).lower().replace("-", " ").replace("0", "o").replace("1", "l")
    waiting = ask(client, objection.number.lower(), f" {typed} ")
    assert waiting.status_code == 200
    assert "核查中" in waiting.content.decode()
    Objection.objects.update(finding="经核查，情况不属实。", status=ObjectionStatus.DISMISSED)
    shown = ask(client, objection.number, code_of(objection)).content.decode()
    assert "异议不成立" in shown
    assert "经核查，情况不属实。" in shown
    for secret in (NAME, CONTACT, CONTENT):
        assert secret not in shown


@pytest.mark.parametrize(("number", "code"), [("right", "00000000"), ("YY-X-000000", "right"), ("", "")])
def test_wrong_number_or_code_tells_nothing(
    client: Client, notice: PublicNotice, number: str, code: str
) -> None:
    send(client, notice)
    objection = Objection.objects.get()
    answer = ask(
        client,
        objection.number if number == "right" else number,
        code_of(objection) if code == "right" else code,
    )
    assert answer.status_code == 422
    assert "核查中" not in answer.content.decode()


def test_codes_cannot_be_tried_out(client: Client, notice: PublicNotice, settings: Any) -> None:
    settings.PORTAL_PER_HOUR = {"status": 3}
    send(client, notice)
    objection = Objection.objects.get()
    for _number in range(3):
        assert ask(client, objection.number, "00000000").status_code == 422
    assert ask(client, objection.number, code_of(objection)).status_code == 429


def test_a_number_is_closed_to_guesses_from_many_addresses(
    client: Client, notice: PublicNotice, settings: Any
) -> None:
    settings.PORTAL_PER_HOUR = {"number": 3}
    send(client, notice)
    send(client, notice, content="另有一事。")
    guessed, other = Objection.objects.order_by("pk")
    given = {"number": guessed.number, "check_code": "0000-0000-0000-0000"}
    for place in range(3):
        answer = client.post(reverse("portal:objection_status"), given, REMOTE_ADDR=f"198.51.100.{place}")
        assert answer.status_code == 422
    right = given | {"check_code": code_of(guessed)}
    locked = client.post(reverse("portal:objection_status"), right, REMOTE_ADDR="198.51.100.99")
    assert locked.status_code == 429
    assert ask(client, other.number, code_of(other)).status_code == 200


def test_codes_are_compared_in_constant_time(
    client: Client, notice: PublicNotice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every answer has gone through the one comparison, of hashes, whether there is such a number or not."""
    compared: list[tuple[str, str]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return constant_time_compare(one, other)

    send(client, notice)
    objection = Objection.objects.get()
    monkeypatch.setattr(receipts, "constant_time_compare", compare)
    ask(client, objection.number, "0000")
    ask(client, "YY-X-000000", "0000")
    ask(client, objection.number, code_of(objection))
    assert [len(other) for _one, other in compared] == [64, 64, 64]
    assert [one for one, _other in compared] == [objection.check_hash, "", objection.check_hash]
