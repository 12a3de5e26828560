"""Scenario files that are wrong: the message names the line and a way to mend it."""

from __future__ import annotations

import dataclasses

import pytest

from programmes import packs
from programmes.problems import PackError
from tests.workflows.rehearsal.conftest import PACK, Reader
from workflows.rehearsal import Repertoire
from workflows.rehearsal.reading import read_repertoire, read_script

STEP = "steps:\n- at: 2020-03-20\n  do: open_case\n"


def refused(script: Reader, text: str) -> list[tuple[int | None, str, str]]:
    """Line, message and hint of every problem."""
    with pytest.raises(PackError) as caught:
        script(text)
    return [(p.line, f"{p.where}: {p.message_zh}", p.hint_zh) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("steps:\n- at: 2020-03-20\n  do: open_case\n  expct: {}\n", 6, "未知的项“expct”", "expect"),
        ("steps:\n- at: 2020-3\n  do: open_case\n", 4, "“2020-3”不是时间", ""),
        (
            "steps:\n- {at: 2020-03-20, do: open_case, expect: {due: {draft: 明天}}}\n",
            4,
            "“明天”不是日期",
            "",
        ),
        ("steps:\n- do: open_case\n  play: filed\n", 4, "须且只能写", ""),
        ("steps:\n- wait_until: 2021-01-01\n  who: officer\n", 4, "wait_until 步骤不能带 who", ""),
        ("note: {zh: 无}\n", 1, "没有任何步骤", ""),
        (STEP + "  expect: {ok: true, refused: closed}\n", 6, "不能同时写", ""),
        (STEP + "- do: file.fiel\n", 6, "没有名为“file.fiel”的动作", "file.file"),
        (
            STEP + "- do: return_for_correction\n",
            6,
            "没有名为“return_for_correction”的动作",
            "file.return_for_correction",
        ),
        (STEP + "- do: submit\n  who: aplicant\n", 7, "没有名为“aplicant”的人员", "applicant"),
        (STEP + "- do: submit\n  with: {statment: true}\n", 7, "没有名为“statment”的填写项", "statement"),
        (STEP + "- do: fill\n  with: {forms: {GY_SUP: {}}}\n", 7, "没有名为“GY_SUP”的表单", "GY_SUPP"),
        (
            STEP + "- do: fill\n  with: {forms: {GY_SUPP: {ent_totl: 1}}}\n",
            7,
            "没有名为“ent_totl”的表单项",
            "ent_total",
        ),
        (STEP + "- do: fill\n  with: {omit: [m9]}\n", 7, "没有名为“m9”的材料项", "m9_evidence"),
        (STEP + "- do: fill\n  with: {forms: [1]}\n", 7, "此处应为“键: 值”的一组", ""),
        (STEP + "- do: submit_score\n  with: {sheet: 很高}\n", 7, "不是百分比", "90%"),
        (STEP + "- do: submit\n  expect: {refused: R-GY-99}\n", 7, "没有名为“R-GY-99”的规则", "R-GY-"),
        (STEP + "- do: submit\n  expect: {stage: filed}\n", 7, "没有名为“filed”的阶段", "file"),
        (STEP + "- do: submit\n  expect: {items: [examin]}\n", 7, "没有名为“examin”的待办", "examine"),
        (STEP + "- do: submit\n  expect: {facts: {filing.state: filed}}\n", 7, "的事实", "filing.status"),
        (STEP + "- do: submit\n  expect: {closure: gone}\n", 7, "没有名为“gone”的办结方式", ""),
        (STEP + "- do: submit\n  expect: {visible_to: [nobody]}\n", 7, "没有名为“nobody”的人员", ""),
        (STEP + "- do: submit\n  at: 2020-03-19\n", 7, "时间早于上一步（2020-03-20 09:00）", ""),
        (STEP + "- do: submit\n  case: other\n", 7, "没有名为“other”的案件", ""),
        (STEP + "- do: open_case\n  as: b\n- do: submit\n", 8, "请用 case 写明", ""),
        ("steps:\n- {at: 2020-03-20, do: submit}\n", 4, "没有案件", ""),
        (STEP + "- play: fild\n", 6, "没有名为“fild”的段落", "filed"),
        (STEP + "- do: fill_slot\n  with: {name: publicity_length}\n", 7, "缺少 value", ""),
        (STEP + "- do: open_round\n  with: {year: 二〇二一}\n", 7, "此处应为整数", ""),
        (STEP + "- do: close_round\n  with: {round: r9}\n", 7, "没有名为“r9”的批次", ""),
        ("clauses: [003·方案·九十九]\n" + STEP, 3, "没有名为“003·方案·九十九”的条款", ""),
        ("pack: other\n" + STEP, 3, "属于政策包“other”", ""),
        ("people: {x: {name: 甲, role: officr, unit: bureau}}\n" + STEP, 3, "officr", ""),
        (
            "people: {x: {name: 甲, role: officer, unit: burau}}\n" + STEP,
            3,
            "没有名为“burau”的单位",
            "bureau",
        ),
        ("units: {x: {name: 甲, kind: zone, parent: x}}\n" + STEP, 3, "是自己的上级", ""),
        ("round: {year: 2020, opens_on: 2020-03-02, who: nobody}\n" + STEP, 3, "没有名为“nobody”的人员", ""),
        ("round: {year: 2020, opens_on: 2020-03-02, slots: {x: 1}}\n" + STEP, 3, "没有名为“x”的待定值", ""),
        ("branches:\n- {id: a, steps: []}\n- {id: a, steps: [{do: fill}]}\n", 1, "分支编号重复", ""),
        ("steps:\n- at: 2020-03-20\n   do: x\n", 5, "不是规范的 YAML", "缩进"),
        ("steps:\n- at: 2020-03-20\n  at: 2020-03-21\n", 5, "“at”重复出现", ""),
    ],
)
def test_a_wrong_file_is_told_line_and_hint(
    script: Reader, text: str, line: int, message: str, hint: str
) -> None:
    problems = refused(script, text)
    assert any(found == line and message in told and hint in way for found, told, way in problems), problems


