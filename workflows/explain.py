"""Why an action is possible, or not: one answer for buttons, refusals and people. 可办与不可办的理由"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from audit import clock
from cases import policy
from cases.errors import Gate, NotAllowed
from cases.facts import CaseFacts
from cases.models import Case
from cases.relations import Relations, only_follows, relations_of
from cases.sealing import sealed_for
from programmes.procedures import COMMANDS, PROCEDURES, Action, action_of, duty_for_action
from programmes.rules import blocking
from programmes.schema import Step
from programmes.soundness import active_duties
from workflows import gates, items
from workflows.acts import WAITS
from workflows.enums import ItemStatus
from workflows.models import WorkItem
from workflows.turn import Turn

SIGN = "command.sign_declaration"
SIGNING = frozenset({SIGN, "command.request_signature"})
"""Both are done on one page, while a declaration is being filled in."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as a page offers it: enabled, or disabled with the reason and the clause."""

    name: str
    action: Action
    allowed: bool
    item: WorkItem | None = None
    code: str = ""
    reason: str = ""
    clause: str = ""


def find_item(
    case: Case, actor: Actor, procedure: str, code: str, data: Mapping[str, Any]
) -> WorkItem | None:
    """The open item at which ``actor`` may do this; with several (objections), the one that ``data`` names."""
    try:
        duty = duty_for_action(procedure, code)
    except KeyError:
        return None
    waiting = WorkItem.objects.filter(
        case=case, procedure=procedure, duty=duty.code, status=ItemStatus.OPEN
    ).select_related("run__appraisal", "task", "deadline", "objection", "done_by")
    if actor.role == Role.EXPERT:
        waiting = waiting.filter(assignee=actor.user)
    elif procedure == "consult":
        waiting = waiting.filter(actor.scope("organisation"))
    found = list(waiting.order_by("id")[:50])
    named = str(data.get("objection") or "")
    if named:
        found = [
            i for i in found if i.objection and named in (i.objection.number, str(i.objection.public_id))
        ]
    return found[0] if found else None


def require_possible(case: Case, actor: Actor, procedure: str, code: str, data: Mapping[str, Any]) -> None:
    """Raise the refusal that explains why the case does not wait for this action now.

    Permission speaks first, but a wrong stage is explained by the policy's own rules where they have something to say.
    """
    relations = relations_of(actor, case)
    try:
        action = action_of(procedure, code)
    except KeyError:
        raise NotAllowed("unknown_action", _("该事项没有这种办理方式。")) from None
    answer = policy.may(actor, f"{procedure}.{code}", case, relations)
    if answer.code not in ("", "wrong_stage", "closed"):
        policy.require(actor, f"{procedure}.{code}", case, relations)
    refused = _by_rules(case, actor, procedure, action, relations, data)
    if refused is not None:
        raise refused
    policy.require(actor, f"{procedure}.{code}", case, relations)


def _by_rules(
    case: Case,
    actor: Actor,
    procedure: str,
    action: Action,
    relations: Relations,
    data: Mapping[str, Any],
    facts: CaseFacts | None = None,
) -> Gate | None:
    """The rules that refuse the action as things stand (nothing pending: the action is only being asked about)."""
    turn = Turn(case, actor, procedure, action, clock.now(), dict(data), relations)
    verdicts = gates.verdicts_at(turn) if data else gates.verdicts_as_things_stand(turn, facts)
    refused = blocking(verdicts).refused
    return gates.refusal(turn.pack, refused) if refused else None


def offers_for(case: Case, actor: Actor, waiting: list[WorkItem], relations: Relations) -> list[Offer]:
    """What a page of this case offers the actor: the actions of the open items that are theirs, the next gate's

    actions with the reason why they must wait, and the commands of the step. ``waiting``: the case's open items.
    """
    offers: list[Offer] = []
    if sealed_for(actor, case):
        return offers  # what the rules say of a declaration would tell what it says
    if only_follows(actor, relations):
        return offers  # follows the case, and is asked for nothing
    facts = CaseFacts(case)
    for item in waiting:
        offers += _of_item(case, actor, item, relations)
    offers += _of_stage(case, actor, waiting, relations, {o.name for o in offers}, facts)
    offers += _of_commands(case, actor, relations, facts)
    drafting = any(item.duty == "draft" for item in waiting)
    return [offer for offer in offers if offer.name not in SIGNING or (drafting and offer.name == SIGN)]


