"""Checks of numbers that must be positive, codes that must not be blank, texts that must fit. 政策包检查：数值、代码与长度"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from programmes.check_codes import FILE
from programmes.problems import Problem, problem
from programmes.schema import (
    AwardSpec,
    Cap,
    Choice,
    Clause,
    Column,
    Document,
    FormField,
    Indicator,
    Pack,
    Rounding,
    Rubric,
    Rule,
    Share,
    SideProcedure,
    Spec,
    Step,
    Text,
)

LEAST: Final[Mapping[type[Spec], Mapping[str, int]]] = {
    FormField: {"max_length": 1, "max_rows": 1, "printed_rows": 0, "number": 1},
    Indicator: {"maximum": 0},
    Rubric: {"panel_minimum": 1, "trim": 0},
    Rounding: {"places": 0},
    AwardSpec: {"limit": 0},
}
"""The least that a number may be."""
MOST: Final[Mapping[type[Spec], Mapping[str, int]]] = {
    FormField: {"max_length": 1_000_000, "max_rows": 100_000},
    Indicator: {"maximum": 1_000_000},
    Rubric: {"panel_minimum": 1000, "total": 1_000_000},
    Rounding: {"places": 6},
}
NAMED: Final[Mapping[type[Spec], str]] = {
    Choice: "code",
    Clause: "id",
    Column: "key",
    Document: "code",
    Rule: "id",
    Cap: "amount",
    Share: "amount",
}
"""What may not be blank: the codes that things are known by, the formula of a ceiling or a share."""
SETTINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "start": ("same_day", "next_day"),
    "intake_corrected_by": ("other_person", "chief", "anyone"),
    "on_refused": ("", "rectify"),
}
"""Parameters of steps that are one of a few words."""
COUNTS: Final = ("corrections", "recommender_returns", "paper_copies")
"""Parameters of steps that are a number, or a slot that holds one."""


def check(pack: Pack) -> Iterator[Problem]:
    """Numbers, codes and texts that nothing could be done with, file by file."""
    yield from _identity(pack)
    for file, where, spec in _parts(pack):
        yield from _numbers(file, where, spec)
        key = NAMED.get(type(spec), "")
        if key and not str(getattr(spec, key)).strip():
            text = Text(zh="不能为空", en="must not be blank")
            yield problem(file, f"{where}.{key}".strip("."), text, Text(zh="请填写", en="write it"))
    for code, form in pack.forms.items():
        if not form.fields:
            yield problem(
                f"forms/{code}.yaml",
                "fields",
                Text(zh="表单没有任何填写项", en="the form asks nothing"),
                Text(zh="请写明 fields，或者删去该表单", en="write fields, or remove the form"),
            )
    for name, step in pack.programme.lifecycle.steps.items():
        yield from _settings(pack, f"lifecycle.steps.{name}.params", step)


def too_long(pack: Pack) -> Iterator[Problem]:
    """What a draft edition could not be stored with: the number and the titles."""
    programme = pack.programme
    for where, text, most in (
        ("edition", programme.edition, 32),
        ("title.zh", programme.title.zh, 200),
        ("title.en", programme.title.en, 300),
    ):
        yield from _fits(where, text, most)


def _fits(where: str, text: str, most: int) -> Iterator[Problem]:
    if len(text) > most:
        yield problem(
            FILE,
            where,
            Text(zh=f"文字过长，不应超过{most}字", en=f"too long: {most} characters at most"),
            Text(zh="请缩短", en="shorten it"),
        )


def _identity(pack: Pack) -> Iterator[Problem]:
    programme = pack.programme
    if not programme.authority.strip():
        yield problem(
            FILE,
            "authority",
            Text(zh="没有写明所属地区", en="belongs to no authority"),
            Text(zh="请填写地区代码，例如 authority: guiyang", en="for instance authority: guiyang"),
        )
    yield from too_long(pack)
    yield from _fits("round.name.zh", programme.round.name.zh, 190)
    for name, step in programme.lifecycle.steps.items():
        if step.award is not None:
            yield from _fits(f"lifecycle.steps.{name}.award.item.zh", step.award.item.zh, 200)
    for name, side in programme.side.items():
        for kind in side.kinds:
            yield from _fits(f"side.{name}.kinds.{kind.code}.code", kind.code, 32)


def _parts(pack: Pack) -> Iterator[tuple[str, str, Spec]]:
    """(file, where, part) of everything that a pack is made of."""
    yield from _inside(FILE, "", pack.programme)
    for number, clause in enumerate(pack.clauses.values(), 1):
        yield from _inside("clauses.yaml", f"[{number}]", clause)
    for code, form in pack.forms.items():
        yield from _inside(f"forms/{code}.yaml", "", form)
    for number, rule in enumerate(pack.rules.values(), 1):
        yield from _inside("rules.yaml", f"[{number}]" if not rule.id.strip() else rule.id, rule)
    for code, rubric in pack.rubrics.items():
        yield from _inside("rubrics.yaml", code, rubric)


def _inside(file: str, where: str, value: Any) -> Iterator[tuple[str, str, Spec]]:
    match value:
        case Spec():
            yield file, where, value
            for name in type(value).model_fields:
                yield from _inside(file, f"{where}.{name}".strip("."), getattr(value, name))
        case Mapping():
            for key, item in value.items():
                yield from _inside(file, f"{where}.{key}", item)
        case tuple():
            for number, item in enumerate(value, 1):
                yield from _inside(file, f"{where}[{number}]", item)


def _numbers(file: str, where: str, spec: Spec) -> Iterator[Problem]:
    report = partial(problem, file)
    for key, least in LEAST.get(type(spec), {}).items():
        value = getattr(spec, key)
        if value is not None and value < least:
            text = Text(zh=f"不应小于{least}", en=f"should be {least} or more")
            yield report(f"{where}.{key}".strip("."), text)
    for key, most in MOST.get(type(spec), {}).items():
        value = getattr(spec, key)
        if value is not None and value > most:
            text = Text(zh=f"不应大于{most}", en=f"should be {most} or less")
            yield report(f"{where}.{key}".strip("."), text)
    if isinstance(spec, Rubric) and spec.pass_mark == 0:
        yield report(
            f"{where}.pass_mark",
            Text(zh="合格线为0，任何评分都合格", en="a pass mark of 0: every sheet passes"),
            Text(
                zh="请填写合格线；没有合格线的，删去该项",
                en="give the mark, or remove it where there is none",
            ),
        )


def _settings(pack: Pack, where: str, step: Step | SideProcedure) -> Iterator[Problem]:
    """Parameters that are one of a few words, or a number of times."""
    for key, value in step.params.items():
        words = SETTINGS.get(key)
        if words is not None and value not in words:
            listed = "、".join(word for word in words if word)
            text = Text(zh=f"取值“{value}”不在规定范围内", en=f"{value!r} is not an allowed value")
            yield problem(
                FILE, f"{where}.{key}", text, Text(zh=f"可用取值：{listed}", en=f"allowed: {listed}")
            )
        if key in COUNTS and not _is_count(pack, value):
            yield problem(
                FILE,
                f"{where}.{key}",
                Text(
                    zh=f"“{value}”既不是次数（份数），也不是整数型待定值",
                    en=f"{value!r} is no number and no slot of type integer",
                ),
                Text(zh="请填写不小于0的整数，或者待定值的名称", en="write 0 or more, or the name of a slot"),
            )


def _is_count(pack: Pack, value: object) -> bool:
    if isinstance(value, str):
        slot = pack.programme.slots.get(value)
        return slot is not None and slot.type == "integer"
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1000
