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
    assert "programme.yaml  lifecycle.steps.review.next" in told
    assert "结果“selected”没有去向" in told
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
