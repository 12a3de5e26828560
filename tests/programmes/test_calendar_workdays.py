"""The working days: what the notices say, what a file may say, and what nobody can know yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from programmes.calendar import CalendarError, DayKind, WorkCalendar, use_notices_from
from programmes.calendar.notices import read_notice_years
from programmes.calendar.workdays import DATA

CALENDAR = WorkCalendar.load()
ONE_DAY = dt.timedelta(days=1)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("on", "kind", "name"),
    [
        ("2015-09-03", DayKind.HOLIDAY, "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"),
        ("2015-09-06", DayKind.MAKEUP, "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"),
        ("2017-10-04", DayKind.HOLIDAY, "中秋节、国庆节"),
        ("2017-03-04", DayKind.WEEKEND, None),
        ("2018-12-29", DayKind.MAKEUP, "元旦"),  # by the notice for 2019
        ("2018-12-31", DayKind.HOLIDAY, "元旦"),
        ("2019-05-03", DayKind.HOLIDAY, "劳动节"),  # by the notice that adjusted Labour Day
        ("2019-05-05", DayKind.MAKEUP, "劳动节"),
        ("2020-01-31", DayKind.HOLIDAY, "春节"),  # by the notice that extended the Spring Festival
        ("2020-02-01", DayKind.HOLIDAY, "春节"),  # first a make-up Saturday, then not
        ("2020-02-03", DayKind.WORKING, None),
        ("2021-02-07", DayKind.MAKEUP, "春节"),
        ("2021-02-11", DayKind.HOLIDAY, "春节"),
        ("2021-02-17", DayKind.HOLIDAY, "春节"),
        ("2021-02-18", DayKind.WORKING, None),
        ("2021-02-20", DayKind.MAKEUP, "春节"),
        ("2022-12-31", DayKind.HOLIDAY, "元旦"),
        ("2024-02-09", DayKind.WORKING, None),  # 除夕 2024 was no holiday in the notice
        ("2025-01-28", DayKind.HOLIDAY, "春节"),
        ("2026-02-14", DayKind.MAKEUP, "春节"),
        ("2026-02-23", DayKind.HOLIDAY, "春节"),
        ("2026-10-10", DayKind.MAKEUP, "国庆节"),
    ],
)
def test_well_known_days(on: str, kind: DayKind, name: str | None) -> None:
    known = CALENDAR.day(day(on))
    assert (known.kind, known.name.zh if known.name else None) == (kind, name)
    assert CALENDAR.is_working_day(day(on)) is kind.worked


@pytest.mark.parametrize(
    ("year", "working_days"),
    [
        (2015, 249),
        (2016, 250),
        (2017, 249),
        (2018, 250),
        (2019, 250),
        (2020, 249),
        (2021, 250),
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ],
)
def test_working_days_of_a_year(year: int, working_days: int) -> None:
    assert CALENDAR.count_working_days(dt.date(year - 1, 12, 31), dt.date(year, 12, 31)) == working_days
    assert not CALENDAR.is_provisional(dt.date(year, 6, 1))


# Weekend days worked and weekdays off, written down apart from the data files: each year in full.
WRITTEN_DOWN = {
    2015: (
        "0104 0215 0228 0906 1010",
        "0101 0102 0218 0219 0220 0223 0224 0406 0501 0622 0903 0904 1001 1002 1005 1006 1007",
    ),
    2016: (
        "0206 0214 0612 0918 1008 1009",
        "0101 0208 0209 0210 0211 0212 0404 0502 0609 0610 0915 0916 1003 1004 1005 1006 1007",
    ),
    2017: (
        "0122 0204 0401 0527 0930",
        "0102 0127 0130 0131 0201 0202 0403 0404 0501 0529 0530 1002 1003 1004 1005 1006",
    ),
    2018: (
        "0211 0224 0408 0428 0929 0930 1229",
        "0101 0215 0216 0219 0220 0221 0405 0406 0430 0501 0618 0924 1001 1002 1003 1004 1005 1231",
    ),
    2019: (
        "0202 0203 0428 0505 0929 1012",
        "0101 0204 0205 0206 0207 0208 0405 0501 0502 0503 0607 0913 1001 1002 1003 1004 1007",
    ),
    2020: (
        "0119 0426 0509 0628 0927 1010",
        "0101 0124 0127 0128 0129 0130 0131 0406 0501 0504 0505 0625 0626 1001 1002 1005 1006 1007 1008",
    ),
    2021: (
        "0207 0220 0425 0508 0918 0926 1009",
        "0101 0211 0212 0215 0216 0217 0405 0503 0504 0505 0614 0920 0921 1001 1004 1005 1006 1007",
    ),
    2022: (
        "0129 0130 0402 0424 0507 1008 1009",
        "0103 0131 0201 0202 0203 0204 0404 0405 0502 0503 0504 0603 0912 1003 1004 1005 1006 1007",
    ),
    2023: (
        "0128 0129 0423 0506 0625 1007 1008",
        "0102 0123 0124 0125 0126 0127 0405 0501 0502 0503 0622 0623 0929 1002 1003 1004 1005 1006",
    ),
    2024: (
        "0204 0218 0407 0428 0511 0914 0929 1012",
        "0101 0212 0213 0214 0215 0216 0404 0405 0501 0502 0503 0610 0916 0917 1001 1002 1003 1004 1007",
    ),
    2025: (
        "0126 0208 0427 0928 1011",
        "0101 0128 0129 0130 0131 0203 0204 0404 0501 0502 0505 0602 1001 1002 1003 1006 1007 1008",
    ),
    2026: (
        "0104 0214 0228 0509 0920 1010",
        "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1002 1005 1006 1007",
    ),
}


@pytest.mark.parametrize("year", WRITTEN_DOWN)
def test_every_day_of_a_year_is_as_the_notices_arranged_it(year: int) -> None:
    worked, off = (set(listed.split()) for listed in WRITTEN_DOWN[year])
    on = dt.date(year, 1, 1)
    while on.year == year:
        written = f"{on:%m%d}"
        expected = written in worked if on.weekday() >= 5 else written not in off
        assert CALENDAR.is_working_day(on) is expected, on
        on += ONE_DAY


def test_every_year_names_its_notices() -> None:
    assert CALENDAR.years == tuple(range(2015, 2027))
    numbers = {year: [notice.number for notice in CALENDAR.notices(year)] for year in CALENDAR.years}
    assert numbers[2026] == ["国办发明电〔2025〕7号"]
    assert numbers[2019] == ["国办发明电〔2018〕15号", "国办发明电〔2019〕3号"]
    for year, notices in ((year, CALENDAR.notices(year)) for year in CALENDAR.years):
        assert f"〔{year - 1}〕" in notices[0].number
        assert all(notice.dated.year in (year - 1, year) for notice in notices)


@pytest.mark.parametrize(
    ("on", "working"),
    [
        ("2027-01-01", False),
        ("2027-05-01", False),
        ("2027-05-03", True),
        ("2028-05-02", False),  # statutory since 2025
        ("2014-05-02", True),  # not yet
        ("2027-10-01", False),
        ("2027-10-04", True),
        ("2027-02-06", False),  # a Saturday; the Spring Festival itself is not guessed
        ("2027-02-08", True),
    ],
)
def test_an_unpublished_year_knows_only_what_the_statute_fixes(on: str, working: bool) -> None:
    assert CALENDAR.is_provisional(day(on))
    assert CALENDAR.is_working_day(day(on)) is working
    assert CALENDAR.notices(day(on).year) == ()


@pytest.mark.parametrize(
    ("on", "count", "reached"),
    [
        ("2021-02-05", 1, "2021-02-07"),
        ("2021-02-10", 1, "2021-02-18"),
        ("2021-02-18", -1, "2021-02-10"),
        ("2021-02-13", 0, "2021-02-13"),
        ("2021-02-17", 3, "2021-02-20"),
    ],
)
def test_adding_working_days(on: str, count: int, reached: str) -> None:
    assert CALENDAR.add_working_days(day(on), count) == day(reached)


def test_the_next_working_day_may_be_today() -> None:
    assert CALENDAR.next_working_day(day("2021-02-20")) == day("2021-02-20")
    assert CALENDAR.next_working_day(day("2021-02-11")) == day("2021-02-18")


def test_a_moment_is_no_day() -> None:
    """A datetime is a date to Python, and would silently miss every holiday."""
    moment = dt.datetime(2021, 2, 7, tzinfo=dt.UTC)
    for ask in (CALENDAR.is_working_day, lambda on: CALENDAR.add_working_days(on, 0)):
        with pytest.raises(TypeError, match="civil date"):
            ask(moment)


# Files ----------------------------------------------------------------------------------------------------

NOTICE = """\
year: 2027
notices:
  - {number: 国办发明电〔2026〕0号, title: 国务院办公厅关于2027年部分节假日安排的通知, dated: 2026-11-01}