def decides(actor: Actor, item: WorkItem) -> bool:
    """Whether the item waits for the actor's unit, where several units decide one after another."""
    return item.organisation is not None and actor.covers_organisation(item.organisation)


def _of_item(case: Case, actor: Actor, item: WorkItem, relations: Relations) -> list[Offer]:
    if item.role == "system":
        return []
    if item.procedure == "command":
        return []
    duty = next(d for d in PROCEDURES[item.procedure].duties if d.code == item.duty)
    offers = []
    for action in duty.actions:
        name = f"{item.procedure}.{action.code}"
        if actor.role not in policy.roles_for(name) or (item.run and not action.offered(item.run.params)):
            continue
        if item.assignee_id is not None and (actor.user is None or item.assignee_id != actor.user.pk):
            continue
        if item.procedure == "consult" and not (
            item.organisation and actor.covers_organisation(item.organisation)
        ):
            continue
        if item.role == Role.APPROVER and items.several_bodies(case) and not decides(actor, item):
            continue
        answer = policy.may(actor, name, case, relations)
        offers.append(Offer(name, action, answer.allowed, item, answer.code, answer.reason, answer.clause))
    return offers


def _of_stage(
    case: Case,
    actor: Actor,
    waiting: list[WorkItem],
    relations: Relations,
    shown: set[str],
    facts: CaseFacts,
) -> list[Offer]:
    """Actions of this procedure and of the one that follows, which the actor will have but not yet."""
    step = case.edition.pack.programme.lifecycle.steps.get(case.step)
    if step is None or step.kind == "rest" or case.stage == "closed":
        return []
    lifecycle = case.edition.pack.programme.lifecycle.steps
    following = [t for t in step.next.values() if isinstance(t, str) and lifecycle[t].kind != "rest"]
    live = {item.duty for item in waiting}
    offers = []
    for key in dict.fromkeys([case.step, *following]):
        procedure = lifecycle[key].procedure
        params = PROCEDURES[procedure].params | lifecycle[key].params
        for duty in active_duties(lifecycle[key]):
            if duty.code in live or duty.many or duty.param.startswith("(") or duty.role == "system":
                continue
            action = next(a for a in duty.actions if a.offered(params))
            name = f"{procedure}.{action.code}"
            if name in shown or not gates.has_rules(case.edition.pack, name):
                continue
            if actor.role not in policy.roles_for(name):
                continue
            refused = _by_rules(case, actor, procedure, action, relations, {}, facts)
            if refused is not None:
                offers.append(
                    Offer(name, action, False, None, refused.code, str(refused.message), refused.clause)
                )
    return offers


def _clause_of(step: Step | None, code: str) -> str:
    """The clause that a command of the step rests on."""
    command = step.commands.get(code) if step is not None else None
    return (step.clauses.get(code, "") if step is not None else "") or (command.clause if command else "")


def _of_commands(case: Case, actor: Actor, relations: Relations, facts: CaseFacts) -> list[Offer]:
    step = case.edition.pack.programme.lifecycle.steps.get(case.step)
    offers = []
    for code in step.commands if step else ():
        name = f"command.{code}"
        if actor.role not in policy.roles_for(name) or (
            (code == "discard") != case.is_draft and code in ("discard", "withdraw")
        ):
            continue
        answer = policy.may(actor, name, case, relations)
        if answer and gates.has_rules(case.edition.pack, name):
            refused = _by_rules(case, actor, "command", COMMANDS[code], relations, {}, facts)
            if refused is not None:
                answer = policy.Answer(False, refused.code, str(refused.message), refused.clause)
        if answer and name in WAITS and (why := WAITS[name](case)):
            answer = policy.Answer(False, "not_yet", why, _clause_of(step, code))
        offers.append(
            Offer(name, COMMANDS[code], answer.allowed, None, answer.code, answer.reason, answer.clause)
        )
    return offers
