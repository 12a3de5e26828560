"""What the public reads: notices, where their windows stand, and why. 公示公告"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from audit import clock
from cases.enums import NoticeKind, NoticeStatus
from cases.models import PublicNotice
from portal.language import language
from programmes.calendar import Term, explain, remaining

TONES: Final[dict[NoticeStatus, str]] = {
    NoticeStatus.OPEN: "success",
    NoticeStatus.PAUSED: "warning",
    NoticeStatus.ENDED: "neutral",
    NoticeStatus.STOPPED: "danger",
    NoticeStatus.PUBLISHED: "info",
}
SOON: Final = 1
"""Days left from which on the count is shown as pressing."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A notice as a page shows it now. ``days_left`` is None unless its window runs; 0 on the last day."""

    notice: PublicNotice
    status: NoticeStatus
    term: Term | None
    days_left: int | None
    today: dt.date = field(default_factory=clock.today)

    @property
    def tone(self) -> str:
        """The badge's tone."""
        return TONES[self.status]

    @property
    def takes_objections(self) -> bool:
        """Whether objections may be lodged now (the door has the last word)."""
        return self.status in (NoticeStatus.OPEN, NoticeStatus.PAUSED)

    @property
    def left(self) -> str:
        """How much of the window is left, in words: 还剩3个工作日; '' when it has none or has ended."""
        if self.status == NoticeStatus.PAUSED and self.term is not None:
            amount = self.term.counted_in.amount_label(self.term.remaining, language())
            return _("恢复计时后尚余%(amount)s") % {"amount": amount}
        if self.days_left is None or self.term is None:
            return ""
        if self.days_left == 0 and self.term.due_on == self.today:
            return _("今日24时截止")
        amount = self.term.counted_in.amount_label(self.days_left, language())
        return _("还剩%(amount)s") % {"amount": amount}

    @property
    def pressing(self) -> bool:
        """Whether the window is about to close."""
        return self.days_left is not None and self.days_left <= SOON

    @property
    def reasoning(self) -> list[str]:
        """The arithmetic of the window, a sentence each; empty without a window."""
        return explain(self.term, language()) if self.term is not None else []


def published() -> QuerySet[PublicNotice]:
    """All notices, the newest first, with what a list shows. One query."""
    return PublicNotice.objects.select_related("authority", "case__programme", "deadline").order_by(
        "-published_at", "-id"
    )


def taking_objections() -> QuerySet[PublicNotice]:
    """The publicity notices whose window has not closed; the first to close first. One query."""
    closing_first = F("deadline__due_at").asc(nulls_last=True)  # paused: nobody knows yet
    live = Q(status=NoticeStatus.OPEN, deadline__due_at__gt=clock.now()) | Q(status=NoticeStatus.PAUSED)
    return published().filter(live, kind=NoticeKind.PUBLICITY).order_by(closing_first, "-id")


def bulletin(notice: PublicNotice) -> Bulletin:
    """``notice`` as it stands at this moment. A window whose time is up reads as ended, even before the

    dispatcher has ended it. No query when the deadline is loaded.
    """
    status = NoticeStatus(notice.status)
    deadline = notice.deadline
    if deadline is None:
        return Bulletin(notice, status, None, None)
    over = deadline.due_at is not None and deadline.due_at <= clock.now()
    if status == NoticeStatus.OPEN and over:
        status = NoticeStatus.ENDED
    term = Term.from_json(deadline.term)
    left = remaining(term, clock.today()) if status == NoticeStatus.OPEN else None
    return Bulletin(notice, status, term, left)
