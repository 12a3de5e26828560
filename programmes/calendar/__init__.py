"""Time 时限: China's working days as dated data, and deadlines that explain their own arithmetic."""

from .arithmetic import by_date, by_month_end, compute, recompute
from .durations import Duration, DurationError, Unit
from .explanation import explain
from .notices import CalendarError, Notice
from .progress import Progress, TermStatus, in_time, remaining, state_at
from .terms import (
    AppliedPause,
    FixedDate,
    Pause,
    PauseReason,
    SkippedDay,
    StartRule,
    Term,
    TermError,
    civil_day,
)
from .windows import Window, WindowStatus
from .wording import Name
from .workdays import Day, DayKind, WorkCalendar, use_notices_from

__all__ = [
    "AppliedPause",
    "CalendarError",
    "Day",
    "DayKind",
    "Duration",
    "DurationError",
    "FixedDate",
    "Name",
    "Notice",
    "Pause",
    "PauseReason",
    "Progress",
    "SkippedDay",
    "StartRule",
    "Term",
    "TermError",
    "TermStatus",
    "Unit",
    "Window",
    "WindowStatus",
    "WorkCalendar",
    "by_date",
    "by_month_end",
    "civil_day",
    "compute",
    "explain",
    "in_time",
    "recompute",
    "remaining",
    "state_at",
    "use_notices_from",
]
