"""Sending a declaration: what stands in the way is told before, the receipt after; nothing is sent twice."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from audit.models import Entry
from cases.models import Case
from cases.receipts import check_code, grouped
from cases.signatures import statement_of
from tests.factories.accounts import make_actor
from tests.factories.cases import World
from tests.workflows.pages import browser
from tests.workflows.test_case_pages import page, words

HORIZON = {"GY_SUPP_EXTRA": {"plan_horizon_years": "2"}}
REASON = "explanation.R-GY-05"


def address(case: Case, name: str = "submit") -> str:
    return reverse(f"cases:{name}", args=[case.public_id])


def send(actor: Actor, case: Case, **data: str) -> HttpResponse:
    return browser(actor).post(address(case), {"idempotency_key": "k1", **data})


def sent(case: Case) -> int:
    return Entry.objects.filter(chain=case.chain_id, action="declare.submit").count()


def test_the_page_tells_everything_that_stands_in_the_way(world: World) -> None:
    overrides: dict[str, dict[str, Any]] = {
        "GY_SUPP": {"mgmt_reg_place": "遵义市", "bigdata_ent_count": "15"},
        "GY_OVERALL": {"profit_2020": "约三百"},
        **HORIZON,
    }
    case = world.fill(world.draft(), overrides, skip=("m9_evidence",))
    text = words(page(world.applicant, case, "submit"))
    for said in (
        "还有 2 处必填内容未完成",
        "1 处待更正",
        "管理机构应在贵阳市境内注册。",
        "建设方案应提出未来三年目标。",
        "应达20家及以上",
        "方案·三(三)",
        "还有必填内容未完成",
    ):
        assert said in text, said


def test_an_amount_that_is_hardly_meant_is_asked_about_once_more_and_can_be_sent(world: World) -> None:
    case = world.fill(world.draft(), {"GY_OVERALL": {"fixed_investment_2020": "12000000"}})
    answer = page(world.applicant, case, "submit")
    assert "以下 1 处数据请再核对" in words(answer)
    assert "不勾选不影响提交" in words(answer)
    assert "填报为12,000,000万元" in words(answer)
    assert f'{address(case, "declaration")}GY_OVERALL/#id_fixed_investment_2020"' in answer
    send(world.applicant, case, statement="on")
    assert sent(case) == 1


def test_a_declaration_is_sent_and_the_receipt_says_what_comes_next(world: World) -> None:
    case = world.fill(world.draft())
    answer = send(world.applicant, case, statement="on")
    assert answer["Location"] == address(case, "receipt")
    text = words(page(world.applicant, world.reread(case), "receipt"))
    digest = case.declarations.get().digest
    for said in (
        "申报材料接收回执",
        "HZ-GYJJ-2020-0001-01",
        grouped(digest),
        check_code(case.declarations.get().public_id),
        "m7_license.pdf",
        "审核建设方案及相关材料",
        "市大数据局",
    ):
        assert said in text


def test_a_double_click_sends_once(world: World) -> None:
    case = world.fill(world.draft())
    answers = [send(world.applicant, case, statement="on") for _click in range(2)]
    assert [answer["Location"] for answer in answers] == [address(case, "receipt")] * 2
    assert sent(case) == 1


def test_a_second_tab_or_a_colleague_is_led_to_the_receipt(world: World) -> None:
    case = world.fill(world.draft())
    colleague = make_actor(Role.APPLICANT, world.zone)
    send(world.applicant, case, statement="on")
    for actor, key in ((world.applicant, "k2"), (colleague, "k3")):
        client = browser(actor)
        answer = client.post(address(case), {"idempotency_key": key, "statement": "on"}, follow=True)
        text = words(answer.content.decode())
        assert answer.redirect_chain == [(address(case, "receipt"), 302)]
        assert "无需重复提交" in text
        assert world.applicant.user.name in text  # type: ignore[union-attr]
    assert sent(case) == 1
    assert case.declarations.count() == 1


def test_the_statement_goes_on_the_record_word_for_word(world: World) -> None:
    case = world.fill(world.draft())
    shown = statement_of(case, "declare.submit")
    assert shown.text in page(world.applicant, case, "submit")
    stale = send(world.applicant, case, statement="on", statement_digest="0" * 64)
    assert stale.status_code == 422
    assert "承诺内容已更新" in stale.content.decode()
    assert send(world.applicant, case, statement="on", statement_digest=shown.digest).status_code == 302
    entry = Entry.objects.get(chain=case.chain_id, action="declare.submit")
    assert world.applicant.user is not None
    assert entry.actor_id == world.applicant.user.pk
    assert entry.content["data"]["statement"] == {
        "text": "本单位对申报材料的真实性、合法性负责，愿意承担由此产生的责任。",
        "sha256": hashlib.sha256(shown.text.encode()).hexdigest(),
        "clause": "",
    }


def test_every_version_has_its_own_receipt(world: World) -> None:
    case = world.do(world.submitted(), "file.return_for_correction", reason="请补正。")
    first = case.declarations.get(version_no=1)
    world.do(case, "declare.submit", statement=True)
    client = browser(world.applicant)
    newest = words(client.get(address(case, "receipt")).content.decode())
    old = words(client.get(address(case, "receipt"), {"v": "1"}).content.decode())
    assert "HZ-GYJJ-2020-0001-02" in newest
    assert "此后已有更新版本" not in newest
    assert "HZ-GYJJ-2020-0001-01" in old
    assert "此后已有更新版本；本回执对所载版本仍然有效。" in old
    assert check_code(first.public_id) in old


def test_without_the_statement_nothing_is_sent_and_reasons_stay(world: World) -> None:
    case = world.fill(world.draft(), HORIZON)
    answer = send(world.applicant, case, **{REASON: "分期规划，后续补充。"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "请确认：本单位对申报材料的真实性、合法性负责。" in text
    assert "分期规划，后续补充。</textarea>" in text
    assert sent(case) == 0


def test_a_soft_rule_wants_its_reason(world: World) -> None:
    case = world.fill(world.draft(), HORIZON)
    refused = send(world.applicant, case, statement="on", **{REASON: "  "})
    assert refused.status_code == 422
    assert "请说明理由。" in refused.content.decode()
    assert sent(case) == 0
    assert send(world.applicant, case, statement="on", **{REASON: "分期规划。"}).status_code == 302
    assert "分期规划。" in page(world.officer, world.reread(case))


def test_a_hard_rule_refuses_with_its_clause(world: World) -> None:
    case = world.fill(world.draft(), {"GY_SUPP": {"mgmt_reg_place": "遵义市"}})
    answer = send(world.applicant, case, statement="on")
    text = words(answer.content.decode())
    assert answer.status_code == 422
    assert "未能提交： 管理机构应在贵阳市境内注册。（003·方案·三(三)）" in text
    assert sent(case) == 0


def test_blank_cells_refuse(world: World) -> None:
    case = world.fill(world.draft(), {"GY_REPORT": {"r1_basic": None}})
    answer = send(world.applicant, case, statement="on")
    assert (answer.status_code, sent(case)) == (422, 0)
    assert "产业集聚示范基地基本情况" in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("officer", 404), ("other_applicant", 404), ("supervisor", 404)])
def test_only_the_applicant_sends(world: World, who: str, status: int) -> None:
    case = world.fill(world.draft())
    assert send(getattr(world, who), case, statement="on").status_code == status
    assert sent(case) == 0


def test_a_colleague_of_the_unit_may_send(world: World) -> None:
    case = world.fill(world.draft())
    assert send(make_actor(Role.APPLICANT, world.zone), case, statement="on").status_code == 302


def test_there_is_no_receipt_before_sending(world: World) -> None:
    case = world.draft()
    answer = browser(world.applicant).get(address(case, "receipt"))
    assert answer.status_code == 403
    assert "尚未提交" in answer.content.decode()


def test_the_receipt_names_people_to_those_who_may_know(world: World) -> None:
    case = world.submitted()
    name = world.applicant.user.name  # type: ignore[union-attr]
    assert name in page(world.officer, case, "receipt")
    assert browser(world.other_applicant).get(address(case, "receipt")).status_code == 404


# -- discarding ------------------------------------------------------------------------------------------------------


def test_a_draft_is_discarded_after_asking_once_more(world: World) -> None:
    case = world.draft("不要了")
    client = browser(world.applicant)
    assert "确认作废" in client.get(address(case, "discard")).content.decode()
    assert world.reread(case).closure == ""
    answer = client.post(address(case, "discard"), {"idempotency_key": "d1"})
    assert answer["Location"] == address(case, "detail")
    assert world.reread(case).closure == "discarded"
    assert "草稿作废" in page(world.applicant, case)


def test_what_has_been_sent_is_withdrawn_not_discarded(world: World) -> None:
    case = world.do(world.submitted(), "file.return_for_correction", reason="请补正。")
    answer = browser(world.applicant).post(address(case, "discard"))
    assert answer.status_code == 403
    assert "可以撤回" in answer.content.decode()
    assert world.reread(case).closure == ""


def test_nobody_else_discards(world: World) -> None:
    case = world.draft()
    for actor in (world.officer, world.other_applicant):
        assert browser(actor).post(address(case, "discard")).status_code == 404
    assert world.reread(case).closure == ""
