"""Packs as files: the canonical archive, and problems with their place."""

from __future__ import annotations

import io
import random
import time
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes import packs, yaml_source
from programmes.packs import PackError, archive, digest, parse, parse_files, read_directory, unarchive
from programmes.problems import Problem
from programmes.schema import Close
from tests.factories.programmes import MINI_DIRECTORY, mini_files


def problems_of(files: dict[str, bytes]) -> list[Problem]:
    with pytest.raises(PackError) as caught:
        parse_files(files)
    return caught.value.problems


# -- the archive ---------------------------------------------------------------------------------------------------------


def test_equal_files_give_equal_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    files = mini_files()
    shuffled = dict(random.Random(7).sample(list(files.items()), len(files)))
    first = archive(files)
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert archive(shuffled) == first
    assert digest(first) == digest(archive(unarchive(first)))
    assert len(digest(first)) == 64


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?\.yaml", fullmatch=True), st.binary(max_size=200), max_size=6
    )
)
def test_the_archive_returns_every_byte(files: dict[str, bytes]) -> None:
    assert unarchive(archive(files)) == files


def test_one_byte_makes_another_digest() -> None:
    files = mini_files()
    changed = files | {"clauses.yaml": files["clauses.yaml"] + b"\n"}
    assert digest(archive(files)) != digest(archive(changed))


def test_a_directory_is_read_by_names_inside_it(tmp_path: Path) -> None:
    (tmp_path / "programme.yaml").write_text("id: x")
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "A.yaml").write_bytes(b"code: A")
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "x.pyc").write_text("x")
    assert read_directory(tmp_path) == {"programme.yaml": b"id: x", "forms/A.yaml": b"code: A"}


def test_what_is_no_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError):
        read_directory(tmp_path)
    with pytest.raises(PackError, match="zip"):
        unarchive(b"not a zip")


def test_archives_that_no_pack_would_need_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("programme.yaml", b"0" * (packs.MAX_BYTES + 1))
    with pytest.raises(PackError, match="too large"):
        unarchive(buffer.getvalue())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as doubled:
        doubled.writestr("programme.yaml", b"a")
        with pytest.warns(UserWarning, match="Duplicate"):
            doubled.writestr("programme.yaml", b"b")
    with pytest.raises(PackError, match="twice"):
        unarchive(buffer.getvalue())


# -- reading -------------------------------------------------------------------------------------------------------------


def test_the_mini_pack_is_read_whole() -> None:
    pack = parse(archive(read_directory(MINI_DIRECTORY)))
    assert pack.programme.id == "mini"
    assert list(pack.clauses) == ["M·第一条", "M·第二条", "M·第三条", "M·第四条"]
    assert set(pack.forms) == {"BASIC", "FIRMS", "PAPERS"}
    assert list(pack.rules) == [f"M-{n}" for n in range(1, 8)]
    assert pack.letters["receipt"].body.startswith("# 回执")
    assert list(pack.scenarios) == ["straight.yaml"]
    assert pack.scenarios["straight.yaml"].startswith("title: 一路顺利\n")
    review = pack.programme.lifecycle.steps["review"]
    assert review.next["not_selected"] == Close(close="not_selected")
    assert review.params == {"initial": False}


def test_a_file_by_code_or_as_a_list() -> None:
    files = mini_files()
    text = "M·第一条: {document: M, summary: {zh: 甲}}\nM·第二条: {document: M, summary: {zh: 乙}}\n"
    pack = parse_files(files | {"clauses.yaml": text.encode()})
    assert pack.clauses["M·第二条"].summary.zh == "乙"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("no", "no"),
        ("on", "on"),
        ("2020-01-01", "2020-01-01"),
        ("12", 12),
        ("003", "003"),
        ("0.1", Decimal("0.1")),
        ("1e5", "1e5"),
        ("06:30", "06:30"),
        ("1_000", "1_000"),
        ("~", None),
        ("", None),
        ("'12'", "12"),
        ("50e8", "50e8"),
    ],
)
def test_values_are_read_plainly(written: str, value: object) -> None:
    assert yaml_source.load(f"x: {written}\n", file="f").value == {"x": value}


