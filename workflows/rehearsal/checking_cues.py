"""Does every step of a scenario make sense: actions, people, times, expectations? 步骤检查"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError

from cases import policy
from cases.enums import Closure
from programmes.check_context import recorded_fields
from programmes.facts import FACTS, RECORDED_PREFIX, fact_type
from programmes.lifecycle import Stage
from programmes.problems import Problem, from_validation
from workflows.rehearsal import vocabulary as words
from workflows.rehearsal.naming import all_known, declaration_problems, share_problems, unknown
from workflows.rehearsal.schema import DeclarationData, RoundIs, Step
from workflows.rehearsal.script import Cue, Place, Script
from workflows.turn import own_asks

ABOUT_THE_ACT: Final = frozenset({"ok", "refused", "message", "warnings"})
"""Expectations that need no case."""


class CueChecker:
    """Walks through the cues of one branch, remembering the time and which cases have been opened."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.pack = script.pack
        self.packs = script.packs
        self.people = script.people
        self.moment: dt.datetime | None = None
        self.cases: list[str] = []
        self.rounds: list[str] = []

    def problems(self, cues: list[Cue]) -> Iterator[Problem]:
        """What is wrong with the cues, in their order."""
        if not cues or cues[0].moment is None:
            yield self.script.place.problem(
                "第一步须写明时间，或者写明 round",
                "the first step has a time, or the scenario a round",
                "例如 at: 2021-03-08 10:00",
                "for example at: 2021-03-08 10:00",
            )
        for cue in cues:
            yield from self._time(cue)
            yield from self._action(cue) if cue.step.do else ()
            yield from self._expectation(cue)

    def _is_recorded(self, name: str) -> bool:
        recorded = {f"{RECORDED_PREFIX}{gate}.{field.key}" for gate, field in recorded_fields(self.pack)}
        return name in recorded

    def _time(self, cue: Cue) -> Iterator[Problem]:
        if cue.moment is None:
            return
        if self.moment is not None and cue.moment < self.moment:
            place = cue.place.inner("wait_until" if cue.is_wait else "at")
            before = f"{self.moment:%Y-%m-%d %H:%M}"
            yield place.problem(f"时间早于上一步（{before}）", f"earlier than the step before ({before})")
        self.moment = cue.moment

    def _action(self, cue: Cue) -> Iterator[Problem]:
        step, place = cue.step, cue.place
        name = words.full_name(step.do)
        if name is None:
            yield unknown(place.inner("do"), "动作", "action", step.do, words.candidates(step.do))
            return
        for who in step.who:
            if who not in {*self.people, words.PANEL, words.PUBLIC}:
                yield unknown(place.inner("who"), "人员", "person", who, self.people)
        known = words.DOORS.get(name)
        if known is None:
            sides = self.pack.programme.side.values()
            own = {ask.key for side in sides for ask in own_asks(side, name)}
            own |= {field.key for gate, field in recorded_fields(self.pack) if gate == name}
            known = frozenset(ask.key for ask in words.actions()[name].asks) | {"explanations"} | own
        if not step.who:
            yield from self._somebody(name, place.inner("do"))
        for key in step.given:
            if key not in known:
                yield unknown(place.inner("with", key), "填写项", "value", key, known)
        for key in step.given.keys() & {"sheet", "scores"}:
            yield from share_problems(step.given[key], place.inner("with", key))
        yield from self._data(name, step, place.inner("with"))
        if name in words.BEGINNINGS:
            self.cases.append(step.named or words.THE_CASE)
        elif name == words.OPEN_ROUND:
            self.rounds.append(step.named)
        elif name not in words.BEFORE_A_CASE:
            yield from self._case(cue)

    def _somebody(self, name: str, place: Place) -> Iterator[Problem]:
        """Without ``who`` it falls to somebody in the role: is there anybody?"""
        if name == words.LODGE_OBJECTION:
            return
        roles = policy.roles_for(name) if name not in words.DOORS else {words.DEFAULT_ROLES[name]}
        if not any(person.role in roles for person in self.people.values()):
            listed = "、".join(sorted(roles))
            zh, en = f"班底中没有人能办理此事项（{listed}）", f"nobody of the cast may do this ({listed})"
            yield place.problem(zh, en, "请用 who 写明，或者补充人员", "write who, or add a person")

    def _data(self, name: str, step: Step, place: Place) -> Iterator[Problem]:
        """The data of the doors beside the engine: their shape, and the names in them."""
        round = step.given.get("round")
        if name in words.DOORS and round is not None and round not in self.rounds:
            yield unknown(place.inner("round"), "批次", "round", str(round), self.rounds)
        for key in sorted(words.NEEDED.get(name, frozenset()) - step.given.keys()):
            yield place.problem(f"缺少 {key}", f"{key} is missing", "请补充该项", "add it")
        unit = step.given.get("unit")
        if name == words.NOMINATE and unit is not None and unit not in self.script.units:
            yield unknown(place.inner("unit"), "单位", "unit", str(unit), self.script.units)
        if name not in (words.FILL, words.OPEN_ROUND):
            return
        try:
            data = DeclarationData.model_validate(step.given) if name == words.FILL else None
            if name == words.OPEN_ROUND:
                RoundIs.model_validate(step.given)
        except ValidationError as error:
            yield from from_validation(error, file=place.file, root=place.loc, lines=place.lines)
        else:
            yield from declaration_problems(self.packs, data, place) if data is not None else ()
            yield from self._programme(step, place) if name == words.OPEN_ROUND else ()

    def _programme(self, step: Step, place: Place) -> Iterator[Problem]:
        known = [pack.programme.id for pack in self.packs]
        named = str(step.given.get("programme") or "")
        if named and named not in known:
            yield unknown(place.inner("programme"), "项目类别", "programme", named, known)

    def _case(self, cue: Cue) -> Iterator[Problem]:
        place, name = cue.place.inner("case"), cue.step.case
        if name and name not in self.cases:
            yield unknown(place, "案件", "case", name, self.cases)
        elif not name and len(self.cases) != 1:
            zh = "请用 case 写明是哪个案件" if self.cases else "此前没有 open_case 或者 nominate，没有案件"
            en = "say which case" if self.cases else "no case has been opened before"
            yield place.problem(zh, en)

    def _expectation(self, cue: Cue) -> Iterator[Problem]:
        expect, place = cue.step.expect, cue.place.inner("expect")
        lifecycle = self.pack.programme.lifecycle
        rules = {rule for pack in self.packs for rule in pack.rules}
        sides = {f"side:{name}" for name in self.pack.programme.side}
        yield from all_known(expect.warnings, rules, place.inner("warnings"), "规则", "rule")
        coded = [code for code in expect.refused if "-" in code]  # other codes are the engine's own
        yield from all_known(coded, rules, place.inner("refused"), "规则", "rule")
        yield from all_known(_given(expect.stage), Stage.values, place.inner("stage"), "阶段", "stage")
        yield from all_known(_given(expect.step), lifecycle.steps, place.inner("step"), "环节", "step")
        yield from all_known(
            _given(expect.closure), Closure.values, place.inner("closure"), "办结方式", "closure"
        )
        yield from all_known(expect.items, words.duties(), place.inner("items"), "待办", "duty")
        yield from all_known(expect.due, {*words.duties(), *sides}, place.inner("due"), "待办", "duty")
        facts = [name for name in expect.facts if fact_type(name) is None and not self._is_recorded(name)]
        yield from all_known(facts, FACTS, place.inner("facts"), "事实", "fact")
        people = (*expect.visible_to, *expect.hidden_from)
        yield from all_known(people, self.people, place, "人员", "person")
        if cue.is_wait and expect.model_fields_set & {"ok", "refused", "message", "warnings", "score"}:
            yield place.problem(
                "wait_until 步骤没有办理结果，不能写 ok、refused、message、warnings、score",
                "nobody acts while time passes: no ok, refused, message, warnings or score",
            )
        if expect.model_fields_set - ABOUT_THE_ACT and (cue.is_wait or self._before_a_case(cue)):
            yield from self._case(cue)

    def _before_a_case(self, cue: Cue) -> bool:
        return words.full_name(cue.step.do) in words.BEFORE_A_CASE - words.BEGINNINGS


def _given(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
