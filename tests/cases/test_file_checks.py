"""Files that are taken for what they are, and those that would do harm or that nobody could open."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from typing import Any

import pytest

from cases import pdf_locks
from cases.file_checks import complaint_about
from cases.file_types import MOST_ENTRIES, OFFICE, content_type_of, may_begin, why_not
from cases.pdf_locks import PAD, _digest_5, _digest_6, _rc4, needs_password
from tests.factories.files import docx, jpeg, locked_zip, lying_bomb, ofd, ole, package, pdf, png, xlsx

ZIPPED = package({"evil.js": b"1"})
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF/></x:xmpmeta>"


def complaint(content: bytes) -> str:
    file = io.BytesIO(content)
    kind = content_type_of(file)
    assert kind, "not even taken for one of ours"
    told = complaint_about(file, kind, len(content))
    assert file.tell() == 0
    return told


@pytest.mark.parametrize(
    "content",
    [
        pdf(),
        pdf(tail=b"\r\n\0\0"),
        pdf(XMP),
        pdf(b"% " + b"x" * 2000 + b"<html> is only told of"),
        png(),
        png(9933, 14043),
        jpeg(),
        jpeg(4000, 3000),
        docx(),
        docx(word__embeddings__a_dot_xlsx=xlsx()),
        xlsx(),
        ofd(),
    ],
    ids=lambda content: str(len(content)),
)
def test_ordinary_files_are_taken(content: bytes) -> None:
    assert complaint(content) == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (pdf(tail=b"<html><script>alert(1)</script>"), "夹带了网页"),
        (pdf(tail=b"\n<SVG onload=alert(1)>"), "夹带了网页"),
        (pdf(tail=ZIPPED), "夹带了网页"),
        (pdf(tail=b"\nMZ\x90\0"), "夹带了网页"),
        (pdf(b"<script>alert(1)</script>\n"), "夹带了网页"),
        (b"%PDF-1.4\nhalf of it", "不完整"),
        (png() + b"<script>alert(1)</script>", "夹带了网页"),
        (png() + ZIPPED, "夹带了网页"),
        (jpeg() + b"<?php system($_GET['c']);", "夹带了网页"),
        (jpeg() + ZIPPED, "夹带了网页"),
        (png(20_000, 20_000), "20000×20000像素"),
        (jpeg(65_000, 65_000), "65000×65000像素"),
        (png(0, 10), "图片已损坏"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 40, "图片已损坏"),
        (b"\xff\xd8\xff" + b"0" * 40, "图片已损坏"),
        (docx(word__vbaProject_dot_bin=b"macro"), "含有宏"),
        (docx(xl__macrosheets__sheet1_dot_xml=b"macro"), "含有宏"),
        (locked_zip(), "打开密码"),
        (lying_bomb(), "已损坏"),
        (docx(**{"..__..__evil_dot_exe": b"MZ"}), "夹带了网页"),
        (docx() + b"", ""),
        (package({"word/document.xml": b"<w/>"}, comment=b"<html><script>1</script>"), "夹带了网页"),
    ],
)
def test_files_that_do_harm_or_cannot_be_opened_are_refused(content: bytes, message: str) -> None:
    told = complaint(content)
    assert message in told
    assert bool(told) is bool(message)


def test_what_unpacks_to_too_much_is_refused(settings: Any) -> None:
    settings.MATERIAL_MAX_UNPACKED_BYTES = 1_000_000
    assert "展开后超过" in complaint(docx(word__media_dot_bin=b"\0" * 1_000_001))
    assert complaint(docx(word__media_dot_bin=b"\0" * 900_000)) == ""


@pytest.mark.parametrize("claimed", [10_001, 1])
def test_too_many_entries_are_refused_before_the_archive_is_opened(
    claimed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever number the end of the archive states."""
    made = package({f"word/{n}.xml": b"" for n in range(MOST_ENTRIES + 1)})
    at = made.rindex(b"PK\x05\x06") + 8
    file = io.BytesIO(made[:at] + struct.pack("<HH", claimed, claimed) + made[at + 4 :])

    def opened(*_args: object) -> None:
        raise AssertionError("its whole list of contents would be built")

    monkeypatch.setattr(zipfile, "ZipFile", opened)
    assert content_type_of(file) == ""
    assert file.tell() == 0
    for kind in OFFICE.values():
        assert "内部条目过多" in complaint_about(file, kind, len(made))