def test_places_are_known_by_line() -> None:
    source = yaml_source.load("a:\n  - x: 1\n    y: 2\n  - z\n", file="f")
    assert source.lines[("a", 0, "y")] == 3
    assert source.lines[("a", 1)] == 4


# -- problems ------------------------------------------------------------------------------------------------------------

PROGRAMME = mini_files()["programme.yaml"].decode()


def programme(old: str, new: str) -> dict[str, bytes]:
    assert old in PROGRAMME
    return mini_files(**{"programme.yaml": PROGRAMME.replace(old, new, 1)})


@pytest.mark.parametrize(
    ("files", "file", "where", "says", "hint"),
    [
        (programme("id: mini\n", ""), "programme.yaml", "id", "缺少必填项", "请补充该项"),
        (programme("id: mini", "id: Mini"), "programme.yaml", "id", "代码格式不正确", "小写字母"),
        (
            programme('edition: "2026.1"', "edition: 2026.1"),
            "programme.yaml",
            "edition",
            "此处应为文字",
            "加引号",
        ),
        (
            programme("stage: declare", "stage: declared"),
            "programme.yaml",
            "lifecycle.steps.declare.stage",
            "取值“declared”不在规定范围内",
            "可用取值：declare、file、",
        ),
        (
            programme("forms: [BASIC, FIRMS]", "form: [BASIC, FIRMS]"),
            "programme.yaml",
            "lifecycle.steps.declare.form",
            "未知的项“form”",
            "是否应为“forms”",
        ),
        (
            programme("title: {zh: 申报}", "title: {zh: 申报, stage: x}"),
            "programme.yaml",
            "lifecycle.steps.declare.title.stage",
            "未知的项“stage”",
            "该项不应写在此处",
        ),
        (
            programme("kinds: [enterprise]", "kinds: enterprise"),
            "programme.yaml",
            "applicant.kinds",
            "此处应为列表",
            "每行以“- ”开头",
        ),
        (
            programme("{close: withdrawn}", "{close: gone}"),
            "programme.yaml",
            "lifecycle.steps.declare.commands.withdraw.to.close",
            "不在规定范围内",
            "",
        ),
        (programme("id: mini", "id: mini\nid: mini"), "programme.yaml", "id", "“id”重复出现", ""),
        (programme("id: mini", "id: [mini"), "programme.yaml", "", "不是规范的 YAML", "缩进"),
        (programme("id: mini", "id: !!python/name:os.system mini"), "programme.yaml", "id", "不支持标签", ""),
        (mini_files(**{"notes.txt": "x"}), "notes.txt", ".", "政策包中不应有此文件", ""),
        (mini_files(**{"forms/B.yml": "x"}), "forms/B.yml", ".", "政策包中不应有此文件", ""),
        (mini_files(**{"context.yaml": "- 1"}), "context.yaml", ".", "键: 值", ""),
        (
            mini_files(**{"context.yaml": "x: {type: text}"}),
            "context.yaml",
            "x",
            "只能有一个",
            "可用：fact",
        ),
        (mini_files(**{"letters/a.md": "没有题头"}), "letters/a.md", ".", "题头", ""),
        (
            mini_files(**{"letters/a.md": "---\nclause: x\n---\n正文"}),
            "letters/a.md",
            "title",
            "缺少必填项",
            "",
        ),
        (
            mini_files(**{"forms/OTHER.yaml": "code: BASIC\ntitle: {zh: 甲}\nclause: M·第一条\nfields: []"}),
            "forms/OTHER.yaml",
            ".",
            "表单代码“BASIC”重复出现",
            "",
        ),
        (
            mini_files(
                **{
                    "clauses.yaml": "- {id: A, document: M, summary: {zh: x}}\n- {id: A, document: M, summary: {zh: y}}"
                }
            ),
            "clauses.yaml",
            "A",
            "“A”重复出现",
            "",
        ),
    ],
)
def test_problems_say_where_and_how_to_mend(
    files: dict[str, bytes], file: str, where: str, says: str, hint: str
) -> None:
    [problem] = problems_of(files)
    assert problem.file == file
    assert where in problem.where
    assert says in problem.message_zh
    assert hint in problem.hint_zh
    assert problem.message_en


