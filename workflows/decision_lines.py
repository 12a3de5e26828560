"""Decisions as a reader may see them: what was decided, by whom, on which clause, with which rules in view. 决定"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from audit.punctuation import noted, strung
from cases.models import Case, Decision
from workflows import labels
from workflows.clause_links import clause_url


@dataclass(frozen=True, slots=True)
class RuleNote:
    """A rule that was not plainly met when the decision was made."""

    title: str
    outcome: str
    clause: str


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """决定: one line; ``who`` and ``reason`` are fit for the reader's eyes."""

    at: dt.datetime
    title: str
    who: str
    reason: str
    clause: str
    clause_url: str
    letter_url: str
    rules: tuple[RuleNote, ...]


def decision_lines(case: Case, rows: Iterable[Decision], readable: frozenset[str]) -> list[DecisionLine]:
    """The decisions in the order of ``rows`` (user and organisation loaded). No further query."""
    return [_line(case, row, readable) for row in rows]


def title_of(case: Case, decision: Decision) -> str:
    """What was decided, in the policy's words."""
    return labels.action_name(case, f"{decision.procedure}.{decision.action}")


def _line(case: Case, row: Decision, readable: frozenset[str]) -> DecisionLine:
    letter = reverse("cases:letter", args=[case.public_id, row.public_id]) if row.letter else ""
    told = "reasons" in readable or bool(row.letter) or row.action.startswith("return")
    return DecisionLine(
        at=row.decided_at,
        title=title_of(case, row),
        who=_who(row, readable),
        reason=row.reason if told else "",
        clause=row.clause,
        clause_url=clause_url(case, row.clause),
        letter_url=letter,
        rules=tuple(_rules(case, row)) if "reasons" in readable else (),
    )


def _who(row: Decision, readable: frozenset[str]) -> str:
    unit = row.organisation.name if row.organisation else _("系统")
    if "record" not in readable or row.user is None:
        return unit
    role = str(Role(row.role).label) if row.role in Role.values else ""
    return noted(row.user.name, strung((unit, role)))


def _once(verdicts: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """What a rule said, once however many lines of a table it said it of."""
    return {(each["rule"], each["outcome"], each["clause"]): each for each in verdicts}.values()


def _rules(case: Case, row: Decision) -> Iterable[RuleNote]:
    outcomes = {"failed": _("不符合"), "undecided": _("无法判定"), "passed": _("符合")}
    for verdict in _once(row.verdicts):
        rule = case.edition.pack.rules.get(verdict["rule"])
        title = str(rule.title) if rule else verdict["rule"]
        yield RuleNote(title, outcomes.get(verdict["outcome"], verdict["outcome"]), verdict["clause"])
