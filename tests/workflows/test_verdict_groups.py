"""What a rule says of many lines of a table is told once, with the lines; so is a column that is blank in them. 核对归并"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from cases.models import Case, Decision
from programmes.rules import Verdict
from programmes.schema import Text
from tests.factories.cases import World
from tests.workflows.pages import browser, text_of
from tests.workflows.test_declaration_pages import save
from workflows.decision_lines import _rules
from workflows.gates import refusal
from workflows.homes import exceptions_of
from workflows.verdict_groups import in_lines
from workflows.views.refusals import reasons_of

PROJECTS = "GY_KEY_PROJECT"
SAID = "请选择国家资金支持状态。"


def projects(count: int, *, stated: tuple[int, ...] = ()) -> list[dict[str, Any]]:
    """Lines without what the rule asks, but for those that are ``stated``."""
    return [
        {"no": n + 1, "project_name": f"项目{n + 1}"}
        | ({"national_fund_status": "none"} if n in stated else {})
        for n in range(count)
    ]


def page(world: World, case: Case, name: str) -> str:
    return text_of(browser(world.applicant).get(reverse(f"cases:{name}", args=[case.public_id])))


def declared(world: World, rows: list[dict[str, Any]]) -> Case:
    case = world.draft()
    save(world.applicant, case, PROJECTS, {"rows": rows})
    return case


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([2], "表第3行"),
        ([0, 1], "表第1、2行（共2行）"),
        ([2, 4, 7, 8, 9], "表第3、5、8至10行（共5行）"),
        (list(range(1998)), "表第1至1998行（共1,998行）"),
        (list(range(0, 40, 2)), "表第1、3、5、7、9、11、13、15等行（共20行）"),
        ([4, 4, 3], "表第4、5行（共2行）"),
    ],
)
def test_lines_in_words(lines: list[int], said: str) -> None:
    assert in_lines("表", lines) == said


@pytest.mark.parametrize("name", ["declaration", "submit"])
def test_a_rule_that_fails_in_many_lines_is_told_once(world: World, name: str) -> None:
    case = declared(world, projects(120, stated=(1, 5)))
    told = page(world, case, name)
    assert told.count(SAID) == 1
    assert "重点项目第1、3至5、7至120行（共118行）：" in told
    first = reverse("cases:form", args=[case.public_id, PROJECTS]) + "#id_rows.0.national_fund_status"
    assert f'<a href="{first}">首处：重点项目</a>' in told
    opened = re.search(r'<details class="lc-lines-of">.*?</details>', told, re.S)
    assert opened
    assert opened[0].count("<li>") == 50
    assert ("第5行：项目5<" in opened[0], "第6行：项目6<" in opened[0]) == (True, False)
    assert "另有68处未列出" in told


def test_one_line_is_told_as_before(world: World) -> None:
    told = page(world, declared(world, projects(3, stated=(0, 2))), "declaration")
    assert "第2行：项目2：" + SAID in told
    assert "lc-lines-of" not in told


def test_the_overview_counts_conditions_and_not_lines(world: World) -> None:
    many = page(world, declared(world, projects(60)), "declaration")
    few = page(world, declared(world, projects(2)), "declaration")
    counted = [re.search(r"还有 (\d+) 项条件尚未满足", text) for text in (many, few)]
    assert counted[0]
    assert counted[1]
    assert counted[0][1] == counted[1][1]


def test_a_blank_column_is_one_place_to_go_to(world: World) -> None:
    told = page(world, declared(world, projects(30, stated=(0,))), "submit")
    assert "重点项目第1至30行（共30行）未填写“项目单位”" in told
    assert f'/{PROJECTS}/#id_rows.0.project_unit"' in told
    assert told.count("未填写“项目单位”") == 1


def test_a_single_blank_cell_keeps_its_name(world: World) -> None:
    assert "重点项目第1行“项目单位”" in page(world, declared(world, projects(1)), "submit")


def test_the_refusal_and_the_note_of_a_decision_say_it_once(world: World) -> None:
    """What the door refuses is as short as what the page showed, and each reason keeps its clause."""
    pack = world.draft().edition.pack
    verdicts = tuple(
        Verdict(
            "R-GY-22",
            "failed",
            "hard",
            Text(zh=SAID),
            "003·附件5",
            label=Text(zh=f"第{n + 1}行"),
            fields=(f"{PROJECTS}.rows.{n}.national_fund_status",),
        )
        for n in range(40)
    )
    other = Verdict("R-2", "failed", "hard", Text(zh="另一项不符合。"), "003·附件2")
    refused = refusal(pack, (*verdicts, other))
    assert str(refused.message) == (
        f"重点项目第1至40行（共40行）：{SAID}（003·附件5）\n另一项不符合。（003·附件2）"
    )
    assert [tuple(reason) for reason in reasons_of(refused)] == [
        (f"重点项目第1至40行（共40行）：{SAID}", "003·附件5"),
        ("另一项不符合。", "003·附件2"),
    ]
    stored = [{"rule": "R-GY-22", "outcome": "failed", "level": "soft", "clause": "003·附件5"}] * 40
    case = world.draft(title="另一示范基地")
    known = next(iter(pack.rules))
    decision = Decision(verdicts=[each | {"rule": known} for each in stored])
    assert len(list(_rules(case, decision))) == 1
    assert len(exceptions_of(case, decision)) == 1
