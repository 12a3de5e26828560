"""Broken copies of real packs: none passes the checks, and each is told where it is broken and how to mend it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from programmes import packs
from programmes.checks import check_pack
from programmes.places import placed
from programmes.problems import Problem

FICTIONAL = Path(__file__).parent / "packs"
P, R, C, U = "programme.yaml", "rules.yaml", "context.yaml", "rubrics.yaml"
SPACE, LIBRARY, BASE = "gz-maker-space", "gz-project-library", "gy-cluster-base"
CLOUD, TASKS, TEAMS = "dg-cloud-platform", "dg-plan-tasks", "zj-teams"
TITLE = "zj-specialised"


def files_of(name: str) -> dict[str, bytes]:
    folder = packs.packs_directory() / name
    return packs.read_directory(folder if folder.exists() else FICTIONAL / name)


def broken(name: str, file: str, old: str, new: str) -> dict[str, bytes]:
    """A pack's files with one wording replaced where it first stands."""
    files = files_of(name)
    text = files.get(file, b"").decode()
    assert old in text, f"{file} does not say {old!r}"
    return files | {file: text.replace(old, new, 1).encode()}


def found_in(files: dict[str, bytes]) -> list[Problem]:
    return placed(check_pack(packs.parse_files(files)), files)


def line_of(files: dict[str, bytes], file: str, text: str) -> int:
    return next(n for n, line in enumerate(files[file].decode().split("\n"), 1) if text in line)


