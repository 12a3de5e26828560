"""Keep the English catalogue complete: Chinese is the source language. 界面文字翻译

``extract`` collects the strings (needs gettext), ``compile`` writes the .mo files that are committed (so that running
needs no gettext), ``check`` fails on anything missing, fuzzy, left over, out of date, or written in a template without a
translation tag.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

PO = Path(settings.BASE_DIR) / "locale" / "en" / "LC_MESSAGES" / "django.po"
ROOMS = [
    "accounts",
    "audit",
    "programmes",
    "cases",
    "workflows",
    "notifications",
    "supervision",
    "workshop",
    "portal",
    "api",
    "config",
    "templates",
]
CJK = re.compile(r"[\u4e00-\u9fff]")
TAGS = re.compile(
    r"{%\s*blocktrans.*?%}.*?{%\s*endblocktrans\s*%}|{%\s*blocktranslate.*?%}.*?{%\s*endblocktranslate\s*%}"
    r"|{%\s*comment.*?%}.*?{%\s*endcomment\s*%}|{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->",
    re.DOTALL,
)
OFFICIAL = "{# official document #}"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


class Command(BaseCommand):
    help = "extract：收集界面文字；compile：生成 .mo；check：核对英文翻译是否完整。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["extract", "compile", "check"])

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['what']}")()

    def _extract(self) -> None:
        found = _collect()
        catalogue = polib.pofile(str(PO), wrapwidth=0) if PO.exists() else _empty()
        known = {(e.msgid, e.msgctxt): e for e in catalogue}
        fresh = _empty()
        for entry in found:
            old = known.get((entry.msgid, entry.msgctxt))
            if old is not None and bool(old.msgid_plural) == bool(entry.msgid_plural):
                entry.msgstr, entry.msgstr_plural = old.msgstr, old.msgstr_plural or entry.msgstr_plural
            entry.occurrences, entry.flags = [], [f for f in entry.flags if f.endswith("-format")]
            fresh.append(entry)
        fresh.sort(key=lambda e: (e.msgid, e.msgctxt or ""))
        PO.parent.mkdir(parents=True, exist_ok=True)
        fresh.save(str(PO))
        left = len([e for e in fresh if not _done(e)])
        self.stdout.write(f"{len(fresh)} 条，{left} 条待翻译。")

    def _compile(self) -> None:
        polib.pofile(str(PO)).save_as_mofile(str(PO.with_suffix(".mo")))
        self.stdout.write(f"{PO.with_suffix('.mo').name} 已生成。")

    def _check(self) -> None:
        faults = [*_catalogue_faults(), *_template_faults()]
        for fault in faults[:50]:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"界面文字有 {len(faults)} 处问题。")
        self.stdout.write(f"{len(polib.pofile(str(PO)))} 条界面文字均有英文。")


def _empty() -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {
        "Project-Id-Version": "licheng",
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return catalogue


def _collect() -> polib.POFile:
    """Every string of the code and templates, as makemessages finds them (in a scratch copy, nothing is touched)."""
    if shutil.which("xgettext") is None:
        raise CommandError("收集界面文字需要 gettext（xgettext）。")
    base = Path(settings.BASE_DIR)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        (scratch / "locale").mkdir()
        for room in ROOMS:
            if (base / room).is_dir():
                shutil.copytree(
                    base / room,
                    scratch / room,
                    ignore=shutil.ignore_patterns("packs", "locale", "__pycache__"),
                )
        here = Path.cwd()
        try:
            os.chdir(scratch)
            call_command("makemessages", locale=["en"], no_wrap=True, verbosity=0)
        finally:
            os.chdir(here)
        return polib.pofile(str(scratch / "locale" / "en" / "LC_MESSAGES" / "django.po"), wrapwidth=0)


def _done(entry: polib.POEntry) -> bool:
    if entry.fuzzy:
        return False
    return all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


def _catalogue_faults() -> list[str]:
    if not PO.exists():
        return [f"没有 {PO}"]
    catalogue = polib.pofile(str(PO))
    known = {(e.msgid, e.msgctxt): e for e in catalogue}
    found = {(e.msgid, e.msgctxt) for e in _collect()}
    faults = [f"未收入目录：{msgid}" for msgid, _ in sorted(found - known.keys(), key=str)]
    faults += [f"已不再使用：{msgid}" for msgid, _ in sorted(known.keys() - found, key=str)]
    for entry in catalogue:
        if not _done(entry):
            faults.append(f"未翻译：{entry.msgid}")
        elif not entry.msgid_plural and sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(
            PLACEHOLDER.findall(entry.msgstr)
        ):
            faults.append(f"占位符不一致：{entry.msgid}")
        elif CJK.search(entry.msgstr):
            faults.append(f"译文仍含中文：{entry.msgid}")
    compiled = PO.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != catalogue.to_binary():
        faults.append("django.mo 未更新，请执行 manage.py translations compile")
    return faults


def _template_faults() -> list[str]:
    """Chinese in a template outside a translation tag.

    Official documents are in Chinese by nature: their templates say so with ``{# official document #}``; an element
    marked ``lang="zh…"`` is meant as it stands.
    """
    base = Path(settings.BASE_DIR)
    faults = []
    for path in sorted((base / "templates").rglob("*.html")):
        if OFFICIAL in path.read_text(encoding="utf-8"):
            continue
        text = TAGS.sub(lambda m: "\n" * m.group().count("\n"), path.read_text(encoding="utf-8"))
        faults += [
            f"{path.relative_to(base)}:{number}：模板中有未标记的文字：{line.strip()[:60]}"
            for number, line in enumerate(text.splitlines(), 1)
            if CJK.search(line) and 'lang="zh' not in line
        ]
    return faults
