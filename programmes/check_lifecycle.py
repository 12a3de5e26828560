"""Checks of programme.yaml: codes that exist, roles, slots, time limits, numbers. 政策包检查：事项与环节"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from accounts.enums import OrganisationKind, Role
from programmes import check_side
from programmes.check_codes import (
    FILE,
    action_codes,
    asks_problems,
    deadline_problems,
    duration_problems,
    system_actions,
    unknown_codes,
)
from programmes.check_signatures import signature_problems
from programmes.expression_types import ExpressionError
from programmes.nominations import NOMINATES, nomination_of
from programmes.problems import Problem, problem
from programmes.procedures import COMMANDS, PROCEDURES, STAGES_OF, Procedure, gates
from programmes.schema import Pack, Slot, Step, Text
from programmes.scope import compiled
from programmes.slot_types import SlotError, read_slot
from programmes.soundness import SYSTEM, active_duties, side_duties

CORRECT = "correct"
"""The time for mending what was returned: a limit of a declare step beside those of its duties."""


LATE_OBJECTION = frozenset({"uphold_objection", "dismiss_objection"})


def check(pack: Pack) -> list[Problem]:
    """Problems with programme.yaml, in the order of the file."""
    return list(_Checker(pack).problems())


def separable(pack: Pack) -> frozenset[str]:
    """What ``separation`` may name: every gate, and the nomination, which is none, where there are nominations."""
    return gates() if nomination_of(pack) is None else gates() | {NOMINATES}


class _Checker:
    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.programme = pack.programme
        self.steps = pack.programme.lifecycle.steps

    def problems(self) -> Iterator[Problem]:
        yield from self._identity()
        yield from self._roles()
        for name, slot in self.programme.slots.items():
            yield from _slot_problems(f"slots.{name}", slot)
        for name, step in self.steps.items():
            yield from self._step(f"lifecycle.steps.{name}", step)
        for name, side in self.programme.side.items():
            yield from check_side.check(self.pack, f"side.{name}", side)
        yield from self._plaque()
        for one, other in self.programme.separation:
            yield from unknown_codes("separation", (one, other), separable(self.pack), "动作", "action")

    def _identity(self) -> Iterator[Problem]:
        kinds = set(OrganisationKind.values)
        yield from unknown_codes("applicant.kinds", self.programme.applicant.kinds, kinds, "单位类别", "kind")
        yield from _number_problems("case_no", self.programme.case_no)
        yield from _name_problems("round.name", self.programme.round.name)
        if self.programme.effective_from:
            try:
                dt.date.fromisoformat(self.programme.effective_from)
            except ValueError:
                yield problem(
                    FILE,
                    "effective_from",
                    Text(zh="施行日期应写作 2020-06-12", en="write the date as 2020-06-12"),
                )

    def _roles(self) -> Iterator[Problem]:
        yield from unknown_codes("roles", self.programme.roles, set(Role.values), "角色", "role")
        for role, where in sorted(self._acting().items()):
            if role not in self.programme.roles:
                yield problem(
                    FILE,
                    "roles",
                    Text(zh=f"缺少角色“{role}”，{where}由其办理", en=f"{where} needs the role {role!r}"),
                    Text(zh="请在 roles 中写明由谁担任", en="say under roles who holds it"),
                )

    def _acting(self) -> dict[str, str]:
        """Roles that a duty or command of this lifecycle waits for → where."""
        acting: dict[str, str] = {}
        for name, step in self.steps.items():
            for duty in active_duties(step):
                acting.setdefault(duty.role, f"{name}.{duty.code}")
            for code in step.commands:
                if code in COMMANDS:
                    acting.setdefault(COMMANDS[code].role, f"{name}.{code}")
        for name, side in self.programme.side.items():
            for duty in side_duties(side):
                acting.setdefault(duty.role, f"{name}.{duty.code}")
        acting.pop(SYSTEM, None)
        return acting

    def _step(self, where: str, step: Step) -> Iterator[Problem]:
        procedure = PROCEDURES.get(step.procedure) if step.kind == "procedure" else None
        if step.kind == "procedure" and procedure is None:
            yield problem(
                FILE,
                f"{where}.kind",
                Text(zh=f"“{step.stage}”阶段没有办理程序", en=f"the stage {step.stage!r} has no procedure"),
                Text(zh="请写明 kind: rest", en="write kind: rest"),
            )
        if step.flow and step.stage not in STAGES_OF.get(step.flow, (step.flow,)):
            yield problem(
                FILE,
                f"{where}.flow",
                Text(
                    zh=f"“{step.stage}”阶段不能使用程序“{step.flow}”",
                    en=f"the procedure {step.flow!r} does not run in the stage {step.stage!r}",
                ),
                Text(
                    zh="可用阶段：" + "、".join(STAGES_OF.get(step.flow, ())),
                    en="stages: " + ", ".join(STAGES_OF.get(step.flow, ())),
                ),
            )
        yield from unknown_codes(f"{where}.forms", step.forms, self.pack.forms, "表单", "form")
        if step.materials:
            yield from unknown_codes(
                f"{where}.materials", [step.materials], self._materials(), "材料清单", "list of materials"
            )
        if step.rubric:
            yield from unknown_codes(f"{where}.rubric", [step.rubric], self.pack.rubrics, "评分表", "rubric")
        elif procedure is not None and any(duty.code == "score" for duty in active_duties(step)):
            yield problem(
                FILE, f"{where}.rubric", Text(zh="评审环节缺少评分表", en="a review needs a rubric")
            )
        yield from unknown_codes(f"{where}.commands", step.commands, COMMANDS, "命令", "command")
        yield from self._params(where, step, procedure)
        yield from self._needs(where, step)
        yield from self._actions(where, step, procedure)
        duties = {duty.code for duty in procedure.duties} if procedure else set(step.commands)
        system = system_actions(procedure) if procedure else set(step.commands)
        yield from deadline_problems(
            self.programme.slots,
            f"{where}.deadlines",
            step.deadlines,
            duties | system | ({CORRECT} if step.procedure == "declare" else set()),
            system,
        )

    def _materials(self) -> set[str]:
        return {code for code, form in self.pack.forms.items() if form.kind == "materials"}

    def _params(self, where: str, step: Step, procedure: Procedure | None) -> Iterator[Problem]:
        known = set(procedure.params if procedure else ())
        yield from unknown_codes(f"{where}.params", step.params, known, "环节参数", "parameter")
        for name, default in (procedure.params if procedure else {}).items():
            value = step.params.get(name, default)
            if isinstance(default, bool) and not isinstance(value, bool):
                yield problem(
                    FILE,
                    f"{where}.params.{name}",
                    Text(zh="应为 true 或者 false", en="should be true or false"),
                )
        if "length" in step.params:
            length = str(step.params["length"])
            yield from duration_problems(self.programme.slots, f"{where}.params.length", length)

    def _needs(self, where: str, step: Step) -> Iterator[Problem]:
        """What an action of the step cannot do without: a notice is a letter, a plaque has a number."""
        procedure = PROCEDURES.get(step.procedure)
        params = {**(procedure.params if procedure else {}), **step.params}
        actions = {
            action.code for duty in active_duties(step) for action in duty.actions if action.offered(params)
        }
        for code in ("publish_notice", "announce"):
            if code in actions and code not in step.letters:
                yield problem(
                    FILE,
                    f"{where}.letters",
                    Text(
                        zh=f"缺少“{code}”的公示（公布）文书", en=f"{code} needs the letter that is published"
                    ),
                    Text(
                        zh=f"请在 letters 中写明，例如 {code}: notice",
                        en=f"say under letters, {code}: notice",
                    ),
                )
        if "issue_plaque" in actions and self.programme.plaque is None:
            yield problem(
                FILE,
                f"{where}.params",
                Text(zh="授牌没有编号规则", en="the plaque has no numbering"),
                Text(
                    zh="请写明 plaque，或者 params: {plaque: false}",
                    en="write plaque:, or params: {plaque: false}",
                ),
            )

    def _actions(self, where: str, step: Step, procedure: Procedure | None) -> Iterator[Problem]:
        actions = action_codes(procedure) | step.commands.keys()
        duties = {duty.code for duty in procedure.duties} if procedure else set()
        yield from asks_problems(f"{where}.asks", step.asks, actions)
        yield from signature_problems(where, step, actions)
        if step.stage == "accredit" and "register_objection" in step.commands:
            actions |= LATE_OBJECTION  # what was posted in time is examined here
        yield from unknown_codes(f"{where}.standing", step.standing, actions, "动作", "action")
        yield from unknown_codes(f"{where}.letters", step.letters, actions, "动作", "action")
        yield from unknown_codes(
            f"{where}.letters", step.letters.values(), self.pack.letters, "文书", "letter"
        )
        yield from unknown_codes(f"{where}.clauses", step.clauses, actions, "动作", "action")
        yield from unknown_codes(
            f"{where}.labels", step.labels, actions | duties, "动作或者待办", "action or duty"
        )

    def _plaque(self) -> Iterator[Problem]:
        plaque = self.programme.plaque
        if plaque is None:
            return
        yield from _number_problems("plaque.number", plaque.number)
        if plaque.tier_expr:
            try:
                compiled(self.pack, plaque.tier_expr, expects="text")
            except ExpressionError as error:
                yield problem(FILE, "plaque.tier_expr", error.message)


def _slot_problems(where: str, slot: Slot) -> Iterator[Problem]:
    if slot.default is None:
        return
    try:
        read_slot(slot, slot.default)
    except SlotError as error:
        yield problem(FILE, f"{where}.default", error.text)


NUMBER = re.compile(r"(?:[^{}]|\{year\}|\{seq(?::0[1-9]d)?\})+")
NAME = re.compile(r"(?:[^{}]|\{year\})+")


def _number_problems(where: str, template: str) -> Iterator[Problem]:
    """A numbering template: ``{seq}``, perhaps ``{year}``, and nothing else that could be filled in."""
    if not NUMBER.fullmatch(template) or "{seq" not in template or len(template) > 60:
        yield problem(
            FILE,
            where,
            Text(zh="编号规则有误", en="not a numbering template"),
            Text(
                zh="请使用 {year} 和 {seq}，例如 GYJJ-{year}-{seq:04d}",
                en="use {year} and {seq}: GYJJ-{year}-{seq:04d}",
            ),
        )


def _name_problems(where: str, name: Text) -> Iterator[Problem]:
    """A round's name: ``{year}`` and nothing else that could be filled in."""
    if not NAME.fullmatch(name.zh) or not NAME.fullmatch(name.en or "-"):
        yield problem(
            FILE,
            where,
            Text(zh="批次名称有误", en="not a name for rounds"),
            Text(zh="只能使用 {year}，例如 {year}年度申报", en="only {year} is filled in"),
        )