holidays:
  - {name: {zh: 元旦, en: New Year}, from: 2027-01-01, until: 2027-01-03, makeup: [2026-12-27]}
  - {name: {zh: 劳动节, en: Labour Day}, from: 2027-05-01, until: 2027-05-05}
  - {name: {zh: 国庆节, en: National Day}, from: 2027-10-01, until: 2027-10-07, makeup: [2027-10-09]}
"""


@pytest.fixture
def own_notices(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    use_notices_from(None)


def test_a_new_year_is_a_file(own_notices: Path) -> None:
    (own_notices / "2027.yaml").write_text(NOTICE, encoding="utf-8")
    use_notices_from(own_notices)
    fresh = WorkCalendar.load()
    assert fresh.years == tuple(range(2015, 2028))
    assert not fresh.is_provisional(day("2027-05-03"))
    assert not fresh.is_working_day(day("2027-05-03"))
    assert fresh.day(day("2026-12-27")).kind is DayKind.MAKEUP, "it reaches into the December before"
    assert fresh.digest != CALENDAR.digest
    assert WorkCalendar.load() is fresh, "read once"


def test_a_wrong_file_leaves_the_calendar_in_force(own_notices: Path) -> None:
    (own_notices / "2027.yaml").write_text(NOTICE.replace("2027-10-07", "2027-11-31"), encoding="utf-8")
    before = WorkCalendar.load()
    with pytest.raises(CalendarError, match=r"2027\.yaml"):
        use_notices_from(own_notices)
    assert WorkCalendar.load() is before


@pytest.mark.parametrize(
    ("was", "slip", "complaint"),
    [
        ("year: 2027", "year: 2028", "named 2027 but speaks of 2028"),
        ("until: 2027-05-05", "until: 2027-04-05", "is not a holiday's length"),
        ("until: 2027-05-05", "until: 2027-08-05", "is not a holiday's length"),
        ("from: 2027-05-01", "from: 2027-05-02", "2027-05-01 is off by statute and missing"),
        ("from: 2027-01-01", "from: 2026-11-30", "is not a holiday's length"),
        ("makeup: [2026-12-27]", "makeup: [2026-11-29]", "2026-11-29 is not in 2027"),
        ("makeup: [2027-10-09]", "makeup: [2027-10-11]", "is no weekend"),
        ("makeup: [2027-10-09]", "makeup: [2027-10-03]", "both off and worked"),
        ("makeup: [2027-10-09]", "makeup: [2027-10-09, 2027-10-09]", "there twice"),
        ("from: 2027-10-01", "from: 2027-05-04", "is not a holiday's length"),
        ("2027-05-01, until: 2027-05-05", "2027-10-07, until: 2027-10-07", "2027-10-07 is there twice"),
        ("en: Labour Day", "english: Labour Day", "name.en"),
        ("notices:", "notice:", "notice"),
        ("year: 2027", "year: [", "while parsing"),
    ],
)
def test_a_slip_of_the_pen_is_refused(tmp_path: Path, was: str, slip: str, complaint: str) -> None:
    assert was in NOTICE
    (tmp_path / "2027.yaml").write_text(NOTICE.replace(was, slip, 1), encoding="utf-8")
    with pytest.raises(CalendarError) as caught:
        WorkCalendar.load(tmp_path)
    assert complaint in str(caught.value)
    assert "2027.yaml" in str(caught.value)


def test_an_own_file_replaces_the_packaged_year(tmp_path: Path) -> None:
    packaged = (DATA / "2026.yaml").read_text(encoding="utf-8")
    adjusted = packaged.replace("until: 2026-05-05", "until: 2026-05-06")
    (tmp_path / "2026.yaml").write_text(adjusted, encoding="utf-8")
    assert not WorkCalendar.load(tmp_path).is_working_day(day("2026-05-06"))
    assert CALENDAR.is_working_day(day("2026-05-06"))


def test_a_missing_directory_is_said(tmp_path: Path) -> None:
    with pytest.raises(CalendarError, match="no such directory"):
        WorkCalendar.load(tmp_path / "nowhere")


def test_the_digest_is_of_the_content() -> None:
    years = list(read_notice_years(DATA).values())
    assert WorkCalendar(reversed(years)).digest == CALENDAR.digest
    assert WorkCalendar(years[:-1]).digest != CALENDAR.digest
    assert WorkCalendar(years[:-1]).is_provisional(day("2026-02-14"))
