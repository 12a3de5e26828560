"""Filling in letters, notices and reminders. 文书

A letter is Markdown with ``{{ name }}`` placeholders and nothing else: no logic, no raw HTML. Values are put in after the
Markdown has been drawn, escaped, so that nobody can write markup into a letter through a form.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Final, NamedTuple

import markdown
from django.utils.html import escape

from audit import clock
from programmes.schema import Letter, Text

PLACEHOLDER: Final = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
BRACES: Final = re.compile(r"\{\{|\}\}|\{%|%\}")
LINK: Final = re.compile(r'(<a\b[^>]*\bhref=")([^"]*)(")', re.IGNORECASE)
SAFE_LINK: Final = re.compile(r"(https?://|mailto:|/|#)", re.IGNORECASE)
BLANK: Final = "＿＿＿＿"
"""What stands where nobody gave a value: a line to write on, as on paper."""

OPENING, CLOSING = "\ue000", "\ue001"  # private use: cannot be typed, means nothing to Markdown

NAMES: Final[Mapping[str, Text]] = {
    "amount": Text(zh="金额（万元）", en="amount (10,000 yuan)"),
    "applicant": Text(zh="申报单位", en="applicant"),
    "approver_unit": Text(zh="审批机关", en="approving body"),
    "authority": Text(zh="主管地区", en="authority"),
    "authority_office": Text(zh="主管部门", en="competent office"),
    "case_no": Text(zh="案件编号", en="case number"),
    "case_title": Text(zh="项目名称", en="title of the case"),
    "clause": Text(zh="依据条款", en="clause"),
    "decided_on": Text(zh="决定日期", en="date of the decision"),
    "due_on": Text(zh="截止日期", en="due date"),
    "edition": Text(zh="政策版本", en="edition"),
    "ends_on": Text(zh="结束日期", en="last day"),
    "holder": Text(zh="持有单位", en="holder"),
    "name": Text(zh="收件人", en="addressee"),
    "officer_unit": Text(zh="经办单位", en="handling unit"),
    "operator": Text(zh="管理机构", en="management body"),
    "opinion": Text(zh="意见", en="opinion"),
    "period": Text(zh="考评年度", en="period"),
    "plaque_number": Text(zh="证书编号", en="number of the plaque"),
    "programme": Text(zh="项目类别", en="programme"),
    "reason": Text(zh="理由", en="reason"),
    "receipt_no": Text(zh="回执编号", en="receipt number"),
    "received": Text(zh="收到的材料", en="what was received"),
    "received_at": Text(zh="收到时间", en="time of receipt"),
    "recommender": Text(zh="推荐单位", en="recommending unit"),
    "result": Text(zh="结果", en="result"),
    "round_name": Text(zh="批次", en="round"),
    "score": Text(zh="得分", en="points"),
    "starts_on": Text(zh="开始日期", en="first day"),
    "tier": Text(zh="等级", en="tier"),
    "title": Text(zh="标题", en="title"),
    "today": Text(zh="今日日期", en="today"),
    "url": Text(zh="办理地址", en="address of the page"),
    "year": Text(zh="年度", en="year"),
}
"""What letters may name; whoever sends a letter gives what there is of these."""


class RenderedLetter(NamedTuple):
    """A letter filled in: ``title`` and ``text`` are plain, ``html`` is safe to show as it is."""

    title: str
    html: str
    text: str


def placeholders(letter: Letter) -> frozenset[str]:
    """The names that a letter uses, in its title or body."""
    return frozenset(PLACEHOLDER.findall(f"{letter.title.zh}\n{letter.title.en}\n{letter.body}"))


def stray_braces(letter: Letter) -> bool:
    """Are there template marks in the letter that are no placeholder? They would be printed as they stand."""
    return bool(BRACES.search(PLACEHOLDER.sub("", f"{letter.title.zh}{letter.title.en}{letter.body}")))


def render_letter(letter: Letter, values: Mapping[str, Any], language: str = "zh-hans") -> RenderedLetter:
    """Fill in ``letter``. Dates are written in the language; a name without a value becomes a line to write on."""
    filled = partial(_fill, values=values, language=language)
    return RenderedLetter(
        title=filled(letter.title.in_language(language)),
        html=_html(letter.body, values, language),
        text=filled(_plain(letter.body)),
    )


def _fill(template: str, *, values: Mapping[str, Any], language: str) -> str:
    return PLACEHOLDER.sub(lambda match: written(values.get(match[1]), language), template)


def _html(body: str, values: Mapping[str, Any], language: str) -> str:
    drawer = markdown.Markdown(extensions=["tables", "sane_lists"], output_format="html")
    drawer.preprocessors.deregister("html_block")
    drawer.inlinePatterns.deregister("html")
    drawn = drawer.convert(PLACEHOLDER.sub(rf"{OPENING}\1{CLOSING}", body))
    drawn = LINK.sub(_safe_link, drawn)
    return re.sub(
        f"{OPENING}([A-Za-z0-9_]+){CLOSING}",
        lambda match: escape(written(values.get(match[1]), language)).replace("\n", "<br>"),
        drawn,
    )


def _safe_link(match: re.Match[str]) -> str:
    """Only addresses of pages and mail; a value may not decide where a link leads."""
    safe = SAFE_LINK.match(match[2]) and OPENING not in match[2]
    return match[0] if safe else f"{match[1]}#{match[3]}"


def _plain(body: str) -> str:
    """The body without Markdown's signs, for mail and notifications."""
    text = re.sub(r"^#{1,6}\s*", "", body, flags=re.MULTILINE)
    return re.sub(r"\*\*|__|`", "", text).strip() + "\n"


def written(value: Any, language: str) -> str:
    """A value as a letter writes it: 2021年3月26日 in Chinese, 2021-03-26 in English."""
    english = language.startswith("en")
    match value:
        case None | "":
            return BLANK
        case Text():
            return value.in_language(language)
        case bool():
            return ("yes" if value else "no") if english else ("是" if value else "否")
        case dt.datetime():
            return written(clock.local(value).date(), language)
        case dt.date():
            return value.strftime("%Y-%m-%d") if english else f"{value.year}年{value.month}月{value.day}日"
        case Decimal():
            return format(value, "f")
        case list() | tuple():
            return (", " if english else "、").join(written(item, language) for item in value)
    return str(value)
