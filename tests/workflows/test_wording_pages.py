"""What pages and letters say: every value of a letter is there, lists are joined as the reader's language joins them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from audit.punctuation import listed, noted, parted, strung
from programmes.procedures import COMMANDS, PROCEDURES
from tests.factories.cases import World
from tests.workflows.pages import appraising, browser, page_of, read, reported, text_of

TEMPLATES = Path(settings.BASE_DIR) / "templates"


def test_the_reminder_of_an_appraisal_names_its_year(world: World) -> None:
    letter = appraising(world).decisions.get(action="start_appraisal").letter
    assert "开展2020年度考评" in letter


@pytest.mark.parametrize(
    ("language", "list_", "statement", "note"),
    [("zh-hans", "甲、乙", "甲，乙", "甲（乙）"), ("en", "甲, 乙", "甲, 乙", "甲 (乙)")],
)
def test_words_are_strung_together_in_the_readers_language(
    language: str, list_: str, statement: str, note: str
) -> None:
    with translation.override(language):
        assert listed(["甲", "乙"]) == list_
        assert strung(["甲", "", "乙"]) == statement
        assert noted("甲", "乙") == note
        assert noted("甲", "") == "甲"


def test_statements_side_by_side_end_with_one_full_stop() -> None:
    assert parted(["请填写甲。", "", "请填写乙。"]) == "请填写甲；请填写乙。"
    assert parted(["甲", "乙"]) == "甲；乙"
    assert parted([]) == ""


def test_english_pages_use_no_chinese_commas_of_our_own(world: World) -> None:
    """Timeline and decisions name people with unit and role; the page to declare lists kinds of units."""
    case = reported(world)
    officer, applicant = browser(world.officer), browser(world.applicant)
    for client in (officer, applicant):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for name in ("detail", "decisions"):
        page = read(officer, f"/cases/{case.public_id}/{'' if name == 'detail' else 'decisions/'}")
        assert f"({world.bureau.name}, " in page
        assert f"（{world.bureau.name}" not in page
    kinds = re.search(
        r"<dt>[^<]*</dt><dd>([^<]*)<", read(applicant, "/cases/start/").split("lc-case-meta")[1]
    )
    assert kinds is not None
    assert "、" not in read(applicant, "/cases/start/").split("lc-case-meta")[1].split("lc-clause")[0]


def test_what_was_done_is_told_in_the_past() -> None:
    """In English a button and the line of the record differ wherever the button is an imperative."""
    actions = [a for p in PROCEDURES.values() for d in p.duties for a in d.actions] + list(COMMANDS.values())
    with translation.override("en"):
        told = {str(action.label): str(action.done) for action in actions}
    for label in (
        "Grant filing",
        "Refuse filing",
        "Return for correction",
        "Report for approval",
        "Propose revocation",
    ):
        assert told[label] != label
    assert told["Grant filing"] == "Filing granted"


def test_there_is_one_piece_for_a_time_limit() -> None:
    assert not (TEMPLATES / "cases" / "due.html").exists()
    drawn = [path for path in TEMPLATES.rglob("*.html") if "due.icon" in path.read_text(encoding="utf-8")]
    assert drawn == [TEMPLATES / "workflows" / "partials" / "due.html"]


def test_an_opinion_that_was_not_given_stands_in_one_pair_of_brackets(world: World) -> None:
    case = world.do(world.in_approval(), "accredit.report_for_approval")
    page = text_of(browser(world.approver).get(page_of(case, "accredit.approve")))
    assert "未填写意见（" in page
    assert "）（" not in page
