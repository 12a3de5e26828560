"""``manage.py check_rules``: what a terminal says, and with which exit status; the rules of every pack over the table."""

from __future__ import annotations

import functools
import io
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from programmes import packs
from programmes.exact_json import read_json
from programmes.rule_examples import check_examples
from programmes.rule_tables import Case, Checked, Entry, RuleBook, read_entries
from programmes.schema import Pack

DATA = Path(__file__).parent / "data"
PACKS = sorted(path.parent for path in packs.packs_directory().glob("*/programme.yaml"))


def run(path: Path) -> tuple[str, str, int]:
    """(standard output, standard error, exit status)"""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("check_rules", str(path), stdout=out, stderr=err, no_color=True)
    except SystemExit as stop:
        return out.getvalue(), err.getvalue(), int(stop.code or 0)
    return out.getvalue(), err.getvalue(), 0


def written(folder: Path, content: Any) -> Path:
    path = folder / "cases.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))
    return path


FIRMS = {"id": "R-GY-12", "ok": {"bigdata_ent_count": 20}, "bad": {"bigdata_ent_count": 19}}
SHARE = {
    "id": "R-GY-13",
    "ok": {"bigdata_ent_count": 1, "ent_total": 2},
    "bad": {"bigdata_ent_count": 1, "ent_total": 0},
}


def test_a_line_for_each_entry_and_a_count_at_the_end(tmp_path: Path) -> None:
    out, err, status = run(written(tmp_path, [FIRMS, SHARE]))
    assert out.splitlines() == [
        "R-GY-12  passed  ok: yes  bad: no",
        "R-GY-13  passed  ok: yes  bad: undecided (除数为零，无法计算)",
        "2 passed, 0 failed",
    ]
    assert (err, status) == ("", 0)


def test_what_differs_fails_and_says_so(tmp_path: Path) -> None:
    swapped = {"id": "R-GY-12", "ok": FIRMS["bad"], "bad": FIRMS["ok"]}
    out, _err, status = run(written(tmp_path, [swapped, FIRMS, {"id": "R-XX-1", "ok": {}}]))
    assert out.splitlines() == [
        "R-GY-12  FAILED  ok: no [gy-cluster-base：应为yes]  bad: yes [gy-cluster-base：应为no]",
        "R-GY-12  passed  ok: yes  bad: no",
        "R-XX-1  FAILED  没有政策包有此规则",
        "1 passed, 2 failed",
    ]
    assert status == 1


def test_an_input_that_the_rule_does_not_know_is_told(tmp_path: Path) -> None:
    out, err, status = run(written(tmp_path, [{**FIRMS, "ok": {"bigdata_ent_count": 20, "colour": "red"}}]))
    assert "1 passed, 0 failed" in out
    assert err == "R-GY-12：规则未用到输入项“colour”，已忽略\n"
    assert status == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[{", "不是有效的 JSON"),
        ('{"id": "R-GY-12"}', "文件应为列表"),
        ('[{"id": "R-GY-12"}]', "没有 ok，也没有 bad"),
        ('["R-GY-12"]', "第1项应为对象"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(CommandError, match=says) as refused:
        run(written(tmp_path, content))
    assert refused.value.returncode == 1


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="无法读取"):
        run(tmp_path / "none.json")
    (tmp_path / "gbk.json").write_bytes("[“甲”]".encode("gbk"))
    with pytest.raises(CommandError, match="不是 UTF-8"):
        run(tmp_path / "gbk.json")


def test_no_entries_pass(tmp_path: Path) -> None:
    assert run(written(tmp_path, [])) == ("0 passed, 0 failed\n", "", 0)


# -- every pack ----------------------------------------------------------------------------------------------------------


@functools.cache
def pack_of(directory: Path) -> Pack:
    return packs.parse_files(packs.read_directory(directory))


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return RuleBook([pack_of(directory) for directory in PACKS])


def entries(name: str) -> list[Entry]:
    return read_entries(read_json(DATA / name))


@pytest.mark.parametrize("directory", PACKS, ids=lambda path: path.name)
def test_the_examples_of_every_rule_hold(directory: Path) -> None:
    assert [(p.where, p.message_zh) for p in check_examples(pack_of(directory))] == []


@pytest.mark.parametrize("entry", entries("rules.json"), ids=lambda entry: entry.rule_id)
def test_every_rule_lies_in_a_pack_and_says_yes_and_no_where_it_should(book: RuleBook, entry: Entry) -> None:
    checked = book.check(entry)
    assert checked.findings, "no pack has this rule"
    assert told(checked) == []
    assert checked.unknown == ()


@functools.cache
def boundaries() -> dict[str, list[Entry]]:
    """Other inputs of each rule, worked out from the predicates of the specification: a step to either side of every
    number and date, every value of a choice, lists with one more and one less, blanks, missing inputs, zero.
    """
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries("rule_boundaries.json"):
        found[entry.rule_id].append(entry)
    return found


@pytest.mark.parametrize("rule_id", boundaries())
def test_rules_hold_around_their_boundaries(book: RuleBook, rule_id: str) -> None:
    for entry in boundaries()[rule_id]:
        checked = book.check(entry)
        assert checked.passed, (entry, told(checked))


@pytest.mark.parametrize(
    ("rule_id", "inputs", "answer"),
    [
        ("R-GY-04", {}, "undecided"),
        ("R-GY-04", {"GY_PLAN": {}}, "no"),
        ("R-GY-06", {}, "undecided"),
        ("R-GZ-16", {"stage": "startup"}, "undecided"),
        ("R-GZ-17", {"space_status": "cultivated"}, "undecided"),
        ("R-GZ-17", {"space_status": "cultivated", "performance_total": None}, "no"),
        ("R-GZ-17", {"space_status": "cultivated", "performance_total": 70}, "yes"),
    ],
)
def test_what_is_computed_from_nothing_is_missing(
    book: RuleBook, rule_id: str, inputs: dict[str, Any], answer: str
) -> None:
    """Nobody has said that no section is filled in, or that nothing was reviewed."""
    checked = book.check(Entry(rule_id, {"ok": Case(inputs)}))
    assert {judgement.answer for f in checked.findings for judgement in f.judgements.values()} == {answer}
    assert checked.unknown == ()


def told(checked: Checked) -> list[str]:
    return [f"{finding.side}: {problem}" for finding in checked.findings for problem in finding.problems]


def test_the_table_has_all_rules() -> None:
    assert len({entry.rule_id for entry in entries("rules.json")}) == 157
