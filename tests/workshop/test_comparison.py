"""A comparison speaks the words of the policy, in both languages, and says nothing about what did not change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from programmes import packs
from programmes.comparison import Area, Change, Kind, compare
from tests.factories.programmes import mini_pack

File = Callable[[Any], object]


def changes(**edits: File) -> list[Change]:
    named = {f"{name}.yaml": edit for name, edit in edits.items()}
    return compare(mini_pack(), mini_pack(named))


def test_nothing_differs_from_itself() -> None:
    for name in ("gy-cluster-base", "gz-maker-space", "yc-rent-subsidy"):
        files = packs.read_directory(packs.packs_directory() / name)
        assert compare(packs.parse_files(files), packs.parse_files(files)) == []


def test_a_threshold_is_told_by_its_label_and_unit() -> None:
    files = packs.read_directory(packs.packs_directory() / "gy-cluster-base")
    rules = files["rules.yaml"].replace(b"floor_area_sqm >= 20000", b"floor_area_sqm >= 15000")
    (change,) = compare(packs.parse_files(files), packs.parse_files(files | {"rules.yaml": rules}))
    assert (change.area, change.kind, change.code) == (Area.RULES, Kind.CHANGED, "R-GY-15")
    assert change.what.zh == "总建筑面积"
    assert change.before.zh.startswith("20000")
    assert change.after.zh.startswith("15000")
    assert change.clause == "003·方案·三(四)"


def steps(content: Any) -> Any:
    return content["lifecycle"]["steps"]


@pytest.mark.parametrize(
    ("edit", "what", "before", "after"),
    [
        (
            lambda c: steps(c)["approval"]["deadlines"]["approve"].update(within="20 working_day"),
            "办理时限",
            "10个工作日",
            "20个工作日",
        ),
        (lambda c: steps(c)["review"]["next"].update(selected="approval"), "去向", "公示", "认定"),
        (
            lambda c: steps(c)["publicity"]["next"].update(upheld={"close": "lapsed"}),
            "去向",
            "办结（未入选）",
            "办结（到期失效）",
        ),
        (
            lambda c: steps(c)["declare"]["commands"].pop("withdraw"),
            "指令“撤回申报”",
            "办结（申报单位撤回）",
            "（无）",
        ),
        (lambda c: c["slots"]["window"].update(default="7 day"), "默认值", "5个工作日", "7日"),
    ],
)
def test_the_lifecycle_is_told_in_words(edit: File, what: str, before: str, after: str) -> None:
    (change,) = changes(programme=edit)
    assert what in change.what.zh
    assert before in change.before.zh
    assert after in change.after.zh


def test_a_level_is_told_at_its_gate() -> None:
    (change,) = changes(rules=lambda rules: rules[1]["levels"].update({"declare.submit": "hard"}))
    assert change.what.zh == "在“提交申报”时的力度"
    assert (change.before.zh, change.after.zh) == ("提醒", "硬性")
    assert (change.before.en, change.after.en) == ("warning", "hard")


def test_what_is_new_and_what_is_gone() -> None:
    found = changes(rules=lambda rules: rules.pop(1))
    assert [(c.kind, c.code, c.after.zh) for c in found] == [(Kind.REMOVED, "M-2", "（无）")]
    new = {"id": "M-9", "title": {"zh": "新规则"}, "clause": "M·第二条", "levels": {"declare.submit": "info"}}
    found = changes(
        rules=lambda rules: rules.append({**new, "expr": "revenue >= 1", "message": {"zh": "新"}})
    )
    assert [(c.kind, c.code, c.before.zh) for c in found] == [(Kind.ADDED, "M-9", "（无）")]


def test_another_expression_is_shown_whole() -> None:
    (change,) = changes(rules=lambda rules: rules[1].update(expr="revenue > 1000"))
    assert (change.what.zh, change.before.zh, change.after.zh) == (
        "判断式",
        "revenue >= 1000",
        "revenue > 1000",
    )


def test_layout_and_order_do_not_matter() -> None:
    assert changes(rules=lambda rules: rules.reverse()) == []


def test_each_language_has_its_punctuation() -> None:
    (change,) = changes(
        programme=lambda c: c["applicant"].update(kinds=["enterprise", "institution"], per_round=3)
    )
    assert change.after.zh == "类别 enterprise、institution；依据条款 M·第一条；per_round 3"
    assert change.after.en == "kinds enterprise, institution; clause M·第一条; per_round 3"
