"""异议: lodged once, receipted once, answered without a name."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from cases.enums import NoticeStatus, ObjectionStatus
from cases.errors import Invalid, NotAllowed
from cases.models import Objection, PublicNotice
from portal import lodging
from portal.views import objections as views
from tests.conftest import Freeze
from tests.portal.sending import CONTACT, CONTENT, NAME, ask, code_of, said, send
from workflows import objections, receipts
from workflows.models import Event, Submission
from workflows.receipts import receipt_token

pytestmark = pytest.mark.django_db


def test_objection_goes_through_the_door_and_its_receipt_is_shown(
    client: Client, notice: PublicNotice
) -> None:
    response = send(client, notice)
    objection = Objection.objects.get()
    assert (objection.kind, objection.name, objection.contact) == ("person", NAME, CONTACT)
    assert objection.status == ObjectionStatus.OPEN
    assert Entry.objects.filter(action="publicize.lodge_objection").count() == 1
    assert objection.number not in response.url
    assert code_of(objection) not in response.url
    assert str(objection.public_id) not in response.url
    receipt = client.get(response.url)
    shown = receipt.content.decode()
    assert objection.number in shown
    assert code_of(objection) in shown
    assert "王**" in shown
    assert "138******78" in shown
    assert NAME not in shown
    assert CONTACT not in shown
    assert "no-store" in receipt["Cache-Control"]
    assert receipt["Referrer-Policy"] == "no-referrer"
    notice.refresh_from_db()
    assert notice.status == NoticeStatus.PAUSED


def test_receipt_is_shown_once(client: Client, notice: PublicNotice) -> None:
    address = send(client, notice).url
    assert client.head(address).status_code == 405  # looking whether it is there uses nothing up
    assert client.get(address).status_code == 200
    again = client.get(address)
    assert again.status_code == 410
    objection = Objection.objects.get()
    assert objection.number not in again.content.decode()
    assert code_of(objection) not in again.content.decode()


def test_receipt_cannot_be_guessed_and_grows_old(
    client: Client, notice: PublicNotice, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client, notice)
    objection = Objection.objects.get()
    for token in (str(objection.public_id), objection.number, receipt_token(objection)[:-1] + "x"):
        assert client.get(reverse("portal:receipt", args=[token])).status_code == 410
    token = receipt_token(objection)
    monkeypatch.setattr(receipts, "VALID_SECONDS", -1)
    assert client.get(reverse("portal:receipt", args=[token])).status_code == 410


def test_sending_twice_lodges_once(client: Client, notice: PublicNotice) -> None:
    key = str(uuid.uuid4())
    first, second = (send(client, notice, idempotency_key=key) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert Objection.objects.count() == 1
    assert client.get(second.url).status_code == 200


def test_another_content_under_the_same_key_is_another_objection(
    client: Client, notice: PublicNotice
) -> None:
    key = str(uuid.uuid4())
    send(client, notice, idempotency_key=key)
    send(client, notice, idempotency_key=key, content="另有一事。")
    assert Objection.objects.count() == 2


def test_whoever_got_no_answer_sends_again_and_gets_the_same_receipt(
    client: Client, notice: PublicNotice, monkeypatch: pytest.MonkeyPatch, frozen_clock: Freeze
) -> None:
    """The process dies after the objection is written, before it has answered; the window closes meanwhile."""
    key = str(uuid.uuid4())

    def die(_objection: Objection) -> str:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(views, "receipt_token", die)
        with pytest.raises(SystemExit):
            send(client, notice, idempotency_key=key)
    assert Objection.objects.count() == 1
    frozen_clock("2026-04-01 09:00")
    again = send(client, notice, idempotency_key=key)
    assert again.status_code == 302
    assert Objection.objects.count() == 1
    objection = Objection.objects.get()
    first = client.get(again.url).content.decode()
    assert objection.number in first
    assert code_of(objection) in first
    assert ask(client, objection.number, code_of(objection)).status_code == 200
    once_more = client.get(send(client, notice, idempotency_key=key).url).content.decode()
    assert code_of(objection) in once_more


@pytest.mark.parametrize("broken", ["append", "write_event"])
def test_key_and_objection_are_written_together_or_not_at_all(
    client: Client, notice: PublicNotice, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    key = str(uuid.uuid4())

    def die(**_given: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(objections, broken, die)
        with pytest.raises(SystemExit):
            send(client, notice, idempotency_key=key)
    assert not Objection.objects.exists()
    assert not Submission.objects.exists()
    assert send(client, notice, idempotency_key=key).status_code == 302
    assert Objection.objects.count() == Submission.objects.count() == 1


def test_a_key_used_for_something_else_is_refused(client: Client, notice: PublicNotice) -> None:
    key = str(uuid.uuid4())
    digest = lodging._digest(key, notice, "person", NAME, CONTACT, CONTENT)
    Submission.objects.create(key=digest, case=notice.case, action="command.withdraw")
    response = send(client, notice, idempotency_key=key)
    assert response.status_code == 409
    assert CONTENT in response.content.decode()
    assert not Objection.objects.exists()


def test_the_code_is_stored_nowhere(client: Client, notice: PublicNotice) -> None:
    """Eighty bits, unlike from one objection to the next; the database holds its hash alone."""
    send(client, notice)
    send(client, notice, content="另有一事。")
    first, second = Objection.objects.order_by("pk")
    code = code_of(first)
    assert code != code_of(second)
    assert len(code.replace("-", "")) == 16
    tables = (Objection, Submission, Entry, Event)
    stored = str([row for table in tables for row in table.objects.values()])
    assert code not in stored
    assert code.replace("-", "") not in stored
    assert first.check_hash in stored


def test_refusal_gives_the_key_back(
    client: Client, notice: PublicNotice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_fields: Any) -> None:
        raise NotAllowed("window_closed", "公示期已结束，不再接受异议。")

    key = str(uuid.uuid4())
    with monkeypatch.context() as patch:
        patch.setattr(lodging, "lodge_objection", refuse)
        assert send(client, notice, idempotency_key=key).status_code == 403
    assert not Submission.objects.exists()
    assert send(client, notice, idempotency_key=key).status_code == 302


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"contact": "  "}, "contact"),
        ({"content": ""}, "content"),
        ({"kind": "unit", "name": ""}, "name"),
        ({"kind": "robot"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"content": "长" * 5001}, "content"),
    ],
)
def test_errors_stand_beside_the_field_and_nothing_typed_is_lost(
    client: Client, notice: PublicNotice, fields: dict[str, str], wrong: str
) -> None:
    response = send(client, notice, **fields)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [wrong]
    shown = response.content.decode()
    assert f'href="#id_{wrong}' in shown
    for name, value in (said() | fields).items():
        if name not in ("kind", "idempotency_key") and value.strip():
            assert value in shown
    assert not Objection.objects.exists()


def test_everything_wrong_is_said_at_once(client: Client, notice: PublicNotice) -> None:
    response = send(client, notice, name="", contact="", content="")
    assert set(response.context["form"].errors) == {"name", "contact", "content"}
    assert "请写明异议内容和依据。" in response.content.decode()
    assert "请填写真实姓名或单位全称。" in response.content.decode()


def test_what_the_door_alone_refuses_stands_beside_its_field(
    client: Client, notice: PublicNotice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_fields: Any) -> None:
        raise Invalid("invalid", "请核对。", fields={"contact": "该号码已停用，请核对。"})

    monkeypatch.setattr(lodging, "lodge_objection", refuse)
    response = send(client, notice)
    assert response.status_code == 422
    assert response.context["form"].errors["contact"] == ["该号码已停用，请核对。"]


def test_anonymous_objection_is_recorded_and_not_accepted(client: Client, notice: PublicNotice) -> None:
    response = send(client, notice, kind="anonymous", name="", contact="")
    assert Objection.objects.get().status == ObjectionStatus.NOT_ACCEPTED
    shown = client.get(response.url).content.decode()
    assert "异议登记回执" in shown
    assert "匿名异议不予受理，已登记备查。" in shown
    notice.refresh_from_db()
    assert notice.status == NoticeStatus.OPEN


@pytest.mark.parametrize("moment", ["2026-03-07 00:00", "2026-04-01 09:00"])
def test_closed_window_refuses_and_keeps_what_was_typed(
    client: Client, notice: PublicNotice, frozen_clock: Freeze, moment: str
) -> None:
    frozen_clock(moment)
    response = send(client, notice)
    assert response.status_code == 403
    assert "公示期已结束，不再接受异议。" in response.content.decode()
    assert CONTENT in response.content.decode()


def test_form_carries_a_key_without_javascript_and_a_bad_key_is_replaced(
    client: Client, notice: PublicNotice
) -> None:
    page = client.get(reverse("portal:notice", args=[notice.public_id]))
    uuid.UUID(page.context["form"].key)
    assert f'value="{page.context["form"].key}"' in page.content.decode()
    assert send(client, notice, idempotency_key="nonsense").status_code == 302


def test_address_of_the_form_leads_back_to_the_notice(client: Client, notice: PublicNotice) -> None:
    response = client.get(reverse("portal:object", args=[notice.public_id]))
    assert response.url == reverse("portal:notice", args=[notice.public_id]) + "#objection"
    assert send(client, PublicNotice(public_id=uuid.uuid4())).status_code == 404


def test_objections_need_the_forms_own_token(notice: PublicNotice) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert send(strict, notice).status_code == 403
    assert not Objection.objects.exists()


ATTACK = "</textarea><script>alert('x')</script><img src=x onerror=alert(1)>{{ 7|add:7 }}"


def test_what_an_attacker_types_is_text_everywhere(client: Client, notice: PublicNotice) -> None:
    refused = send(client, notice, content=ATTACK, name="<b>某</b>", contact="").content.decode()
    assert "&lt;/textarea&gt;&lt;script&gt;" in refused
    receipt = client.get(send(client, notice, content=ATTACK, name="<b>某</b>", contact="<i>1</i>").url)
    objection = Objection.objects.get()
    Objection.objects.update(finding=ATTACK, status=ObjectionStatus.DISMISSED)
    answer = ask(client, objection.number, code_of(objection)).content.decode()
    assert "&lt;script&gt;" in answer
    for shown in (refused, receipt.content.decode(), answer):
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "<b>某" not in shown
        assert "<i>1" not in shown