def test_as_many_entries_as_a_long_document_has_are_taken() -> None:
    assert complaint(docx(**{f"word__media__{n}_dot_bin": b"" for n in range(2000)})) == ""


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"<!DOCTYPE html><p>", "网页"),
        (b"\xef\xbb\xbf  <html>", "网页"),
        (b"<svg xmlns='x'>", "SVG"),
        (b"<?xml version='1.0'?><svg>", "SVG"),
        (b"MZ\x90\0", "可执行程序"),
        (b"Rar!\x1a\x07\0", "压缩包"),
        (ole("WordDocument"), "旧版Word"),
        (ole("EncryptionInfo", "EncryptedPackage"), "打开密码"),
        (b"%!PS-Adobe", ""),
    ],
)
def test_what_is_not_taken_is_told_apart(head: bytes, message: str) -> None:
    assert content_type_of(io.BytesIO(head)) == ""
    assert message in why_not(head)
    assert bool(why_not(head)) is bool(message)
    assert not may_begin(head)


@pytest.mark.parametrize("content", [pdf(), png(), jpeg(), docx(), xlsx(), ofd()])
def test_what_is_taken_may_begin_so(content: bytes) -> None:
    assert may_begin(content[:8])


# -- passwords of PDF -------------------------------------------------------------------------------------------------


def hexed(name: str, value: bytes) -> bytes:
    return f"/{name} <{value.hex()}> ".encode()


def locked(
    password: bytes, revision: int, *, direct: bool = False, bits: int = 128, more: bytes = b""
) -> bytes:
    """A PDF encrypted with this user password, by the standard's algorithms 2, 4 and 5."""
    first, owner, rights = b"0123456789abcdef", b"o" * 32, -1028
    padded = (password + PAD)[:32]
    seed = padded + owner + (rights & 0xFFFFFFFF).to_bytes(4, "little") + first
    key = hashlib.md5(seed, usedforsecurity=False).digest()
    length = 5 if revision == 2 else bits // 8
    if revision == 2:
        user = _rc4(key[:5], PAD)
    else:
        for _round in range(50):
            key = hashlib.md5(key[:length], usedforsecurity=False).digest()
        key = key[:length]
        user = hashlib.md5(PAD + first, usedforsecurity=False).digest()
        for step in range(20):
            user = _rc4(bytes(each ^ step for each in key), user)
        user += b"\0" * 16
    held = b"<< /Filter /Standard /V 2 /Length %d /R %d /P %d " % (length * 8, revision, rights)
    held += hexed("U", user) + hexed("O", owner) + more + b">>"
    return _with(held, first, direct)


def locked_newer(password: bytes, revision: int) -> bytes:
    salt = b"saltsalt"
    digest = _digest_5 if revision == 5 else _digest_6
    user = (digest(salt) if not password else hashlib.sha256(password + salt).digest()) + salt + b"keysalt!"
    held = b"<< /Filter /Standard /V 5 /Length 256 /R %d /P -4 " % revision
    return _with(held + hexed("U", user) + hexed("O", b"o" * 48) + b">>", b"id", direct=False)


def _with(held: bytes, first: bytes, direct: bool) -> bytes:
    where = held if direct else b"7 0 R"
    body = b"" if direct else b"7 0 obj " + held + b" endobj\n"
    ids = b"/ID [<" + first.hex().encode() + b"> <00>]"
    return b"%PDF-1.6\n" + body + b"trailer << /Encrypt " + where + ids + b" >>\n%%EOF\n"


