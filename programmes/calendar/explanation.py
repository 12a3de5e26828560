"""A term told in sentences, as an officer would justify it on a slip, in Chinese and in English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from .durations import Unit
from .terms import AppliedPause, StartRule, Term
from .wording import Name, is_chinese, write_date, write_range
from .workdays import ONE_DAY

_MOST_RANGES = 6

_SAY = {
    "fixed_included": Name("截止日期为{day}（当日计入）", "The closing date is {day} (that day included)"),
    "fixed_excluded": Name(
        "截止日期为{day}（当日不计入）", "The closing date is {day} (that day not included)"
    ),
    "from_next": Name(
        "自{day}的次日起算（当日不计入）", "Counted from the day after {day} (that day not included)"
    ),
    "from_same": Name("自{day}起算（当日计入）", "Counted from {day} (that day included)"),
    "from_later": Name(
        "自{day}起算，首个计算日为{first}", "Counted from {day}; the first day to count is {first}"
    ),
    "total": Name("共{length}", "{length} in all"),
    "extended": Name("，经批准延长{length}", ", extended by {length} with approval"),
    "held": Name(
        "{days}因{reason}停止计时，已计{before}日，余{left}日",
        "{days}: the clock stood because of {reason}, {before} counted, {left} left",
    ),
    "holds": Name(
        "自{day}起因{reason}停止计时，已计{before}日，余{left}日",
        "since {day} the clock stands because of {reason}, {before} counted, {left} left",
    ),
    "skipped": Name("其间{days}不计入", "Not counted: {days}"),
    "makeup": Name("{days}为调休上班日，计入", "Make-up working days, counted: {days}"),
    "rolled": Name(
        "末日{day}为非工作日（{why}），顺延至{to}",
        "The last day, {day}, is not worked ({why}) and moves to {to}",
    ),
    "ends": Name("于{day}届满，截止时间为当日24时", "Ends on {day}, at 24:00 of that day"),
    "stands": Name(
        "计时停止中，尚余{left}，届满日待恢复计时后确定",
        "The clock stands with {left} left; the last day is known when it runs again",
    ),
    "to_come": Name("另有延长期限{length}待计", "The extension of {length} is still to be counted"),
    "provisional": Name(
        "{years}节假日安排尚未公布，本期限为暂定，待公布后重新计算",
        "The holidays of {years} are not published yet: the term is provisional and will be reckoned again",
    ),
    "clause": Name("依据：{clause}", "Basis: {clause}"),
}
_WEEKEND = Name("周末", "weekend")


def explain(term: Term, language: str) -> list[str]:
    """The term's arithmetic, one sentence a line and without full stops, in ``zh`` or ``en``.

    Start and start rule, length with extension and pauses, days skipped and make-up days, the roll, the last
    day, what is provisional, the clause. ValueError for another language.
    """
    lines = _fixed(term, language) if term.fixed else [*_opening(term, language), *_days(term, language)]
    lines += _ending(term, language)
    if term.provisional_years:
        years = [f"{year}年" if is_chinese(language) else str(year) for year in term.provisional_years]
        lines.append(_say("provisional", language, years=_list(years, language)))
    if term.clause:
        lines.append(_say("clause", language, clause=term.clause))
    return lines


def _say(key: str, language: str, **parts: object) -> str:
    return _SAY[key].in_(language).format(**parts)


def _list(items: Iterable[str], language: str) -> str:
    return ("、" if is_chinese(language) else ", ").join(items)


def _fixed(term: Term, language: str) -> list[str]:
    assert term.fixed is not None
    key = "fixed_included" if term.fixed.inclusive else "fixed_excluded"
    return [_say(key, language, day=write_date(term.fixed.on, language))]


def _opening(term: Term, language: str) -> Iterator[str]:
    assert term.start is not None and term.duration is not None
    same = term.start_rule is StartRule.SAME_DAY
    natural = term.start if same else term.start + ONE_DAY
    day = write_date(term.start, language)
    if same and term.first_day not in (None, natural):
        assert term.first_day is not None
        yield _say("from_later", language, day=day, first=write_date(term.first_day, language))
    else:
        yield _say("from_same" if same else "from_next", language, day=day)
    total = _say("total", language, length=term.duration.label(language))
    if term.extension:
        total += _say("extended", language, length=term.extension.label(language))
    held = [_pause(term, each, language) for each in term.pauses if each.run_before is not None]
    comma, semicolon = ("，", "；") if is_chinese(language) else ("; ", "; ")
    yield comma.join([total, semicolon.join(held)]) if held else total


def _pause(term: Term, applied: AppliedPause, language: str) -> str:
    pause, before = applied.pause, applied.run_before or 0
    numbers = {
        "before": before,
        "left": term.counted + term.remaining - before,
        "reason": pause.reason.label(language),
    }
    known = _known_year(term)
    if pause.until is None:
        return _say("holds", language, day=write_date(pause.since, language, known_year=known), **numbers)
    return _say(
        "held", language, days=write_range(pause.since, pause.until, language, known_year=known), **numbers
    )


def _days(term: Term, language: str) -> Iterator[str]:
    if term.skipped:
        by_reason: dict[Name, list[dt.date]] = {}
        for each in term.skipped:
            by_reason.setdefault(each.name or _WEEKEND, []).append(each.day)
        said = [_reason(reason, days, term, language) for reason, days in by_reason.items()]
        yield _say("skipped", language, days=_list(said, language))
    if term.makeup:
        known = _known_year(term)
        days = _list((write_date(day, language, known_year=known) for day in term.makeup), language)
        yield _say("makeup", language, days=days)


def _reason(reason: Name, days: list[dt.date], term: Term, language: str) -> str:
    """``清明节（4月3日至4月5日）``; where ranges would fill the line, only ``周末18日``."""
    ranges: list[tuple[dt.date, dt.date]] = []
    for day in days:
        if ranges and day - ranges[-1][1] == ONE_DAY:
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    if len(ranges) > _MOST_RANGES:
        space = "" if is_chinese(language) else " "
        return f"{reason.in_(language)}{space}{Unit.DAY.amount_label(len(days), language)}"
    known = _known_year(term)
    said = _list((write_range(*each, language, known_year=known) for each in ranges), language)
    return f"{reason.in_(language)}（{said}）" if is_chinese(language) else f"{reason.in_(language)} ({said})"


def _ending(term: Term, language: str) -> Iterator[str]:
    if term.rolled_from and term.due_on:
        why = (term.rolled_over or _WEEKEND).in_(language)
        moved = {"day": write_date(term.rolled_from, language), "to": write_date(term.due_on, language)}
        yield _say("rolled", language, why=why, **moved)
    if term.due_on:
        yield _say("ends", language, day=write_date(term.due_on, language))
        return
    yield _say("stands", language, left=term.counted_in.amount_label(term.remaining, language))
    if term.to_come:
        yield _say("to_come", language, length=term.to_come.label(language))


def _known_year(term: Term) -> int | None:
    return term.start.year if term.start else None
