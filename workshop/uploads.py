"""Packs from outside: what may be in an upload, and how it is read. 上传

An archive is hostile until shown otherwise: sizes are limited before anything is unpacked, nothing is ever written to
disk, and a name that belongs in no pack (``../x``, ``/etc/x``) refuses the whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from accounts.errors import Refusal
from programmes import packs
from programmes.problems import PackError, Problem

CODE: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")
ID: Final = re.compile(r"^id:[ \t]*(?P<value>[^\s#]+)", re.MULTILINE)
EDITION: Final = re.compile(r"^edition:[ \t]*(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s#]+)", re.MULTILINE)
MAX_UPLOAD: Final = packs.MAX_BYTES
JUNK: Final = re.compile(r"(^|/)(__MACOSX|\.[^./][^/]*)(/|$)|(^|/)Thumbs\.db$")
"""What archivers add by themselves."""


def unpacked(source: bytes) -> dict[str, str]:
    """The files of an uploaded archive by name, as text. One folder around all of them is taken off.

    Raises Refusal ``too_large`` and PackError: no readable archive, names that belong in no pack, text that is not
    UTF-8.
    """
    if len(source) > MAX_UPLOAD:
        raise Refusal("too_large", _("上传的文件过大。"))
    files = {name: data for name, data in packs.unarchive(source).items() if not JUNK.search(name)}
    files = _without_folder(files)
    strange = [name for name in sorted(files) if not packs.KNOWN.fullmatch(name)]
    if strange:
        raise PackError(
            [
                Problem(name[:200], ".", "政策包中不应有此文件", "this file does not belong in a pack")
                for name in strange[:20]
            ]
        )
    if "programme.yaml" not in files:
        raise PackError([Problem("programme.yaml", ".", "缺少此文件", "this file is missing")])
    return decoded(files)


def decoded(files: Mapping[str, bytes]) -> dict[str, str]:
    """Files as text that gives the same bytes again. PackError for what is not UTF-8."""
    texts: dict[str, str] = {}
    problems = []
    for name, data in files.items():
        try:
            texts[name] = data.decode("utf-8")
        except UnicodeDecodeError:
            problems.append(Problem(name, ".", "文件不是 UTF-8 编码", "the file is not UTF-8"))
            continue
        if "\x00" in texts[name]:
            problems.append(Problem(name, ".", "文件含有不可识别的字符", "the file holds NUL characters"))
    if problems:
        raise PackError(problems)
    return texts


def id_of(files: Mapping[str, str]) -> str:
    """The programme's code, as far as it can be made out of a programme.yaml that may be broken."""
    found = ID.search(files.get("programme.yaml", ""))
    return found["value"].strip("\"'") if found else ""


def _without_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    if "programme.yaml" in files:
        return files
    folders = {name.split("/", 1)[0] for name in files}
    if len(folders) != 1:
        return files
    folder = f"{folders.pop()}/"
    return {name.removeprefix(folder): data for name, data in files.items()}
