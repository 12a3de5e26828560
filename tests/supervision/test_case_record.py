"""The record of one case: told in plain words, and every look at it noted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from audit.models import ReadEntry
from cases.models import Case
from programmes.packs import packs_directory, parse_files, read_directory
from supervision import wording
from supervision.telling import _rows
from tests.factories.accounts import make_actor, make_organisation
from tests.portal.rows import make_case
from tests.supervision.conftest import WriteEntry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(("name", "queries"), [("record", 9), ("reads", 9)])
def test_pages_of_a_case_cost_the_same_however_long_its_record(
    client: Client,
    case: Case,
    write: WriteEntry,
    name: str,
    queries: int,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for _number in range(count):
        write(case)
        client.get(reverse("supervision:entry", args=[case.public_id, 1]))
    with django_assert_num_queries(queries):
        assert client.get(reverse(f"supervision:{name}", args=[case.public_id])).status_code == 200


def entry_page(client: Client, case: Case, seq: int = 1) -> str:
    response = client.get(reverse("supervision:entry", args=[case.public_id, seq]))
    assert response.status_code == 200
    return response.content.decode()


def test_entry_is_told_in_plain_words_with_its_hashes(client: Client, case: Case, write: WriteEntry) -> None:
    before = write(case, "declare.submit")
    entry = write(
        case,
        "revoke.agree_revocation",
        reason="连续两次考评不合格。",
        **{
            "from": {"stage": "revoke", "step": "revocation"},
            "to": {"stage": "closed", "step": "revocation"},
        },
        closure="revoked",
        standing={"status": "withdrawn", "since": dt.date(2026, 3, 5)},
        withdrawn_on=dt.date(2026, 3, 5),
        experts=[{"user": 7, "name": "钱专家"}, {"user": 8, "name": "李专家"}],
        accepted=True,
        tier="50e8",
        kind="composite",
        something_new={"deep": 1},
    )
    shown = entry_page(client, case, 2)
    for text in (
        "同意取消授牌",
        "连续两次考评不合格。",
        "取消授牌",
        "办结",
        "已取消授牌",
        "2026-03-05",
        "钱专家、李专家",
        "五十亿级",
        "综合考评",
        "something_new · deep",
        entry.hash,
        before.hash,
    ):
        assert text in shown
    assert "本条为链首" in entry_page(client, case, 1)
    assert client.get(reverse("supervision:entry", args=[case.public_id, 3])).status_code == 404


def test_the_edition_names_what_it_knows(client: Client, case: Case, write: WriteEntry) -> None:
    """Indicators, questions, rules and materials are called what the pack calls them."""
    write(
        case,
        "review.submit_score",
        points={"design": "9.5", "unknown_line": "1"},
        answers={"expert_judges_leading": True},
        explanations={"R-GY-05": "规划期两年，与上位规划一致。", "R-NONE": "无此规则"},
        materials={
            "0190b0a0": {"item": "m7_license", "sha256": "ab12"},
            "0190b0a1": {"item": "m99_gone", "sha256": "cd34"},
        },
    )
    pack = case.edition.pack
    shown = entry_page(client, case)
    for text in (
        "分项得分 · 顶层设计",
        "unknown_line",
        f"评审判断 · {pack.rubrics['review'].questions[0].label.zh}",
        f"情况说明 · {pack.rules['R-GY-05'].title.zh}",
        "R-NONE",
        "附件 · " + next(f.label.zh for f in pack.forms["GY_MATERIALS"].fields if f.key == "m7_license"),
        "ab12",
        "附件 · 0190b0a1 · 材料代码",
    ):
        assert text in shown, text


def test_awards_recorded_values_and_quotas_are_told_in_words(case: Case) -> None:
    """In the words of the edition that pays: who bears a share, what a recorded value is called."""
    pack = parse_files(read_directory(packs_directory() / "yc-maker-space"))
    data = {
        "award": {"granted": "12", "ledger": "yc_maker_space", "shares": {"city_fund": "12"}},
        "recorded": {"space_level": "city", "gone": "x"},
        "quota": {"used": 1},
        "units": ["市财政局", "市科技局"],
        "overdue_days": 3,
    }
    told = {row.label: row.value for row in _rows(data, pack)}
    assert told == {
        "补助（奖励） · 审定金额（万元）": "12",
        "补助（奖励） · 资金台账": "yc_maker_space",
        "补助（奖励） · 分担金额（万元） · 市企业技术创新基地（平台和载体）建设工程专项资金": "12",
        "登记事项 · 众创空间级别": "city",
        "登记事项 · gone": "x",
        "名额 · 已用名额": "1",
        "征求意见的单位": "市财政局、市科技局",
        "逾期天数": "3",
    }


@pytest.mark.parametrize(
    "name", ["award.grant", "consult.give_opinion", "command.end_term", "case.move_edition"]
)
def test_the_newer_actions_can_be_searched_for(name: str) -> None:
    offered = [code for _group, names in wording.action_choices() for code, _label in names]
    assert (name in offered) and wording.action_label(name) != name


def test_what_was_typed_is_text(client: Client, case: Case, write: WriteEntry) -> None:
    write(case, "publicize.lodge_objection", content="<script>alert(1)</script>")
    assert "<script>alert(1)" not in entry_page(client, case)
    assert "&lt;script&gt;" in entry_page(client, case)


def test_substitutes_are_named_with_whom_they_stand_for(
    client: Client, case: Case, write: WriteEntry
) -> None:
    holder = make_actor(Role.OFFICER, make_organisation("甲局"))
    stand_in = make_actor(Role.OFFICER)
    acting = Actor(
        user=stand_in.user,
        assignment=holder.assignment,
        role=holder.role,
        organisation=holder.organisation,
        on_behalf_of=holder.user,
    )
    write(case, actor=acting)
    assert f"代{holder.user}行使" in entry_page(client, case)


@pytest.mark.parametrize(
    "name", [name for _group, names in wording.action_choices() for name, _label in names]
)
def test_every_action_has_a_word(name: str) -> None:
    assert wording.action_label(name) != name


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("case.objectors", "查阅公示与异议（含异议人身份）"),
        ("material.m7_license", "查阅附件“"),
        ("material.unknown.0190aa", "查阅附件“unknown”"),
        ("material.unknown", "查阅附件“unknown”"),
        ("action.award.grant", "查阅“同意给予”办理页面"),
        ("action.command.ask_opinions", "查阅“征求有关单位意见”办理页面"),
        ("case.score", "查阅评分页面"),
    ],
)
def test_reads_have_words(case: Case, code: str, label: str) -> None:
    told = wording.read_label(code, case.edition.pack)
    assert told.startswith(label)
    assert "m7_license" not in told


def test_unknown_codes_are_shown_as_recorded(case: Case) -> None:
    assert wording.action_label("future.deed") == "future.deed"
    assert wording.role_label("future_role") == "future_role"
    assert wording.read_label("future.page", case.edition.pack) == "future.page"


@pytest.mark.parametrize(("name", "what"), [("record", "record"), ("reads", "reads"), ("entry", "entry")])
def test_each_look_at_a_case_is_noted(
    client: Client, supervisor: Actor, case: Case, write: WriteEntry, name: str, what: str
) -> None:
    write(case)
    args = [case.public_id, 1] if name == "entry" else [case.public_id]
    client.get(reverse(f"supervision:{name}", args=args))
    row = ReadEntry.objects.get(kind="case", key=str(case.public_id))
    assert supervisor.user is not None
    assert (row.what, row.actor_id, row.role) == (f"supervision.{what}", supervisor.user.pk, "supervisor")


def test_reads_of_a_case_say_who_saw_what(client: Client, case: Case) -> None:
    client.get(reverse("supervision:record", args=[case.public_id]))
    shown = client.get(reverse("supervision:reads", args=[case.public_id])).content.decode()
    for text in ("孙监察", "监察员", "贵阳市", "查阅办理留痕", "查阅查阅记录"):
        assert text in shown
    other = make_case()
    client.get(reverse("supervision:record", args=[other.public_id]))
    again = client.get(reverse("supervision:reads", args=[case.public_id]))
    assert len(again.context["reads"]) == 3
