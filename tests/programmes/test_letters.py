"""Letters: filled in, escaped, in two languages, never executable."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from programmes.letters import BLANK, placeholders, render_letter, stray_braces, written
from programmes.schema import Letter, Text
from tests.factories.programmes import mini_pack


def letter(body: str, title: str = "回执") -> Letter:
    return Letter(code="x", title=Text(zh=title, en="Receipt"), body=body)


def test_a_letter_of_a_pack() -> None:
    receipt = mini_pack().letters["receipt"]
    filled = render_letter(
        receipt, {"case_title": "星海项目", "applicant": "某公司", "due_on": dt.date(2026, 4, 1)}
    )
    assert filled.title == "关于星海项目的回执"
    assert filled.html == (
        "<h1>回执</h1>\n<p>某公司：</p>\n<p><strong>星海项目</strong>已收悉，请于2026年4月1日前补充。</p>"
    )
    assert filled.text == "回执\n\n某公司：\n\n星海项目已收悉，请于2026年4月1日前补充。\n"
    english = render_letter(receipt, {"case_title": "Star", "due_on": dt.date(2026, 4, 1)}, "en")
    assert english.title == "Receipt for Star"
    assert "2026-04-01" in english.text
    assert placeholders(receipt) == {"applicant", "case_title", "due_on"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("**bold** _x_ [a](http://b)", "**bold** _x_ [a](http://b)"),
        ("# heading", "# heading"),
        ("甲 & 乙", "甲 &amp; 乙"),
        ("{{ applicant }}", "{{ applicant }}"),
        ("\ue000applicant\ue001", "\ue000applicant\ue001"),
        ("第一行\n第二行", "第一行<br>第二行"),
        (None, BLANK),
        ("", BLANK),
    ],
)
def test_values_are_text_whatever_they_contain(value: Any, shown: str) -> None:
    filled = render_letter(letter("**致** {{ reason }}。"), {"reason": value, "applicant": "不应出现"})
    assert filled.html == f"<p><strong>致</strong> {shown}。</p>"


def test_a_value_at_the_beginning_of_a_line_makes_no_heading() -> None:
    assert render_letter(letter("{{ reason }}"), {"reason": "# 大"}).html == "<p># 大</p>"


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>"),
        ("[x](javascript:alert(1))", '<p><a href="#">x</a></p>'),
        ("[x](data:text/html,hi)", '<p><a href="#">x</a></p>'),
        ("[x]({{ url }})", '<p><a href="#">x</a></p>'),
        ("[x](https://gov.example/a)", '<p><a href="https://gov.example/a">x</a></p>'),
        ("{% load x %}", "<p>{% load x %}</p>"),
        ("{{ case_no.secret }}", "<p>{{ case_no.secret }}</p>"),
    ],
)
def test_the_body_has_no_power(body: str, html: str) -> None:
    assert render_letter(letter(body), {"url": "javascript:alert(1)", "case_no": "1"}).html == html


def test_tables_are_drawn() -> None:
    html = render_letter(letter("| 项 | 值 |\n|---|---|\n| 编号 | {{ case_no }} |"), {"case_no": "1|2"}).html
    assert "<td>1|2</td>" in html


@pytest.mark.parametrize(
    ("body", "stray"), [("{{ a }} b", False), ("{{ a.b }}", True), ("{% if %}", True), ("{{ a", True)]
)
def test_stray_template_marks_are_found(body: str, stray: bool) -> None:
    assert stray_braces(letter(body)) is stray


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (dt.date(2026, 3, 5), "2026年3月5日", "2026-03-05"),
        (dt.datetime(2026, 3, 4, 20, 0, tzinfo=dt.UTC), "2026年3月5日", "2026-03-05"),
        (Decimal("80.50"), "80.50", "80.50"),
        (True, "是", "yes"),
        (["甲", "乙"], "甲、乙", "甲, 乙"),
        (Text(zh="十亿级", en="one billion"), "十亿级", "one billion"),
        (7, "7", "7"),
    ],
)
def test_how_values_are_written(value: Any, chinese: str, english: str) -> None:
    assert written(value, "zh-hans") == chinese
    assert written(value, "en") == english
