"""The text of a form is changed where it is touched and nowhere else, in every form of every pack."""

from __future__ import annotations

import copy
import difflib
from pathlib import Path
from typing import Any

import pytest

from programmes import yaml_source
from programmes.packs import packs_directory
from workshop import form_changes
from workshop.yaml_edits import CannotEdit, rewritten
from workshop.yaml_writing import scalar

FORMS = sorted(packs_directory().glob("*/forms/*.yaml"))
NAMES = [f"{path.parts[-3]}/{path.stem}" for path in FORMS]
NEW = {
    "key": "brand_new",
    "label": {"zh": "新的一项: #1", "en": "New: 'one'"},
    "type": "choice",
    "clause": "001·一",
    "choices": [{"code": "yes", "label": {"zh": "有"}}, {"code": "no", "label": {"zh": "无", "en": "none"}}],
}


def text_of(path: Path) -> str:
    return path.read_bytes().decode()


def value_of(text: str) -> Any:
    return copy.deepcopy(yaml_source.load(text, file="").value)


def lines(one: str, other: str) -> list[str]:
    """The lines that went (-) and came (+)."""
    told = difflib.unified_diff(one.splitlines(True), other.splitlines(True), n=0)
    return [line for line in told if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize("path", FORMS, ids=NAMES)
def test_one_label_changes_one_line(path: Path) -> None:
    text = text_of(path)
    value = value_of(text)
    assert rewritten(text, value) is text
    for entry in value["fields"]:
        was = entry["label"]["zh"]
        entry["label"]["zh"] = f"{was}（修改: #）"
        changed = rewritten(text, value)
        assert [line[0] for line in lines(text, changed)] == ["-", "+"], entry["key"]
        entry["label"]["zh"] = was


@pytest.mark.parametrize("path", FORMS, ids=NAMES)
def test_added_then_removed_it_is_as_before(path: Path) -> None:
    text = text_of(path)
    value = value_of(text)
    middle = value["fields"][len(value["fields"]) // 2]["key"]
    for after in (middle, ""):
        form = value_of(text)
        form_changes.add_field(form, dict(NEW), after=after)
        longer = rewritten(text, form)
        came = lines(text, longer)
        heading = [line for line in came if "brand_new" in line and not line.startswith("+  - key")]
        assert {line[0] for line in came if line not in heading} - {"-"} == {"+"}
        assert sum(line[0] == "-" for line in came) <= 1  # a heading that lists its fields on one line
        form = value_of(longer)
        form_changes.remove_field(form, "brand_new")
        assert rewritten(longer, form) == text


@pytest.mark.parametrize("path", FORMS, ids=NAMES)
def test_moving_takes_lines_along_and_back(path: Path) -> None:
    text = text_of(path)
    form = value_of(text)
    if len(form["fields"]) < 2:
        return
    before = value_of(text)
    form["fields"].insert(0, form["fields"].pop())
    moved = rewritten(text, form)
    assert sorted(moved.splitlines()) == sorted(text.splitlines())
    assert rewritten(moved, before) == text


@pytest.mark.parametrize("path", FORMS[::6], ids=NAMES[::6])
def test_windows_line_ends_stay(path: Path) -> None:
    text = text_of(path).replace("\n", "\r\n")
    form = value_of(text)
    form["fields"][0]["label"]["zh"] = "另一名称"
    form_changes.add_field(form, dict(NEW))
    changed = rewritten(text, form)
    assert changed.count("\n") == changed.count("\r\n")
    assert "另一名称" in changed


COMMENTED = """\
# 表头的说明
code: A   # 代码
title:
  zh: 甲表   # 名称
clause: M·一

fields:
  # 第一项
  - key: one
    label: {zh: 一, en: One}   # 印发
    type: text   # 类型
    clause: M·一

  # 第二项
  # 两行说明
  - key: two
    label:
      zh: >-
        折行的
        名称
    clause: M·二
    type: integer
    unit: '%'
  - {key: three, label: {zh: 三}, type: date, clause: M·三}   # 第三项
sections:
  - title: {zh: 全部}
    fields: [one, two,
      three]
# 结尾"""


def test_comments_and_quotes_of_everything_else_stay() -> None:
    form = value_of(COMMENTED)
    form["fields"][0]["type"] = "rich_text"
    form["fields"][1]["label"]["zh"] = "新名称"
    form["fields"][2]["unit"] = "no"
    changed = rewritten(COMMENTED, form)
    assert "    type: rich_text   # 类型\n" in changed
    assert "      zh: 新名称\n    clause: M·二" in changed
    assert "- {key: three, label: {zh: 三}, type: date, clause: M·三, unit: 'no'}   # 第三项" in changed
    for comment in ("# 表头的说明", "# 代码", "# 名称", "# 第一项", "# 两行说明", "# 结尾"):
        assert comment in changed
    assert changed.count("\n") == COMMENTED.count("\n") - 2


def test_a_comment_goes_with_its_field() -> None:
    form = value_of(COMMENTED)
    form_changes.move_field(form, "two", -1)
    moved = rewritten(COMMENTED, form)
    assert moved.index("# 两行说明\n  - key: two") < moved.index("# 第一项\n  - key: one")
    assert "fields: [two, one,\n      three]" in moved
    form = value_of(COMMENTED)
    form_changes.remove_field(form, "two")
    removed = rewritten(COMMENTED, form)
    assert "# 两行说明" not in removed  # else it would stand over the next one
    assert "# 第一项\n" in removed
    assert "key: two" not in removed
    assert "fields: [one, three]" in removed


def test_an_end_without_a_line_break() -> None:
    text = "code: A\nfields:\n  - key: one\n    unit: 元"
    form = value_of(text)
    form["fields"].append({"key": "two", "unit": "人"})
    longer = rewritten(text, form)
    assert longer == f"{text}\n  - key: two\n    unit: 人"
    assert rewritten(longer, value_of(text)) == text
    form = value_of(text)
    del form["fields"][0]["unit"]
    assert rewritten(text, form) == "code: A\nfields:\n  - key: one"


def test_the_last_field_and_the_first() -> None:
    text = "code: A\nfields: []\nclause: M\n"
    form = value_of(text)
    form["fields"] = [{"key": "one"}]
    longer = rewritten(text, form)
    assert longer == "code: A\nfields:\n  - key: one\nclause: M\n"
    assert rewritten(longer, value_of(text)) == text


def test_a_comment_over_a_blank_line_stays() -> None:
    text = "code: A\nfields:\n  # 一组\n\n  # 其一\n  - key: one\n  - key: two\n"
    form = value_of(text)
    form_changes.remove_field(form, "one")
    assert rewritten(text, form) == "code: A\nfields:\n  # 一组\n\n  - key: two\n"


ALIASED = (
    "code: A\nfields:\n  - {key: one, clause: &c M·一}\n  - {key: two, clause: *c}\n"
    "lifecycle:\n  steps:\n    declare:\n      forms: [A, B]\n      clause: *c\n      roles: &r [x, y]\n"
    "    review:\n      roles: *r\n"
)


def test_an_alias_elsewhere_is_in_nobodys_way() -> None:
    value = value_of(ALIASED)
    value["lifecycle"]["steps"]["declare"]["forms"] = ["A"]
    value["fields"][1]["key"] = "deux"
    told = rewritten(ALIASED, value)
    assert told == ALIASED.replace("[A, B]", "[A]").replace("key: two", "key: deux")
    del value["lifecycle"]["steps"]["declare"]["forms"]
    assert "forms" not in rewritten(ALIASED, value)


@pytest.mark.parametrize("where", ["anchor", "alias", "inside", "item", "entry"])
def test_what_an_alias_stands_for_is_left_alone(where: str) -> None:
    value = value_of(ALIASED)
    steps = value["lifecycle"]["steps"]
    match where:
        case "anchor":
            value["fields"][0]["clause"] = "M·二"
        case "alias":
            value["fields"][1]["clause"] = "M·二"
        case "inside":
            steps["review"]["roles"] = ["x"]
        case "item":
            del value["fields"][1]
        case "entry":
            del steps["declare"]["roles"]
    with pytest.raises(CannotEdit):
        rewritten(ALIASED, value)


@pytest.mark.parametrize(
    "text",
    [
        "code: A\nfields:\n  - &one {key: one}\n  - *one\n",
        "code: A\nfields: [{key: one}, # 一\n  {key: two}]\n",
    ],
)
def test_odd_writing_is_left_to_the_text_editor(text: str) -> None:
    form = value_of(text)
    form["fields"] = form["fields"][1:]
    with pytest.raises(CannotEdit):
        rewritten(text, form)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "no",
            "true",
            "null",
            "~",
            "",
            "12",
            "1.50",
            "0x1f",
            "2020-01-01",
            "1e3",
            "a: b",
            "a #b",
            "- a",
            "[a]",
        ),
        *(
            "{a}",
            "'a'",
            '"a"',
            "甲\n乙",
            " a",
            "a ",
            "%",
            "@a",
            "a, b",
            "*a",
            "&a",
            "!a",
            "|",
            "？",
            "a:",
            ":a",
        ),
        *("\ta", "a\\nb", "\u200b", "🎉", "=", "<<", "---", "a\r\nb", "\x7f"),
    ],
)
def test_every_text_reads_back_as_itself(text: str) -> None:
    written = scalar(text)
    assert "\n" not in written
    for whole in (f"k: {written}\n", f"{{k: {written}, l: 1}}\n"):
        assert yaml_source.load(whole, file="").value["k"] == text