def test_problems_name_the_line() -> None:
    files = programme("stage: review", "stage: reviewing")
    line = PROGRAMME.splitlines().index("      stage: review") + 1
    [problem] = problems_of(files)
    assert problem.line == line
    assert problem.place == f"programme.yaml:{line}"
    rules = mini_files()["rules.yaml"].decode().replace("expr: revenue >= 1000", "exprs: revenue >= 1000", 1)
    [problem] = problems_of(mini_files(**{"rules.yaml": rules}))
    assert (problem.place, problem.where) == ("rules.yaml:15", "[2].exprs")


def test_all_problems_are_found_at_once() -> None:
    files = programme("id: mini\n", "")
    del files["clauses.yaml"]
    files["forms/BASIC.yaml"] = b"code: 1"
    files["rules.yaml"] = b"\x00"
    found = {(problem.file, problem.where) for problem in problems_of(files)}
    assert {"programme.yaml", "clauses.yaml", "forms/BASIC.yaml", "rules.yaml"} <= {
        file for file, _where in found
    }
    assert ("forms/BASIC.yaml", "title") in found
    assert ("forms/BASIC.yaml", "fields") in found


def test_bytes_that_are_not_text() -> None:
    [problem] = problems_of(mini_files() | {"rubrics.yaml": b"\xff\xfe\x00"})
    assert problem.message_zh == "文件不是 UTF-8 编码"


@pytest.mark.parametrize("text", ["a: &x [*x]", "- &x {id: a, self: *x}", "a: " + "[" * 5000])
def test_what_never_ends_is_refused(text: str) -> None:
    with pytest.raises(PackError) as caught:
        parse_files(mini_files(**{"clauses.yaml": text}))
    assert [(p.file, p.message_zh) for p in caught.value.problems] == [
        ("clauses.yaml", "嵌套过深，或者通过别名（*）引用了自身")
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\tx: 1", "缩进应使用空格"),
        ("x: *nobody", "未定义的别名"),
        ("a: 1\n---\nb: 2", "一份内容"),
        ("a: 'b", "引号没有配对"),
        ("a: b: c", "此处不能有冒号"),
        ("a: [1, 2", "括号没有配对"),
    ],
)
def test_what_is_no_yaml_is_told_in_chinese(text: str, says: str) -> None:
    with pytest.raises(PackError) as caught:
        parse_files(mini_files(**{"context.yaml": text}))
    (found,) = caught.value.problems
    assert says in found.message_zh
    assert found.line


def test_a_file_of_any_length_is_not_read(tmp_path: Path) -> None:
    files = mini_files(**{"rules.yaml": "#" * (packs.MAX_FILE + 1)})
    with pytest.raises(PackError) as caught:
        parse_files(files)
    assert [(p.file, p.message_zh) for p in caught.value.problems] == [
        ("rules.yaml", "文件过大，不应超过1MB")
    ]
    (tmp_path / "programme.yaml").write_text("x" * (packs.MAX_FILE + 1))
    with pytest.raises(PackError, match="larger than 1 MB"):
        read_directory(tmp_path)


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "programme.yaml").write_text("id: x")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.md").symlink_to("/etc/hostname")
    with pytest.raises(PackError) as caught:
        read_directory(tmp_path)
    assert [(p.file, p.message_zh) for p in caught.value.problems] == [
        ("letters/a.md", "政策包中不应有链接，请放入文件本身")
    ]


def test_aliases_cannot_blow_up() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for n in range(1, 8):
        repeated = ", ".join([f"*a{n - 1}"] * 10)
        levels.append(f"a{n}: &a{n} [{repeated}]")
    with pytest.raises(PackError, match="too large"):
        yaml_source.load("\n".join(levels), file="f")


def test_bom_and_windows_line_ends_are_read() -> None:
    files = mini_files()
    text = files["letters/receipt.md"].decode().replace("\n", "\r\n")
    files["letters/receipt.md"] = b"\xef\xbb\xbf" + text.encode()
    assert parse_files(files).letters["receipt"].body.startswith("# 回执\n")
