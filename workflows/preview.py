"""What an action would do, told before it is done: possible or not, what follows, what the rules say. 办理预告

Nothing here changes anything. What a page promises is worked out by the same functions that the door calls, on a turn
that is never carried out.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from audit import clock
from cases import policy
from cases.enums import Closure, StandingStatus
from cases.errors import Conflict, Invalid, NotAllowed, NotVisible
from cases.models import Case
from cases.relations import Relations, relations_of
from programmes.default_letters import letter_of
from programmes.procedures import COMMANDS, Action, action_of, duty_of
from programmes.rules import Verdict, blocking
from programmes.schema import Close, Step
from workflows import asks, gates, labels
from workflows.acts import PENDING, late
from workflows.choices import initial_for
from workflows.enums import ItemStatus, Track
from workflows.explain import decides, find_item, require_possible
from workflows.flows import FLOWS
from workflows.items import several_bodies
from workflows.letters import code_for
from workflows.models import WorkItem
from workflows.nodes import Finish
from workflows.turn import Turn
from workflows.verdict_groups import together

EMPTY: dict[str, Any] = {
    "text": "",
    "rich_text": "",
    "choice": "",
    "people": [],
    "multi_choice": [],
    "units": [],
    "items": {},
    "scores": {},
    "sheet": {},
    "boolean": False,
    "defects": [],
}
FREE = frozenset({"text", "rich_text", "boolean", "defects"})
"""Asks on which no rule depends: what is written there cannot change what the rules say."""
BESIDE = {
    "review.recuse": "replace",
    "review.replace_expert": "score",
    "publicize.dismiss_objection": "window",
}
"""Actions that hand on beside the flow: the duty that waits afterwards."""


@dataclass(frozen=True, slots=True)
class Judged:
    """规则判定: one rule as the page shows it. ``asks_reason``: it may be overridden with a reason."""

    rule_id: str
    title: str
    outcome: str
    level: str
    text: str
    clause: str
    asks_reason: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """办理预告: ``done`` is what the record will say, ``following`` what waits next, ``effect`` the legal result."""

    name: str
    done: str
    following: str
    effect: str
    letter: str
    clause: str
    proposed: bool
    judged: tuple[Judged, ...]
    settled: bool
    """The rules were asked of what is filled in; otherwise they are only shown, and judge when it is sent."""
    blocked: bool
    """A hard rule refuses, whatever is filled in."""

    @property
    def troubled(self) -> list[Judged]:
        """Rules that did not plainly pass."""
        return [rule for rule in self.judged if rule.outcome in ("failed", "undecided")]

    @property
    def passed(self) -> list[Judged]:
        """Rules that passed."""
        return [rule for rule in self.judged if rule.outcome == "passed"]


def case_for(public_id: uuid.UUID, actor: Actor) -> tuple[Case, Relations]:
    """The case and how ``actor`` stands to it. NotVisible when there is none for them. Five queries at most."""
    case = (
        Case.objects.select_related("programme", "edition", "round", "applicant", "authority", "chain")
        .defer("edition__source")
        .filter(public_id=public_id)
        .first()
    )
    if case is None or not policy.can_see(actor, case):
        raise NotVisible("invisible", _("未找到该案件。"))
    return case, relations_of(actor, case)


def spec_of(name: str) -> Action:
    """The action of that name. NotVisible for a name that nobody can act under."""
    if name not in policy.all_actions():
        raise NotVisible("unknown_action", _("没有这种办理方式。"))
    procedure, _sep, code = name.partition(".")
    return COMMANDS[code] if procedure == "command" else action_of(procedure, code)


def turn_for(
    case: Case, relations: Relations, name: str, *, actor: Actor, item_id: uuid.UUID | None = None
) -> Turn:
    """The turn that would be carried out. Raises the refusal that the door would raise before it reads the form."""
    procedure, _sep, code = name.partition(".")
    action = spec_of(name)
    if procedure == "command":
        policy.require(actor, name, case, relations)
        step = case.edition.pack.programme.lifecycle.steps.get(case.step)
        if step is None or code not in step.commands:
            raise NotAllowed("not_offered", _("该事项在当前环节不适用。"))
        return Turn(case, actor, procedure, action, clock.now(), {}, relations)
    item = named_item(case, item_id) if item_id is not None else find_item(case, actor, procedure, code, {})
    if item is None and item_id is not None:
        raise NotVisible("invisible", _("未找到该事项。"))
    if item is None:
        require_possible(case, actor, procedure, code, {})
        raise NotAllowed("not_waiting", _("本案目前没有等待办理的此事项。"))
    return _item_turn(case, item, relations, name, actor)


def named_item(case: Case, item_id: uuid.UUID) -> WorkItem | None:
    """The item of this case with that public id, with what a turn needs; None when there is none."""
    rows = WorkItem.objects.select_related("run__appraisal", "task", "deadline", "objection", "done_by")
    return rows.filter(case=case, public_id=item_id).first()


def _item_turn(case: Case, item: WorkItem, relations: Relations, name: str, actor: Actor) -> Turn:
    """What the engine asks about an item, asked beforehand."""
    item.case = case
    policy.require(actor, name, case, relations)
    if item.status != ItemStatus.OPEN:
        raise Conflict("already_done", labels.told_done(item))
    if item.assignee_id is not None and (actor.user is None or actor.user.pk != item.assignee_id):
        raise NotAllowed("not_yours", _("该事项已指定由他人办理。"))
    if item.role == Role.APPROVER and several_bodies(case) and not decides(actor, item):
        raise NotAllowed("not_yours", _("该事项已指定由他人办理。"))
    if item.run is not None:
        item.run.case = case
        if item.run.track == Track.MAIN and item.run.run_no != case.run_no:
            raise Conflict("stale", _("本案已有新的进展，请刷新页面后再办理。"))
    return Turn(case, actor, item.procedure, spec_of(name), clock.now(), {}, relations, item.run, item)


def preview_of(turn: Turn, sent: Mapping[str, Any] | None = None) -> Preview:
    """What the action would do as things stand, with the form as it begins or as it was ``sent``.

    Raises NotAllowed when the action is impossible whatever is filled in.
    """
    settled = _prepare(turn) if sent is None else _prepare_sent(turn, sent)
    verdicts = gates.verdicts_at(turn)
    code = turn.action.code
    letter = letter_of(turn.pack, code_for(turn))
    status = turn.step.standing.get(code) if turn.procedure == turn.step.procedure else None
    free = all(ask.type in FREE and ask.field is None for ask in turn.asks)
    return Preview(
        name=labels.action_name(turn.case, turn.gate, turn.run),
        done=str(turn.action.done),
        following=following(turn),
        effect=str(StandingStatus(status).label) if status else "",
        letter=str(letter.title) if letter is not None else "",
        clause=turn.clause,
        proposed=_proposed(turn),
        judged=tuple(
            _judged(turn, group.first, group.where)
            for group in together(turn.pack, (each for each in verdicts if each.outcome != "skipped"))
        ),
        settled=settled,
        blocked=settled and free and bool(blocking(verdicts).refused),
    )


def _prepare(turn: Turn) -> bool:
    """Let the action say what it is about to make true, with the form as it begins.

    False when that depends on what will be filled in: the rules are then shown as of now, and refuse nothing yet.
    """
    turn.data = {}
    for ask in turn.asks:
        begun = initial_for(turn, ask)
        empty = (
            EMPTY.get(ask.type) if ask.field is None else None
        )  # the policy's own blanks are not answered yet
        turn.data[ask.key] = empty if begun is None else begun
    asked = any(ask.field is not None and ask.required for ask in turn.asks)
    prepare = PENDING.get(turn.gate)
    if prepare is None:
        return not asked
    try:
        _try(prepare, turn)
    except (Invalid, Conflict):
        return False
    return not asked


COUNTING = frozenset({"award.grant", "award.record_provincial_grant", "command.grant_reward"})
"""Actions that lock what they count in while they are prepared: looking at them leaves nothing locked, and no row."""


def _try(prepare: Callable[[Turn], None], turn: Turn) -> None:
    if turn.gate not in COUNTING:
        prepare(turn)
        return
    with transaction.atomic():
        prepare(turn)
        transaction.set_rollback(True)


def _prepare_sent(turn: Turn, sent: Mapping[str, Any]) -> bool:
    """The same with what was sent; whatever is wrong with that has been said already."""
    turn.raw = dict(sent)
    try:
        turn.data = asks.clean(turn.asks, turn.raw)
        if prepare := PENDING.get(turn.gate):
            _try(prepare, turn)
    except Refusal:
        return False
    return True


def following(turn: Turn) -> str:
    """What waits after the action: a duty of this procedure, a step, or the end of the case."""
    if turn.procedure == "command":
        return _after_command(turn)
    if turn.procedure == "publicize" and late.decides_here(turn.case):
        target = late.way_of_upheld(turn.case) if turn.action.code == "uphold_objection" else turn.case.step
        return _target(turn, target) if target is not None else ""
    beside = BESIDE.get(turn.gate)
    if beside is not None:
        return _duty(turn, beside)
    if turn.item is None or turn.run is None:
        return ""
    return _after_item(turn, turn.item, turn.run.params)


def _after_item(turn: Turn, item: WorkItem, params: dict[str, Any]) -> str:
    flow: Any = FLOWS[turn.procedure].instance
    node = flow.node(item.duty, no_obsolete=True) if item.task_id is not None else None
    leads_to = node.route(turn.action.code, params) if node is not None else None
    if leads_to is not None and not isinstance(leads_to, Finish):
        duty = leads_to.seat.name if hasattr(leads_to, "seat") else leads_to.name
        return _duty(turn, duty)
    if not isinstance(turn.owner, Step):
        return _("本次考评办结")
    target = turn.owner.next.get(turn.action.outcome)
    return _target(turn, target) if target is not None else ""


def _after_command(turn: Turn) -> str:
    command = turn.step.commands[turn.action.code]
    if command.to is None:
        return _("本案仍处于“%(step)s”环节") % {"step": turn.step.title}
    return _target(turn, command.to)


def _duty(turn: Turn, code: str) -> str:
    own = turn.owner.labels.get(code)
    return str(own or duty_of(turn.procedure, code).title)


def _target(turn: Turn, target: str | Close) -> str:
    if isinstance(target, Close):
        return _("办结（%(how)s）") % {"how": Closure(target.close).label}
    return _("进入“%(step)s”环节") % {"step": turn.pack.programme.lifecycle.steps[target].title}


def _proposed(turn: Turn) -> bool:
    owner = turn.owner
    command = (
        owner.commands.get(turn.action.code)
        if turn.procedure == "command" and isinstance(owner, Step)
        else None
    )
    return (command.source if command is not None else owner.source) == "proposed"


def _judged(turn: Turn, verdict: Verdict, where: str) -> Judged:
    rule = turn.pack.rules[verdict.rule_id]
    troubled = verdict.outcome in ("failed", "undecided")
    told = gates.describe(verdict, where=where) if troubled else ""
    text = told.removesuffix(f"（{verdict.clause}）")
    return Judged(
        verdict.rule_id,
        str(rule.title),
        verdict.outcome,
        verdict.level,
        text,
        verdict.clause,
        troubled and verdict.level == "soft",
    )
