"""The front door, the health check, and what people see when something goes wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests.factories.accounts import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("samples")]
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_the_public_start_in_the_public_room(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/public/index/"


def test_who_is_signed_in_starts_at_home(client: Client) -> None:
    user = make_user()
    assert client.login(username=user.username, password=PASSWORD)
    assert client.get("/").headers["Location"] == "/work/home/"


def test_healthz_answers_while_the_database_does(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]


def test_healthz_says_503_without_a_database_and_tells_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError("password authentication failed for user licheng")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert json.loads(answer.content) == {"status": "unavailable", "database": "unreachable"}


def test_healthz_is_read_only(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


@pytest.mark.parametrize(
    ("address", "status", "shown"),
    [
        ("/denied", 403, ["起草人不得审批本人起草的事项。", "附件6·第四条"]),
        ("/denied-plainly", 403, ["您未参与本案件的办理。"]),
        ("/nowhere", 404, ["未找到所请求的内容"]),
    ],
)
def test_a_refused_page_says_why_in_chinese(
    client: Client, address: str, status: int, shown: list[str]
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    for words in shown:
        assert words in answer.content.decode()


def test_a_refused_partial_update_is_answered_with_the_bare_reason(client: Client) -> None:
    answer = client.get("/denied", **HTMX)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode() == "起草人不得审批本人起草的事项。"


def test_what_breaks_shows_a_plain_page_and_no_detail() -> None:
    answer = Client(raise_request_exception=False).get("/broken")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "系统暂时无法处理" in page
    assert "secret detail" not in page


def test_a_lost_form_token_is_explained() -> None:
    answer = Client(enforce_csrf_checks=True).post("/framed", {})
    assert answer.status_code == 403
    assert "提交凭证已失效" in answer.content.decode()


def test_a_public_page_makes_no_query(client: Client, django_assert_num_queries: Any) -> None:
    client.get("/plain")
    with django_assert_num_queries(0):
        assert client.get("/plain").status_code == 200
