"""What a case waits for: on whom, until when, and how that date was reckoned. 等待事项"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from cases.enums import DeadlineStatus
from cases.models import Case, Deadline
from programmes.calendar import Term
from workflows import labels
from workflows.due import Due, due_of, told_of
from workflows.models import WorkItem
from workflows.steps import rest_key


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """时限: what is left of it, and the arithmetic of its last day, sentence by sentence."""

    due: Due
    lines: tuple[str, ...]
    provisional: bool
    clause: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """等待事项: one thing the case waits for; ``who`` is already fit for the reader's eyes."""

    item: WorkItem
    title: str
    who: str
    role: str
    since: dt.datetime
    due: Due
    mine: bool
    count: int = 1

    @property
    def limit(self) -> TimeLimit | None:
        """The time limit with its arithmetic; None when there is none. No query."""
        deadline = self.item.deadline
        if deadline is None:
            return None
        term = Term.from_json(deadline.term)
        return TimeLimit(self.due, tuple(told_of(deadline)), term.provisional, deadline.clause)


def waiting_of(
    case: Case, items: Iterable[WorkItem], actor: Actor, readable: Collection[str]
) -> list[Waiting]:
    """What the case waits for as ``actor`` may read it; experts are one line for those who may not know them.

    ``items``: :func:`workflows.items.open_items_of` (or rows with the same relations). No query.
    """
    shown: list[Waiting] = []
    masked: list[WorkItem] = []
    for item in items:
        item.case = case  # the same object: its edition is loaded
        if item.role == Role.EXPERT and not _is_mine(item, actor) and "experts" not in readable:
            masked.append(item)
        else:
            shown.append(_shown(item, actor))
    return [*shown, *([_masked(masked)] if masked else [])]


@dataclass(frozen=True, slots=True)
class Timer:
    """在期: until when a step lasts in which nobody has to act, or when the system begins something in it."""

    title: str
    after: str
    due: Due
    limit: TimeLimit


def timers_of(case: Case) -> list[Timer]:
    """The running time limits of the rest in which the case stands. One query in a rest, else none."""
    step = case.edition.pack.programme.lifecycle.steps.get(case.step)
    if step is None or step.kind != "rest":
        return []
    rows = case.deadlines.filter(
        run_key=rest_key(case), status__in=(DeadlineStatus.RUNNING, DeadlineStatus.PAUSED)
    )
    return [_timer(case, row, str(step.title)) for row in rows.order_by("due_at", "pk")]


def _timer(case: Case, row: Deadline, step: str) -> Timer:
    due = due_of(row)
    day = due.on.isoformat() if due.on else _("（暂停计时）")
    if row.duty.startswith("side:"):
        side = case.edition.pack.programme.side.get(row.duty.removeprefix("side:"))
        title = _("%(what)s：%(day)s启动") % {"what": side.title if side else _("年度考核"), "day": day}
        after = _("届时由系统自动启动")
    else:
        title = _("%(step)s至%(day)s") % {"step": step, "day": day}
        what = labels.action_name(case, f"command.{row.action}") if row.action else ""
        after = _("届时由系统自动办理：%(what)s") % {"what": what} if what else _("届时提醒主管部门")
    term = Term.from_json(row.term)
    return Timer(title, after, due, TimeLimit(due, tuple(told_of(row)), term.provisional, row.clause))


def most_urgent(waiting: Collection[Waiting]) -> Waiting | None:
    """The one that a list shows: what is due first, else what has waited longest."""
    return min(waiting, key=lambda each: (each.due.on or dt.date.max, each.since), default=None)


def _shown(item: WorkItem, actor: Actor) -> Waiting:
    return Waiting(
        item=item,
        title=labels.duty_name(item),
        who=_who(item),
        role=str(Role(item.role).label) if item.role in Role.values else "",
        since=item.created_at,
        due=due_of(item),
        mine=_is_mine(item, actor),
    )


def _masked(items: list[WorkItem]) -> Waiting:
    first = items[0]
    return Waiting(
        item=first,
        title=labels.duty_name(first),
        who=_("评审专家（%(n)s人）") % {"n": len(items)},
        role="",
        since=first.created_at,
        due=due_of(first),
        mine=False,
        count=len(items),
    )


def _who(item: WorkItem) -> str:
    if item.assignee is not None:
        return item.assignee.name
    if item.organisation is not None:
        return item.organisation.name
    return _("系统（到期自动办理）") if item.role == "system" else ""


def _is_mine(item: WorkItem, actor: Actor) -> bool:
    """Whether the actor has to act: the rule of :func:`workflows.items.items_for` for a row in hand."""
    if actor.user is None or actor.role is None:
        return False
    if item.assignee_id is not None:
        return item.assignee_id == actor.user.pk
    roles = {Role.OFFICER, Role.CHIEF} if actor.role == Role.CHIEF else {actor.role}
    return (
        item.role in roles and item.organisation is not None and actor.covers_organisation(item.organisation)
    )
