"""Checks of what can never come: facts that nothing supplies, actions that parameters switch off, parts nobody uses.

政策包检查：能否办到、能否取得
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from programmes.check_codes import FILE
from programmes.default_letters import default_code
from programmes.facts import WEIGHTS_PREFIX
from programmes.problems import Problem, problem
from programmes.procedures import COMMANDS, PROCEDURES, Ask, Procedure
from programmes.rule_programs import closure, compiled_rules
from programmes.schema import ContextFact, Pack, SideProcedure, Step, Text
from programmes.soundness import active_duties, side_duties

ROUND_GATE: Final = "round.open"
LATE_OBJECTION: Final = frozenset({"uphold_objection", "dismiss_objection"})
"""What approval may have to decide about an objection that was posted in time."""
FROM_PROCEDURE: Final[Mapping[str, str]] = {
    "review.": "review",
    "publicity.": "publicize",
    "approval.": "accredit",
    "appraisal.": "appraise",
    "award.": "award",
    "ledger.": "award",
    "revocation.": "revoke",
    "filing.": "file",
    "opinions.": "consult",
}
"""What a family of facts (:mod:`programmes.facts`) comes from."""


def check(pack: Pack) -> Iterator[Problem]:
    """What the pack writes and a case could never come to."""
    yield from _switched_off(pack)
    used = used_gates(pack)
    for number, pair in enumerate(pack.programme.separation, 1):
        for gate in pair:
            yield from _never(f"separation[{number}]", gate, used)
    if pack.programme.quota is not None:
        yield from _never("quota.counts_at", pack.programme.quota.counts_at, used)
    if pack.programme.places is not None:
        yield from _never("places.counts_at", pack.programme.places.counts_at, used)
    for name, fact in pack.context.items():
        yield from _fact(pack, name, fact)
    yield from _not_asked(pack)
    yield from _beginning(pack)
    yield from _unused(pack)


# -- actions -------------------------------------------------------------------------------------------------------------


def owners(pack: Pack) -> list[tuple[str, Step | SideProcedure]]:
    """(where, owner) of the steps and side procedures, in order: whatever has actions."""
    programme = pack.programme
    found: list[tuple[str, Step | SideProcedure]] = []
    found += [(f"lifecycle.steps.{name}", step) for name, step in programme.lifecycle.steps.items()]
    found += [(f"side.{name}", side) for name, side in programme.side.items()]
    return found


def offered_in(owner: Step | SideProcedure) -> frozenset[str]:
    """The actions that persons are offered in a step or side run under its parameters, and those of the system."""
    procedure = _procedure_of(owner)
    if procedure is None:
        return frozenset()
    params = {**procedure.params, **owner.params}
    duties = active_duties(owner) if isinstance(owner, Step) else side_duties(owner)
    offered = {a.code for duty in duties for a in duty.actions if a.role == "system" or a.offered(params)}
    return frozenset(offered | {a.code for a in procedure.system})


def letters_of(owner: Step | SideProcedure) -> dict[str, str]:
    """Action → the letter that goes with it, in a step or side run: the pack's own, else the one of every programme."""
    procedure = _procedure_of(owner)
    gates = {code: f"{procedure.code}.{code}" for code in sorted(offered_in(owner))} if procedure else {}
    if isinstance(owner, Step):
        gates |= {code: f"command.{code}" for code in owner.commands}
    general = {code: default_code(gate) for code, gate in gates.items()}
    return {code: letter for code, letter in general.items() if letter} | dict(owner.letters)


def used_gates(pack: Pack) -> frozenset[str]:
    """The gates that a case of this pack can come to."""
    steps = pack.programme.lifecycle.steps.values()
    found = {ROUND_GATE} | {f"command.{code}" for step in steps for code in step.commands}
    for _where, owner in owners(pack):
        procedure = _procedure_of(owner)
        if procedure is not None:
            found |= {f"{procedure.code}.{code}" for code in offered_in(owner)}
    return frozenset(found)


def _procedure_of(owner: Step | SideProcedure) -> Procedure | None:
    if isinstance(owner, SideProcedure):
        return PROCEDURES[owner.flow]
    return PROCEDURES.get(owner.procedure) if owner.kind != "rest" else None


