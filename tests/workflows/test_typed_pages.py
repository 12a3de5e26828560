"""Nothing typed is lost: whatever is refused, and whyever, the answer holds the reason and what was typed."""

from __future__ import annotations

import datetime as dt
import html
import uuid
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import RoleAssignment
from audit import clock
from cases.errors import NotAllowed
from cases.models import Case
from programmes.enums import RoundStatus
from programmes.models import Round
from tests.factories.accounts import PASSWORD
from tests.factories.cases import World
from tests.workflows.pages import browser, open_item, page_of, sheet_data
from workflows.typed import typed_in
from workflows.views import declaration

REASON = "本基地为新设立，正在补充该项指标的统计数据。"


def close_the_round() -> None:
    Round.objects.update(status=RoundStatus.CLOSED)


def end_the_role(world: World, actor: Any) -> None:
    RoleAssignment.objects.filter(pk=actor.assignment.pk).update(
        valid_until=clock.today() - dt.timedelta(days=1)
    )


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_a_closed_round_leaves_the_submission_as_it_was_typed(world: World) -> None:
    case = world.fill(world.draft())
    client = browser(world.applicant)
    address = reverse("cases:submit", args=[case.public_id])
    close_the_round()
    key = uuid.uuid4().hex
    answer = client.post(address, {"statement": "on", "idempotency_key": key})
    text = text_of(answer)
    assert answer.status_code == 403
    assert "目前不接受申报" in text
    assert 'name="statement" value="on" checked' in text
    assert key in text


def test_a_case_that_is_no_longer_a_draft_still_shows_the_reasons_typed(world: World) -> None:
    """Whoever was late is led to the receipt where it was sent, and told where it was withdrawn."""
    case = world.submitted()
    rule = next(iter(case.edition.pack.rules.values()))
    sent = {"statement": "on", f"explanation.{rule.id}": REASON}
    assert (
        browser(world.applicant).post(reverse("cases:submit", args=[case.public_id]), sent).status_code == 302
    )
    world.do(case, "command.withdraw", reason="不再申报。")
    answer = browser(world.applicant).post(reverse("cases:submit", args=[case.public_id]), sent)
    assert answer.status_code == 403
    assert REASON in text_of(answer)
    assert str(rule.title) in text_of(answer), "told by the rule's title, not by the control's name"


def test_a_closed_round_leaves_the_title_of_a_new_declaration(world: World) -> None:
    client = browser(world.applicant)
    assert world.applicant.organisation is not None
    sent = {
        "round": world.round.public_id,
        "unit": world.applicant.organisation.public_id,
        "title": "花溪大数据产业集聚示范基地",
    }
    Round.objects.update(status=RoundStatus.PLANNED)
    answer = client.post(reverse("cases:start"), sent)
    assert answer.status_code == 403
    assert "目前不接受申报" in text_of(answer)
    assert "花溪大数据产业集聚示范基地" in text_of(answer)
    assert not Case.objects.exists()


def test_a_form_of_a_case_sent_meanwhile_comes_back_as_typed(world: World) -> None:
    case = world.fill(world.draft())
    client = browser(world.applicant)
    address = reverse("cases:form", args=[case.public_id, "GY_PLAN"])
    assert client.get(address).status_code == 200
    world.do(case, "declare.submit", statement=True)
    answer = client.post(address, {"p3_2": REASON, "_version": "1"})
    text = text_of(answer)
    assert answer.status_code == 403
    assert REASON in text
    assert "申报材料当前不可修改。" in text
    field = next(f for f in case.edition.pack.forms["GY_PLAN"].fields if f.key == "p3_2")
    assert str(field.label) in text


