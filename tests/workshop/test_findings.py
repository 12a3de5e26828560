"""What is wrong with a copy's files stands at the line where it is."""

from __future__ import annotations

from typing import Any

import pytest

from programmes import packs
from programmes.places import line_of
from tests.factories.programmes import mini_files
from workshop.findings import examine, programme_of


def line_with(files: dict[str, bytes], name: str, text: str) -> int:
    lines = files[name].decode().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def replaced(name: str, old: str, new: str) -> dict[str, bytes]:
    files = packs.read_directory(packs.packs_directory() / "gz-rent-relief") if name == "-" else mini_files()
    text = files[name].decode()
    assert old in text
    return files | {name: text.replace(old, new, 1).encode()}


@pytest.mark.parametrize(
    ("name", "old", "new", "at"),
    [
        ("programme.yaml", "next: {submitted: review}", "next: {submitted: nowhere}", "submitted: nowhere"),
        ("programme.yaml", "approve: {within: 10 working_day", "approve: {within: 10 dya", "10 dya"),
        ("programme.yaml", "stage: review\n", "stage: reveiw\n", "stage: reveiw"),
        ("rules.yaml", "expr: revenue >= 1000", "expr: revenu >= 1000", "revenu >= 1000"),
        (
            "rules.yaml",
            "clause: M·第二条\n  levels: {review.select",
            "clause: X\n  levels: {review.select",
            "X",
        ),
        ("rubrics.yaml", "clause: M·", "clause: N·", "N·"),
        ("context.yaml", "fact: ", "fact: no.", "no."),
    ],
)
def test_a_problem_stands_at_its_line(name: str, old: str, new: str, at: str) -> None:
    files = replaced(name, old, new)
    found = examine(files, scenarios=False).problems
    assert any(
        p.file == name and p.line is not None and abs(p.line - line_with(files, name, at)) <= 1 for p in found
    ), [(p.file, p.line, p.where, p.message_zh) for p in found]


def test_a_form_is_found_by_its_code_whatever_its_file_is_called() -> None:
    files = mini_files()
    text = files.pop("forms/BASIC.yaml").decode().replace("clause: M·", "clause: Q·", 1)
    files["forms/first.yaml"] = text.encode()
    found = [p for p in examine(files, scenarios=False).problems if "Q·" in p.message_zh]
    assert [p.file for p in found] == ["forms/first.yaml"]
    assert found[0].line


def test_syntax_that_is_broken_everywhere_is_told_file_by_file() -> None:
    files = mini_files() | {"rules.yaml": b"- [", "rubrics.yaml": b"a: {b", "programme.yaml": b"\tid: x"}
    found = examine(files)
    assert found.pack is None
    assert {p.file for p in found.problems} >= {"rules.yaml", "rubrics.yaml", "programme.yaml"}
    assert all(p.line for p in found.problems if p.file in ("rules.yaml", "rubrics.yaml"))
    assert programme_of(files) is None


def test_a_path_goes_with_what_is_unsound() -> None:
    old = "commands:\n        propose_revocation: {to: revocation, clause: M·第四条}"
    found = examine(replaced("programme.yaml", old, "commands: {}"), scenarios=False).problems
    assert any(p.path[:2] == ("declare", "review") for p in found)


def test_sound_packs_have_no_problems() -> None:
    files = packs.read_directory(packs.packs_directory() / "gz-rent-relief")
    assert examine(files).problems == ()


def test_a_scenario_with_a_wrong_name_is_told() -> None:
    files = packs.read_directory(packs.packs_directory() / "gz-rent-relief")
    text = files["scenarios/conditions.yaml"].decode().replace("do: submit", "do: submitt", 1)
    found = examine(files | {"scenarios/conditions.yaml": text.encode()}).problems
    assert [p.file for p in found] == ["scenarios/conditions.yaml"]
    assert found[0].line == line_with({"x": text.encode()}, "x", "submitt")


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("a.b", 2),
        ("list.[2]", 6),
        ("list.two.x", 7),
        ("a.nothing.at.all", 1),
        ("declare.submit.x", 8),
        (".", None),
    ],
)
def test_places_are_followed_as_far_as_they_go(where: str, line: Any) -> None:
    text = "a:\n  b: 1\nlist:\n  - key: one\n    x: 1\n  - key: two\n    x: 2\ndeclare.submit: {y: 1}\n"
    assert line_of(text.encode(), "context.yaml", where) == line