def _switched_off(pack: Pack) -> Iterator[Problem]:
    """What is said of an action that the parameters of its step switch off: nobody would ever meet with it."""
    for where, owner in owners(pack):
        procedure = _procedure_of(owner)
        if procedure is None:
            continue
        off = {a.code for duty in procedure.duties for a in duty.actions} - offered_in(owner)
        if isinstance(owner, Step) and "register_objection" in owner.commands:
            off -= LATE_OBJECTION
        parts: dict[str, Mapping[str, object]] = {"asks": owner.asks, "letters": owner.letters}
        if isinstance(owner, Step):
            parts |= {"standing": owner.standing, "renews": owner.renews}
        for part, given in parts.items():
            for code in given:
                if code in off:
                    yield problem(
                        FILE,
                        f"{where}.{part}.{code}",
                        Text(
                            zh=f"该环节按其参数没有动作“{code}”",
                            en=f"with its parameters the step never offers {code!r}",
                        ),
                        Text(zh="请删去该项，或者调整 params", en="remove it, or change the parameters"),
                    )


def _never(where: str, gate: str, used: Collection[str]) -> Iterator[Problem]:
    procedure, _dot, code = gate.partition(".")
    known = code in COMMANDS if procedure == "command" else procedure in PROCEDURES
    if known and gate not in used:
        yield problem(
            FILE,
            where,
            Text(zh=f"本项目没有动作“{gate}”，该项不起作用", en=f"this lifecycle never comes to {gate!r}"),
            Text(zh="请改为本项目有的动作，或者删去该项", en="name an action that it has, or remove it"),
        )


# -- facts ---------------------------------------------------------------------------------------------------------------


def _fact(pack: Pack, name: str, fact: ContextFact) -> Iterator[Problem]:
    """A fact of the system's that comes from something this pack does not have."""
    lacking = _lacking(pack, fact.fact) if fact.fact else ""
    if lacking:
        yield problem(
            "context.yaml",
            name,
            Text(
                zh=f"本项目没有{lacking}，“{fact.fact}”不会有实际取值",
                en=f"nothing in this lifecycle brings {fact.fact!r}: it never has a value of its own",
            ),
            Text(
                zh="请删去该项和用到它的规则，或者补上相应的环节",
                en="remove it and the rules that read it, or add the step that it comes from",
            ),
        )


def _lacking(pack: Pack, fact: str) -> str:
    steps = pack.programme.lifecycle.steps.values()
    running = {step.procedure for step in steps if step.kind != "rest"}
    running |= {side.flow for side in pack.programme.side.values()}
    for prefix, procedure in FROM_PROCEDURE.items():
        if fact.startswith(prefix) and procedure not in running:
            return f"“{PROCEDURES[procedure].title}”程序"
    if fact.startswith("plaque.") and pack.programme.plaque is None:
        return "授牌（plaque）"
    if fact.startswith("intake.") and not any("register_intake" in step.commands for step in steps):
        return "收件登记（register_intake）"
    if fact == "recommendation.rank" and not any(step.params.get("ranking") for step in steps):
        return "推荐排序（ranking）"
    return ""


def _not_asked(pack: Pack) -> Iterator[Problem]:
    """Rules at a gate that read what is sent with the action, where that action does not ask for it."""
    asked = _asked_at(pack)
    for rule in compiled_rules(pack):
        data = {name: pack.context[name].data for name in closure(pack, rule.reads) if name in pack.context}
        for gate in rule.rule.levels:
            for name, key in sorted(data.items()):
                if key and gate in asked and key not in asked[gate]:
                    yield problem(
                        "rules.yaml",
                        f"{rule.rule.id}.levels.{gate}",
                        Text(
                            zh=f"办理“{gate}”时不填报“{key}”（{name}），规则在该关口永远无法判定",
                            en=f"{gate} is not asked for {key!r} ({name}): there the rule is never decided",
                        ),
                        Text(
                            zh=f"请在该环节的 asks 中写明 {key}，或者改用 recorded，或者删去该关口",
                            en=f"ask for {key} under asks of the step, use recorded, or remove the gate",
                        ),
                    )


