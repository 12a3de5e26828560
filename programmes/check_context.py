"""Checks of the context: each fact has a provider that exists, of the type it is declared with. 政策包检查：取值"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from programmes.expression_types import ExpressionError, fact_type_of
from programmes.facts import (
    FILES_PREFIX,
    QUESTION_PREFIX,
    SIGNED_PREFIX,
    TIER_PREFIXES,
    WEIGHTS_PREFIX,
    fact_type,
)
from programmes.problems import Problem, problem
from programmes.procedures import COMMANDS, PROCEDURES
from programmes.schema import ContextFact, FormField, Pack, SideProcedure, Step, Text
from programmes.scope import compiled


def check(pack: Pack) -> list[Problem]:
    """Problems with context.yaml."""
    return [found for name, fact in pack.context.items() for found in _context(pack, name, fact)]


def _context(pack: Pack, name: str, fact: ContextFact) -> Iterator[Problem]:
    report = partial(problem, "context.yaml", name)
    if name in pack.forms:
        yield report(Text(zh="与表单代码重名", en="has the name of a form"))
    if fact.fact:
        yield from _catalogue(pack, name, fact)
    elif fact.data:
        if fact.data not in _asked(pack):
            yield report(Text(zh=f"没有动作会提供“{fact.data}”", en=f"no action is asked for {fact.data!r}"))
    elif fact.count_filled:
        if fact.count_filled not in pack.forms:
            yield report(Text(zh=f"没有表单“{fact.count_filled}”", en=f"no form named {fact.count_filled!r}"))
        yield from _typed(name, fact, "integer")
    elif fact.material_present:
        if fact.material_present not in _materials(pack):
            yield report(
                Text(
                    zh=f"没有带序号的材料“{fact.material_present}”",
                    en=f"no numbered material {fact.material_present!r}",
                )
            )
        yield from _typed(name, fact, "boolean")
    elif fact.slot:
        yield from _slot(pack, name, fact)
    elif fact.recorded:
        yield from _recorded(pack, name, fact)
    else:
        yield from _computed(pack, name, fact)


def _catalogue(pack: Pack, name: str, fact: ContextFact) -> Iterator[Problem]:
    kind = fact_type(fact.fact)
    question = fact.fact.removeprefix(QUESTION_PREFIX) if fact.fact.startswith(QUESTION_PREFIX) else ""
    if kind is None:
        yield problem(
            "context.yaml",
            name,
            Text(zh=f"系统事实目录中没有“{fact.fact}”", en=f"the catalogue has no fact {fact.fact!r}"),
            Text(zh="目录见 programmes/facts.py", en="see programmes/facts.py"),
        )
        return
    yield from _typed(name, fact, kind)
    asked = {q.key: q.type for rubric in pack.rubrics.values() for q in rubric.questions}
    if question and asked.get(question) != "boolean":
        yield problem(
            "context.yaml",
            name,
            Text(
                zh=f"评分表没有是否题“{question}”", en=f"no rubric asks the yes-or-no question {question!r}"
            ),
        )
    for prefix, there in (
        (FILES_PREFIX, _file_items(pack)),
        (WEIGHTS_PREFIX, pack.rubrics.keys()),
        (SIGNED_PREFIX, _signatures(pack)),
        *((prefix, _tiers(pack)) for prefix in TIER_PREFIXES),
    ):
        named = fact.fact.removeprefix(prefix)
        if fact.fact.startswith(prefix) and named not in there:
            yield problem(
                "context.yaml", name, Text(zh=f"政策包中没有“{named}”", en=f"the pack has no {named!r}")
            )


def _signatures(pack: Pack) -> set[str]:
    """The places that are signed with some action."""
    steps = pack.programme.lifecycle.steps.values()
    return {spec.key for step in steps for specs in step.signatures.values() for spec in specs}


def _tiers(pack: Pack) -> set[str]:
    """The tiers that a title may have."""
    plaque = pack.programme.plaque
    grades = (grade.code for step in pack.programme.lifecycle.steps.values() for grade in step.grades)
    return {*grades, *(tier.code for tier in (plaque.tiers if plaque is not None else ()))}


def _file_items(pack: Pack) -> set[str]:
    """The items of material that files are uploaded for."""
    items = (field for form in pack.forms.values() if form.kind == "materials" for field in form.fields)
    return {field.key for field in items if field.type in ("file", "files")}


def _typed(name: str, fact: ContextFact, kind: str) -> Iterator[Problem]:
    if fact.type != kind:
        yield problem(
            "context.yaml",
            name,
            Text(zh=f"类型应为 {kind}，实为 {fact.type}", en=f"is {kind}, not {fact.type}"),
        )


def _slot(pack: Pack, name: str, fact: ContextFact) -> Iterator[Problem]:
    slot = pack.programme.slots.get(fact.slot or "")
    if slot is None:
        yield problem(
            "context.yaml", name, Text(zh=f"没有待定值“{fact.slot}”", en=f"no slot named {fact.slot!r}")
        )
    elif slot.type == "duration":
        if fact.type != "decimal":
            yield problem(
                "context.yaml",
                name,
                Text(zh="期限不能用于表达式", en="expressions cannot read a duration"),
                Text(zh="声明为 decimal 的，按年数读取", en="declared decimal, it is read in years"),
            )
    else:
        yield from _typed(name, fact, slot.type)


def _computed(pack: Pack, name: str, fact: ContextFact) -> Iterator[Problem]:
    try:
        names = compiled(pack, fact.expr, expects=fact.type).names
    except ExpressionError as error:
        yield problem("context.yaml", f"{name}.expr", error.message)
        return
    if _circular(pack, name, names):
        yield problem(
            "context.yaml",
            f"{name}.expr",
            Text(zh="表达式循环引用", en="the expression leads back to itself"),
        )


def _circular(pack: Pack, start: str, names: frozenset[str]) -> bool:
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name == start:
            return True
        fact = pack.context.get(name)
        if name in seen or fact is None or not fact.expr:
            continue
        seen.add(name)
        try:
            waiting.extend(compiled(pack, fact.expr, expects=fact.type).names)
        except ExpressionError:
            continue  # reported under that fact
    return False


def _recorded(pack: Pack, name: str, fact: ContextFact) -> Iterator[Problem]:
    """The action is asked for it somewhere in the lifecycle, and with a blank of that type."""
    gate, _dot, key = fact.recorded.rpartition(".")
    fields = [field for asked, field in recorded_fields(pack) if asked == gate and field.key == key]
    if not fields:
        yield problem(
            "context.yaml",
            name,
            Text(zh=f"没有动作记载“{fact.recorded}”", en=f"no action records {fact.recorded!r}"),
            Text(
                zh="请在该环节的 asks 中写明，例如 asks: {accept: [{key: …}]}",
                en="ask for it under asks of the step: asks: {accept: [{key: …}]}",
            ),
        )
    for field in fields:
        yield from _typed(name, fact, fact_type_of(field.type))


def recorded_fields(pack: Pack) -> Iterator[tuple[str, FormField]]:
    """What the pack has recorded with actions: (gate, blank)."""
    programme = pack.programme
    owners: list[tuple[str, Step | SideProcedure]] = [
        *((step.procedure, step) for step in programme.lifecycle.steps.values()),
        *((side.flow, side) for side in programme.side.values()),
    ]
    for procedure, owner in owners:
        for code, fields in owner.asks.items():
            gate = f"command.{code}" if code in COMMANDS else f"{procedure}.{code}"
            yield from ((gate, field) for field in fields)
    for step in programme.lifecycle.steps.values():
        if step.grades:
            yield (
                "review.select",
                FormField(
                    key="grade", label=step.title, type="choice", clause=step.clause, choices=step.grades
                ),
            )


def _asked(pack: Pack) -> set[str]:
    """What actions are asked for, by themselves or by this policy."""
    actions = [a for p in PROCEDURES.values() for duty in p.duties for a in duty.actions]
    owners: list[Step | SideProcedure] = [
        *pack.programme.lifecycle.steps.values(),
        *pack.programme.side.values(),
    ]
    own = {field.key for owner in owners for fields in owner.asks.values() for field in fields}
    return own | {ask.key for action in (*actions, *COMMANDS.values()) for ask in action.asks}


def _materials(pack: Pack) -> set[str]:
    return {
        field.key
        for form in pack.forms.values()
        if form.kind == "materials"
        for field in form.fields
        if field.number is not None
    }
