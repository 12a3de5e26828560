"""Where fields, columns, options and forms are used: told with file and line, and true."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from programmes import packs
from programmes.checks import check_pack
from programmes.packs import packs_directory
from tests.factories.programmes import mini_files
from workshop import form_changes
from workshop.form_uses import Index, Uses, index_of

PACKS = sorted(path for path in packs_directory().iterdir() if (path / "programme.yaml").is_file())


@pytest.fixture(scope="module")
def index() -> Index:
    return index_of(mini_files())


def uses(index: Index, form: str, key: str) -> Uses:
    entry = next(each for each in packs.parse_files(mini_files()).forms[form].fields if each.key == key)
    return index.field(form, entry)


def places(found: Uses) -> set[str]:
    return {f"{use.file}:{use.line}" for use in found}


def line_of(file: str, text: str) -> int:
    lines = mini_files()[file].decode().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize(
    ("form", "key", "file", "text"),
    [
        ("BASIC", "revenue", "rules.yaml", "expr: revenue >= 1000"),
        ("BASIC", "revenue", "rules.yaml", "fields: [BASIC.revenue]"),
        ("BASIC", "revenue", "forms/BASIC.yaml", "calculated: revenue / staff_total"),
        ("BASIC", "staff", "rules.yaml", "expr: staff_rd / staff_total >= 0.2"),
        ("BASIC", "listed", "forms/BASIC.yaml", "visible_when: listed"),
        ("BASIC", "as_of", "rules.yaml", "inputs: {day: BASIC.as_of}"),
        ("FIRMS", "rows", "rules.yaml", "each: {form: FIRMS, table: rows"),
        ("PAPERS", "licence", "context.yaml", "material_present: licence"),
    ],
)
def test_uses_have_file_and_line(index: Index, form: str, key: str, file: str, text: str) -> None:
    assert f"{file}:{line_of(file, text)}" in places(uses(index, form, key))


def test_what_nobody_names_is_free(index: Index) -> None:
    assert not uses(index, "BASIC", "about")  # a word of many wordings
    assert not uses(index, "PAPERS", "proofs")


def test_columns_options_and_forms(index: Index) -> None:
    pack = packs.parse_files(mini_files())
    rows = pack.forms["FIRMS"].fields[0]
    staff = next(entry for entry in pack.forms["BASIC"].fields if entry.key == "staff")
    assert index.column("FIRMS", rows, "output")
    assert index.column("BASIC", staff, "rd")
    assert index.choice("FIRMS", rows, "kind", "large")
    assert not index.choice("FIRMS", rows, "kind", "small")
    assert index.form("BASIC")
    assert places(index.form("PAPERS")) >= {
        f"programme.yaml:{line_of('programme.yaml', 'materials: PAPERS')}"
    }


def test_a_broken_file_keeps_nothing_from_being_told() -> None:
    files = mini_files() | {"scenarios/straight.yaml": b"[", "context.yaml": b"\xff"}
    index = index_of(files)
    assert index.named["BASIC.revenue"]
    assert index.unread == ("context.yaml", "scenarios/straight.yaml")
    assert not index_of(mini_files()).unread


@pytest.mark.parametrize("odd", ["links: true", "links: 5", "links: {a: b}", "columns: [{key: x, parts: 3}]"])
def test_a_form_that_says_odd_things_is_read_all_the_same(odd: str) -> None:
    text = f"code: ODD\nfields:\n  - {{key: a, type: grid, {odd}}}\n"
    index = index_of(mini_files() | {"forms/ODD.yaml": text.encode()})
    assert "a" in index.names["ODD"]
    assert index.named["BASIC.revenue"]


@pytest.mark.parametrize("path", PACKS, ids=[path.name for path in PACKS])
def test_what_is_told_to_be_free_can_be_taken_out(path: Path) -> None:
    """All fields that nothing names are taken out of every pack at once (a form keeps one): it is as sound as before."""
    files = packs.read_directory(path)
    pack, index = packs.parse_files(files), index_of(files)
    for name in [name for name in files if name.startswith("forms/")]:
        data = yaml.safe_load(files[name])
        form = pack.forms[data["code"]]
        free = [entry.key for entry in form.fields if not index.field(form.code, entry)]
        for key in free if len(free) < len(form.fields) else free[1:]:
            form_changes.remove_field(data, key)
        files[name] = yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode()
    found = check_pack(packs.parse_files(files))
    assert [f"{problem.file} {problem.where}: {problem.message_en}" for problem in found] == []
