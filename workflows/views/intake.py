"""收件登记簿 of a case: what arrived and when, replaced entries included, and what that means for acceptance."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from audit import clock
from cases import policy
from cases.intake import entries_of
from cases.models import Case
from cases.relations import relations_of
from programmes.procedures import action_of
from programmes.rule_programs import closure, compiled_rules
from programmes.rules import Verdict
from workflows import gates
from workflows.case_pages import find_case, frame, note_read, require_part
from workflows.intake_lines import register_lines
from workflows.preview import Judged
from workflows.turn import Turn
from workflows.views.refusals import PersonAtWork, for_actors

INTAKE = "intake."


@for_actors
@require_safe
def register(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """The register of the case, in the order of registration."""
    actor = request.actor
    case = find_case(actor, public_id)
    require_part(actor, case, "decisions")
    note_read(actor, case, "case.intake")
    entries = entries_of(case)
    step = case.edition.pack.programme.lifecycle.steps.get(case.step)
    commands = step.commands if step is not None else {}
    context = frame(case, actor, "intake") | {
        "lines": register_lines(entries),
        "conditions": conditions(case, actor),
        "may_register": _may(actor, case, "register_intake", commands),
        "may_correct": bool(entries) and _may(actor, case, "correct_intake", commands),
        "clause": step.clauses.get("register_intake", "") if step is not None else "",
    }
    return render(request, "cases/intake.html", context)


def _may(actor: Actor, case: Case, code: str, commands: object) -> bool:
    offered = isinstance(commands, dict) and code in commands
    return offered and bool(policy.may(actor, f"command.{code}", case))


def _told(verdict: Verdict) -> str:
    """What a condition says; of one that cannot be told yet, only what is missing."""
    if verdict.outcome == "undecided" and verdict.reason_undecided:
        why = verdict.reason_undecided.in_language(get_language() or "zh-hans")
        return _("尚不能判定，%(why)s") % {"why": why}
    return gates.describe(verdict).removesuffix(f"（{verdict.clause}）")


def conditions(case: Case, actor: Actor) -> list[Judged]:
    """What the rules of acceptance that read the register say of it as it stands; none outside the declaration."""
    pack = case.edition.pack
    gate = "declare.accept"
    if case.stage != "declare" or case.is_draft:
        return []
    reading = set()
    for rule in compiled_rules(pack):
        names = closure(pack, rule.reads)
        if gate in rule.rule.levels and any(
            pack.context[name].fact.startswith(INTAKE) for name in names if name in pack.context
        ):
            reading.add(rule.rule.id)
    if not reading:
        return []
    turn = Turn(
        case, actor, "declare", action_of("declare", "accept"), clock.now(), {}, relations_of(actor, case)
    )
    return [
        Judged(
            verdict.rule_id,
            str(pack.rules[verdict.rule_id].title),
            verdict.outcome,
            verdict.level,
            _told(verdict),
            verdict.clause,
            False,
        )
        for verdict in gates.verdicts_at(turn)
        if verdict.rule_id in reading and verdict.outcome != "skipped"
    ]
