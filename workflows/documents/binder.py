"""An archive being written: each file piece by piece, and the list of what is in it. 案卷装订"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import IO, Final

from cases.models import Material
from workflows.documents.names import Names, material_name

CHUNK: Final = 1 << 16
STORED: Final = frozenset({".pdf", ".png", ".jpg", ".jpeg", ".docx", ".xlsx", ".ofd"})
"""Packed already; packing them again costs time only."""
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


class BrokenOff(Exception):
    """The storage gave the beginning of a file and then no more."""


@dataclass(slots=True)
class Binder:
    """The archive being written, and the list of what is in it."""

    archive: zipfile.ZipFile
    names: Names = field(default_factory=Names)
    listed: list[dict[str, object]] = field(default_factory=list)

    def text(self, folder: str, name: str, text: str, marks: Mapping[str, object] = NOTHING) -> str:
        """Add a page; returns its path."""
        return self.add(folder, name, [text.encode()], marks=marks)

    def add(
        self,
        folder: str,
        name: str,
        chunks: Iterable[bytes],
        expected: str = "",
        marks: Mapping[str, object] = NOTHING,
    ) -> str:
        """Add a file as it comes, under a name of its own; returns its path. ``expected``: its SHA-256 as it was taken;

        ``marks`` are written beside it in the list.
        """
        path = self.names.unique(folder, name)
        entry = zipfile.ZipInfo(path, EARLIEST)
        packed = any(name.lower().endswith(suffix) for suffix in STORED)
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        digest, size, broken = hashlib.sha256(), 0, False
        with self.archive.open(entry, "w", force_zip64=True) as out:
            try:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
            except BrokenOff:
                broken = True
        line: dict[str, object] = {"path": path, "bytes": size, "sha256": digest.hexdigest()}
        if expected and expected != digest.hexdigest():
            line["incomplete" if broken else "altered"] = f"上传时为 {expected}"
        self.listed.append(line | dict(marks))
        return path

    def missing(
        self, folder: str, name: str, why: str, sha256: str, marks: Mapping[str, object] = NOTHING
    ) -> None:
        """List a file that cannot be handed out, and why."""
        path = self.names.unique(folder, name)
        self.listed.append({"path": path, "missing": why, "sha256": sha256, **marks})

    def file(self, folder: str, file: Material, marks: Mapping[str, object] = NOTHING) -> None:
        """Add a material from the storage; what is held back or cannot be read is listed as missing."""
        name = material_name(file.name, file.content_type)
        if not file.readable:
            self.missing(folder, name, "病毒扫描未通过或尚未完成，未收入", file.sha256, marks)
            return
        try:
            source = file.file.open("rb")
        except OSError:
            self.missing(folder, name, "存储中读不到该文件", file.sha256, marks)
            return
        with source:
            self.add(folder, name, blocks_of(source), expected=file.sha256, marks=marks)


def blocks_of(source: IO[bytes]) -> Iterator[bytes]:
    """Only what goes wrong in reading is the file's fault; what goes wrong in writing (a full disk) ends the archive."""
    while True:
        try:
            block = source.read(CHUNK)
        except OSError as error:
            raise BrokenOff from error
        if not block:
            return
        yield block