@pytest.mark.parametrize("revision", [2, 3, 4, 5, 6])
def test_a_pdf_opens_for_everybody_or_asks_for_a_password(revision: int) -> None:
    make = locked_newer if revision > 4 else locked
    assert not needs_password(make(b"", revision))
    assert needs_password(make(b"secret", revision))
    assert "打开密码" in complaint(make(b"secret", revision))
    assert complaint(make(b"", revision)) == "", "only printing or copying is barred: reviewers can read it"


def test_where_and_how_the_dictionary_is_written_makes_no_difference() -> None:
    assert needs_password(locked(b"secret", 3, direct=True))
    assert not needs_password(locked(b"", 3, direct=True))


def test_a_lock_that_cannot_be_understood_counts_as_one() -> None:
    assert needs_password(b"%PDF-1.6\ntrailer << /Encrypt 7 0 R >>\n%%EOF\n")
    assert needs_password(b"%PDF-1.6\ntrailer << /Encrypt << /Filter /Standard /R 3 /U (x >> >>\n%%EOF\n")
    assert needs_password(b"%PDF-1.6\ntrailer << /Encrypt << /Filter /Adobe.PubSec >> >>\n%%EOF\n")
    assert not needs_password(pdf())


@pytest.mark.parametrize(
    "bits", ["0", "8", "32", "44", "129", "136", "4096", "-40", "9" * 5000], ids=lambda bits: bits[:5]
)
def test_a_key_of_no_length_that_exists_counts_as_a_lock(bits: str) -> None:
    made = locked(b"", 3).replace(b"/Length 128", f"/Length {bits}".encode())
    assert needs_password(made)
    assert "打开密码" in complaint(made)


def test_what_follows_the_dictionary_is_not_taken_for_a_part_of_it() -> None:
    """Without a length of its own the key has 40 bits, whatever the next stream's length is."""
    after = b" endobj\n8 0 obj << /Length 128 >> stream\nx\nendstream"
    made = locked(b"", 3, bits=40).replace(b"/Length 40 ", b"").replace(b" endobj", after + b" endobj", 1)
    assert b"/Length 128" in made
    assert not needs_password(made)


@pytest.mark.parametrize(
    "inside", [b"(a >> b) ", b"(a \\) >> (b)) ", b"<3e3e> ", b"% >> (\n", b"/CF << /X << /Y 1 >> >> "]
)
@pytest.mark.parametrize("direct", [True, False])
def test_the_dictionary_ends_where_its_brackets_do(inside: bytes, direct: bool) -> None:
    assert not needs_password(locked(b"", 3, direct=direct, more=b"/Z 1 " + inside))
    assert needs_password(locked(b"secret", 3, direct=direct, more=b"/Z 1 " + inside))


def test_a_hostile_pdf_is_not_walked_byte_by_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[int] = []
    walk = pdf_locks._literal

    def seen(held: bytes, at: int) -> tuple[bytes, int]:
        walked.append(len(held) - at)
        return walk(held, at)

    monkeypatch.setattr(pdf_locks, "_literal", seen)
    filling = b"a" * 100_000
    for made in (
        locked(b"", 3).replace(b"/ID [<", b"/ID [(" + filling),
        locked(b"", 3).replace(b"/U <", b"/U (" + filling),
    ):
        assert needs_password(made)
    assert walked
    assert max(walked) <= pdf_locks.LONGEST


def test_of_a_million_references_the_last_counts() -> None:
    many = b"".join(b"/Encrypt %d 0 R\n/ID [<00>]\n" % number for number in range(100_000))
    assert not needs_password(locked(b"", 3).replace(b"trailer", many + b"trailer"))
    assert needs_password(locked(b"secret", 3).replace(b"trailer", many + b"trailer"))


def test_rc4_is_rc4() -> None:
    """The test vectors that everybody uses."""
    assert _rc4(b"Key", b"Plaintext").hex().upper() == "BBF316E8D940AF0AD3"
    assert _rc4(b"Wiki", b"pedia").hex().upper() == "1021BF0420"
