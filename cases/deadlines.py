"""Time limits of a case: armed, paused, resumed, settled. 办理时限

The arithmetic is :mod:`programmes.calendar`; rows keep it, so that every date can be explained later.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from audit import clock
from cases.enums import DeadlineStatus
from cases.models import Case, Deadline, Pause
from cases.sealing import limit_start
from programmes import calendar as cal

LIVE = (DeadlineStatus.RUNNING, DeadlineStatus.PAUSED)


def arm(
    *,
    case: Case,
    run_key: str,
    duty: str,
    length: cal.Duration,
    start: dt.date,
    start_rule: str = "next_day",
    action: str = "",
    roll: bool = False,
    warn_before: str = "",
    source: str = "proposed",
    clause: str = "",
    after_seal: bool = False,
) -> Deadline:
    """Start a time limit. ``action``: what the system does when it is due ('' = it only turns red). One INSERT."""
    term = cal.compute(
        start=start,
        duration=length,
        calendar=cal.WorkCalendar.load(),
        start_rule=cal.StartRule(start_rule),
        roll=roll,
        clause=clause,
    )
    return Deadline.objects.create(
        case=case,
        run_key=run_key,
        duty=duty,
        action=action,
        starts_on=start,
        after_seal=after_seal,
        due_on=term.due_on,
        due_at=term.due_at,
        warn_before=warn_before,
        warn_on=_warn_on(term.due_on, warn_before),
        term=term.to_json(),
        source=source,
        clause=clause,
    )


def arm_after_seal(
    *, case: Case, run_key: str, duty: str, length: cal.Duration, start_rule: str = "next_day", **terms: Any
) -> Deadline:
    """A limit that runs from the unsealing of the declaration; while the round has no last day, it stands. ``terms``:

    what else :func:`arm` takes. One INSERT, three queries more where it stands.
    """
    start = limit_start(case.round, start_rule)
    row = arm(
        case=case,
        run_key=run_key,
        duty=duty,
        length=length,
        start=start or clock.today(),
        start_rule=start_rule,
        after_seal=True,
        **terms,
    )
    if start is None:
        pause(deadline=row, since=clock.today(), reason=cal.PauseReason.SEALED)
    return row


def after_moved_seal(*, deadline: Deadline) -> Deadline:
    """The same limit from the unsealing as the round has it now; the old row has no object any more."""
    term = cal.Term.from_json(deadline.term)
    assert term.duration is not None
    assert term.start_rule is not None
    fresh = arm_after_seal(
        case=deadline.case,
        run_key=deadline.run_key,
        duty=deadline.duty,
        length=term.duration,
        start_rule=term.start_rule.value,
        action=deadline.action,
        roll=term.roll,
        warn_before=deadline.warn_before,
        source=deadline.source,
        clause=deadline.clause,
    )
    withdraw(deadline=deadline)
    return fresh


def _warn_on(due_on: dt.date | None, warn_before: str) -> dt.date | None:
    """The day on which to remind: so many working days or days before the due date."""
    if due_on is None or not warn_before:
        return None
    ahead = cal.Duration.parse(warn_before)
    if ahead.unit is cal.Unit.WORKING_DAY:
        return cal.WorkCalendar.load().add_working_days(due_on, -ahead.amount)
    return due_on - dt.timedelta(days=ahead.amount)


def arm_date(
    *,
    case: Case,
    run_key: str,
    duty: str,
    on: dt.date,
    action: str = "",
    warn_before: str = "",
    source: str = "text",
    clause: str = "",
) -> Deadline:
    """A time limit set as a date by a decision; that day still counts. One INSERT."""
    term = cal.by_date(on, clause=clause)
    return Deadline.objects.create(
        case=case,
        run_key=run_key,
        duty=duty,
        action=action,
        starts_on=clock.today(),
        due_on=term.due_on,
        due_at=term.due_at,
        warn_before=warn_before,
        warn_on=_warn_on(term.due_on, warn_before),
        term=term.to_json(),
        source=source,
        clause=clause,
    )


def pause(*, deadline: Deadline, since: dt.date, reason: cal.PauseReason) -> None:
    """Stop the clock: ``since`` is the first day that does not count. A paused limit stays as it is."""
    if deadline.status != DeadlineStatus.RUNNING:
        return
    Pause.objects.create(deadline=deadline, since=since, reason=reason.value)
    _reckon(deadline)


def resume(*, deadline: Deadline, until: dt.date) -> None:
    """Let the clock run again: ``until`` is the last day that did not count."""
    deadline.pauses.filter(until__isnull=True).update(until=until)
    _reckon(deadline)


def _reckon(deadline: Deadline) -> None:
    pauses = [
        cal.Pause(
            since=p.since, until=max(p.until, p.since) if p.until else None, reason=cal.PauseReason(p.reason)
        )
        for p in deadline.pauses.order_by("since", "id")
    ]
    term = cal.recompute(cal.Term.from_json(deadline.term), calendar=cal.WorkCalendar.load(), pauses=pauses)
    deadline.term = term.to_json()
    deadline.due_on, deadline.due_at = term.due_on, term.due_at
    deadline.warn_on = _warn_on(term.due_on, deadline.warn_before)
    deadline.status = DeadlineStatus.PAUSED if term.due_on is None else DeadlineStatus.RUNNING
    deadline.save(update_fields=["term", "due_on", "due_at", "warn_on", "status"])


def settle(*, deadline: Deadline) -> None:
    """What was asked has been done: the limit is met or missed, as the clock says. One UPDATE."""
    now = clock.now()
    missed = deadline.due_at is not None and deadline.due_at <= now
    Deadline.objects.filter(pk=deadline.pk, status__in=LIVE).update(
        status=DeadlineStatus.MISSED if missed else DeadlineStatus.MET, settled_at=now
    )


def withdraw(*, deadline: Deadline) -> None:
    """This limit has been set anew: the old one has no object any more. One UPDATE."""
    Deadline.objects.filter(pk=deadline.pk, status__in=LIVE).update(
        status=DeadlineStatus.CANCELLED, settled_at=clock.now()
    )


def cancel(*, case: Case, run_key: str) -> None:
    """The run has ended: what still ran has no object any more."""
    Deadline.objects.filter(case=case, run_key=run_key, status__in=LIVE).update(
        status=DeadlineStatus.CANCELLED, settled_at=clock.now()
    )
