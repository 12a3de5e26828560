"""``manage.py programmes``: what a terminal says, and with which exit code."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation
from programmes import packs
from programmes.enums import EditionStatus
from programmes.models import Edition
from tests.factories.accounts import make_authority
from tests.factories.programmes import MINI_DIRECTORY, Change, mini_files

P = "programme.yaml"


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("programmes", *map(str, arguments), stdout=out, no_color=True)
    return out.getvalue()


def write(folder: Path, changes: dict[str, Change] | None = None) -> Path:
    for name, content in mini_files(changes).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def unsound(content: dict[str, dict[str, dict[str, dict[str, dict[str, str]]]]]) -> None:
    del content["lifecycle"]["steps"]["review"]["next"]["selected"]


def test_check_passes_what_is_in_order() -> None:
    assert run("check", MINI_DIRECTORY) == "mini: 检查通过\n"


def test_check_prints_problems_with_the_offending_path(tmp_path: Path) -> None:
    folder = write(tmp_path / "bad", {"programme.yaml": unsound})
    out = StringIO()
    with pytest.raises(CommandError, match="1个政策包未通过检查"):
        call_command("programmes", "check", str(MINI_DIRECTORY), str(folder), stdout=out, no_color=True)
    told = out.getvalue()
    assert "mini: 检查通过" in told
    line = (
        next(n for n, text in enumerate((folder / P).read_text().splitlines(), 1) if "not_selected:" in text)
        - 1
    )
    assert f"\n  programme.yaml:{line}: 结果“selected”没有去向 [lifecycle.steps.review.next]\n" in told
    assert "请在 next 中写明 selected 的去向" in told
    assert "    declare → review\n" in told


def test_check_prints_lines_of_files_that_are_no_pack(tmp_path: Path) -> None:
    folder = write(tmp_path / "bad")
    (folder / "rules.yaml").write_text("- id: [")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("programmes", "check", str(folder), stdout=out, no_color=True)
    assert "rules.yaml:1" in out.getvalue()


def test_what_to_check_must_be_said() -> None:
    with pytest.raises(CommandError, match="--all"):
        run("check")


def test_all_packs_of_the_product_pass() -> None:
    told = run("check", "--all")
    assert told.count("检查通过") == len(list(packs.packs_directory().glob("*/programme.yaml"))) > 0


@pytest.mark.django_db
def test_load_and_publish() -> None:
    make_authority()
    assert run("load", MINI_DIRECTORY) == "mini 2026.1  草案\n"
    assert run("load", MINI_DIRECTORY, "--publish") == "mini 2026.1  已发布\n"
    assert run("load", MINI_DIRECTORY, "--publish") == "mini 2026.1  已发布\n"  # again: nothing to do
    edition = Edition.objects.get()
    assert edition.status == EditionStatus.PUBLISHED
    assert f"guiyang  mini  2026.1  已发布  {edition.digest[:12]}  示范项目" in run("list")


@pytest.mark.django_db
def test_load_does_not_invent_an_authority() -> None:
    with pytest.raises(CommandError, match="没有代码为“guiyang”的地区"):
        run("load", MINI_DIRECTORY)
    assert not Organisation.objects.exists()


@pytest.mark.django_db
def test_setting_up_loads_all_packs_and_makes_their_authorities() -> None:
    run("load", "--all", "--publish")
    codes = {edition.pack.programme.authority for edition in Edition.objects.all()}
    made = Organisation.objects.filter(code__in=codes)
    assert {organisation.code for organisation in made} == codes
    assert all(organisation.is_authority and organisation.name for organisation in made)
    assert set(Edition.objects.values_list("status", flat=True)) == {EditionStatus.PUBLISHED}


@pytest.mark.django_db
def test_load_refuses_what_fails_the_checks(tmp_path: Path) -> None:
    make_authority()
    folder = write(tmp_path / "bad", {"programme.yaml": unsound})
    run("load", folder)  # a draft may be unsound
    out = StringIO()
    with pytest.raises(CommandError, match="未能导入"):
        call_command("programmes", "load", str(folder), "--publish", stdout=out, no_color=True)
    assert "结果“selected”没有去向" in out.getvalue()
    assert Edition.objects.get().status == EditionStatus.DRAFT


@pytest.mark.django_db
def test_load_tells_a_refusal() -> None:
    make_authority("遵义市", code="zunyi")
    with pytest.raises(CommandError, match="政策包属于“guiyang”"):
        run("load", MINI_DIRECTORY, "--authority", "zunyi")


@pytest.mark.django_db
def test_load_of_other_bytes_under_a_published_number_names_the_remedy(tmp_path: Path) -> None:
    """Whoever changed a pack and forgot its number is told; what is published stays, and a new number is taken."""
    make_authority()
    run("load", MINI_DIRECTORY, "--publish")
    published = Edition.objects.get().digest
    folder = write(tmp_path / "changed", {P: lambda c: c.update(summary={"zh": "改过。"})})
    for publish in ((), ("--publish",)):
        with pytest.raises(CommandError) as refusal:
            run("load", folder, *publish)
        assert "“示范项目”2026.1版已发布，内容不得改动" in str(refusal.value)
        assert "请在 programme.yaml 的 edition 中改用新的版本号" in str(refusal.value)
    assert [edition.digest for edition in Edition.objects.all()] == [published]
    write(folder, {P: lambda c: c.update(summary={"zh": "改过。"}, edition="2026.2")})
    assert run("load", folder, "--publish") == "mini 2026.2  已发布\n"


@pytest.mark.django_db
def test_a_pack_that_is_refused_keeps_no_other_out(tmp_path: Path) -> None:
    """Loading several goes on to the last, and ends by telling every refusal."""
    make_authority()
    run("load", MINI_DIRECTORY, "--publish")
    changed = write(tmp_path / "changed", {P: lambda c: c.update(summary={"zh": "改过。"})})
    unfit = write(tmp_path / "unfit", {"programme.yaml": unsound})
    fit = write(tmp_path / "fit", {P: lambda c: c.update(id="other", edition="2026.3")})
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command(
            "programmes", "load", *map(str, (changed, unfit, fit)), "--publish", stdout=out, no_color=True
        )
    first, second = str(refusal.value).splitlines()
    assert "2026.1版已发布，内容不得改动" in first
    assert "2026.1版已发布，内容不得改动" in second
    assert "other 2026.3  已发布" in out.getvalue()
    assert set(Edition.objects.values_list("programme__code", "number", "status")) == {
        ("mini", "2026.1", EditionStatus.PUBLISHED),
        ("other", "2026.3", EditionStatus.PUBLISHED),
    }


@pytest.mark.django_db
def test_setting_up_goes_on_where_a_published_pack_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "packs"
    for code in ("first", "second"):
        write(folder / code, {P: lambda c, code=code: c.update(id=code)})
    monkeypatch.setattr(packs, "packs_directory", lambda: folder)
    run("load", "--all", "--publish")
    write(folder / "first", {P: lambda c: c.update(id="first", summary={"zh": "改过。"})})
    write(folder / "third", {P: lambda c: c.update(id="third")})
    with pytest.raises(CommandError, match="版已发布，内容不得改动"):
        run("load", "--all", "--publish")
    assert set(Edition.objects.values_list("programme__code", flat=True)) == {"first", "second", "third"}


@pytest.mark.django_db
def test_load_tells_what_is_too_long_to_be_kept(tmp_path: Path) -> None:
    make_authority()
    folder = write(tmp_path / "long", {P: lambda c: c.update(edition="9" * 33, title={"zh": "长" * 201})})
    out = StringIO()
    with pytest.raises(CommandError, match="未能导入"):
        call_command("programmes", "load", str(folder), stdout=out, no_color=True)
    assert "不应超过32字 [edition]" in out.getvalue()
    assert "不应超过200字 [title.zh]" in out.getvalue()
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    "name", [P, "rules.yaml", "context.yaml", "rubrics.yaml", "forms/BASIC.yaml", "letters/receipt.md"]
)
def test_a_problem_of_meaning_has_its_line(tmp_path: Path, name: str) -> None:
    """As editors and terminals read it: ``forms/BASIC.yaml:3: …``."""
    wrong = {
        P: ("forms: [BASIC, FIRMS]", "forms: [BASIC, FIRMS, NONE]", "没有名为“NONE”的表单"),
        "rules.yaml": ("expr: revenue >= 1000", "expr: revenu >= 1000", "未定义的名称"),
        "context.yaml": ("fact: ", "fact: no.", "系统事实目录中没有"),
        "rubrics.yaml": ("clause: M·", "clause: N·", "不在 clauses.yaml 中"),
        "forms/BASIC.yaml": ("clause: M·", "clause: N·", "不在 clauses.yaml 中"),
        "letters/receipt.md": ("{{ due_on }}", "{{ weather }}", "没有可填入“weather”的内容"),
    }
    old, new, says = wrong[name]
    folder = write(tmp_path / "bad")
    text = (MINI_DIRECTORY / name).read_text()
    (folder / name).write_text(text.replace(old, new, 1))
    line = text[: text.index(old)].count("\n") + 1
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("programmes", "check", str(folder), stdout=out, no_color=True)
    told = [row for row in out.getvalue().splitlines() if row.startswith(f"  {name}:{line}: ")]
    assert any(says in row for row in told), out.getvalue()
