"""Rounds: opened, decided and closed through the doors, with refusals beside the fields."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from audit.models import Entry
from programmes.enums import EditionStatus, RoundStatus
from programmes.models import Edition, Round, SlotValue
from programmes.schema import Choice, Slot, Text
from programmes.slot_types import SlotError, read_slot
from tests.portal.rows import make_edition
from tests.workshop.visits import sign_in, visit
from workshop.display import value_text
from workshop.forms import SlotForm

pytestmark = pytest.mark.django_db


def opening(**fields: str) -> dict[str, str]:
    return {
        "year": "2026",
        "name": "",
        "opens_on": "2026-03-02",
        "closes_on": "2026-03-31",
        "reason": "",
    } | fields


def open_new(client: Client, edition: Edition, **fields: str) -> Any:
    return client.post(reverse("workshop:open_round", args=[edition.programme.public_id]), opening(**fields))


@pytest.mark.parametrize("role", [Role.POLICY_ADMIN, Role.OFFICER])
def test_round_is_opened_through_the_door(client: Client, edition: Edition, role: Role) -> None:
    actor = sign_in(client, role)
    response = open_new(client, edition)
    opened = Round.objects.get()
    assert response.url == reverse("workshop:round", args=[opened.public_id])
    assert (opened.status, opened.edition_id) == (RoundStatus.OPEN, edition.pk)
    assert opened.name == "2026年度产业集聚示范基地申报"
    assert opened.opened_by == actor.user
    assert Entry.objects.filter(action="round.opened").count() == 1


def test_soft_rule_asks_for_a_reason_beside_the_field(client: Client, admin: Actor, edition: Edition) -> None:
    response = open_new(client, edition, opens_on="2026-05-06", closes_on="2026-06-30")
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["reason"]
    assert "原则上每年一季度启动申报" in response.content.decode()
    assert 'value="2026-05-06"' in response.content.decode()
    assert not Round.objects.exists()
    given = open_new(
        client, edition, opens_on="2026-05-06", closes_on="2026-06-30", reason="机构改革，顺延。"
    )
    assert given.status_code == 302
    assert Round.objects.get().reason == "机构改革，顺延。"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"year": "1900"}, "year"),
        ({"opens_on": ""}, "opens_on"),
        ({"closes_on": "2026-01-01"}, "closes_on"),
        ({"name": "2026年度"}, "name"),
    ],
)
def test_refused_rounds_stay_on_the_page(
    client: Client, admin: Actor, round: Round, fields: dict[str, str], wrong: str
) -> None:
    response = open_new(client, round.edition, **fields)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [wrong]
    assert Round.objects.count() == 1


def test_programme_without_a_published_edition_opens_nothing(client: Client, admin: Actor) -> None:
    draft = make_edition(status=EditionStatus.DRAFT)
    page = client.get(reverse("workshop:open_round", args=[draft.programme.public_id])).content.decode()
    assert "没有已发布的政策版本" in page
    assert open_new(client, draft).status_code == 422
    assert not Round.objects.exists()


def fill(client: Client, round: Round, name: str, **fields: str) -> Any:
    return client.post(
        reverse("workshop:fill_slot", args=[round.public_id, name]),
        {f"{name}-{key}": value for key, value in fields.items()},
    )


def test_slot_is_decided_superseded_and_shown(client: Client, admin: Actor, round: Round) -> None:
    first = fill(client, round, "publicity_length", value="7", unit="day", reason="按惯例")
    assert first.url == reverse("workshop:round", args=[round.public_id])
    fill(client, round, "publicity_length", value="10", unit="working_day", reason="会议纪要第3号")
    values = list(SlotValue.objects.order_by("pk").values_list("value", "superseded"))
    assert values == [("7 day", True), ("10 working_day", False)]
    shown = visit(client, "round", round).content.decode()
    for text in ("10个工作日", "会议纪要第3号", "郑政策", "重新确定"):
        assert text in shown
    assert Entry.objects.filter(action="round.slot_filled").count() == 2


def test_decimal_slots_keep_their_digits(client: Client, admin: Actor, round: Round) -> None:
    assert fill(client, round, "review_pass_mark", value="62.5", reason="会议纪要").status_code == 302
    assert SlotValue.objects.get().value == "62.5"


@pytest.mark.parametrize(
    ("name", "fields", "wrong"),
    [
        ("publicity_length", {"value": "0", "unit": "day", "reason": "x"}, "value"),
        ("publicity_length", {"value": "5", "unit": "week", "reason": "x"}, "unit"),
        ("publicity_length", {"value": "5", "unit": "day", "reason": ""}, "reason"),
        ("panel_size", {"value": "五", "reason": "x"}, "value"),
        ("panel_size", {"value": "0", "reason": "x"}, "value"),
        ("panel_size", {"value": "9" * 20, "reason": "x"}, "value"),
        ("review_pass_mark", {"value": "100.01", "reason": "x"}, "value"),
        ("review_pass_mark", {"value": "-1", "reason": "x"}, "value"),
    ],
)
def test_bad_values_are_named_beside_the_field(
    client: Client, admin: Actor, round: Round, name: str, fields: dict[str, str], wrong: str
) -> None:
    response = fill(client, round, name, **fields)
    assert response.status_code == 422
    row = next(row for row in response.context["slots"] if row["name"] == name)
    assert wrong in row["form"].errors
    assert not SlotValue.objects.exists()


def test_unknown_slot_is_not_found(client: Client, admin: Actor, round: Round) -> None:
    assert fill(client, round, "nothing", value="1", reason="x").status_code == 404


@pytest.mark.parametrize(
    ("kind", "given", "value", "text"),
    [
        ("boolean", {"value": "yes"}, True, "是"),
        ("boolean", {"value": "no"}, False, "否"),
        ("date", {"value": "2026-12-31"}, dt.date(2026, 12, 31), "2026-12-31"),
        ("text", {"value": "市大数据局"}, "市大数据局", "市大数据局"),
        ("integer", {"value": "7"}, 7, "7"),
    ],
)
def test_each_type_of_slot_has_its_input(kind: Any, given: dict[str, str], value: Any, text: str) -> None:
    slot = Slot(type=kind, title=Text(zh="某值"))
    form = SlotForm(
        "some", slot, None, {f"some-{key}": each for key, each in given.items()} | {"some-reason": "x"}
    )
    assert form.is_valid()
    assert form.value == value
    assert value_text(slot, value) == text


def test_a_slot_with_choices_offers_them_by_name_and_takes_nothing_else() -> None:
    labels = {"both": "均须送达", "either": "先到即可"}
    slot = Slot(
        type="text",
        title=Text(zh="以何为准"),
        choices=tuple(Choice(code=code, label=Text(zh=zh)) for code, zh in labels.items()),
    )
    form = SlotForm("some", slot, "both", {"some-value": "either", "some-reason": "x"})
    assert form.is_valid()
    assert [label for _code, label in form.fields["value"].choices] == ["均须送达", "先到即可"]  # type: ignore[attr-defined]
    assert (form.value, value_text(slot, form.value)) == ("either", "先到即可")
    assert not SlotForm("some", slot, "both", {"some-value": "随便", "some-reason": "x"}).is_valid()
    with pytest.raises(SlotError):
        read_slot(slot, "随便")


def test_round_is_closed_once(client: Client, admin: Actor, round: Round) -> None:
    assert "截止批次" in visit(client, "round", round).content.decode()
    response = visit(client, "close_round", round, {"reason": "受理期满"})
    assert response.url == reverse("workshop:round", args=[round.public_id])
    round.refresh_from_db()
    assert round.status == RoundStatus.CLOSED
    again = visit(client, "close_round", round)
    assert again.status_code == 422
    assert "该批次未在申报中" in again.content.decode()
    assert "已截止" in visit(client, "round", round).content.decode()


@pytest.mark.parametrize("name", ["edition", "round", "open_round"])
def test_unknown_ids_are_not_found(client: Client, admin: Actor, name: str) -> None:
    assert client.get(reverse(f"workshop:{name}", args=[uuid.uuid4()])).status_code == 404


def test_what_was_typed_is_text(client: Client, admin: Actor, round: Round) -> None:
    attack = "<script>alert(1)</script>"
    fill(client, round, "publicity_length", value="7", unit="day", reason=attack)
    response = open_new(client, round.edition, name=attack, closes_on="2026-01-01")
    for shown in (visit(client, "round", round).content.decode(), response.content.decode()):
        assert attack not in shown
        assert "&lt;script&gt;" in shown