@pytest.mark.parametrize(
    ("pack", "file", "old", "new", "at", "says", "mend"),
    [
        # letters
        (
            *(SPACE, "letters/not_selected.md", "{{ reason }}", "见附件。", "编号："),
            *("正文没有写明理由", "请在正文中写入 {{ reason }}"),
        ),
        (
            *(SPACE, "letters/intake_refusal.md", "{{ reason }}", "（略）", "编号："),
            *("用于“不予受理”（declare.decline）", "{{ reason }}"),
        ),
        (
            *(BASE, "letters/correction_notice.md", "{{ reason }}", "（略）", "编号："),
            *("filing.return_for_correction", "{{ reason }}"),
        ),
        (
            *(TEAMS, P, "letters: {reject: refusal}", "letters: {}", "letters: {}"),
            *("“不予入选”（reject）没有文书", "请在 letters 中写明 reject"),
        ),
        # what rules read
        (
            *(SPACE, R, "inputs: {space_status: text, service_performance_scored: boolean}", "inputs: {}"),
            *("inputs: {}", "表达式用到“space_status”，但未在 inputs 中声明", "space_status: text"),
        ),
        (
            *(SPACE, R, "  inputs: {transitions_count: integer, audit_records_count: integer}\n", ""),
            *("- id: R-GZ-22", "表达式用到“audit_records_count”", "audit_records_count: integer"),
        ),
        (
            *(LIBRARY, R, "levels: {declare.accept: hard, command", "levels: {declare.submit: hard, command"),
            *("levels: {declare.submit: hard, command", "办理“declare.submit”时不填报“", "asks 中写明"),
        ),
        (
            *(TASKS, C, "title:", "fact: review.average, title:", "fact: review.average"),
            *("应写明一个来源", "可用"),
        ),
        (
            *(CLOUD, R, "review.fail_initial: warn,", "review.return_for_correction: warn,"),
            *("review.return_for_correction", "不会走到关口“review.return_for_correction”", "请删去该关口"),
        ),
        (
            *(SPACE, P, "      rubric: ", "      forms: [ GZ_SPACE ]\n      rubric: ", "forms: [ GZ_SPACE ]"),
            *("只有申报环节填报表单", "stage: declare"),
        ),
        # commands and what they start
        (
            *(SPACE, P, "during: [cultivation]", "during: [subsidy]", "start_appraisal: {clause"),
            *("只在环节“subsidy”期间进行", "在 side.performance.during 中加入“cultivation”"),
        ),
        (
            *(SPACE, P, "        start_appraisal: {clause: 002·附件·三(二)}\n", "", "during: [cultivation]"),
            *("没有命令“start_appraisal”，无法启动", "commands 中写明 start_appraisal"),
        ),
        (
            *(SPACE, P, "        register_objection:", "        start_appraisal: {source: proposed}\n        register_objection:"),
            *("start_appraisal: {source", "“publicize”阶段不能使用命令“start_appraisal”", "可用阶段：build、in_force"),
        ),
        (
            *(TASKS, P, "during: [running]", "during: [meeting]", "ask_opinions: {"),
            *("只在环节“meeting”期间进行", "during 中加入“running”"),
        ),
        # who acts
        (
            *(SPACE, P, "    organization: 省科技厅\n", "", "  officer:"),
            *("没有写明由哪个单位担任", "organization: 单位名称或者别名"),
        ),
        (
            *(SPACE, P, "organization: 省科技厅", "organization: ''", "organization: ''"),
            *("单位为空", "请填写单位的名称或者别名"),
        ),
        (
            *(BASE, P, "    named_in: GY_SUPP.mgmt_org_name\n", "", "  operator:"),
            *("无人能够办理", "named_in: 表单.字段"),
        ),
        (
            *(SPACE, P, "    organization: 省科技厅\n", "    named_in: GZ_SPACE.space_name\n", "named_in: GZ_SPACE"),
            *("不能由申报材料指定", "nearest: true"),
        ),
        (
            *(SPACE, P, "    organization: 省科技厅\n", "    organization: 省科技厅\n    nearest: true\n", "nearest: true"),
            *("与 organization 只能写一项", "请删去其中一项"),
        ),
        (TEAMS, P, "body: 市人才办", "body: ' '", "body: ' '", "单位为空", "删去该项"),
        # where a value comes from
        (
            *(SPACE, P, "    source: proposed\n    clause: ''\n", "", "  step_sla:"),
            *("缺少条款依据", "source: proposed"),
        ),
        (
            *(SPACE, P, "    source: proposed\n    clause: ''\n", "    source: text\n    clause: ''\n", "clause: ''"),
            *("缺少条款依据", "source: proposed"),
        ),
        (
            *(SPACE, P, "withdraw: {to: {close: withdrawn}, source: proposed}", "withdraw: {to: {close: withdrawn}}"),
            *("withdraw: {to: {close: withdrawn}}", "缺少条款依据", "source: proposed"),
        ),
        # ends
        (
            *(SPACE, P, "withdraw: {to: {close: withdrawn}", "withdraw: {to: {close: completed}"),
            *("withdraw: {to: {close: completed}", "“withdraw”不能以“completed”办结", "可用：withdrawn"),
        ),
        (
            *(BASE, P, "standing: {agree_revocation: withdrawn}", "standing: {}", "standing: {}"),
            *("“agreed”办结后，称号或者入库状态仍然有效", "standing: {agree_revocation: withdrawn}"),
        ),
        (
            *(CLOUD, P, "      standing: {end_term: lapsed}\n", "", "    recognised:"),
            *("“end_term”办结后", "standing: {end_term: lapsed}"),
        ),
        (
            *(TITLE, P, "end_term: {to: {close: lapsed}", "end_term: {note: {zh: 略}", "end_term: {note"),
            *("没有写明去向", "end_term: {to: …}"),
        ),
        # numbers, codes, lengths
        (SPACE, P, "limit: ", "limit: -", "limit: -", "不应小于0", ""),
        (SPACE, P, "authority: ", "authority: '' # ", "authority: ''", "没有写明所属地区", "authority: guiyang"),
        (SPACE, P, "edition: ", f"edition: '{'9' * 40}' # ", "edition: '99", "不应超过32字", "请缩短"),
        (TEAMS, U, "pass_mark: 1", "pass_mark: 0", "pass_mark: 0", "合格线为0", "请填写合格线"),
        (TEAMS, U, "maximum: 1", f"maximum: 1{'0' * 30}", "maximum: 10", "不应大于1000000", ""),
        (TEAMS, P, "start: next_day", "start: ''", "start: ''", "不在规定范围内", "same_day、next_day"),
        (SPACE, R, "- id: R-GZ-17", "- id: ''", "- id: ''", "不能为空", "请填写"),
    ],
)  # fmt: skip
def test_a_broken_copy_is_refused_at_its_place(
    pack: str, file: str, old: str, new: str, at: str, says: str, mend: str
) -> None:
    files = broken(pack, file, old, new)
    try:
        found = found_in(files)
    except packs.PackError as error:
        found = placed(error.problems, files)
    line = line_of(files, at if "/" in at and at in files else file, at)
    told = [(p.place, p.message_zh, p.hint_zh) for p in found]
    assert any(
        place == f"{file}:{line}" and says in message and mend in hint for place, message, hint in told
    ), (line, told)
    assert all(p.message_en for p in found)


