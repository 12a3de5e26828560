"""Checks of single values: blank wordings, numbers out of range, things named twice, limits that contradict themselves.

政策包检查：取值
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from programmes.calendar import Duration, DurationError
from programmes.check_codes import FILE
from programmes.form_cells import inputs_of
from programmes.problems import Problem, problem
from programmes.schema import DeadlineSpec, Form, Pack, PlaqueSpec, Slot, Spec, Step, Text
from programmes.slot_types import SlotError, read_slot

TIER = re.compile(r'[?:]\s*"([^"]*)"')
"""A text that an expression comes to: what stands behind ``?`` or ``:``."""


def check(pack: Pack) -> list[Problem]:
    """Problems with single values of a pack, in the order of its files."""
    return [*_blank_wordings(pack), *_programme(pack), *_rubric_slots(pack), *_slot_choices(pack)]


def slots_readable(pack: Pack) -> bool:
    """Can every default be read? Else nothing that reads them can be tried (the problem itself is told elsewhere)."""
    return all(
        _default(slot) is not None or slot.default in (None, "") for slot in pack.programme.slots.values()
    )


def _default(slot: Slot) -> Any:
    try:
        return read_slot(slot, slot.default)
    except SlotError:
        return None


# -- wordings ------------------------------------------------------------------------------------------------------------


def _blank_wordings(pack: Pack) -> Iterator[Problem]:
    parts: list[tuple[str, str, Any]] = [(FILE, "", pack.programme)]
    parts += [(f"forms/{code}.yaml", "", form) for code, form in pack.forms.items()]
    parts += [("clauses.yaml", code, clause) for code, clause in pack.clauses.items()]
    parts += [("context.yaml", code, fact) for code, fact in pack.context.items()]
    parts += [("eligibility.yaml", "", pack.eligibility)]
    parts += [("rules.yaml", code, rule) for code, rule in pack.rules.items()]
    parts += [("rubrics.yaml", code, rubric) for code, rubric in pack.rubrics.items()]
    parts += [(f"letters/{code}.md", "", letter) for code, letter in pack.letters.items()]
    for file, where, part in parts:
        for place in _blank(where, part):
            yield problem(
                file,
                place,
                Text(zh="缺少中文文字", en="the Chinese wording is blank"),
                Text(zh="请填写 zh", en="give zh"),
            )
    for code, letter in pack.letters.items():
        if not letter.body.strip():
            yield problem(
                f"letters/{code}.md",
                ".",
                Text(zh="文书没有正文", en="the letter says nothing"),
                Text(zh="请在第二条“---”之后写明正文", en="write the text below the second line of ---"),
            )


def _blank(where: str, value: Any) -> Iterator[str]:
    match value:
        case Text():
            if not value.zh.strip():
                yield where
        case Spec():
            for name in type(value).model_fields:
                yield from _blank(f"{where}.{name}" if where else name, getattr(value, name))
        case Mapping():
            for key, item in value.items():
                yield from _blank(f"{where}.{key}", item)
        case tuple():
            for number, item in enumerate(value, 1):
                yield from _blank(f"{where}[{number}]", item)


# -- programme.yaml ------------------------------------------------------------------------------------------------------


def _programme(pack: Pack) -> Iterator[Problem]:
    programme = pack.programme
    if not programme.edition.strip():
        yield problem(FILE, "edition", Text(zh="缺少版本号", en="the edition has no number"), EDITION)
    yield from _repeated("documents", (document.code for document in programme.documents))
    if not programme.applicant.kinds:
        yield problem(FILE, "applicant.kinds", Text(zh="没有可以申报的单位", en="nobody may declare"), KINDS)
    yield from _at_least("applicant.per_round", programme.applicant.per_round, 0)
    yield from _at_least("round.drafts_per_applicant", programme.round.drafts_per_applicant, 0)
    quarter = programme.round.opens_in_quarter
    if quarter is not None and not 1 <= quarter <= 4:
        yield problem(FILE, "round.opens_in_quarter", Text(zh="季度应为1至4", en="a quarter is 1 to 4"))
    for role, spec in programme.roles.items():
        yield from _named_in(pack, f"roles.{role}.named_in", spec.named_in)
    for name, step in programme.lifecycle.steps.items():
        yield from _step(pack, f"lifecycle.steps.{name}", step)
    for name in programme.side:
        yield from _side(pack, name)
    if programme.plaque is not None:
        yield from _tiers(programme.plaque)
    for number, (one, other) in enumerate(programme.separation, 1):
        if one == other:
            yield problem(
                FILE,
                f"separation[{number}]",
                Text(zh=f"“{one}”不能与自身分离", en=f"{one!r} is paired with itself"),
                Text(zh="请写两个不同的动作", en="name two different actions"),
            )


EDITION = Text(zh='例如 edition: "2026.1"', en='for instance edition: "2026.1"')
KINDS = Text(zh="请写明单位类别，例如 kinds: [enterprise]", en="for instance kinds: [enterprise]")


def _repeated(where: str, codes: Iterable[str]) -> Iterator[Problem]:
    for code, count in Counter(codes).items():
        if count > 1:
            yield problem(FILE, where, Text(zh=f"“{code}”重复出现", en=f"{code!r} is given twice"))


def _at_least(where: str, number: int, least: int) -> Iterator[Problem]:
    if number < least:
        yield problem(FILE, where, Text(zh=f"不应小于{least}", en=f"should be {least} or more"))


def _named_in(pack: Pack, where: str, named: str) -> Iterator[Problem]:
    code, _dot, key = named.partition(".")
    if named and (code not in pack.forms or key not in _blanks(pack.forms[code])):
        yield problem(
            FILE,
            where,
            Text(zh=f"没有字段“{named}”", en=f"there is no field {named!r}"),
            Text(zh="请写作 表单.字段", en="write FORM.field"),
        )


def _blanks(form: Form) -> set[str]:
    """The keys under which single values of a form are stored: a grid's cells, and no table."""
    return {entry.key for field in form.fields for entry in inputs_of(field)}