def _asked_at(pack: Pack) -> dict[str, set[str]]:
    """Gate → what is asked there, by the product or by this policy."""
    asked = {
        f"{p.code}.{a.code}": _keys(a.asks)
        for p in PROCEDURES.values()
        for a in (*(a for duty in p.duties for a in duty.actions), *p.system)
    }
    asked |= {f"command.{a.code}": _keys(a.asks) for a in COMMANDS.values()}
    for _where, owner in owners(pack):
        procedure = owner.flow if isinstance(owner, SideProcedure) else owner.procedure
        for code, fields in owner.asks.items():
            gate = f"command.{code}" if code in COMMANDS else f"{procedure}.{code}"
            asked.setdefault(gate, set()).update(field.key for field in fields)
    return asked


def _keys(asks: Collection[Ask]) -> set[str]:
    return {ask.key for ask in asks}


def _beginning(pack: Pack) -> Iterator[Problem]:
    """A case begins as a declaration, and only a step that declares has forms filled in."""
    lifecycle = pack.programme.lifecycle
    start = lifecycle.steps.get(lifecycle.start)
    if start is not None and start.stage != "declare":
        yield problem(
            FILE,
            "lifecycle.start",
            Text(
                zh=f"起始环节“{lifecycle.start}”不是申报环节，无人能够提出申报",
                en=f"the first step {lifecycle.start!r} is no declaration: nobody could begin",
            ),
            Text(zh="起始环节应为 stage: declare", en="the first step has stage: declare"),
        )
    for name, step in lifecycle.steps.items():
        if step.stage != "declare" and name != lifecycle.start and (step.forms or step.materials):
            yield problem(
                FILE,
                f"lifecycle.steps.{name}.{'forms' if step.forms else 'materials'}",
                Text(
                    zh="只有申报环节填报表单和材料，列在此处无人能够填写",
                    en="forms and materials are filled in where one declares: here nobody is asked for them",
                ),
                Text(
                    zh="请移到 stage: declare 的环节；随动作填写的，写在 asks 中；考评材料写在 side 的 form 中",
                    en="move them to a step with stage: declare; use asks for an action, form of the side for an appraisal",
                ),
            )


# -- what nobody uses ------------------------------------------------------------------------------------------------------


def _unused(pack: Pack) -> Iterator[Problem]:
    """Forms that no step asks for, rubrics that nobody scores, letters that no action sends."""
    steps, sides = pack.programme.lifecycle.steps.values(), pack.programme.side.values()
    forms = {code for step in steps for code in (*step.forms, step.materials)} | {s.form for s in sides}
    for code in sorted(pack.forms.keys() - forms):
        yield problem(
            f"forms/{code}.yaml",
            ".",
            Text(
                zh=f"没有环节使用表单“{code}”，无人能够填写",
                en=f"no step asks for the form {code!r}: nobody could fill it in",
            ),
            Text(
                zh="请列入环节的 forms（材料清单为 materials），或者删去该文件",
                en="list it under forms (or materials) of a step, or remove the file",
            ),
        )
    rubrics = {owner.rubric for _where, owner in owners(pack)}
    rubrics |= {fact.fact.removeprefix(WEIGHTS_PREFIX) for fact in pack.context.values()}
    for code in sorted(pack.rubrics.keys() - rubrics):
        yield problem(
            "rubrics.yaml",
            code,
            Text(zh=f"没有环节使用评分表“{code}”", en=f"no step uses the rubric {code!r}"),
            Text(zh="请在环节的 rubric 中写明，或者删去", en="name it as the rubric of a step, or remove it"),
        )
    letters = {code for _where, owner in owners(pack) for code in letters_of(owner).values()}
    for code in sorted(pack.letters.keys() - letters):
        yield problem(
            f"letters/{code}.md",
            ".",
            Text(zh=f"没有动作使用文书“{code}”，不会发出", en=f"no action sends the letter {code!r}"),
            Text(
                zh=f"请在环节的 letters 中写明，例如 submit: {code}，或者删去该文件",
                en=f"name it under letters of a step, for instance submit: {code}, or remove the file",
            ),
        )