@pytest.mark.parametrize(
    ("content", "says", "mend"),
    [
        ("", "没有任何步骤", "请在 steps"),
        ("id: S0\ntitle: {zh: 空}\n", "没有任何步骤", "删去该文件"),
        (
            "id: S0\ntitle: {zh: 空}\nsteps: []\nbranches: [{id: a, steps: []}]\n",
            "没有任何步骤",
            "请在 steps",
        ),
        ("- 甲\n- 乙\n", "没有任何步骤", "请在 steps"),
        ("id: S0\ntitle: {zh: 空}\nsteps:\n  - {do: submit}\n", "没有任何预期", "expect: {stage: review}"),
        ("id: S0\ntitle: {zh: 空}\nsteps:\n  - {do: submit, expect: {}}\n", "没有任何预期", "expect"),
    ],
)
def test_a_scenario_plays_something_and_expects_something(content: str, says: str, mend: str) -> None:
    name = "scenarios/not-listed.yaml"
    found = found_in(files_of(SPACE) | {name: content.encode()})
    assert [(p.file, says in p.message_zh, mend in p.hint_zh) for p in found] == [(name, True, True)]


def test_what_a_passage_expects_counts() -> None:
    files = files_of(SPACE)
    name = next(
        line.strip().rstrip(":")
        for line in files["scenarios/common.yaml"].decode().split("passages:")[1].split("\n")
        if line.startswith("  ") and line.strip().endswith(":")
    )
    played = f"id: S0\ntitle: {{zh: 段落}}\nsteps:\n  - {{play: {name}}}\n"
    assert "expect" in files["scenarios/common.yaml"].decode()
    assert found_in(files | {"scenarios/not-listed.yaml": played.encode()}) == []


def test_a_scenario_that_names_itself_ends_in_a_message() -> None:
    found = found_in(files_of(SPACE) | {"scenarios/not-listed.yaml": b"steps: &a [*a]\n"})
    assert [p.file for p in found] == ["scenarios/not-listed.yaml"]


@pytest.mark.parametrize(
    ("file", "content", "says", "mend"),
    [
        (
            "letters/spare.md",
            "---\ntitle: {zh: 备用}\n---\n正文\n",
            "没有动作使用文书“spare”",
            "submit: spare",
        ),
        (
            "forms/SPARE.yaml",
            "code: SPARE\ntitle: {zh: 备用}\nclause: 002·附件\nfields:\n"
            "  - {key: name, label: {zh: 名称}, type: text, clause: 002·附件}\n",
            "没有环节使用表单“SPARE”",
            "请列入环节的 forms",
        ),
    ],
)
def test_what_nobody_uses_is_told(file: str, content: str, says: str, mend: str) -> None:
    [problem] = found_in(files_of(SPACE) | {file: content.encode()})
    assert problem.file == file
    assert says in problem.message_zh
    assert mend in problem.hint_zh


def test_a_fact_that_nothing_brings_is_told() -> None:
    files = files_of("gz-rd-subsidy")
    files[C] += b"\naverage: {type: decimal, fact: review.average}\n"
    [problem] = found_in(files)
    assert problem.place == f"{C}:{line_of(files, C, 'review.average')}"
    assert "没有“评审”程序" in problem.message_zh


@pytest.mark.parametrize("value", ["", "12月", 5])
def test_an_example_of_another_type_is_told(value: object) -> None:
    """A date that is none ends in a message, not in an error."""
    files = broken(TEAMS, R, '"2023-05-10"', json.dumps(value))
    assert any("ok[1]" in p.where or "bad[1]" in p.where for p in found_in(files))


def test_a_rule_without_gates_that_is_asked_beforehand_is_told() -> None:
    pack = packs.parse_files(files_of("yc-maker-space"))
    rule = pack.rules[pack.eligibility.questions[0].rules[0]]
    rules = pack.rules | {rule.id: rule.model_copy(update={"levels": {}})}
    found = check_pack(pack.model_copy(update={"rules": rules}))
    assert any(p.where == f"{rule.id}.levels" and "不在任何关口生效" in p.message_zh for p in found)


def test_points_that_no_step_divides_are_told() -> None:
    pack = packs.parse_files(files_of(TEAMS))
    rubric = pack.rubrics["first_vote"]
    huge = rubric.indicators[0].model_copy(update={"maximum": Decimal(10) ** 40})
    changed = pack.rubrics | {"first_vote": rubric.model_copy(update={"indicators": (huge,)})}
    found = check_pack(pack.model_copy(update={"rubrics": changed}))
    assert any("整除" in p.message_zh for p in found)
