"""The policy's rules at an action. 关口

Hard rules refuse; soft ones need a reason; what cannot be decided refuses where the rule is hard. An action without
rules costs no query.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit import punctuation
from cases.errors import Gate
from cases.facts import CaseFacts
from programmes.rule_context import reads_forms, reads_slots, supplied_by
from programmes.rule_programs import closure, rules_at
from programmes.rules import Verdict, blocking, evaluate, resolve_context
from programmes.schema import Pack
from workflows import held_slots
from workflows.turn import Turn
from workflows.verdict_groups import together


def has_rules(pack: Pack, gate: str) -> bool:
    """Whether any rule of the pack looks at this gate."""
    return any(gate in rule.levels for rule in pack.rules.values())


def verdicts_at(turn: Turn, facts: CaseFacts | None = None) -> list[Verdict]:
    """What the rules say of this action, with what it is about to make true. No query when there are none.

    ``facts``: those of the case as it stands, for pages that ask about several actions at once.
    """
    if not has_rules(turn.pack, turn.gate):
        return []
    appraisal = turn.run.appraisal if turn.run is not None and turn.run.track == "side" else None
    if facts is None:
        facts = CaseFacts(turn.case, pending=turn.pending, appraisal=appraisal, form_data=turn.form_data)
    context = resolve_context(
        turn.pack,
        form_data=facts.form_data() if reads_forms(turn.pack, turn.gate) else {},
        system_facts=facts,
        action_data=turn.data,
        slots=held_slots.values_of(turn.case, turn.run) if reads_slots(turn.pack, turn.gate) else {},
        gate=turn.gate,
    )
    return evaluate(turn.pack, turn.gate, context)


def verdicts_as_things_stand(turn: Turn, facts: CaseFacts | None = None) -> list[Verdict]:
    """:func:`verdicts_at` before anything has been filled in: rules that judge what the action itself will say are left

    out, for they have nothing to judge yet.
    """
    supplied = supplied_by(turn.pack, turn.gate)
    verdicts = verdicts_at(turn, facts)
    if not supplied or not verdicts:
        return verdicts
    waiting = {
        rule.rule.id for rule in rules_at(turn.pack, turn.gate) if closure(turn.pack, rule.reads) & supplied
    }
    return [verdict for verdict in verdicts if verdict.rule_id not in waiting]


def check(turn: Turn) -> list[Verdict]:
    """:func:`verdicts_at`, raising Gate with every rule that refuses, or that asks for a reason not given.

    Reasons come in ``raw['explanations']``: rule id → text.
    """
    verdicts = verdicts_at(turn)
    found = blocking(verdicts)
    if found.refused:
        raise refusal(turn.pack, found.refused)
    explanations: dict[str, Any] = turn.raw.get("explanations") or {}
    missing = tuple(v for v in found.needs_reason if not str(explanations.get(v.rule_id, "")).strip())
    if missing:
        raise refusal(turn.pack, missing, needs_reason=True)
    turn.record |= (
        {"explanations": {v.rule_id: explanations[v.rule_id] for v in found.needs_reason}}
        if found.needs_reason
        else {}
    )
    return verdicts


def refusal(pack: Pack, verdicts: tuple[Verdict, ...], *, needs_reason: bool = False) -> Gate:
    """One refusal that tells all reasons, each with its clause; what holds for many lines of a table once."""
    first, groups = verdicts[0], together(pack, verdicts)
    text = "\n".join(describe(group.first, needs_reason=needs_reason, where=group.where) for group in groups)
    return Gate(first.rule_id, text, first.clause, tuple(group.first for group in groups))


def describe(verdict: Verdict, *, needs_reason: bool = False, where: str = "") -> str:
    """One verdict as a sentence in the user's language: message, why undecided, clause.

    ``where``: the lines of a table that it holds for, when it speaks for several.
    """
    language = get_language() or "zh-hans"
    text = verdict.message.in_language(language)
    label = verdict.binding if where else verdict.label
    told = punctuation.strung((where, label.in_language(language) if label else ""))
    if told:
        text = f"{told}：{text}"
    if verdict.outcome == "undecided" and verdict.reason_undecided:
        text += _("（无法判定：%(why)s）") % {"why": verdict.reason_undecided.in_language(language)}
    if needs_reason:
        text += _("（不符合此项须说明理由）")
    return f"{text}（{verdict.clause}）"


def stored(verdicts: list[Verdict]) -> list[dict[str, Any]]:
    """The verdicts worth keeping with a decision: everything not plainly passed."""
    return [
        {"rule": v.rule_id, "outcome": v.outcome, "level": v.level, "clause": v.clause}
        | ({"award": str(v.award)} if v.award is not None else {})
        for v in verdicts
        if v.outcome not in ("passed", "skipped") or v.award is not None
    ]
