"""How a time limit is told: the day, what is left of it, and how urgent that is. 期限提示"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit import clock
from cases.enums import DeadlineStatus
from cases.models import Deadline
from programmes import calendar as cal
from workflows.models import WorkItem

SOON = cal.Duration.parse("3 working_day")
"""How far ahead the desk looks: a habit of the screens, not a rule of any policy."""

Tone = Literal["late", "today", "soon", "ok", "paused", "none"]
ICONS: dict[Tone, str] = {
    "late": "alert-circle",
    "today": "alert-triangle",
    "soon": "hourglass",
    "ok": "calendar",
    "paused": "clock-pause",
    "none": "minus",
}


@dataclass(frozen=True, slots=True)
class Due:
    """期限: ``on`` is the last day (None: paused, or no limit), ``text`` says what is left, ``tone`` how urgent it is."""

    on: dt.date | None
    tone: Tone
    text: str
    proposed: bool = False
    """The length is proposed, not written in the policy."""

    @property
    def icon(self) -> str:
        """The icon that tells the tone apart without colour."""
        return ICONS[self.tone]


def soon_until(today: dt.date) -> dt.date:
    """The last day that still counts as soon: three working days ahead."""
    term = cal.compute(
        start=today, duration=SOON, calendar=cal.WorkCalendar.load(), start_rule=cal.StartRule.NEXT_DAY
    )
    assert term.due_on is not None
    return term.due_on


def due_of(subject: WorkItem | Deadline) -> Due:
    """The limit of an item or a deadline, as of today. One query for an item whose deadline is not loaded."""
    deadline = subject.deadline if isinstance(subject, WorkItem) else subject
    if deadline is None:
        return Due(None, "none", _("未设时限"))
    term, today = cal.Term.from_json(deadline.term), clock.today()
    proposed = deadline.source == "proposed"
    if deadline.status == DeadlineStatus.PAUSED or deadline.due_on is None:
        left = _amount(cal.remaining(term, today), term.counted_in)
        return Due(None, "paused", _("暂停计时，尚余%(left)s") % {"left": left}, proposed)
    if deadline.due_on < today:
        days = cal.state_at(term, today).overdue
        text = _("已逾期%(days)s") % {"days": _amount(days, term.counted_in)} if days else _("已逾期")
        return Due(deadline.due_on, "late", text, proposed)
    if deadline.due_on == today:
        return Due(deadline.due_on, "today", _("今日到期"), proposed)
    tone: Tone = "soon" if deadline.due_on <= soon_until(today) else "ok"
    left = _amount(cal.remaining(term, today), term.counted_in)
    if deadline.after_seal and term.first_day is not None and today < term.first_day:
        return Due(deadline.due_on, tone, _("启封后起算，共%(left)s") % {"left": left}, proposed)
    return Due(deadline.due_on, tone, _("还剩%(left)s") % {"left": left}, proposed)


def told_of(deadline: Deadline) -> list[str]:
    """How a limit was reckoned, a sentence a line; first of all that it runs from the unsealing only, where it does."""
    lines = told(cal.Term.from_json(deadline.term))
    if not deadline.after_seal:
        return lines
    opened = _("申报材料在批次截止前封存，期限自启封（批次截止）起算")
    return [opened, *lines]


def told(term: cal.Term) -> list[str]:
    """The arithmetic of a term in the user's language, a sentence a line."""
    return cal.explain(term, _language())


def _amount(days: int, unit: cal.Unit) -> str:
    return unit.amount_label(days, _language())


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"
