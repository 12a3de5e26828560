"""The list of corrections as a page draws it: lines as typed, or those that the checks so far propose. 补正清单"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from audit import clock
from cases.enums import DefectSource
from cases.material_checks import defects_by_item
from cases.models import Case
from programmes.procedures import COMMANDS, PROCEDURES, Action
from programmes.rule_programs import closure, compiled_rules
from programmes.schema import Pack
from workflows import gates
from workflows.defects import FIELD, MATERIAL, PAPER, Target, forms_of, targets_of
from workflows.turn import Turn
from workflows.verdict_groups import together

SPARE = 3
"""Blank lines beneath the filled ones; the script adds more."""
INTAKE = "intake."
SOURCES = {
    DefectSource.MATERIAL: DefectSource.MATERIAL.label,
    DefectSource.RULE: DefectSource.RULE.label,
}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of the list."""

    number: int
    target: str
    problem: str
    remedy: str
    source: str = ""
    source_label: str = ""
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class DefectSheet:
    """补正清单: its lines, and what they can be about, by group."""

    lines: list[SheetLine]
    groups: list[tuple[str, list[Target]]]


def defect_sheet(turn: Turn, sent: Mapping[str, str] | None) -> DefectSheet:
    """The list for this return: as ``sent``, else as proposed."""
    lines = list(_typed(sent)) if sent is not None else list(_proposed(turn))
    filled = len(lines)
    lines += [SheetLine(filled + place, "", "", "") for place in range(SPARE)]
    targets = targets_of(turn.case)
    groups = [(group, list(some)) for group, some in groupby(targets, key=lambda target: target.group)]
    return DefectSheet(lines, groups)


def _typed(sent: Mapping[str, str]) -> Iterator[SheetLine]:
    numbers = sorted({int(name.partition(".")[0]) for name in sent if name.partition(".")[0].isdecimal()})
    for place, number in enumerate(numbers[:200]):
        parts = {key: sent.get(f"{number}.{key}", "") for key in ("target", "problem", "remedy", "source")}
        dropped = bool(sent.get(f"{number}.drop"))
        if any(parts.values()):
            yield SheetLine(place, **parts, source_label=_source(parts["source"]), dropped=dropped)


def _source(code: str) -> str:
    return str(SOURCES[DefectSource(code)]) if code in SOURCES else ""


def _proposed(turn: Turn) -> Iterator[SheetLine]:
    """What the check of the materials found, then the rules of going on that are not met."""
    rows = [*_of_materials(turn.case), *_of_rules(turn)]
    for place, (target, problem, remedy, source) in enumerate(rows):
        yield SheetLine(place, target, problem, remedy, source, _source(source))


def _of_materials(case: Case) -> Iterator[tuple[str, str, str, str]]:
    """The items of the materials that the officer did not find in order. Three queries."""
    for key, wanting in defects_by_item(case).items():
        yield f"{MATERIAL}{key}", wanting, "", DefectSource.MATERIAL.value


def _of_rules(turn: Turn) -> Iterator[tuple[str, str, str, str]]:
    """The rules that refuse, or ask a reason for, the action that would go on from here; each with all its lines of a

    table as one.
    """
    onward = _onward(turn)
    if onward is None:
        return
    asked = Turn(
        turn.case, turn.actor, turn.procedure, onward, clock.now(), {}, turn.relations, turn.run, turn.item
    )
    known = {form.code for form in forms_of(turn.case)}
    failed = (
        verdict
        for verdict in gates.verdicts_as_things_stand(asked)
        if verdict.outcome == "failed" and verdict.level in ("hard", "soft")
    )
    for group in together(turn.pack, failed):
        verdict = group.first
        rule = turn.pack.rules[verdict.rule_id]
        place = next((name for name in rule.fields if name.partition(".")[0] in known), "")
        target = f"{FIELD}{place}" if place else _material_or_paper(turn.pack, verdict.rule_id)
        said = f"{group.where}：{verdict.message}" if group.where else str(verdict.message)
        text = _("%(text)s（%(clause)s）") % {"text": said, "clause": verdict.clause}
        yield target, text, "", DefectSource.RULE.value


def _onward(turn: Turn) -> Action | None:
    """The action at the same duty that goes on: neither a return nor a refusal."""
    if turn.item is None or turn.procedure not in PROCEDURES or turn.item.duty in COMMANDS:
        return None
    duty = next((d for d in PROCEDURES[turn.procedure].duties if d.code == turn.item.duty), None)
    actions = duty.actions if duty is not None else ()
    return next((action for action in actions if action.tone == "primary"), None)


def _material_or_paper(pack: Pack, rule_id: str) -> str:
    """What a rule without a blank is about: an item of the materials that it names, the paper copies, or nothing."""
    items = {field.key for form in pack.forms.values() if form.kind == "materials" for field in form.fields}
    for name in pack.rules[rule_id].fields:
        if name.partition(".")[2] in items:
            return f"{MATERIAL}{name.partition('.')[2]}"
    rule = next(each for each in compiled_rules(pack) if each.rule.id == rule_id)
    facts = {pack.context[name].fact for name in closure(pack, rule.reads) if name in pack.context}
    return PAPER if any(fact.startswith(INTAKE) for fact in facts) else ""
