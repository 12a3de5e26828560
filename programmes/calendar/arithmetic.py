"""Deadline arithmetic 期限计算: durations from a start day, printed dates, and reckoning anew.

Rules: 民法典 第二百零一条 to 第二百零三条 (start day, corresponding day, last day a holiday), 行政许可法
第四十二条 (extension), 第四十五条 (time that does not count) and 第八十二条 (working days).
"""

from __future__ import annotations

import calendar as gregorian
import datetime as dt
from collections.abc import Sequence
from typing import Literal

from .durations import Duration
from .terms import FixedDate, Pause, StartRule, Term, civil_day
from .walk import Walk
from .workdays import ONE_DAY, WorkCalendar, require_date


def compute(
    *,
    start: dt.date | dt.datetime,
    duration: Duration,
    calendar: WorkCalendar,
    start_rule: StartRule | Literal["next_day", "same_day"],
    pauses: Sequence[Pause] = (),
    extension: Duration | None = None,
    roll: bool = False,
    clause: str = "",
) -> Term:
    """Reckon a term from ``start`` (a moment counts as its civil day in Shanghai; TermError if it is naive).

    ``next_day``: the start day does not count; ``same_day``: it does, if it is a day that can. Days inside a
    pause do not run; months and years are turned into the days they span, so a pause shifts their end by the
    paused days. An extension runs on from the end. ``roll``: a last day that is not worked moves to the next
    working day (民法典 第二百零三条); a term in working days ends on one anyway.
    """
    rule, began = StartRule(start_rule), civil_day(start)
    walk = Walk(began if rule is StartRule.SAME_DAY else began + ONE_DAY, calendar, pauses)
    left, to_come = _run(walk, _parts(duration, extension), began, rule)
    if roll and not left:
        walk.roll()
    return Term(
        due_on=None if left else walk.last,
        duration=duration,
        start=began,
        start_rule=rule,
        first_day=walk.first,
        counted=walk.counted,
        remaining=left,
        skipped=tuple(walk.skipped),
        makeup=tuple(walk.makeup),
        pauses=walk.applied_pauses(),
        extension=extension,
        to_come=to_come,
        roll=roll,
        rolled_from=walk.rolled_from,
        rolled_over=walk.rolled_over,
        clause=clause,
        provisional_years=tuple(sorted(walk.provisional_years)),
        calendar=calendar.digest,
    )


def recompute(term: Term, *, calendar: WorkCalendar, pauses: Sequence[Pause]) -> Term:
    """The same term under today's calendar and these pauses (all of them, not only the new ones).

    A printed date stays as it is.
    """
    if term.duration is None or term.start is None or term.start_rule is None:
        return term
    return compute(
        start=term.start,
        duration=term.duration,
        calendar=calendar,
        start_rule=term.start_rule,
        pauses=pauses,
        extension=term.extension,
        roll=term.roll,
        clause=term.clause,
    )


def by_date(on: dt.date, *, inclusive: bool = True, clause: str = "") -> Term:
    """The term of a printed date: ``8月24日前``. Common practice counts that day, the strict reading not."""
    due_on = require_date(on) if inclusive else on - ONE_DAY
    return Term(due_on=due_on, fixed=FixedDate(on, inclusive), clause=clause)


def by_month_end(year: int, month: int, *, clause: str = "") -> Term:
    """The term that ends with a month: ``5月底前``; the last day counts."""
    return by_date(dt.date(year, month, gregorian.monthrange(year, month)[1]), clause=clause)


def _parts(duration: Duration, extension: Duration | None) -> list[Duration]:
    """One length where a unit can carry both: 1月31日 + 1月 + 1月 ends on 31 March, not on the 28th."""
    if extension is None:
        return [duration]
    whole = duration.plus(extension)
    return [duration, extension] if whole is None else [whole]


def _run(
    walk: Walk, parts: Sequence[Duration], began: dt.date, rule: StartRule
) -> tuple[int, Duration | None]:
    """Let the parts run one after the other. If an open pause stops the clock: the days left of that part,
    and the part that has not begun.
    """
    for at, part in enumerate(parts):
        anchor, anchor_rule = (began, rule) if walk.last is None else (walk.last, StartRule.NEXT_DAY)
        left = walk.run(_days_in(part, anchor, anchor_rule), part.unit)
        if left:
            return left, next(iter(parts[at + 1 :]), None)
    return 0, None


def _days_in(part: Duration, anchor: dt.date, rule: StartRule) -> int:
    """How many days (working days, for that unit) a part has when it starts at ``anchor``."""
    if not part.unit.by_month:
        return part.amount
    first = anchor if rule is StartRule.SAME_DAY else anchor + ONE_DAY
    return (_last_of_months(anchor, part.months, rule) - first).days + 1


def _last_of_months(anchor: dt.date, months: int, rule: StartRule) -> dt.date:
    """The last day: the corresponding one, or the month's last where there is none (民法典 第二百零二条).

    When the start day counts, the period is full one day earlier; without a corresponding day it is not:
    from 31 January (counted) one month ends on 28 February, as from 30 January.
    """
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    length = gregorian.monthrange(year, month + 1)[1]
    if anchor.day > length:
        return dt.date(year, month + 1, length)
    corresponding = dt.date(year, month + 1, anchor.day)
    return corresponding if rule is StartRule.NEXT_DAY else corresponding - ONE_DAY
