"""Two packs gone through part by part, in the order in which people read a policy. 逐项比较"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from programmes.comparison.changes import Area, Change, Kind
from programmes.comparison.titles import (
    clause_title,
    command_name,
    duty_name,
    fact_title,
    gate_name,
    labelled,
    nominations,
    outcome_name,
    places,
    question_title,
    rule_title,
    titled,
)
from programmes.comparison.values import as_text, plain, summary
from programmes.comparison.wordings import CLOSURES, LEVELS, NOTHING, RENEWALS, STAYS
from programmes.form_cells import field_of
from programmes.schema import (
    Close,
    CommandSpec,
    Form,
    FormField,
    Pack,
    Rubric,
    Rule,
    SideProcedure,
    Slot,
    Step,
    Text,
)
from programmes.scope import scope_of

NUMBER = re.compile(r"\d+(?:\.\d+)?")
TOKEN = re.compile(r"\"[^\"]*\"|'[^']*'|[A-Za-z_$][A-Za-z0-9_.]*|\d+(?:\.\d+)?|[<>=!]=|[^\sA-Za-z0-9_]")
COMPARED = frozenset({"<", "<=", ">", ">=", "==", "!="})


def compare(old: Pack, new: Pack) -> list[Change]:
    """Every difference between two packs that a reader of the policy would notice, area by area."""
    return list(_Comparison(old, new).changes())


class _Comparison:
    def __init__(self, old: Pack, new: Pack) -> None:
        self.old, self.new = old, new

    def changes(self) -> Iterator[Change]:
        yield from self._identity()
        yield from self._lifecycle()
        yield from self._each(Area.RULES, self.old.rules, self.new.rules, rule_title, self._rule)
        asked = questions_of(self.old), questions_of(self.new)
        yield from self._each(Area.ELIGIBILITY, *asked, question_title, plain())
        yield from self._forms()
        yield from self._each(Area.RUBRICS, self.old.rubrics, self.new.rubrics, titled, _rubric)
        slots = self.old.programme.slots, self.new.programme.slots
        yield from self._each(Area.SLOTS, *slots, titled, _slot)
        yield from self._each(
            Area.LETTERS, self.old.letters, self.new.letters, titled, plain(("title", "body"))
        )
        clauses = self.old.clauses, self.new.clauses
        yield from self._each(Area.CLAUSES, *clauses, clause_title, plain(("summary", "quote")))
        context = self.old.context, self.new.context
        yield from self._each(Area.CONTEXT, *context, fact_title, plain())

    def _each(
        self, area: Area, old: Mapping[str, Any], new: Mapping[str, Any], title: Any, differences: Any
    ) -> Iterator[Change]:
        """Things with ids of their own: gone, new, or different."""
        for code in dict.fromkeys([*old, *new]):
            before, after = old.get(code), new.get(code)
            named = title(code, after if after is not None else before)
            clause = str(getattr(after if after is not None else before, "clause", ""))
            if before is None or after is None:
                kind = Kind.ADDED if before is None else Kind.REMOVED
                told = Text(zh="新增" if before is None else "删除", en=kind.value)
                shown = summary(after if after is not None else before)
                yield Change(
                    area,
                    kind,
                    code,
                    named,
                    told,
                    NOTHING if before is None else shown,
                    shown if before is None else NOTHING,
                    clause,
                )
            elif before != after:
                for what, was, now in differences(before, after):
                    yield Change(area, Kind.CHANGED, code, named, what, was, now, clause)

    # -- identity ------------------------------------------------------------------------------------------------

    def _identity(self) -> Iterator[Change]:
        old, new = self.old.programme, self.new.programme
        told = {
            "edition": Text(zh="版本号", en="edition"),
            "title": Text(zh="名称", en="title"),
            "issuer": Text(zh="发文机关", en="issuer"),
            "effective_from": Text(zh="施行日期", en="in force from"),
            "effective_until": Text(zh="有效期止日", en="in force until"),
            "succeeded_by": Text(zh="后续事项", en="succeeded by"),
            "family": Text(zh="共用禁止申报期的事项组", en="family that shares its bans"),
            "applicant": Text(zh="申报主体", en="who may declare"),
            "quota": Text(zh="名额", en="quota"),
            "round": Text(zh="批次", en="rounds"),
            "roles": Text(zh="办理主体", en="who acts"),
            "case_no": Text(zh="编号规则", en="numbering"),
            "plaque": Text(zh="牌匾与证书", en="plaque and certificate"),
            "separation": Text(zh="职责分离", en="separation of duties"),
        }
        for name, what in told.items():
            before, after = getattr(old, name), getattr(new, name)
            if name == "applicant":  # nominations are told in a sentence of their own
                before, after = (spec.model_copy(update={"nomination": None}) for spec in (before, after))
            if before != after:
                clause = str(getattr(after, "clause", "") or getattr(before, "clause", ""))
                yield Change(
                    Area.IDENTITY, Kind.CHANGED, name, what, what, summary(before), summary(after), clause
                )

        if old.applicant.nomination != new.applicant.nomination:
            what = Text(zh="提名", en="nomination")
            specs = [pack.applicant.nomination for pack in (old, new)]
            clause = next((spec.clause for spec in reversed(specs) if spec is not None), "")
            yield Change(
                Area.IDENTITY,
                Kind.CHANGED,
                "nomination",
                what,
                what,
                nominations(self.old),
                nominations(self.new),
                clause,
            )

        if old.places != new.places:
            what, both = Text(zh="认定数量", en="number of titles"), (places(self.old), places(self.new))
            clause = new.places.clause if new.places is not None else old.places.clause if old.places else ""
            yield Change(Area.IDENTITY, Kind.CHANGED, "places", what, what, *both, clause)

    # -- lifecycle -----------------------------------------------------------------------------------------------

    def _lifecycle(self) -> Iterator[Change]:
        old, new = self.old.programme, self.new.programme
        if old.lifecycle.start != new.lifecycle.start:
            what = Text(zh="起始环节", en="first step")
            names = (
                self._step_name(self.old, old.lifecycle.start),
                self._step_name(self.new, new.lifecycle.start),
            )
            yield Change(Area.LIFECYCLE, Kind.CHANGED, "start", what, what, *names)
        yield from self._each(Area.LIFECYCLE, old.lifecycle.steps, new.lifecycle.steps, titled, self._step)
        yield from self._each(Area.LIFECYCLE, old.side, new.side, titled, self._side)

    def _step(self, before: Step, after: Step) -> Iterator[tuple[Text, Text, Text]]:
        for outcome in dict.fromkeys([*before.next, *after.next]):
            one, other = before.next.get(outcome), after.next.get(outcome)
            if one != other:
                name = outcome_name(after if outcome in after.next else before, outcome)
                what = Text(zh=f"“{name.zh}”的去向", en=f"where {name.en!r} leads")
                yield what, self._target(self.old, one), self._target(self.new, other)
        for duty in dict.fromkeys([*before.deadlines, *after.deadlines]):
            limits = [step.deadlines.get(duty) for step in (before, after)]
            if limits[0] != limits[1]:
                name = duty_name(after, duty)
                what = Text(zh=f"“{name.zh}”的办理时限", en=f"limit of {name.en!r}")
                yield what, summary(limits[0]), summary(limits[1])
        for code in dict.fromkeys([*before.commands, *after.commands]):
            commands = [step.commands.get(code) for step in (before, after)]
            if commands[0] != commands[1]:
                name = command_name(after, code)
                what = Text(zh=f"指令“{name.zh}”", en=f"command {name.en!r}")
                yield what, self._led(self.old, commands[0]), self._led(self.new, commands[1])
        for code in dict.fromkeys([*before.renews, *after.renews]):
            modes = [step.renews.get(code) for step in (before, after)]
            if modes[0] != modes[1]:
                name = gate_name(f"{after.procedure}.{code}")
                what = Text(zh=f"“{name.zh}”后有效期重新起算", en=f"the term begins anew at {name.en!r}")
                yield what, RENEWALS.get(modes[0] or "", NOTHING), RENEWALS.get(modes[1] or "", NOTHING)
        if before.body != after.body:
            yield Text(zh="审批单位", en="deciding unit"), as_text(before.body), as_text(after.body)
        yield from plain(but=("next", "deadlines", "commands", "renews", "body"))(before, after)

    def _side(self, before: SideProcedure, after: SideProcedure) -> Iterator[tuple[Text, Text, Text]]:
        yield from plain()(before, after)

    def _led(self, pack: Pack, command: CommandSpec | None) -> Text:
        """Where a command leads, and the rest of what is said about it."""
        if command is None:
            return NOTHING
        to = STAYS if command.to is None else self._target(pack, command.to)
        rest = summary(command.model_copy(update={"to": None}))
        return to if rest is NOTHING else Text(zh=f"{to.zh}；{rest.zh}", en=f"{to.en}; {rest.en}")

    def _target(self, pack: Pack, target: str | Close | None) -> Text:
        if target is None:
            return NOTHING
        if isinstance(target, Close):
            how = CLOSURES[target.close]
            return Text(zh=f"办结（{how.zh}）", en=f"closed ({how.en})")
        return self._step_name(pack, target)

    def _step_name(self, pack: Pack, key: str) -> Text:
        step = pack.programme.lifecycle.steps.get(key)
        return Text(zh=step.title.zh, en=step.title.en or key) if step else Text(zh=key, en=key)

    # -- rules ---------------------------------------------------------------------------------------------------

    def _rule(self, before: Rule, after: Rule) -> Iterator[tuple[Text, Text, Text]]:
        for name, zh, en in (
            ("when", "适用条件", "applies when"),
            ("expr", "判断式", "condition"),
            ("award", "金额", "amount"),
        ):
            one, other = getattr(before, name), getattr(after, name)
            if one != other:
                moved = list(self._numbers(one, other))
                yield from moved or [(Text(zh=zh, en=en), as_text(one), as_text(other))]
        for gate in dict.fromkeys([*before.levels, *after.levels]):
            was, now = before.levels.get(gate), after.levels.get(gate)
            if was != now:
                at = gate_name(gate)
                what = Text(zh=f"在“{at.zh}”时的力度", en=f"level at {at.en!r}")
                yield what, LEVELS[was] if was else NOTHING, LEVELS[now] if now else NOTHING
        yield from plain(but=("when", "expr", "award", "levels", "ok", "bad", "inputs"))(before, after)

    def _numbers(self, old: str, new: str) -> Iterator[tuple[Text, Text, Text]]:
        """The numbers that moved, when nothing else of the expression did: each with the name it is compared with."""
        one, other = TOKEN.findall(old), TOKEN.findall(new)
        pairs = list(zip_longest(one, other, fillvalue=""))
        differing = [n for n, (a, b) in enumerate(pairs) if a != b]
        if not all(NUMBER.fullmatch(pairs[n][0]) and NUMBER.fullmatch(pairs[n][1]) for n in differing):
            return
        for n in differing:
            what, unit = self._compared(other, n)
            yield what, as_text(pairs[n][0] + unit), as_text(pairs[n][1] + unit)

    def _compared(self, tokens: list[str], place: int) -> tuple[Text, str]:
        """What the number at ``place`` is compared with, by its label, and its unit."""
        name = ""
        if place >= 2 and tokens[place - 1] in COMPARED:
            name = tokens[place - 2]
        elif place + 2 < len(tokens) and tokens[place + 1] in COMPARED:
            name = tokens[place + 2]
        scope = scope_of(self.new)
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name) or (
            name not in scope.types and name not in scope.labels
        ):
            return Text(zh="阈值", en="threshold"), ""
        code, _dot, key = scope.places.get(name, "").partition(".")
        field = field_of(self.new.forms[code], key) if code in self.new.forms else None
        return scope.label(name), field.unit if field is not None else ""

    # -- forms ---------------------------------------------------------------------------------------------------

    def _forms(self) -> Iterator[Change]:
        yield from self._each(Area.FORMS, self.old.forms, self.new.forms, titled, plain(but=("fields",)))
        for code in self.old.forms.keys() & self.new.forms.keys():
            before, after = (_fields(pack.forms[code]) for pack in (self.old, self.new))
            for change in self._each(Area.FORMS, before, after, labelled, plain(("label", "unit"), but=())):
                yield Change(
                    change.area,
                    change.kind,
                    f"{code}.{change.code}",
                    change.title,
                    change.what,
                    change.before,
                    change.after,
                    change.clause,
                )


def _fields(form: Form) -> dict[str, FormField]:
    return {field.key: field for field in form.fields}


def questions_of(pack: Pack) -> dict[str, Any]:
    return {question.ask or question.key or "": question for question in pack.eligibility.questions}


def _slot(before: Slot, after: Slot) -> Iterator[tuple[Text, Text, Text]]:
    yield from plain()(before, after)


def _rubric(before: Rubric, after: Rubric) -> Iterator[tuple[Text, Text, Text]]:
    old, new = ({line.key: line for line in rubric.indicators} for rubric in (before, after))
    for key in dict.fromkeys([*old, *new]):
        lines = [old.get(key), new.get(key)]
        if lines[0] == lines[1]:
            continue
        label = next(line.label for line in reversed(lines) if line is not None)
        points = [
            Text(zh=f"{line.maximum:f}分", en=f"{line.maximum:f}") if line else NOTHING for line in lines
        ]
        if points[0] != points[1]:
            yield Text(zh=f"“{label.zh}”分值", en=f"points of {label.en or key!r}"), points[0], points[1]
        else:
            yield Text(zh=f"“{label.zh}”", en=label.en or key), summary(lines[0]), summary(lines[1])
    yield from plain(but=("indicators",))(before, after)
