"""Judging data from a file by a programme's rules, and ``manage.py programmes evaluate``."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from programmes import packs
from programmes.exact_json import DataError
from programmes.rule_evaluation import GateVerdict, gates_of, read_data, verdicts
from tests.factories.programmes import MINI_DIRECTORY, mini_pack

MINI = mini_pack()
ALL_GATES = ["round.open", "declare.submit", "review.select", "publicize.publish_notice", "accredit.approve"]


def judged(content: Any, stage: str = "") -> dict[tuple[str, str], list[GateVerdict]]:
    found: dict[tuple[str, str], list[GateVerdict]] = {}
    for one in verdicts(MINI, read_data(MINI, content), stage=stage):
        found.setdefault((one.gate, one.verdict.rule_id), []).append(one)
    return found


def outcome(content: Any, gate: str, rule_id: str) -> list[str]:
    return [one.verdict.outcome for one in judged(content)[gate, rule_id]]


@pytest.mark.parametrize(
    "content",
    [
        {"forms": {"BASIC": {"revenue": 1000}}},
        {"BASIC": {"revenue": "1,000"}},
        {"BASIC.revenue": Decimal("1000.00")},
        {"revenue": 1000},
    ],
)
def test_fields_are_understood_under_their_form_and_bare(content: Any) -> None:
    assert outcome(content, "declare.submit", "M-2") == ["passed"]
    assert outcome(content, "review.select", "M-2") == ["passed"]


@pytest.mark.parametrize(
    ("content", "result"),
    [
        ({"average": 60}, "passed"),
        ({"context": {"average": "59.9"}}, "failed"),
        ({"review.average": 61}, "passed"),
        ({"average": 61, "slots": {"threshold": 75}}, "failed"),
        ({"average": 61, "threshold": "62"}, "failed"),
        ({"margin": 1}, "passed"),
        ({}, "undecided"),
    ],
)
def test_context_slots_and_facts_are_understood(content: Any, result: str) -> None:
    assert outcome(content, "publicize.publish_notice", "M-7") == [result]


def test_a_key_that_several_forms_have_goes_to_each() -> None:
    assert outcome({"as_of": "2025-12-31"}, "declare.submit", "M-5") == ["passed"]
    assert outcome({"BASIC": {"as_of": "2025-12-31"}}, "declare.submit", "M-5") == ["failed"]


def test_rows_of_a_table_are_judged_one_by_one() -> None:
    rows = [
        {"name": "甲", "kind": "large", "output": Decimal("499.5")},
        {"name": "乙", "kind": "small", "output": 1},
    ]
    [verdict] = judged({"FIRMS": {"rows": rows}})["declare.submit", "M-4"]
    assert verdict.verdict.outcome == "failed"
    assert verdict.verdict.fields == ("FIRMS.rows.0.output",)


def test_amounts_are_told() -> None:
    [one] = judged({"revenue": 1500})["accredit.approve", "M-6"]
    assert one.verdict.award == 150


def test_a_bad_cell_is_undecided() -> None:
    assert outcome({"revenue": -1}, "declare.submit", "M-2") == ["undecided"]


def test_names_that_the_programme_does_not_have_are_told() -> None:
    data = read_data(
        MINI, {"nothing": 1, "BASIC": {"revenue": 1, "colour": 2}, "GY.x": 3, "forms": {"NO": {}}}
    )
    assert data.unknown == ["nothing", "BASIC.colour", "GY.x", "NO"]
    assert data.forms == {"BASIC": {"revenue": 1}}


@pytest.mark.parametrize(
    ("stage", "gates"),
    [
        ("", ALL_GATES),
        ("declare", ["declare.submit"]),
        ("申报", ["declare.submit"]),
        ("declare.submit", ["declare.submit"]),
        ("publicity", ["publicize.publish_notice"]),
        ("公示", ["publicize.publish_notice"]),
        ("认定授牌", ["accredit.approve"]),
        ("round", ["round.open"]),
        ("command", []),
        ("review.reject", []),
    ],
)
def test_a_stage_stands_for_its_gates(stage: str, gates: list[str]) -> None:
    assert gates_of(MINI, stage) == gates
    assert {gate for gate, _rule in judged({}, stage)} == set(gates)


def test_a_stage_that_nobody_knows_is_refused() -> None:
    with pytest.raises(DataError, match=r"没有名为“nowhere”的阶段.*declare\.submit"):
        gates_of(MINI, "nowhere")


@pytest.mark.parametrize("content", [[], 1, "x", None])
def test_data_of_another_shape_are_refused(content: Any) -> None:
    with pytest.raises(DataError, match="数据应为对象"):
        read_data(MINI, content)


TASKS = packs.parse_files(packs.read_directory(packs.packs_directory() / "dg-plan-tasks"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"forms": {"DG_TASK": 5}}, "“DG_TASK”应为对象"),
        ({"DG_TASK": {"projects": "x"}}, r"“DG_TASK\.projects”是表格"),
        ({"DG_TASK.projects": {"a": 1}}, r"“DG_TASK\.projects”是表格"),
        ({"projects": [None]}, "“projects”是表格"),
    ],
)
def test_forms_and_tables_of_another_shape_are_refused(content: Any, says: str) -> None:
    with pytest.raises(DataError, match=says):
        read_data(TASKS, content)


def test_a_table_may_be_left_out() -> None:
    assert read_data(TASKS, {"DG_TASK": {"projects": None}}).forms == {"DG_TASK": {"projects": None}}


def test_a_slot_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(DataError, match="quota: 应为数字"):
        read_data(MINI, {"quota": "high"})


# -- the command ---------------------------------------------------------------------------------------------------------


def run(folder: Path, content: Any, *arguments: str) -> tuple[str, str]:
    path = folder / "data.json"
    path.write_text(json.dumps(content, ensure_ascii=False))
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "programmes",
        "evaluate",
        *arguments[:1],
        str(path),
        *arguments[1:],
        stdout=out,
        stderr=err,
        no_color=True,
    )
    return out.getvalue(), err.getvalue()


def test_every_verdict_is_listed_with_clause_level_and_both_messages(tmp_path: Path) -> None:
    out, err = run(tmp_path, {"revenue": 999, "x": 1}, str(MINI_DIRECTORY), "--stage", "review")
    assert out.splitlines() == [
        "review.select  M-2  hard  failed  M·第二条",
        "    营业收入不低于1000万元。",
        "    Revenue of at least 10 million.",
        "review.select  M-3  hard  undecided  M·第二条",
        "    研发人员不少于20%。",
        "    At least 20% in research.",
        "    缺少“人员，研发”",
        "    Staff, research is missing",
        "0 passed, 1 failed, 1 undecided, 0 skipped",
    ]
    assert err == "本项目没有“x”，已忽略\n"


def test_verdicts_for_machines(tmp_path: Path) -> None:
    out, _err = run(tmp_path, {"revenue": 1500}, str(MINI_DIRECTORY), "--stage", "accredit.approve", "--json")
    assert json.loads(out) == [
        {
            "id": "M-6",
            "gate": "accredit.approve",
            "clause": "M·第四条",
            "level": "calc",
            "verdict": "passed",
            "message_zh": "按营业收入的10%奖励，不超过200万元。",
            "message_en": "10% of revenue, at most 2 million.",
            "reason_zh": "",
            "reason_en": "",
            "label_zh": "",
            "label_en": "",
            "fields": [],
            "award": "150.0",
        }
    ]


def test_a_programme_is_named_by_its_id(tmp_path: Path) -> None:
    data = {"GY_SUPP": {"bigdata_ent_count": 20, "ent_total": 40}}
    out, _err = run(tmp_path, data, "gy-cluster-base", "--stage", "review.select", "--json")
    found = {one["id"]: one["verdict"] for one in json.loads(out)}
    assert (found["R-GY-12"], found["R-GY-13"], found["R-GY-14"]) == ("passed", "passed", "undecided")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("no-such-programme",), "no-such-programme"), (("gy-cluster-base", "--stage", "x"), "没有名为“x”")],
)
def test_what_cannot_be_judged_is_refused(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        run(tmp_path, {}, *arguments)
