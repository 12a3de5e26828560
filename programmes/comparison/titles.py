"""What steps, duties, outcomes, gates and the things with ids of their own are called. 名称"""

from __future__ import annotations

from typing import Any

from django.utils import translation

from accounts.enums import OrganisationKind
from programmes.comparison.wordings import NOTHING, PERIODS
from programmes.procedures import COMMANDS, PROCEDURES, action_of
from programmes.schema import FormField, Pack, Rule, Step, Text
from programmes.soundness import active_duties


def _both(label: object) -> Text:
    """A label of the catalogue in both languages."""
    with translation.override("zh-hans"):
        zh = str(label)
    with translation.override("en"):
        return Text(zh=zh, en=str(label))


def outcome_name(step: Step, outcome: str) -> Text:
    """An outcome by its grade or by the actions that bring it about; its code when there are none."""
    for grade in step.grades:
        if grade.code == outcome:
            return Text(zh=grade.label.zh, en=grade.label.en or outcome)
    procedure = PROCEDURES.get(step.procedure)
    duties = active_duties(step)
    actions = [a for duty in duties for a in duty.actions] + list(procedure.system if procedure else ())
    told = [step.labels.get(a.code) or _both(a.label) for a in actions if a.outcome == outcome]
    if not told:
        return Text(zh=outcome, en=outcome)
    return Text(
        zh="、".join(dict.fromkeys(text.zh for text in told)),
        en=", ".join(dict.fromkeys(text.en or text.zh for text in told)),
    )


def duty_name(step: Step, code: str) -> Text:
    procedure = PROCEDURES.get(step.procedure)
    known = next((duty for duty in procedure.duties if duty.code == code), None) if procedure else None
    if code in step.labels:
        return Text(zh=step.labels[code].zh, en=step.labels[code].en or code)
    return _both(known.title) if known is not None else command_name(step, code)


def command_name(step: Step, code: str) -> Text:
    if code in step.labels:
        return Text(zh=step.labels[code].zh, en=step.labels[code].en or code)
    return _both(COMMANDS[code].label) if code in COMMANDS else Text(zh=code, en=code)


def gate_name(gate: str) -> Text:
    procedure, _dot, code = gate.partition(".")
    if procedure == "command" and code in COMMANDS:
        return _both(COMMANDS[code].label)
    if gate == "round.open":
        return Text(zh="启动批次", en="opening the round")
    try:
        return _both(action_of(procedure, code).label)
    except KeyError:
        return Text(zh=gate, en=gate)


def places(pack: Pack) -> Text:
    """How many titles there may be: 每年 示范 20；成长 60."""
    spec, programme = pack.programme.places, pack.programme
    if spec is None:
        return NOTHING
    choices = [*(programme.plaque.tiers if programme.plaque else ())]
    choices += [grade for step in programme.lifecycle.steps.values() for grade in step.grades]
    labels = {choice.code: choice.label for choice in reversed(choices)}
    everything = Text(zh="合计", en="in all")
    rows = [(everything, spec.total)] if spec.total else []
    ordered = dict.fromkeys([*(choice.code for choice in choices), *spec.tiers])
    rows += [
        (labels.get(code, Text(zh=code, en=code)), spec.tiers[code]) for code in ordered if code in spec.tiers
    ]
    slots, period = programme.slots, PERIODS[spec.period]

    def told(number: str, language: str) -> str:
        return slots[number].title.in_language(language) if number in slots else number

    zh = "；".join(f"{label.zh} {told(number, 'zh')}" for label, number in rows)
    en = "; ".join(f"{label.en or label.zh} {told(number, 'en')}" for label, number in rows)
    return Text(zh=f"{period.zh}：{zh}", en=f"{en} ({period.en})")


def nominations(pack: Pack) -> Text:
    """Who nominates whom: 由县（市、区）提名，不得自荐；限本辖区的单位；每批次最多 5 个；须写明理由；依据 zj·第三条."""
    spec, slots = pack.programme.applicant.nomination, pack.programme.slots
    if spec is None:
        return NOTHING
    kinds = [_both(OrganisationKind(kind).label) for kind in spec.by if kind in OrganisationKind.values]
    zh = [
        f"由{'、'.join(kind.zh for kind in kinds)}提名" + ("，不得自荐" if spec.only else "，也可以自行申报")
    ]
    en = [f"by {', '.join(kind.en for kind in kinds)}" + ("" if spec.only else ", or by themselves")]
    own = spec.within == "territory"
    zh.append("限本辖区的单位" if own else "主管地区内的单位")
    en.append("units of their own territory" if own else "units of the whole authority")
    if spec.limit:
        number = slots[spec.limit].title if spec.limit in slots else Text(zh=spec.limit, en=spec.limit)
        zh.append(f"每个提名单位每批次最多 {number.zh}")
        en.append(f"at most {number.en or number.zh} a nominator and round")
    zh.append("须写明理由" if spec.reason else "理由可以不写")
    en.append("with a reason" if spec.reason else "a reason may be left out")
    zh.append(f"依据 {spec.clause or NOTHING.zh}")
    en.append(f"under {spec.clause or NOTHING.en}")
    if spec.source == "proposed":
        zh.append("建议值")
        en.append("proposed")
    return Text(zh="；".join(zh), en="; ".join(en))


def titled(code: str, thing: Any) -> Text:
    return Text(zh=thing.title.zh, en=thing.title.en or code)


def question_title(code: str, question: Any) -> Text:
    return Text(zh=question.text.zh, en=question.text.en or code)


def rule_title(code: str, rule: Rule) -> Text:
    return Text(zh=f"{code} {rule.title.zh}", en=f"{code} {rule.title.en}".strip())


def clause_title(code: str, clause: Any) -> Text:
    return Text(zh=code, en=code)


def fact_title(code: str, fact: Any) -> Text:
    return Text(zh=fact.title.zh, en=fact.title.en or code) if fact.title else Text(zh=code, en=code)


def labelled(code: str, field: FormField) -> Text:
    return Text(zh=field.label.zh, en=field.label.en or code)
