"""What if this draft had been in force? Existing cases are judged by it beside their own edition. 推演

Nothing is written. A case is judged at every gate that it has passed, on what it declared then and what the system knows
of it today, once by the edition it pins and once by the draft; only rules that differ are asked. Sums and quotas are
reckoned the same way. An edition compared with itself moves nobody.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from audit.models import Entry
from cases.facts import CaseFacts
from cases.models import Case, Declaration, QuotaUse, Recorded
from cases.sealing import is_sealed
from programmes.awards import NotReckoned, reckon
from programmes.models import Round
from programmes.rule_programs import closure, compiled_rules
from programmes.rules import Verdict, evaluate, resolve_context
from programmes.schema import AwardSpec, Pack, Text
from programmes.scope import compiled, scope_of
from programmes.slots import default_values, slots

CHUNK = 500
CONSEQUENCE = {"hard": "refused", "soft": "reason", "warn": "shown", "info": "shown", "calc": "shown"}
NONE = "none"


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that a rule would have treated otherwise: ``before`` and ``after`` are none | shown | reason | refused."""

    case_id: int
    case_no: str
    title: str
    gate: str
    rule_id: str
    rule_title: Text
    clause: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class MoneyChange:
    """A claim that would come to another sum (万元; None: it cannot be reckoned)."""

    case_id: int
    case_no: str
    title: str
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal:
        """What the draft would cost more (negative: less)."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True, slots=True)
class QuotaChange:
    """A unit that would have gone beyond its quota, or would have had places left."""

    unit: str
    period: str
    used: int
    before: str
    after: str


@dataclass
class Replay:
    """推演结果"""

    cases: int = 0
    rules: tuple[str, ...] = ()
    flips: list[Flip] = field(default_factory=list)
    money: list[MoneyChange] = field(default_factory=list)
    quotas: list[QuotaChange] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def moved(self) -> int:
        """How many cases would be treated otherwise."""
        return len({flip.case_id for flip in self.flips})

    @property
    def difference(self) -> Decimal:
        """What the draft would cost more over all claims (万元)."""
        return sum((change.difference for change in self.money), Decimal(0))


def replay(
    draft: Pack,
    cases: QuerySet[Case],
    *,
    thorough: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> Replay:
    """Judge ``cases`` (sent ones) by ``draft``. ``thorough`` asks every rule, also those that did not change.

    ``on_progress`` is told after every some hundred cases how many have been judged.
    """
    began = time.monotonic()
    found = Replay()
    rules: set[str] = set()
    rows = cases.filter(submitted_at__isnull=False).select_related(
        "programme", "round__edition", "edition", "applicant"
    )
    rows = rows.defer("edition__source", "round__edition__source").order_by("pk")
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        judged = [case for case in chunk if not is_sealed(case)]  # its figures are nobody's to know yet
        found.cases += len(judged)
        for pinned in _by_edition(judged):
            _Chunk(draft, pinned, found, rules, thorough=thorough).judge()
        if on_progress is not None:
            on_progress(found.cases)
    found.rules = tuple(sorted(rules))
    found.quotas = list(_quota_changes(draft, cases))
    found.seconds = time.monotonic() - began
    return found


def _by_edition(chunk: Iterable[Case]) -> Iterator[list[Case]]:
    groups: dict[int, list[Case]] = defaultdict(list)
    for case in chunk:
        groups[case.edition_id].append(case)
    yield from groups.values()


def changed_rules(old: Pack, new: Pack) -> frozenset[str]:
    """Ids of the rules that say or read something else in ``new``; those that only one of the two has included."""
    before, after = _meanings(old), _meanings(new)
    return frozenset(rule for rule in before.keys() | after.keys() if before.get(rule) != after.get(rule))


def _meanings(pack: Pack) -> dict[str, object]:
    """Rule id → everything on which its verdict depends beside the case."""
    known = pack._compiled.get("meanings")
    if isinstance(known, dict):
        return known
    scope = scope_of(pack)
    meanings: dict[str, object] = {}
    for rule in compiled_rules(pack):
        spec = rule.rule
        names = sorted(closure(pack, rule.reads))
        meanings[spec.id] = (
            (spec.levels, spec.when, spec.expr, spec.award, spec.bindings, spec.each, spec.subject),
            [
                (name, pack.context.get(name), scope.types.get(name) if name not in pack.forms else None)
                for name in names
            ],
            [pack.forms[name] for name in names if name in pack.forms],
            [_default(pack, name) for name in names],
        )
    pack._compiled["meanings"] = meanings
    return meanings


def _default(pack: Pack, name: str) -> object:
    """What holds where nobody has decided the slot that a fact reads."""
    fact = pack.context.get(name)
    spec = pack.programme.slots.get(fact.slot) if fact is not None and fact.slot else None
    return (spec.type, spec.default) if spec is not None else None


class _Chunk:
    """Cases under one edition, with what they need read in a few queries for all of them."""

    def __init__(
        self, draft: Pack, cases: list[Case], found: Replay, rules: set[str], *, thorough: bool
    ) -> None:
        self.draft, self.cases, self.found = draft, cases, found
        self.own: Pack = cases[0].edition.pack
        both = self.own.rules.keys() | draft.rules.keys()
        self.rules = frozenset(both) if thorough else changed_rules(self.own, draft)
        rules |= self.rules
        self.gates = sorted(
            {
                g
                for pack in (self.own, draft)
                for r in self.rules & pack.rules.keys()
                for g in pack.rules[r].levels
            }
        )
        self.awards = [_award_of(pack) for pack in (self.own, draft)]
        self.slots: dict[tuple[int, bool], Mapping[str, Any]] = {}

    def judge(self) -> None:
        """Every case at every gate it has passed."""
        money = self.awards[0] != self.awards[1]
        if not self.rules and not money:
            return
        passed, data = self._passed(), self._declared()
        self._know_what_was_recorded()
        for case in self.cases:
            case.edition = self.cases[0].edition
            form_data = data.get(case.pk, {})
            for gate in self.gates:
                if gate in passed.get(case.chain_id, ()):
                    self._at(case, gate, form_data)
            if money:
                self._sum(case, form_data)

    def _passed(self) -> dict[int, set[str]]:
        rows = Entry.objects.filter(chain__in=[c.chain_id for c in self.cases], action__in=self.gates)
        passed: dict[int, set[str]] = defaultdict(set)
        for chain, action in rows.values_list("chain_id", "action"):
            passed[chain].add(action)
        return passed

    def _declared(self) -> dict[int, dict[str, Any]]:
        """Case → what its last sent version says."""
        rows = Declaration.objects.filter(case__in=self.cases, submitted_at__isnull=False)
        found: dict[int, dict[str, Any]] = {}
        for declaration in rows.order_by("version_no").prefetch_related("forms"):
            found[declaration.case_id] = declaration.data()
        return found

    def _know_what_was_recorded(self) -> None:
        rows: dict[int, dict[str, Any]] = {case.pk: {} for case in self.cases}
        found = Recorded.objects.filter(case__in=self.cases).order_by("pk")
        for case_id, gate, data in found.values_list("case_id", "gate", "data"):
            rows[case_id][gate] = data
        for case in self.cases:
            case.__dict__["_recorded"] = rows[case.pk]

    def _values(
        self, pack: Pack, case: Case, form_data: Mapping[str, Any], names: Iterable[str]
    ) -> dict[str, Any]:
        return resolve_context(
            pack,
            form_data=form_data,
            system_facts=CaseFacts(case, form_data=form_data),
            action_data={},
            slots=self._slots(pack, case.round),
            names=tuple(names),
        )

    def _slots(self, pack: Pack, round: Round) -> Mapping[str, Any]:
        """What the pack's slots are worth in the round: as decided there, else as the pack itself has it."""
        key = (round.pk, pack is self.draft)
        if key not in self.slots:
            decided = {name: each.value for name, each in slots(round).items() if each.decision is not None}
            own = default_values(pack.programme.slots)
            same = {name for name in own if _same_slot(pack, round.edition.pack, name)}
            self.slots[key] = own | {name: decided[name] for name in decided.keys() & same}
        return self.slots[key]

    def _at(self, case: Case, gate: str, form_data: Mapping[str, Any]) -> None:
        own, new = (self._verdicts(pack, case, gate, form_data) for pack in (self.own, self.draft))
        for rule_id in own.keys() | new.keys():
            before, after = own.get(rule_id, NONE), new.get(rule_id, NONE)
            if before == after:
                continue
            rule = self.draft.rules.get(rule_id) or self.own.rules[rule_id]
            self.found.flips.append(
                Flip(case.pk, case.case_no, case.title, gate, rule_id, rule.title, rule.clause, before, after)
            )

    def _verdicts(self, pack: Pack, case: Case, gate: str, form_data: Mapping[str, Any]) -> dict[str, str]:
        """Rule → its consequence at the gate, for the rules that are asked."""
        asked = [r for r in compiled_rules(pack) if r.rule.id in self.rules and gate in r.rule.levels]
        if not asked:
            return {}
        values = self._values(pack, case, form_data, {name for rule in asked for name in rule.reads})
        consequences: dict[str, str] = {}
        for verdict in evaluate(pack, gate, values, only=self.rules):
            consequence = _consequence(verdict)
            if consequence != NONE or verdict.rule_id not in consequences:
                consequences[verdict.rule_id] = consequence
        return consequences

    def _sum(self, case: Case, form_data: Mapping[str, Any]) -> None:
        before, after = (
            self._most(pack, spec, case, form_data)
            for pack, spec in zip((self.own, self.draft), self.awards, strict=True)
        )
        if before != after:
            self.found.money.append(MoneyChange(case.pk, case.case_no, case.title, before, after))

    def _most(
        self, pack: Pack, spec: AwardSpec | None, case: Case, form_data: Mapping[str, Any]
    ) -> Decimal | None:
        if spec is None:
            return None
        texts = [
            (spec.amount, "decimal"),
            *((cap.amount, "decimal") for cap in spec.caps),
            (spec.stage, "text"),
        ]
        names = {name for text, kind in texts if text for name in compiled(pack, text, expects=kind).names}  # type: ignore[arg-type]
        try:
            return reckon(pack, spec, self._values(pack, case, form_data, names)).most
        except NotReckoned:
            return None


