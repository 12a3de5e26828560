"""What a trial found, as it is stored and as it is shown. 试运行结果"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from programmes.schema import Text
from workflows.rehearsal.report import Report
from workshop.display import gate_title
from workshop.whatif import Replay

CONSEQUENCES = {
    "none": (_("通过"), "success"),
    "shown": (_("提醒"), "info"),
    "reason": (_("须说明理由"), "warning"),
    "refused": (_("不予通过"), "danger"),
}


@dataclass(frozen=True, slots=True)
class FlipRow:
    """A case and a rule, before and after, in words."""

    case_no: str
    title: str
    gate: str
    rule_id: str
    rule_title: str
    clause: str
    before: str
    before_tone: str
    after: str
    after_tone: str


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A claim's sum before and after (万元; '' where it cannot be reckoned)."""

    case_no: str
    title: str
    before: str
    after: str
    difference: str


def replay_json(found: Replay, *, most: int) -> dict[str, Any]:
    """A replay as plain JSON; at most ``most`` flips and sums one by one, the totals over all of them."""
    return {
        "cases": found.cases,
        "rules": list(found.rules),
        "moved": found.moved,
        "difference": str(found.difference),
        "seconds": round(found.seconds, 2),
        "flips_total": len(found.flips),
        "money_total": len(found.money),
        "by_rule": _by_rule(found),
        "flips": [
            {
                "case_no": flip.case_no,
                "title": flip.title,
                "gate": flip.gate,
                "rule": flip.rule_id,
                "rule_zh": flip.rule_title.zh,
                "rule_en": flip.rule_title.en,
                "clause": flip.clause,
                "before": flip.before,
                "after": flip.after,
            }
            for flip in found.flips[:most]
        ],
        "money": [
            {
                "case_no": change.case_no,
                "title": change.title,
                "before": _sum(change.before),
                "after": _sum(change.after),
                "difference": str(change.difference),
            }
            for change in found.money[:most]
        ],
        "quotas": [
            {
                "unit": change.unit,
                "period": change.period,
                "used": change.used,
                "before": change.before,
                "after": change.after,
            }
            for change in found.quotas
        ],
    }


def _by_rule(found: Replay) -> list[dict[str, Any]]:
    cases: dict[str, set[int]] = {}
    for flip in found.flips:
        cases.setdefault(flip.rule_id, set()).add(flip.case_id)
    return [{"rule": rule, "cases": len(keys)} for rule, keys in sorted(cases.items())]


def _sum(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def flip_rows(result: Mapping[str, Any]) -> list[FlipRow]:
    """The stored flips in words, in the reader's language."""
    rows = []
    for flip in result["flips"]:
        before, after = CONSEQUENCES[flip["before"]], CONSEQUENCES[flip["after"]]
        rows.append(
            FlipRow(
                case_no=flip["case_no"],
                title=flip["title"],
                gate=gate_title(flip["gate"]),
                rule_id=flip["rule"],
                rule_title=str(Text(zh=flip["rule_zh"], en=flip["rule_en"])),
                clause=flip["clause"],
                before=str(before[0]),
                before_tone=before[1],
                after=str(after[0]),
                after_tone=after[1],
            )
        )
    return rows


def money_rows(result: Mapping[str, Any]) -> list[MoneyRow]:
    """The stored sums."""
    return [MoneyRow(**row) for row in result["money"]]


def reports_of(result: Mapping[str, Any]) -> list[Report]:
    """The stored reports of scenarios."""
    return [Report.from_json(stored) for stored in result["reports"]]
