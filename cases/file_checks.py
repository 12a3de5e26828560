"""Files that are what they say and still do harm, or that nobody could open: refused with what to do. 文件检查

Each check reads the stored bytes; nothing is executed, unpacked to disk or rendered.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import IO

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from cases.file_types import BLOCK, IMAGES, MOST_ENTRIES, UNREADABLE, crowded, is_crowded
from cases.pdf_locks import needs_password

MARKUP = re.compile(rb"(?i)<!doctype html|<html[\s>]|<script[\s>/]|<svg[\s>]|<iframe[\s>]|<body[\s>]|<\?php")
"""What a browser or a server might run, were the file taken for something else."""
ZIP_END = b"PK\x05\x06"
MACROS = ("vbaproject.bin", "vbadata.xml")
FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
"""JPEG markers of a frame: height and width follow."""


def complaint_about(file: IO[bytes], kind: str, size: int) -> str:
    """Why a file of this type is not taken, in the user's language; '' when nothing is wrong with it.

    Leaves the file at its start.
    """
    try:
        if kind == "application/pdf":
            return _about_pdf(file, size)
        if kind in IMAGES:
            return _about_image(file, kind)
        return _about_package(file)
    finally:
        file.seek(0)


# -- PDF --------------------------------------------------------------------------------------------------------------


def _about_pdf(file: IO[bytes], size: int) -> str:
    file.seek(0)
    content = file.read()
    end = content.rfind(b"%%EOF")
    rest = content[end + 5 :] if end >= 0 else content[-65_536:]
    if MARKUP.search(content[:1024]) or MARKUP.search(rest) or ZIP_END in rest or rest.lstrip()[:2] == b"MZ":
        return _smuggled()
    if end < 0:
        return _("PDF不完整，可能没有下载或者复制完；请重新取得文件后上传。")
    if needs_password(content):
        return _("PDF设有打开密码，评审人员无法打开；请取消密码（可用“打印”功能另存为PDF）后重新上传。")
    return ""


def _smuggled() -> str:
    return _("文件中夹带了网页、脚本或者其他文件，不能接收；请用原软件重新另存后上传。")


# -- images -----------------------------------------------------------------------------------------------------------


def _about_image(file: IO[bytes], kind: str) -> str:
    file.seek(0)
    content = file.read()
    if MARKUP.search(content) or ZIP_END in content[-65_557:]:
        return _smuggled()
    found = _size_of_png(content) if kind == "image/png" else _size_of_jpeg(content)
    if found is None or 0 in found:
        return _("图片已损坏，无法打开；请重新导出或者扫描后上传。")
    width, height = found
    most = settings.MATERIAL_MAX_MEGAPIXELS
    if width * height > most * 1_000_000:
        return _("图片为%(width)s×%(height)s像素，超过%(most)s百万像素；请降低分辨率后重新上传。") % {
            "width": width,
            "height": height,
            "most": most,
        }
    return ""


def _size_of_png(content: bytes) -> tuple[int, int] | None:
    if len(content) < 33 or content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _size_of_jpeg(content: bytes) -> tuple[int, int] | None:
    """Width and height from the first frame; None when there is none."""
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        if marker == 0xDA:
            return None
        at += 2 if marker == 0x01 or 0xD0 <= marker <= 0xD8 else 2 + int.from_bytes(content[at + 2 : at + 4])
    return None


# -- OOXML and OFD ----------------------------------------------------------------------------------------------------


def _about_package(file: IO[bytes]) -> str:
    broken = _("文件已损坏，无法打开；请用原软件重新另存后上传。")
    if is_crowded(file):
        return crowded()
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if MARKUP.search(archive.comment):
                return _smuggled()
            return _about_entries(entries) or (broken if _lies(file, entries) else "")
    except UNREADABLE:
        return broken


def _about_entries(entries: list[zipfile.ZipInfo]) -> str:
    most = settings.MATERIAL_MAX_UNPACKED_BYTES
    if len(entries) > MOST_ENTRIES:
        return crowded()
    if sum(entry.file_size for entry in entries) > most:
        return _("文件展开后超过%(limit)s，不能接收；请压缩图片或者拆分后重新上传。") % {
            "limit": filesizeformat(most)
        }
    names = [entry.filename.lower().replace("\\", "/") for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        return _("文件设有打开密码，评审人员无法打开；请取消密码后重新上传。")
    if any(name.endswith(MACROS) or "/macrosheets/" in name for name in names):
        return _("文件含有宏，不能接收；请另存为不含宏的.docx、.xlsx或者PDF后重新上传。")
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        return _smuggled()
    return ""


def _lies(file: IO[bytes], entries: list[zipfile.ZipInfo]) -> bool:
    """Whether an entry unpacks to more than it says, or not at all. Reads everything once, holds one block."""
    for entry in entries:
        file.seek(entry.header_offset)
        header = file.read(30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            return True
        names, extra = struct.unpack("<HH", header[26:30])
        file.seek(names + extra, 1)
        if entry.compress_type == zipfile.ZIP_STORED:
            if entry.compress_size != entry.file_size:
                return True
        elif entry.compress_type != zipfile.ZIP_DEFLATED or not _unpacks(file, entry):
            return True
    return False


def _unpacks(file: IO[bytes], entry: zipfile.ZipInfo) -> bool:
    left, unpacked, inflate = entry.compress_size, 0, zlib.decompressobj(-15)
    try:
        while left and not inflate.eof:
            block = file.read(min(left, 65_536))
            if not block:
                return False
            left -= len(block)
            while block:
                unpacked += len(inflate.decompress(block, BLOCK))
                block = inflate.unconsumed_tail
                if unpacked > entry.file_size:
                    return False
        unpacked += len(inflate.flush())
    except zlib.error:
        return False
    return unpacked == entry.file_size
