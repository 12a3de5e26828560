"""Checks of awards, quotas and rankings: formulas compile, slots and gates exist. 政策包检查：补助、名额与排名"""

from __future__ import annotations

from collections.abc import Iterator

from programmes.check_codes import FILE, unknown_codes
from programmes.expression_types import ExpressionError
from programmes.problems import Problem, problem
from programmes.procedures import gates
from programmes.schema import AwardSpec, FactType, Pack, QuotaSpec, Ranking, Step, Text
from programmes.scope import compiled, compiled_share


def check(pack: Pack) -> Iterator[Problem]:
    """Problems with what the programme pays, counts and ranks."""
    for name, step in pack.programme.lifecycle.steps.items():
        yield from _step(pack, f"lifecycle.steps.{name}", step)
    if pack.programme.quota is not None:
        yield from _quota(pack, pack.programme.quota)
    for name, side in pack.programme.side.items():
        if side.ranking is not None:
            yield from _ranking(pack, f"side.{name}.ranking", side.ranking)


def _step(pack: Pack, where: str, step: Step) -> Iterator[Problem]:
    pays = step.kind == "procedure" and step.procedure == "award"
    if pays and step.award is None:
        yield problem(
            FILE,
            f"{where}.award",
            Text(zh="补助环节没有写明补助内容", en="a step that pays says nothing of the award"),
            Text(
                zh="请在 award 中写明项目、台账和计算方式",
                en="say under award what it is, its ledger and its formula",
            ),
        )
    if step.award is not None:
        if not pays:
            yield problem(
                FILE,
                f"{where}.award",
                Text(
                    zh="只有补助程序（flow: award）可以写明补助",
                    en="only a step with flow: award has an award",
                ),
            )
        yield from _award(pack, f"{where}.award", step.award)
    if step.grades and step.procedure != "review":
        yield problem(
            FILE, f"{where}.grades", Text(zh="只有评审环节可以分等次", en="only a review has grades")
        )


def _award(pack: Pack, where: str, award: AwardSpec) -> Iterator[Problem]:
    yield from _expression(pack, f"{where}.amount", award.amount, "decimal")
    yield from _expression(pack, f"{where}.stage", award.stage, "text")
    for cap in award.caps:
        yield from _expression(pack, f"{where}.caps.{cap.label.zh}", cap.amount, "decimal")
    for share in award.shares:
        try:
            compiled_share(pack, share.amount)
        except ExpressionError as error:
            yield problem(FILE, f"{where}.shares.{share.code}", error.message)
    if not award.amount and not award.caps and not award.limit:
        yield problem(
            FILE,
            where,
            Text(zh="既无计算公式，也无封顶和次数限制", en="neither a formula nor a cap nor a limit"),
            Text(zh="请至少写明一项", en="give at least one"),
        )


def _expression(pack: Pack, where: str, text: str, kind: FactType) -> Iterator[Problem]:
    if not text:
        return
    try:
        compiled(pack, text, expects=kind)
    except ExpressionError as error:
        yield problem(FILE, where, error.message)


def _quota(pack: Pack, quota: QuotaSpec) -> Iterator[Problem]:
    if not quota.limit.isdigit():
        yield from _number_slot(pack, "quota.limit", quota.limit)
    yield from unknown_codes("quota.counts_at", [quota.counts_at], gates(), "动作", "action")
    if quota.rule:
        yield from unknown_codes("quota.rule", [quota.rule], pack.rules, "规则", "rule")


def _ranking(pack: Pack, where: str, ranking: Ranking) -> Iterator[Problem]:
    yield from _number_slot(pack, f"{where}.top", ranking.top)
    yield from _number_slot(pack, f"{where}.amount", ranking.amount)


def _number_slot(pack: Pack, where: str, name: str) -> Iterator[Problem]:
    slot = pack.programme.slots.get(name)
    if slot is None or slot.type not in ("integer", "decimal"):
        yield problem(
            FILE,
            where,
            Text(zh=f"“{name}”不是数值型待定值", en=f"{name!r} is no slot that holds a number"),
        )