def _step(pack: Pack, where: str, step: Step) -> Iterator[Problem]:
    yield from _repeated(f"{where}.forms", step.forms)
    yield from _repeated(f"{where}.grades", (grade.code for grade in step.grades))
    yield from _warnings(pack, where, step.deadlines)


def _warnings(pack: Pack, where: str, deadlines: Mapping[str, DeadlineSpec]) -> Iterator[Problem]:
    """A warning that would come before the limit has begun; told where both are lengths in the same unit."""
    for code, deadline in deadlines.items():
        within, warning = _length(pack, deadline.within), _length(pack, deadline.warn_before)
        if within and warning and within.unit is warning.unit and warning.amount > within.amount:
            yield problem(
                FILE,
                f"{where}.deadlines.{code}.warn_before",
                Text(zh="提醒早于期限开始", en="the warning comes before the limit has begun"),
                Text(zh="warn_before 不得长于 within", en="warn_before must not be longer than within"),
            )


def _length(pack: Pack, text: str) -> Duration | None:
    slot = pack.programme.slots.get(text)
    try:
        return Duration.parse(text if slot is None else str(slot.default))
    except DurationError:
        return None


def _side(pack: Pack, name: str) -> Iterator[Problem]:
    side, where = pack.programme.side[name], f"side.{name}"
    yield from _warnings(pack, where, side.deadlines)
    yield from _repeated(f"{where}.kinds", (kind.code for kind in side.kinds))
    for key in ("consecutive_limit", "absence_limit"):
        yield from _at_least(f"{where}.{key}", getattr(side, key), 0)
    if side.flow == "appraise" and not side.during:
        yield problem(
            FILE,
            f"{where}.during",
            Text(zh="没有写明在哪个环节考评", en="it runs beside no step"),
            Text(zh="例如 during: [in_force]", en="for instance during: [in_force]"),
        )
    rubric = pack.rubrics.get(side.rubric or "")
    if (
        rubric is not None
        and side.pass_mark.replace(".", "", 1).isdecimal()
        and Decimal(side.pass_mark) > rubric.total
    ):
        yield problem(
            FILE, f"{where}.pass_mark", Text(zh="合格线不在总分之内", en="the pass mark is beyond the total")
        )


def _tiers(plaque: PlaqueSpec) -> Iterator[Problem]:
    tiers = [tier.code for tier in plaque.tiers]
    yield from _repeated("plaque.tiers", tiers)
    for code in TIER.findall(plaque.tier_expr) if tiers else ():
        if code and code not in tiers:
            yield problem(
                FILE,
                "plaque.tier_expr",
                Text(zh=f"没有名为“{code}”的等级", en=f"no tier named {code!r}"),
                Text(zh=f"可用：{'、'.join(tiers)}", en=f"there are: {', '.join(tiers)}"),
            )


# -- rubrics.yaml --------------------------------------------------------------------------------------------------------


def _slot_choices(pack: Pack) -> Iterator[Problem]:
    for name, slot in pack.programme.slots.items():
        codes = [choice.code for choice in slot.choices]
        if codes and slot.type != "text":
            yield problem(
                FILE,
                f"slots.{name}.choices",
                Text(zh="只有文字类待定值可以列出选项", en="only a slot of type text has choices"),
                Text(zh="请改为 type: text，或者删去 choices", en="make it type: text, or remove choices"),
            )
        if codes and (len(codes) < 2 or len(set(codes)) < len(codes)):
            yield problem(
                FILE,
                f"slots.{name}.choices",
                Text(zh="选项应不少于两项，且代码不得重复", en="give at least two choices, each code once"),
                Text(zh="请补齐选项或者删去重复的代码", en="add choices or remove the repeated code"),
            )


def _rubric_slots(pack: Pack) -> Iterator[Problem]:
    for code, rubric in pack.rubrics.items():
        for name, key in rubric.slots.items():
            slot = pack.programme.slots.get(key)
            if slot is None:
                continue
            where = f"{code}.slots.{name}"
            if slot.type not in (("integer",) if name == "panel_minimum" else ("integer", "decimal")):
                yield problem(
                    "rubrics.yaml",
                    where,
                    Text(zh=f"待定值“{key}”不是数值", en=f"the slot {key!r} is no number"),
                    Text(zh="人数用 integer，分数用 decimal", en="a size is an integer, a mark a decimal"),
                )
                continue
            value = _default(slot)
            if (
                name == "panel_minimum"
                and value is not None
                and (value < 1 or (rubric.odd_panel and value % 2 == 0))
            ):
                yield problem(
                    "rubrics.yaml",
                    where,
                    Text(zh=f"待定值“{key}”的默认人数应为单数", en=f"the default of {key!r} should be odd")
                    if value >= 1
                    else Text(
                        zh=f"待定值“{key}”的默认人数应为正数", en=f"the default of {key!r} should be positive"
                    ),
                )
            if name == "pass_mark" and value is not None and not 0 < value <= rubric.total:
                yield problem(
                    "rubrics.yaml",
                    where,
                    Text(
                        zh=f"待定值“{key}”的默认分数不在总分之内",
                        en=f"the default of {key!r} is beyond the total",
                    ),
                )
