"""May this file be opened at all? Asked before any parser sees it. 文件检查

A spreadsheet is an archive that may unpack to any size, and holds XML that may expand to any size: both are bounded here
by what the archive itself declares (more than that is never read), and document type declarations are refused outright.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import IO, Any, Literal

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from cases.errors import Invalid

Kind = Literal["xlsx", "text"]
MAX_ENTRIES = 2000
MAX_PART_BYTES = 32 * 1024 * 1024
"""Of a part that is read into memory whole: texts, styles, the list of sheets."""
SIZED = re.compile(rb"<(?:[^\s<>/:!?]+:)?dimension[\s/]")
COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
MAX_UNSIZED_BYTES = 48 * 1024 * 1024
"""Of a sheet that does not say its size at its beginning."""
HEAD_BYTES = 64 * 1024
SHEETS = "xl/worksheets/"
MEDIA = ("xl/media/", "xl/embeddings/", "xl/vbaProject.bin")
"""Never read."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
WEB = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<?xml")
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    OSError,
    EOFError,
    NotImplementedError,
    KeyError,
)


def refuse(code: str, message: str) -> Invalid:
    """The refusal of a file, told at the control where it was chosen."""
    return Invalid(code, message, fields={"file": message})


def malformed() -> Invalid:
    """The file is damaged."""
    return refuse(
        "malformed",
        _("文件已损坏或不完整，无法打开。请用Excel或WPS打开确认，另存为.xlsx后重新上传。"),
    )


def too_much_inside() -> Invalid:
    """The archive unpacks to more than is ever read."""
    return refuse(
        "too_much_inside",
        _("文件解压后的内容过大，未予打开。请新建工作簿，只粘贴需要导入的数据后重新上传。"),
    )


def too_many_cells(title: str, cells: int) -> Invalid:
    """The sheet holds more cells than are taken in."""
    return refuse(
        "too_many_cells",
        _(
            "工作表“%(title)s”的单元格过多（约%(n)s个），超出可以读取的范围。请只保留需要导入的行和列；未导入任何内容。"
        )
        % {"title": title, "n": f"{cells:,}"},
    )


def kind_of(upload: UploadedFile[Any]) -> Kind:
    """What the file is by its contents; raises Invalid for everything that is not read. Leaves it at its start."""
    size = upload.size or 0
    if not size:
        raise refuse("empty_file", _("文件是空的，请重新选择。"))
    if size > settings.SPREADSHEET_MAX_BYTES:
        limit = filesizeformat(settings.SPREADSHEET_MAX_BYTES)
        raise refuse(
            "too_large",
            _("文件大小为%(size)s，超过%(limit)s的上限。请删去图片和其他工作表后重新上传。")
            % {"size": filesizeformat(size), "limit": limit},
        )
    upload.seek(0)
    head = upload.read(4096)
    upload.seek(0)
    if head.startswith(OLE):
        raise _old_or_encrypted(upload)
    if head.startswith(b"PK"):
        require_safe(upload)
        return "xlsx"
    _require_text(head)
    return "text"


def _old_or_encrypted(upload: IO[bytes]) -> Invalid:
    tail = b""
    for chunk in iter(lambda: upload.read(1024 * 1024), b""):
        if ENCRYPTED in tail + chunk:
            return _encrypted()
        tail = chunk[-len(ENCRYPTED) :]
    return refuse(
        "old_format",
        _(
            "这是旧格式文件（.xls或.et），无法读取。请在Excel或WPS中打开，另存为“Excel工作簿（.xlsx）”后重新上传。"
        ),
    )


def _encrypted() -> Invalid:
    return refuse("encrypted", _("文件设有打开密码，无法读取。请取消密码保护，另存后重新上传。"))


def _require_text(head: bytes) -> None:
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(WEB):
        raise refuse(
            "web_page",
            _("这个文件实际上是网页或XML，不是真正的Excel文件。请用Excel或WPS打开，另存为.xlsx后重新上传。"),
        )
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse("not_a_spreadsheet", _("这不是Excel文件。请上传.xlsx文件（也可上传.csv）。"))


# The archive --------------------------------------------------------------------------------------------------------


def require_safe(file: IO[bytes]) -> None:
    """Raise Invalid unless the archive is a workbook that can be read within bounds. Leaves the file at its start."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _require_workbook(file, [entry.filename for entry in entries])
            if any(entry.flag_bits & 1 for entry in entries):
                raise _encrypted()
            _require_bounds(entries)
            for entry in entries:
                _require_plain_xml(archive, entry)
    except BROKEN as broken:
        raise malformed() from broken
    finally:
        file.seek(0)


def _require_workbook(file: IO[bytes], names: list[str]) -> None:
    if any(name.startswith("xl/") for name in names):
        if "xl/workbook.bin" in names:
            raise refuse(
                "binary_workbook", _("这是.xlsb文件，无法读取。请另存为“Excel工作簿（.xlsx）”后重新上传。")
            )
        return
    file.seek(30)
    if ODS in file.read(256) or "content.xml" in names:
        raise refuse("open_document", _("这是.ods文件，无法读取。请另存为“Excel工作簿（.xlsx）”后重新上传。"))
    if any(name.startswith("word/") for name in names):
        raise refuse("not_a_spreadsheet", _("这是Word文档，不是Excel文件。请上传.xlsx文件（也可上传.csv）。"))
    raise refuse("not_a_spreadsheet", _("这不是Excel文件。请上传.xlsx文件（也可上传.csv）。"))


def _require_bounds(entries: list[zipfile.ZipInfo]) -> None:
    """By what the archive declares: no more than that is ever unpacked."""
    read = [entry for entry in entries if not entry.filename.startswith(MEDIA)]
    parts = (entry.file_size for entry in read if not entry.filename.startswith(SHEETS))
    if (
        len(entries) > MAX_ENTRIES
        or sum(entry.file_size for entry in entries) > settings.SPREADSHEET_MAX_UNPACKED
        or max(parts, default=0) > MAX_PART_BYTES
    ):
        raise too_much_inside()


def _require_plain_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    if not entry.filename.lower().endswith((".xml", ".rels")):
        return
    with archive.open(entry) as part:
        head = part.read(HEAD_BYTES)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise refuse(
            "entities",
            _("文件中含有不允许的内容（XML实体定义），未予打开。请在Excel中另存为.xlsx后重新上传。"),
        )
    sheet = entry.filename.startswith(SHEETS)
    if sheet and entry.file_size > MAX_UNSIZED_BYTES and not SIZED.search(COMMENT.sub(b"", head)):
        raise too_much_inside()
