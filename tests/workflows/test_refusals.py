"""Whatever a door refuses, the asker gets an answer they can use: a page, JSON for a script, bare text for htmx."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts.errors import Refusal
from cases.errors import Conflict, Gate, Invalid, NotAllowed, NotVisible
from programmes.rules import Verdict
from programmes.schema import Text
from tests.factories.accounts import make_user
from tests.factories.cases import World
from tests.workflows.pages import browser
from workflows.views.refusals import answers_refusals, as_json, for_actors, reasons_of, status_of, wants_json

CASES = [
    (NotVisible("invisible", "未找到该案件。"), 404),
    (NotAllowed("wrong_unit", "该事项不由贵单位办理。", "003·附件6·第二条"), 403),
    (Conflict("stale", "本案已有新的进展。"), 409),
    (Invalid("invalid", "请填写理由。", fields={"reason": "请填写理由。"}), 422),
    (Gate("R-1", "不符合条件。", "003·附件2"), 422),
    (Refusal("not_permitted", "此项操作须由系统管理员办理。"), 403),
    (Refusal("reason_missing", "请填写事由。", fields={"reason": "请填写事由。"}), 422),
]


def refusing(refusal: Refusal) -> Any:
    @answers_refusals
    def view(request: HttpRequest) -> HttpResponse:
        raise refusal

    return view


@pytest.mark.parametrize(("refusal", "status"), CASES, ids=lambda value: getattr(value, "code", value))
def test_each_kind_of_refusal_has_its_status(refusal: Refusal, status: int) -> None:
    assert status_of(refusal) == status


@pytest.mark.parametrize(("refusal", "status"), CASES, ids=lambda value: getattr(value, "code", value))
def test_a_script_is_answered_in_json(refusal: Refusal, status: int) -> None:
    answer = refusing(refusal)(RequestFactory().post("/", headers={"accept": "application/json"}))
    told = json.loads(answer.content)
    assert answer.status_code == status
    assert (told["code"], told["message"], told["clause"]) == (
        refusal.code,
        str(refusal.message),
        refusal.clause,
    )
    assert told["fields"] == dict(refusal.fields)


def test_htmx_gets_the_bare_reason() -> None:
    request = RequestFactory().get("/", headers={"hx-request": "true"})
    answer = refusing(NotAllowed("wrong_unit", "该事项不由贵单位办理。"))(request)
    assert (answer.status_code, answer.content.decode()) == (403, "该事项不由贵单位办理。")
    assert answer["Content-Type"].startswith("text/plain")


def test_every_rule_that_refuses_is_told_with_its_clause() -> None:
    verdicts = tuple(
        Verdict(f"R-{n}", "failed", "hard", Text(zh=f"第{n}项不符合。"), f"003·附件{n}") for n in (1, 2)
    )
    text = "\n".join(f"{v.message.zh}（{v.clause}）" for v in verdicts)
    refusal = Gate("R-1", text, "003·附件1", verdicts)
    assert [tuple(reason) for reason in reasons_of(refusal)] == [
        ("第1项不符合。", "003·附件1"),
        ("第2项不符合。", "003·附件2"),
    ]
    assert len(as_json(refusal)["reasons"]) == 2


@pytest.mark.parametrize(
    ("accept", "json_wanted"),
    [
        ("application/json", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_only_who_asks_for_json_gets_it(accept: str, json_wanted: bool) -> None:
    assert wants_json(RequestFactory().get("/", headers={"accept": accept})) is json_wanted


def test_the_page_tells_reason_clause_and_way_back(world: World) -> None:
    case = world.submitted()
    address = reverse("cases:submit", args=[case.public_id])
    back = reverse("cases:detail", args=[case.public_id])
    answer = browser(world.applicant).get(address, headers={"referer": f"http://testserver{back}"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "申报材料当前不可修改。" in page
    assert f'href="{back}"' in page


def test_a_foreign_referer_is_no_way_back(world: World) -> None:
    case = world.submitted()
    address = reverse("cases:submit", args=[case.public_id])
    answer = browser(world.applicant).get(address, headers={"referer": "https://elsewhere.example/x"})
    assert "elsewhere.example" not in answer.content.decode()


def test_people_without_a_role_are_told_so(db: None) -> None:
    from django.test import Client

    client = Client()
    client.force_login(make_user())
    answer = client.get(reverse("cases:list"))
    assert answer.status_code == 403
    assert "没有有效的任职授权" in answer.content.decode()


def test_signed_out_people_are_led_to_sign_in_and_scripts_told_so(client: Any, db: None) -> None:
    address = reverse("cases:list")
    led = client.get(address)
    assert (led.status_code, led["Location"].split("?")[0]) == (302, reverse("accounts:sign_in"))
    assert "next=" in led["Location"]
    told = client.get(address, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (401, "signed_out")


def test_a_view_for_actors_keeps_its_name() -> None:
    def view(request: Any) -> HttpResponse:
        return HttpResponse()

    assert for_actors(view).__name__ == "view"
