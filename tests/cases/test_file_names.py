"""Names of files: harmless, and still those that people gave."""

from __future__ import annotations

import pytest

from cases.file_names import LONGEST, harmless_name, name_to_save


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("营业执照.pdf", "营业执照.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\赵\\证照.pdf", "证照.pdf"),
        ("..", "file"),
        ("", "file"),
        (" . . ", "file"),
        ("a\x00b.pdf", "ab.pdf"),
        ("证 照\r\n.pdf", "证 照 .pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("零\u200b宽\ufeff.pdf", "零宽.pdf"),
        ("结尾有点...", "结尾有点"),
        (".隐藏.pdf", "隐藏.pdf"),
        ("CON", "_CON"),
        ("nul.pdf", "_nul.pdf"),
        ("Com1.年报.pdf", "_Com1.年报.pdf"),
        ("context.pdf", "context.pdf"),
        ("照片😀.png", "照片😀.png"),
        ("e\u0301.pdf", "é.pdf"),
        ("全角\u3000空格.pdf", "全角 空格.pdf"),
        ("\ud800坏.pdf", "坏.pdf"),
        ("<b>“引号”.pdf", "<b>“引号”.pdf"),
    ],
)
def test_a_name_is_made_harmless_and_stays_recognisable(given: str, kept: str) -> None:
    assert harmless_name(given) == kept
    assert harmless_name(kept) == kept


def test_a_long_name_keeps_its_ending() -> None:
    kept = harmless_name("长" * 300 + ".docx")
    assert (len(kept), kept[:3], kept[-6:]) == (LONGEST, "长长长", "….docx")


@pytest.mark.parametrize(
    ("name", "kind", "saved"),
    [
        ("年报.pdf", "application/pdf", "年报.pdf"),
        ("年报.PDF", "application/pdf", "年报.PDF"),
        ("年报.html", "application/pdf", "年报.html.pdf"),
        ("照片.jpeg", "image/jpeg", "照片.jpeg"),
        ("照片", "image/jpeg", "照片.jpg"),
        ("run.bat", "image/png", "run.bat.png"),
    ],
)
def test_a_file_is_saved_under_an_ending_that_tells_what_it_is(name: str, kind: str, saved: str) -> None:
    assert name_to_save(name, kind) == saved