def _same_slot(one: Pack, other: Pack, name: str) -> bool:
    specs = [pack.programme.slots.get(name) for pack in (one, other)]
    return all(specs) and specs[0].type == specs[1].type  # type: ignore[union-attr]


def _consequence(verdict: Verdict) -> str:
    return NONE if verdict.outcome in ("passed", "skipped") else CONSEQUENCE[verdict.level]


def _award_of(pack: Pack) -> AwardSpec | None:
    return next((s.award for s in pack.programme.lifecycle.steps.values() if s.award is not None), None)


def _quota_changes(draft: Pack, cases: QuerySet[Case]) -> Iterator[QuotaChange]:
    """Units that stand otherwise to the draft's quota than to their own edition's."""
    spec = draft.programme.quota
    newest = cases.select_related("edition").defer("edition__source").order_by("-pk").first()
    own = newest.edition.pack.programme.quota if newest is not None else None
    before, after = (quota.limit if quota is not None else "" for quota in (own, spec))
    if before == after or not after.isdigit():
        return
    key = spec.key if spec is not None else ""
    rows = QuotaUse.objects.filter(key=key).values("unit__name", "period").annotate(used=Count("pk"))
    for row in rows.order_by("unit__name", "period"):
        if row["used"] > int(after):
            yield QuotaChange(row["unit__name"], row["period"], row["used"], before, after)
