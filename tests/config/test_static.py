"""Templates, scripts and styles as files: nothing inline, nothing from elsewhere, nothing missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
VENDOR = ROOT / "static" / "vendor"
OWN = [*sorted((ROOT / "static" / "css").glob("*.css")), *sorted((ROOT / "static" / "js").glob("*.js"))]


def templates() -> Iterator[str]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        yield path.relative_to(TEMPLATES).as_posix()


def text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


STANDALONE = "cases/dossier/page.html"
"""No page of the product: a file in an archive, read without us, that carries its own looks."""


@pytest.mark.parametrize("name", list(templates()))
def test_template_compiles(name: str) -> None:
    assert get_template(name) is not None


@pytest.mark.parametrize("name", list(templates()))
def test_template_has_nothing_inline_and_nothing_from_elsewhere(name: str) -> None:
    source = text(name)
    assert not re.search(r"<script(?![^>]*\b(src|type=\"application/json\"))[^>]*>", source), (
        "an inline script"
    )
    assert "<style" not in source or name == STANDALONE
    assert not re.search(r"\son[a-z]+=\"", source), "an inline handler"
    assert not re.search(r"(src|href)=\"(https?:)?//", source), "a file from elsewhere"


@pytest.mark.parametrize("name", list(templates()))
def test_every_icon_is_in_the_sprite(name: str) -> None:
    sprite = (VENDOR / "tabler-icons" / "sprite.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = set(re.findall(r'partials/icon\.html" with name="([^"]+)"', text(name)))
    used |= set(re.findall(r'\bicon="([a-z0-9-]+)"', text(name)))
    assert used <= known


def test_icons_named_in_code_are_in_the_sprite() -> None:
    from config.navigation import ENTRIES

    sprite = (VENDOR / "tabler-icons" / "sprite.svg").read_text(encoding="utf-8")
    assert all(f'<symbol id="{entry.icon}"' in sprite for entry in ENTRIES)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_own_files_name_no_other_host(path: Path) -> None:
    source = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"(https?|wss?)://", source)


def test_vendored_files_are_complete_and_small() -> None:
    folders = [path for path in VENDOR.iterdir() if path.is_dir()]
    named = (VENDOR / "README.md").read_text(encoding="utf-8")
    for folder in folders:
        assert list(folder.glob("LICENSE*")), f"{folder.name} lacks its licence"
        assert f"`{folder.name}/`" in named, f"{folder.name} is not in the README"
    files = [path for path in VENDOR.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 4_000_000


@pytest.mark.parametrize(
    "path", [path for path in VENDOR.rglob("*") if path.suffix in {".css", ".js"}], ids=lambda path: path.name
)
def test_vendored_files_fetch_nothing(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert "sourceMappingURL=" not in source
    assert not re.search(r"@import\s+(url\()?[\"']?https?:", source)
    assert not re.search(r"url\([\"']?https?:", source)
