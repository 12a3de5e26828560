"""Terms told and kept: sentences in both languages, and JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from programmes.calendar import PauseReason, Term, TermError, by_date, explain
from tests.programmes.test_calendar import CALENDAR, day, reckon

PUBLICITY = reckon(
    "2021-03-08",
    "5 working_day",
    "same_day",
    pauses=[("2021-03-10", "2021-03-17", PauseReason.OBJECTION)],
    clause="003·附件6·第四条(五)",
)
HELD = reckon(
    "2021-03-08",
    "5 working_day",
    "same_day",
    pauses=[("2021-03-10", None, PauseReason.OBJECTION)],
)
PARALLEL = reckon("2017-03-01", "10 working_day")
RECTIFICATION = reckon("2022-04-15", "90 day")


# Sentences ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "zh", "en"),
    [
        (
            PUBLICITY,
            [
                "自2021年3月8日起算（当日计入）",
                "共5个工作日，3月10日至3月17日因异议停止计时，已计2日，余3日",
                "其间周末（3月20日至3月21日）不计入",
                "于2021年3月22日届满，截止时间为当日24时",
                "依据：003·附件6·第四条(五)",
            ],
            [
                "Counted from 8 March 2021 (that day included)",
                "5 working days in all; 10 March to 17 March: the clock stood because of an objection, "
                "2 counted, 3 left",
                "Not counted: weekend (20 March to 21 March)",
                "Ends on 22 March 2021, at 24:00 of that day",
                "Basis: 003·附件6·第四条(五)",
            ],
        ),
        (
            HELD,
            [
                "自2021年3月8日起算（当日计入）",
                "共5个工作日，自3月10日起因异议停止计时，已计2日，余3日",
                "计时停止中，尚余3个工作日，届满日待恢复计时后确定",
            ],
            [
                "Counted from 8 March 2021 (that day included)",
                "5 working days in all; since 10 March the clock stands because of an objection, "
                "2 counted, 3 left",
                "The clock stands with 3 working days left; the last day is known when it runs again",
            ],
        ),
        (
            RECTIFICATION,
            ["自2022年4月15日的次日起算（当日不计入）", "共90日", "于2022年7月14日届满，截止时间为当日24时"],
            [
                "Counted from the day after 15 April 2022 (that day not included)",
                "90 days in all",
                "Ends on 14 July 2022, at 24:00 of that day",
            ],
        ),
        (
            by_date(day("2018-08-24"), inclusive=False),
            ["截止日期为2018年8月24日（当日不计入）", "于2018年8月23日届满，截止时间为当日24时"],
            [
                "The closing date is 24 August 2018 (that day not included)",
                "Ends on 23 August 2018, at 24:00 of that day",
            ],
        ),
    ],
)
def test_a_term_explains_itself(term: Term, zh: list[str], en: list[str]) -> None:
    assert explain(term, "zh-hans") == zh
    assert explain(term, "en") == en


@pytest.mark.parametrize(
    ("term", "zh", "en"),
    [
        (
            reckon("2021-05-01", "3 working_day", "same_day"),
            "自2021年5月1日起算，首个计算日为2021年5月6日",
            "Counted from 1 May 2021; the first day to count is 6 May 2021",
        ),
        (
            reckon("2021-04-20", "20 working_day", extension="10 working_day"),
            "共20个工作日，经批准延长10个工作日",
            "20 working days in all, extended by 10 working days with approval",
        ),
        (
            reckon("2021-04-20", "20 working_day"),
            "4月25日、5月8日为调休上班日，计入",
            "Make-up working days, counted: 25 April, 8 May",
        ),
        (
            reckon("2021-09-01", "60 working_day"),
            "其间周末20日、中秋节（9月19日至9月21日）、国庆节（10月1日至10月7日）不计入",
            "Not counted: weekend 20 days, Mid-Autumn Festival (19 September to 21 September), "
            "National Day (1 October to 7 October)",
        ),
        (
            reckon("2022-09-01", "1 month", roll=True),
            "末日2022年10月1日为非工作日（国庆节），顺延至2022年10月8日",
            "The last day, 1 October 2022, is not worked (National Day) and moves to 8 October 2022",
        ),
        (
            reckon("2026-12-30", "5 working_day"),
            "2027年节假日安排尚未公布，本期限为暂定，待公布后重新计算",
            "The holidays of 2027 are not published yet: the term is provisional and will be reckoned again",
        ),
        (
            reckon("2026-12-30", "5 working_day"),
            "其间元旦（2027年1月1日）、周末（2027年1月2日至1月3日）不计入",
            "Not counted: New Year's Day (1 January 2027), weekend (2 January 2027 to 3 January 2027)",
        ),
        (
            reckon(
                "2021-03-01",
                "1 month",
                extension="5 working_day",
                pauses=[("2021-03-11", None, PauseReason.HEARING)],
            ),
            "另有延长期限5个工作日待计",
            "The extension of 5 working days is still to be counted",
        ),
    ],
)
def test_what_is_particular_has_a_sentence(term: Term, zh: str, en: str) -> None:
    assert zh in explain(term, "zh")
    assert en in explain(term, "en")


def test_only_chinese_and_english_are_spoken() -> None:
    with pytest.raises(ValueError, match="zh or en"):
        explain(PUBLICITY, "fr")


@pytest.mark.parametrize("reason", list(PauseReason))
def test_every_reason_for_a_pause_is_named_in_both_languages(reason: PauseReason) -> None:
    assert reason.label("zh") != reason.label("en")


# JSON -----------------------------------------------------------------------------------------------------


def test_json_is_plain_and_says_what_others_need() -> None:
    stored = json.loads(json.dumps(PUBLICITY.to_json()))
    assert stored["due_on"] == "2021-03-22"
    assert stored["due_at"] == "2021-03-22T16:00:00+00:00"
    assert stored["duration"] == {"amount": 5, "unit": "working_day"}
    assert stored["pauses"][0] == {
        "pause": {"since": "2021-03-10", "until": "2021-03-17", "reason": "objection"},
        "held": 6,
        "run_before": 2,
    }
    assert stored["provisional"] is False
    assert stored["calendar"] == CALENDAR.digest


@pytest.mark.parametrize("term", [PUBLICITY, HELD, PARALLEL, RECTIFICATION, by_date(day("2018-08-24"))])
def test_a_term_survives_json(term: Term) -> None:
    assert Term.from_json(json.loads(json.dumps(term.to_json()))) == term


@pytest.mark.parametrize(
    "change",
    [
        {"due_on": "2021-03-23"},  # due_at does not follow
        {"due_on": None, "due_at": None},  # no open pause
        {"provisional": True},
        {"duration": None},
        {"fixed": {"on": "2021-03-22", "inclusive": True}},
        {"start_rule": "some_day"},
        {"duration": {"amount": 0, "unit": "day"}},
    ],
)
def test_a_term_that_contradicts_itself_is_not_read_back(change: dict[str, Any]) -> None:
    with pytest.raises(TermError):
        Term.from_json(PUBLICITY.to_json() | change)
