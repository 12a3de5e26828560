"""Judging a table of cases: does each rule say yes to ``ok`` and no to ``bad``, with the right amounts? 规则核对

A case gives a rule's inputs by name. What is judged is the rule's own condition, on these inputs alone, as with the
examples in its pack: ``when``, bindings and the rows of a form belong to a declaration and are not asked. Undecided is
no. A rule that several packs have is judged in each, and they must agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _

from programmes.exact_json import DataError
from programmes.expressions import Undecided
from programmes.rule_examples import amount_of
from programmes.rule_inputs import facts_of, known_inputs
from programmes.rule_programs import BROKEN, CompiledRule, compiled_rules
from programmes.schema import Pack, Text

Answer = Literal["yes", "no", "undecided"]
Side = Literal["ok", "bad"]
SIDES: tuple[Side, ...] = ("ok", "bad")


@dataclass(frozen=True, slots=True)
class Case:
    """One side of an entry: the inputs, and the amount that is expected (None: not asked)."""

    inputs: Mapping[str, Any]
    award: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """核对项: a rule's number and what is on either side of its boundary."""

    rule_id: str
    cases: Mapping[Side, Case]


@dataclass(frozen=True, slots=True)
class Judgement:
    """判断: what a rule of one pack says about inputs. ``award`` (万元) is None when it has no formula or lacks an input."""

    answer: Answer
    reason: Text | None = None
    award: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One side of an entry, judged. ``judgements`` by pack; ``problems``: in what it differs from what was expected."""

    side: Side
    judgements: Mapping[str, Judgement]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """核对结果 of one entry. ``unknown``: inputs that no pack's rule makes anything of. No findings: no pack has the rule."""

    rule_id: str
    findings: tuple[Finding, ...]
    unknown: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Every side as expected, in every pack that has the rule."""
        return bool(self.findings) and not any(finding.problems for finding in self.findings)


def read_entries(content: Any) -> list[Entry]:
    """The entries of a file ``[{id, ok, bad, ok_award?, bad_award?}, …]``; further keys are not looked at.

    Raises DataError, naming the entry, when the file has not that shape.
    """
    if not isinstance(content, list):
        raise DataError(_("文件应为列表：[{id, ok, bad}, …]。"))
    return [_entry(number, item) for number, item in enumerate(content, 1)]


def _entry(number: int, item: Any) -> Entry:
    if not isinstance(item, Mapping):
        raise DataError(_("第%(number)s项应为对象 {id, ok, bad}。") % {"number": number})
    rule_id = item.get("id")
    if not isinstance(rule_id, str) or not rule_id.strip():
        raise DataError(_("第%(number)s项缺少规则编号 id。") % {"number": number})
    cases = {side: _case(number, item, side) for side in SIDES if side in item}
    if not cases:
        raise DataError(
            _("第%(number)s项（%(id)s）没有 ok，也没有 bad。") % {"number": number, "id": rule_id}
        )
    return Entry(rule_id.strip(), cases)


def _case(number: int, item: Mapping[str, Any], side: Side) -> Case:
    inputs, award = item[side], item.get(f"{side}_award")
    if not isinstance(inputs, Mapping):
        raise DataError(
            _("第%(number)s项（%(id)s）的 %(side)s 应为对象：{输入项: 值}。")
            % {"number": number, "id": item["id"], "side": side}
        )
    if award is not None and (isinstance(award, bool) or not isinstance(award, int | Decimal)):
        raise DataError(
            _("第%(number)s项（%(id)s）的 %(side)s 应为数字。")
            % {"number": number, "id": item["id"], "side": f"{side}_award"}
        )
    return Case(inputs, None if award is None else Decimal(award))


class RuleBook:
    """The rules of several packs by number."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._rules: dict[str, dict[str, tuple[Pack, CompiledRule]]] = {}
        for pack in packs:
            for compiled in compiled_rules(pack):
                self._rules.setdefault(compiled.rule.id, {})[pack.programme.id] = (pack, compiled)

    def check(self, entry: Entry) -> Checked:
        """Judge an entry in every pack that has its rule. Never raises."""
        found = self._rules.get(entry.rule_id, {})
        if not found:
            return Checked(entry.rule_id, ())
        findings = tuple(_finding(found, side, case) for side, case in entry.cases.items())
        given = {name for case in entry.cases.values() for name in case.inputs}
        known = {name for pack, compiled in found.values() for name in known_inputs(pack, compiled)}
        return Checked(entry.rule_id, findings, tuple(sorted(given - known)))


def _finding(found: Mapping[str, tuple[Pack, CompiledRule]], side: Side, case: Case) -> Finding:
    judgements = {name: judge(pack, compiled, case.inputs) for name, (pack, compiled) in found.items()}
    conditions = {name: compiled.rule.expr != "" for name, (_pack, compiled) in found.items()}
    return Finding(side, judgements, tuple(_problems(side, case, judgements, conditions)))


def _problems(
    side: Side, case: Case, judgements: Mapping[str, Judgement], conditions: Mapping[str, bool]
) -> Iterator[str]:
    wanted = side == "ok"
    for name, judgement in judgements.items():
        amounts_alone = not conditions[name] and case.award is not None
        if not amounts_alone and (judgement.answer == "yes") is not wanted:
            yield _("%(pack)s：应为%(wanted)s") % {"pack": name, "wanted": "yes" if wanted else "no"}
        if case.award is not None and (judgement.award or Decimal(0)) != case.award:
            yield _("%(pack)s：金额应为%(amount)s") % {"pack": name, "amount": plain(case.award)}
    if len({judgement.answer == "yes" for judgement in judgements.values()}) > 1:
        yield _("各政策包的判断不一致")


def judge(pack: Pack, compiled: CompiledRule, inputs: Mapping[str, Any]) -> Judgement:
    """What the rule says about ``inputs``, and the amount. Never raises.

    A rule with amounts alone (a formula and no condition) says yes where its amount can be computed.
    """
    if compiled.errors:
        return Judgement("undecided", BROKEN)
    facts = facts_of(pack, compiled, inputs)
    holds = compiled.expr.evaluate(facts) if compiled.expr else True
    amount = amount_of(compiled, facts, holds) if compiled.award else None
    award = amount if isinstance(amount, Decimal) else None
    if isinstance(holds, Undecided):
        return Judgement("undecided", holds.reason, award)
    if compiled.expr is None and isinstance(amount, Undecided):
        return Judgement("undecided", amount.reason)
    return Judgement("yes" if holds is True else "no", None, award)


def plain(amount: Decimal) -> str:
    """An amount as people write it: ``150``, not ``150.0`` or ``1.5E+2``."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