def test_a_form_refused_by_the_door_is_drawn_again_with_what_was_typed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft was there when the page looked, and gone when the door did."""

    def gone(**_given: Any) -> None:
        raise NotAllowed("not_editable", "申报材料当前不可修改。")

    case = world.draft()
    monkeypatch.setattr(declaration, "save_form", gone)
    answer = browser(world.applicant).post(
        reverse("cases:form", args=[case.public_id, "GY_PLAN"]), {"p3_2": REASON, "_version": "0"}
    )
    text = text_of(answer)
    assert answer.status_code == 403
    assert "未能保存：申报材料当前不可修改。" in text
    assert REASON in text.split("<textarea", 1)[1]


@pytest.mark.parametrize("who", ["officer", "applicant"])
def test_a_role_that_ended_leaves_what_was_typed(world: World, who: str) -> None:
    case = world.submitted()
    actor = getattr(world, who)
    client = browser(actor)
    end_the_role(world, actor)
    action = "file.refuse_filing" if who == "officer" else "command.withdraw"
    answer = client.post(page_of(case, action), {"reason": REASON})
    assert answer.status_code == 403
    assert REASON in text_of(answer)


def test_a_case_that_became_invisible_leaves_what_was_typed(world: World) -> None:
    case = world.submitted()
    answer = browser(world.other_applicant).post(page_of(case, "command.withdraw"), {"reason": REASON})
    assert answer.status_code == 404
    assert REASON in text_of(answer)
    assert case.title not in text_of(answer)


def test_a_seat_given_to_somebody_else_leaves_the_comment(world: World) -> None:
    case = world.with_panel()
    item = open_item(case, "score", world.experts[0])
    world.do(case, "review.recuse", world.experts[0], reason="与申报单位有合作。")
    answer = browser(world.experts[1]).post(
        reverse("workflows:score", args=[item.public_id]), sheet_data(world) | {"comment": REASON}
    )
    assert answer.status_code == 403
    assert REASON in text_of(answer)


def test_an_ended_session_keeps_the_page_to_send_it_again(world: World) -> None:
    case = world.submitted()
    address = page_of(case, "command.withdraw")
    key = uuid.uuid4().hex
    sent = {"reason": REASON, "idempotency_key": key}
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("accounts:sign_in"))
    token = client.cookies["csrftoken"].value
    answer = client.post(address, sent | {"csrfmiddlewaretoken": token})
    text = text_of(answer)
    assert answer.status_code == 401
    assert "登录已超时" in text
    assert REASON in text
    assert f'name="idempotency_key" value="{key}"' in text
    assert 'target="_blank"' in text

    assert world.applicant.user is not None
    given = {"username": world.applicant.user.username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post(reverse("accounts:sign_in"), given).status_code == 302
    fresh = client.cookies["csrftoken"].value
    assert fresh != token, "the page's script takes the fresh one from the cookie"
    done = client.post(address, sent | {"csrfmiddlewaretoken": fresh})
    assert done.status_code == 302
    assert world.reread(case).stage == "closed"


def test_nothing_typed_leads_straight_to_sign_in(world: World) -> None:
    case = world.submitted()
    answer = Client().post(page_of(case, "command.withdraw"), {"idempotency_key": "x"})
    assert answer.status_code == 302


def test_a_stale_token_keeps_the_text_and_never_a_password() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("accounts:sign_in"), {"username": "wangjing", "password": "sehr-geheim-1"})
    assert answer.status_code == 403
    assert "wangjing" in text_of(answer)
    assert "sehr-geheim-1" not in text_of(answer)


def test_what_was_typed_is_told_in_its_order_without_blanks() -> None:
    request: Any = RequestFactory().post(
        "/",
        {
            "_version": "3",
            "b": "二",
            "rows.0.name": "行",
            "empty": " ",
            "a": ["一", "1"],
            "new_password1": "x",
        },
    )
    request.typed_labels = {"b": "乙", "rows": "名单"}
    assert [(each.label, each.value) for each in typed_in(request)] == [
        ("乙", "二"),
        ("名单 0.name", "行"),
        ("a", "一\n1"),
    ]
    assert typed_in(RequestFactory().get("/", {"b": "二"})) == []