def test_every_problem_is_told_at_once(script: Reader) -> None:
    lines = [
        line for line, _message, _hint in refused(script, STEP + "- {do: nothing}\n- {do: submit, who: me}\n")
    ]
    assert lines == [6, 7]


def test_a_wrong_passage_is_told_where_it_stands(repertoire: Repertoire, script: Reader) -> None:
    text = "passages:\n  one:\n  - {at: 2020-03-20, do: nothing_at_all}\n"
    files = packs.read_directory(PACK)
    common = files["scenarios/common.yaml"].decode()
    files["scenarios/common.yaml"] = common[: common.index("passages:")].encode() + text.encode()
    altered = read_repertoire(files, common="common.yaml")
    with pytest.raises(PackError) as caught:
        read_script("id: T\ntitle: {zh: 试}\nsteps: [{play: one}]\n", file="T.yaml", repertoire=altered)
    (problem,) = caught.value.problems
    assert problem.file == "common.yaml"
    assert problem.line == common[: common.index("passages:")].count("\n") + 3


@pytest.mark.parametrize(
    ("passages", "message"),
    [
        ("  a: [{play: b}]\n  b: [{play: a}]\n", "引用了自身"),
        ("  a: [{play: c}]\n", "没有名为“c”的段落"),
    ],
)
def test_a_common_file_that_goes_in_circles(passages: str, message: str) -> None:
    files = packs.read_directory(PACK) | {"scenarios/common.yaml": f"passages:\n{passages}".encode()}
    with pytest.raises(PackError) as caught:
        read_repertoire(files)
    assert any(message in problem.message_zh for problem in caught.value.problems)


def test_an_office_missing_from_the_cast_is_told(repertoire: Repertoire, script: Reader) -> None:
    units = {key: unit for key, unit in repertoire.common.units.items() if key != "office"}
    people = {key: person for key, person in repertoire.common.people.items() if person.unit != "office"}
    small = repertoire.common.model_copy(update={"units": units, "people": people})
    with pytest.raises(PackError) as caught:
        lacking = dataclasses.replace(repertoire, common=small)
        read_script(f"id: T\ntitle: {{zh: 试}}\n{STEP}", file="T.yaml", repertoire=lacking)
    assert "班底中没有“市大数据发展工作领导小组办公室”" in caught.value.problems[0].message_zh
