"""What a file is, by its contents: nobody is asked what they named it. 文件类型"""

from __future__ import annotations

import struct
import zipfile
from typing import IO

from django.utils.translation import gettext as _

SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "OFD.xml": "application/ofd",
}
NAMES = {
    "application/pdf": "PDF",
    "application/ofd": "OFD",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    OFFICE["word/"]: "DOCX",
    OFFICE["xl/"]: "XLSX",
}
"""What people call the types that can be told by their contents; ``settings.MATERIAL_TYPES`` says which are taken."""
SUFFIXES = {"JPEG": (".jpg", ".jpeg")}
PREVIEWED = frozenset({"application/pdf", "image/png", "image/jpeg"})
IMAGES = frozenset({"image/png", "image/jpeg"})
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The container of .doc and .xls, and of .docx and .xlsx that ask for a password to be opened."""
MOST_ENTRIES = 10_000
CENTRAL = b"PK\x01\x02"
"""What every entry of an archive's list of contents begins with."""
BLOCK = 1 << 20
UNREADABLE = (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error, EOFError)
"""What reading a broken archive may raise."""


def suffixes_of(kind: str) -> tuple[str, ...]:
    """The endings that fit a type, the usual one first; ``.bin`` for a type that we do not know."""
    name = NAMES.get(kind, "bin")
    return SUFFIXES.get(name, (f".{name.lower()}",))


def content_type_of(file: IO[bytes]) -> str:
    """The type that the bytes show; '' for anything we do not take, a crowded archive too. Leaves the file at its start."""
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    for signature, name in SIGNATURES:
        if head.startswith(signature):
            return name
    if head.startswith(ZIP) and not is_crowded(file):
        try:
            with zipfile.ZipFile(file) as archive:
                names = archive.namelist()
        except UNREADABLE:
            return ""
        finally:
            file.seek(0)
        return next((kind for mark, kind in OFFICE.items() if any(n.startswith(mark) for n in names)), "")
    return ""


def is_crowded(file: IO[bytes]) -> bool:
    """Whether it may be an archive of more than :data:`MOST_ENTRIES` entries. Leaves the file at its start.

    Opening an archive builds its whole list of contents, whatever number its end states: the marks in the bytes are
    counted, of which there are at least as many as entries. Holds one block.
    """
    file.seek(0)
    count, rest = 0, b""
    while count <= MOST_ENTRIES and (block := file.read(BLOCK)):
        count += (rest + block).count(CENTRAL)
        rest = block[-(len(CENTRAL) - 1) :]
    file.seek(0)
    return count > MOST_ENTRIES


def crowded() -> str:
    """What is told of such an archive."""
    return _("文件内部条目过多，不能接收；请用原软件重新另存后上传。")


def may_begin(head: bytes) -> bool:
    """Whether a file that begins like this may turn out to be of a type we take; at least its first 8 bytes."""
    return head.startswith((*(signature for signature, _name in SIGNATURES), ZIP))


def why_not(head: bytes) -> str:
    """What a file that is not taken seems to be and what to do, from its first bytes (64 KB or less); '' if unknown."""
    text = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in head:
            return _("文件设有打开密码，评审人员无法打开；请取消密码后重新上传。")
        return _("这是旧版Word或者Excel文件（.doc、.xls）；请另存为.docx、.xlsx或者PDF后重新上传。")
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return _("文件内容是网页；请用浏览器的“打印”功能另存为PDF后重新上传。")
    if text.startswith(b"<svg") or (text.startswith(b"<?xml") and b"<svg" in text):
        return _("不接收SVG图片；请转换为PNG、JPEG或者PDF后重新上传。")
    if head.startswith((b"MZ", b"\x7fELF")):
        return _("文件内容是可执行程序，不能作为申报材料。")
    if head.startswith((b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")):
        return _("不接收压缩包；请解压后逐个上传。")
    return ""
