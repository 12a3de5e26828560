"""What is wrong with eligibility.yaml is said, at its line, before a pack is published."""

from __future__ import annotations

import pytest

from programmes import packs
from programmes.checks import check_pack
from programmes.places import line_of

NAME = "yc-maker-space"
GOOD = """\
questions:
  - ask: YC_MAKER.university_based
    text: {zh: 是否以高校为主建设？, en: a}
    rules: [R-YC-15]
  - ask: YC_MAKER.workspace_sqm
    text: {zh: 面积是多少？, en: b}
    rules: [R-YC-15]
"""


def problems(text: str, name: str = NAME) -> list[tuple[str, str]]:
    files = packs.read_directory(packs.packs_directory() / name) | {"eligibility.yaml": text.encode()}
    found = check_pack(packs.parse_files(files))
    return [(each.where, each.message_zh) for each in found if each.file == "eligibility.yaml"]


def test_a_good_one_passes() -> None:
    assert problems(GOOD) == []


def test_a_pack_need_not_have_one() -> None:
    files = packs.read_directory(packs.packs_directory() / NAME)
    del files["eligibility.yaml"]
    assert not packs.parse_files(files).eligibility.questions


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ("YC_MAKER.workspace_sqm", "YC_MAKER.nothing", "questions[2].ask", "没有名为“YC_MAKER.nothing”"),
        ("YC_MAKER.workspace_sqm", "YC_MAKER.services", "questions[2].ask", "不能预审"),
        ("YC_MAKER.workspace_sqm", "YC_MAKER.manager", "questions[2]", "不读取该项"),
        ("YC_MAKER.workspace_sqm", "YC_MAKER.university_based", "questions[1]", "问了两遍"),
        ("[R-YC-15]\n  - ask: YC_MAKER.w", "[R-NO]\n  - ask: YC_MAKER.w", "questions[1].rules", "没有规则“R-NO”"),
        ("rules: [R-YC-15]", "rules: []", "questions[1].rules", "没有写明"),
        ("  - ask: YC_MAKER.university_based", "  - key: uni\n    yes: {YC_MAKER.x: true}\n    no: {YC_MAKER.x: false}",
         "questions[1]", "没有名为“YC_MAKER.x”"),
        ("  - ask: YC_MAKER.university_based", "  - key: uni\n    yes: {YC_MAKER.university_based: true}\n    no: {}",
         "questions[1]", "相同的各项"),
        ("questions:", "derive: {YC_MAKER.university_based: '1 +'}\nquestions:", "derive.YC_MAKER.university_based", "表达式"),
        ("questions:", "rules: [R-NO]\nquestions:", "rules", "没有规则“R-NO”"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(old: str, new: str, where: str, said: str) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    found = problems(text)
    assert any(place == where and said in message for place, message in found), found
    assert line_of(text.encode(), "eligibility.yaml", where) is not None


def test_a_rule_that_reads_more_than_is_asked_is_told() -> None:
    only = (
        GOOD[: GOOD.index("  - ask: YC_MAKER.university_based")]
        + GOOD[GOOD.index("  - ask: YC_MAKER.workspace") :]
    )
    assert [where for where, said in problems(only) if "预审没有问到" in said] == ["questions[1].rules"]


def test_a_question_that_cannot_change_the_verdict_is_told() -> None:
    text = GOOD.replace("questions:", "derive: {YC_MAKER.workspace_sqm: '100'}\nquestions:")
    text = text[: text.index("  - ask: YC_MAKER.workspace")]
    assert any("都不会不符合" in said for _where, said in problems(text))


def test_an_unknown_key_is_told_with_its_line() -> None:
    files = packs.read_directory(packs.packs_directory() / NAME)
    with pytest.raises(packs.PackError) as caught:
        packs.parse_files(files | {"eligibility.yaml": GOOD.replace("rules:", "rule:", 1).encode()})
    assert {problem.line for problem in caught.value.problems} <= {2, 4}


def test_the_questions_travel_with_the_pack() -> None:
    files = packs.read_directory(packs.packs_directory() / NAME)
    source = packs.archive(files)
    assert packs.parse(source).eligibility.questions[0].ask == "YC_MAKER.university_based"
    assert packs.digest(packs.archive(packs.unarchive(source))) == packs.digest(source)
    assert packs.digest(packs.archive(files | {"eligibility.yaml": b"questions: []"})) != packs.digest(source)
