"""What rules say at a gate: plain, by row, by binding, with amounts; and where the facts come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from programmes.rules import (
    Verdict,
    blocking,
    evaluate,
    resolve_context,
)
from programmes.schema import Level, Pack, Text
from tests.factories.programmes import mini_pack

PACK = mini_pack()


class Asked(Mapping[str, Any]):
    """System facts that remember what was asked."""

    def __init__(self, **facts: Any) -> None:
        self.facts = {name.replace("__", "."): value for name, value in facts.items()}
        self.asked: list[str] = []

    def __getitem__(self, name: str) -> Any:
        self.asked.append(name)
        return self.facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


def context(
    form_data: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    gate: str | None = None,
    pack: Pack = PACK,
    **facts: Any,
) -> dict[str, Any]:
    return resolve_context(
        pack,
        form_data=form_data or {},
        system_facts=Asked(**facts),
        action_data={"reason": "说明"},
        slots={"threshold": Decimal(60)},
        gate=gate,
    )


def by_rule(verdicts: list[Verdict]) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.rule_id, []).append(verdict)
    return found


def at(gate: str, form_data: Mapping[str, Mapping[str, Any]], **facts: Any) -> dict[str, list[Verdict]]:
    return by_rule(evaluate(PACK, gate, context(form_data, gate=gate, **facts)))


@pytest.mark.parametrize(
    ("revenue", "outcome"),
    [("1000", "passed"), ("999.99", "failed"), (None, "undecided"), ("1.2亿", "undecided")],
)
def test_one_rule_at_two_gates_with_two_levels(revenue: str | None, outcome: str) -> None:
    data = {"BASIC": {"revenue": revenue} if revenue else {}}
    [warned] = at("declare.submit", data)["M-2"]
    [refused] = at("review.select", data)["M-2"]
    assert (warned.outcome, warned.level) == (outcome, "warn")
    assert (refused.outcome, refused.level) == (outcome, "hard")
    assert refused.fields == ("BASIC.revenue",)
    assert refused.clause == "M·第二条"


def test_an_undecided_rule_says_what_is_missing_in_the_words_of_the_form() -> None:
    [verdict] = at("review.select", {})["M-2"]
    assert verdict.reason_undecided == Text(zh="缺少“营业收入”", en="Revenue is missing")
    [verdict] = at("review.select", {"BASIC": {"staff_rd": 3}})["M-3"]
    assert verdict.reason_undecided == Text(zh="缺少“人员，总数”", en="Staff, total is missing")
    [verdict] = at("review.select", {"BASIC": {"staff_rd": 3, "staff_total": 0}})["M-3"]
    assert verdict.reason_undecided == Text(zh="除数为零，无法计算", en="division by zero")


def rows(*outputs: tuple[str, str | None]) -> dict[str, Any]:
    listed: list[dict[str, Any]] = []
    for number, (kind, output) in enumerate(outputs, 1):
        row = {"name": f"企业{number}", "kind": kind}
        listed.append(row | ({"output": output} if output is not None else {}))
    return {"FIRMS": {"rows": listed}}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (rows(("large", "500"), ("small", "1")), [("passed", None, ())]),
        (
            rows(("large", "499"), ("small", "1"), ("large", "1")),
            [
                ("failed", "第1行：企业1", ("FIRMS.rows.0.output",)),
                ("failed", "第3行：企业3", ("FIRMS.rows.2.output",)),
            ],
        ),
        (rows(("large", None), ("large", "600")), [("undecided", "第1行：企业1", ("FIRMS.rows.0.output",))]),
        (rows(("small", "1"), ("small", "2")), [("skipped", None, ())]),
        ({}, [("passed", None, ())]),
    ],
)
def test_each_row_is_judged(
    data: dict[str, Any], expected: list[tuple[str, str | None, tuple[str, ...]]]
) -> None:
    found = at("declare.submit", data)["M-4"]
    told = [
        (v.outcome, v.label.zh if v.label else None, v.fields if v.outcome in ("failed", "undecided") else ())
        for v in found
    ]
    assert told == expected


def test_a_single_row_keeps_its_label() -> None:
    [verdict] = at("declare.submit", rows(("large", "1")))["M-4"]
    assert verdict.outcome == "failed"
    assert verdict.label is not None
    assert verdict.label.en == "row 1: 企业1"


def test_bindings_apply_a_rule_to_other_names() -> None:
    [verdict] = at("declare.submit", {"BASIC": {"as_of": "2025-12-31"}})["M-5"]
    assert verdict.outcome == "failed"
    assert verdict.label == Text(zh="企业名单", en="firms")
    assert verdict.fields == ("FIRMS.as_of",)
    both = {"BASIC": {"as_of": "2025-12-31"}, "FIRMS": {"as_of": "2025-12-31"}}
    [verdict] = at("declare.submit", both)["M-5"]
    assert (verdict.outcome, verdict.label) == ("passed", None)
    assert len(at("declare.submit", {})["M-5"]) == 2


@pytest.mark.parametrize(
    ("revenue", "outcome", "award"),
    [
        ("1000", "passed", "100"),
        ("2500.5", "passed", "200"),
        ("999", "failed", None),
        (None, "undecided", None),
    ],
)
def test_amounts(revenue: str | None, outcome: str, award: str | None) -> None:
    [verdict] = at("accredit.approve", {"BASIC": {"revenue": revenue} if revenue else {}})["M-6"]
    assert verdict.outcome == outcome
    assert verdict.award == (Decimal(award) if award else None)


def test_a_gate_without_rules_says_nothing() -> None:
    assert evaluate(PACK, "file.examine", {}) == []


def test_a_case_meets_the_rules_of_its_round_and_a_round_not_those_of_cases() -> None:
    pack = mini_pack({"rules.yaml": lambda rules: rules[0]["levels"].update({"declare.submit": "warn"})})
    facts = {"opens_month": 4}
    assert "M-1" in by_rule(evaluate(pack, "declare.submit", facts))
    assert set(by_rule(evaluate(pack, "declare.submit", facts, subject="round"))) == {"M-1"}
    assert evaluate(pack, "declare.submit", facts, subject="task") == []


def test_a_rule_that_does_not_compile_is_undecided_not_passed() -> None:
    pack = mini_pack({"rules.yaml": lambda rules: rules[1].update(expr="revenu >= 1000")})
    [verdict] = by_rule(evaluate(pack, "review.select", {"revenue": Decimal(1)}))["M-2"]
    assert verdict.outcome == "undecided"
    assert verdict.reason_undecided is not None


def verdict_of(outcome: Any, level: Level) -> Verdict:
    return Verdict("X", outcome, level, Text(zh="不符"), "M·第一条")


@pytest.mark.parametrize(
    ("outcome", "level", "consequence"),
    [
        ("failed", "hard", "refused"),
        ("undecided", "hard", "refused"),
        ("failed", "soft", "needs_reason"),
        ("undecided", "soft", "needs_reason"),
        ("failed", "warn", "shown"),
        ("failed", "info", "shown"),
        ("undecided", "warn", "shown"),
        ("failed", "calc", "shown"),
        ("passed", "hard", None),
        ("skipped", "hard", None),
        ("passed", "soft", None),
    ],
)
def test_consequences(outcome: str, level: Level, consequence: str | None) -> None:
    verdict = verdict_of(outcome, level)
    found = blocking([verdict])
    assert {name: getattr(found, name) for name in ("refused", "needs_reason", "shown")} == {
        name: ((verdict,) if name == consequence else ()) for name in ("refused", "needs_reason", "shown")
    }
