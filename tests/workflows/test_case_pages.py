"""The page of one case: who sees what, what it waits for, what happened, and how many queries that costs."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from audit.models import ReadEntry
from cases.models import Case
from tests.factories.cases import World
from tests.workflows.pages import browser, suspected
from workflows.drawing import draw_experts

SCRIPT = "<script>alert(1)</script>"


def page(actor: Actor, case: Case, name: str = "detail", **query: str) -> str:
    answer = browser(actor).get(reverse(f"cases:{name}", args=[case.public_id]), query)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    text: str = answer.content.decode()
    return text


def words(text: str) -> str:
    """The page's text without tags and runs of blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_another_unit_s_case_and_no_case_look_the_same(world: World) -> None:
    case = world.submitted()
    client = browser(world.other_applicant)
    hidden = client.get(reverse("cases:detail", args=[case.public_id]))
    missing = client.get(reverse("cases:detail", args=["01900000-0000-7000-8000-000000000000"]))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert words(hidden.content.decode()) == words(missing.content.decode())


def test_a_draft_is_the_applicant_s_alone(world: World) -> None:
    case = world.draft("只有本单位能看到")
    assert "填报申报材料" in page(world.applicant, case)
    assert browser(world.officer).get(reverse("cases:detail", args=[case.public_id])).status_code == 404


@pytest.mark.parametrize(
    ("state", "who", "cost"),
    [
        ("submitted", "officer", 10),
        ("submitted", "applicant", 14),
        ("building", "officer", 14),
        ("with_panel", "officer", 15),
        ("scored", "officer", 13),
        ("scored", "applicant", 10),
        ("accredited", "officer", 14),
        ("accredited", "applicant", 11),
    ],
)
def test_the_page_of_a_case_costs_a_fixed_number_of_queries(
    world: World, state: str, who: str, cost: int
) -> None:
    """Session, person, role; the case with its standing, parties and parts, waiting items, record, the reading's own

    entry, unread messages; the rest asks what the offered actions are allowed by, and what the panel came to.
    """
    case, actor = getattr(world, state)(), getattr(world, who)
    page(actor, case)  # the pack is parsed once a process
    client = browser(actor)
    with CaptureQueriesContext(connection) as found:
        assert client.get(reverse("cases:detail", args=[case.public_id])).status_code == 200
    assert len(found) == cost, "\n".join(query["sql"][:300] for query in found)


def test_the_waiting_panel_explains_its_date(world: World) -> None:
    case = world.submitted()
    text = words(page(world.applicant, case))
    for said in (
        "审核建设方案及相关材料",
        "市大数据局",
        "2020-04-03",
        "还剩10个工作日",
        "建议值",
        "自2020年3月20日的次日起算（当日不计入）",
        "政策未规定此时限，按建议值计算",
    ):
        assert said in text, said


def test_a_paused_window_says_so(world: World) -> None:
    from tests.workflows.pages import objected

    text = words(page(world.officer, objected(world)))
    assert "暂停计时，尚余5个工作日" in text
    assert "因异议停止计时" in text


def test_actions_lead_to_their_pages_and_refused_ones_say_why(world: World) -> None:
    case = world.scored()
    text = page(world.officer, case)
    assert reverse("workflows:act", args=[case.public_id, "review.select"]) in text
    assert 'aria-disabled="true"' in text
    assert "须先后通过初审和专家评审" in text
    assert reverse("cases:policy", args=[case.edition.public_id]) + "#c" in text


def test_an_expert_is_led_to_the_score_sheet(world: World) -> None:
    case = world.with_panel()
    expert = world.experts[0]
    item = case.items.get(assignee=expert.user)
    assert reverse("workflows:score", args=[item.public_id]) in page(expert, case)


@pytest.mark.parametrize(
    ("who", "told", "untold"),
    [
        ("officer", ["专家1", "总分90分", "初审通过"], []),
        ("supervisor", ["专家1", "总分90分"], []),
        ("applicant", ["评审专家", "提交了评分", "初审通过"], ["专家1", "总分", "用户9"]),
    ],
)
def test_the_timeline_tells_each_reader_what_they_may_know(
    world: World, who: str, told: list[str], untold: list[str]
) -> None:
    world.officer.user.name = "用户9"  # type: ignore[union-attr]
    world.officer.user.save()  # type: ignore[union-attr]
    text = words(page(getattr(world, who), world.scored()))
    assert [each for each in told if each not in text] == []
    assert [each for each in untold if each in text] == []


def test_an_expert_is_told_of_nobody_else(world: World) -> None:
    case = world.score(world.with_panel(), world.experts[0], 0.7)
    own, other = words(page(world.experts[0], case)), words(page(world.experts[1], case))
    assert "总分70分" in own
    assert "总分" not in other
    for text, name in ((own, "专家2"), (other, "专家1")):
        assert name not in text


def test_what_was_built_is_told_to_those_who_judge_it(world: World) -> None:
    case = world.do(world.building(), "build.request_review", summary="大数据企业已达42家。")
    for reader in (world.applicant, world.officer):
        assert "建设完成情况：大数据企业已达42家。" in words(page(reader, case))
    case = world.do(case, "review.pass_initial")
    panel = [str(expert.user.public_id) for expert in world.experts[:5] if expert.user]
    case = world.do(case, "review.assign_experts", experts=panel)
    assert "大数据企业已达42家。" in words(page(world.experts[0], case))


def test_a_draw_is_told_to_offices_only(world: World) -> None:
    case = world.in_review()
    draw_experts(item_id=case.items.get(duty="assign", status="open").public_id, actor=world.officer)
    assert "自7名备选专家中随机抽取" in page(world.officer, case)
    assert "随机抽取" not in page(world.applicant, case)


def test_misconduct_is_told_to_offices_only(world: World) -> None:
    case = suspected(world)
    assert "与申报单位有往来" in page(world.officer, case)
    assert "与申报单位有往来" not in page(world.applicant, case)


def test_a_closed_case_says_how_it_ended(world: World) -> None:
    case = world.do(world.submitted(), "file.refuse_filing", reason="不属于规定的产业领域。")
    text = words(page(world.applicant, case))
    assert "不予受理或备案" in text
    assert "不属于规定的产业领域。" in text
    assert "您目前没有可以办理的事项" in text


def test_what_people_typed_is_text_not_markup(world: World) -> None:
    case = world.do(world.submitted(SCRIPT), "file.file", opinion=f"同意。{SCRIPT}")
    for text in (
        page(world.officer, case),
        browser(world.officer).get(reverse("cases:list")).content.decode(),
    ):
        assert SCRIPT not in text
        assert "&lt;script&gt;" in text


def test_looking_leaves_one_line_in_the_read_log(world: World) -> None:
    case = world.submitted()
    before = ReadEntry.objects.count()
    page(world.officer, case)
    row = ReadEntry.objects.latest("pk")
    assert ReadEntry.objects.count() == before + 1
    assert (row.kind, row.key, row.what) == ("case", str(case.public_id), "case.page")
    assert row.actor_id == world.officer.user.pk  # type: ignore[union-attr]


def test_a_refused_look_leaves_none(world: World) -> None:
    case = world.submitted()
    before = ReadEntry.objects.count()
    browser(world.other_applicant).get(reverse("cases:detail", args=[case.public_id]))
    assert ReadEntry.objects.count() == before
