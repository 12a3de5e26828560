"""Files as people and attackers send them, made byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib


def png(width: int = 2, height: int = 2) -> bytes:
    """A real picture; the pixels are written only for small ones."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\x7f" * width) * height if width * height < 10_000_000 else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def jpeg(width: int = 2, height: int = 2) -> bytes:
    """Headers of a JPEG: application data first, then the frame."""
    app = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\0"
    return b"\xff\xd8" + app + frame + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + b"\x00" * 16 + b"\xff\xd9"


def package(entries: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    """A zip with these entries."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
        archive.comment = comment
    return held.getvalue()


def docx(**more: bytes) -> bytes:
    """A Word document, as far as anybody looks; ``more``: further entries (``__`` stands for ``/``, ``_dot_`` for a dot)."""
    extra = {name.replace("__", "/").replace("_dot_", "."): body for name, body in more.items()}
    return package({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"} | extra)


def xlsx() -> bytes:
    """A workbook, as far as anybody looks."""
    return package({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def ofd() -> bytes:
    """An OFD document, as far as anybody looks."""
    return package({"OFD.xml": b"<ofd/>"})


def lying_bomb() -> bytes:
    """An entry that says it is small and unpacks to a hundred times as much."""
    content = package({"word/document.xml": b"a" * 1_000_000})
    real, told = struct.pack("<I", 1_000_000), struct.pack("<I", 10_000)
    return content.replace(real, told)


def locked_zip() -> bytes:
    """A workbook whose entries are marked as encrypted."""
    content = bytearray(xlsx())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def ole(*streams: str) -> bytes:
    """An OLE container that names these streams: an old Word file, or one with a password."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    return head + b"".join(name.encode("utf-16-le") + b"\0\0" for name in streams) + b"\0" * 512


def pdf(body: bytes = b"", tail: bytes = b"") -> bytes:
    """A small PDF with something in it, and something behind its end."""
    return b"%PDF-1.4\n" + body + b"1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n" + tail
