"""What to know before a title is decided: the supervisor's report, the votes of an earlier round, the places left, the term.

称号审定的依据
"""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _

from audit import clock
from audit.punctuation import noted
from cases.models import ScoreSheet
from cases.sheets import review_sheets
from cases.titles import standing_until
from programmes.forms import display_value, inputs_of
from programmes.rubrics import aggregate
from workflows import places
from workflows.sections import Fact, Section
from workflows.turn import Turn

REPORT = "file_supervision_report"


def supervision(turn: Turn, readable: frozenset[str]) -> Section | None:
    """The newest report of the supervisor. Two queries where the policy provides for one, else none."""
    fields = [
        field
        for step in turn.pack.programme.lifecycle.steps.values()
        if REPORT in step.commands
        for field in step.asks.get(REPORT, ())
    ]
    asked = {field.key: field for field in fields}
    provided = any(REPORT in step.commands for step in turn.pack.programme.lifecycle.steps.values())
    if not provided or "reasons" not in readable:
        return None
    rows = turn.case.decisions.filter(procedure="command", action=REPORT).order_by("-pk")
    report = rows.first()
    if report is None:
        return Section(_("监督报告"), [Fact(_("监督情况"), _("尚未提交"))])
    kept = turn.case.recorded.filter(gate=f"command.{REPORT}").order_by("-pk").first()
    data = kept.data if kept is not None else {}
    facts = [
        Fact(
            str(field.label),
            display_value(next(inputs_of(field)), data.get(key)) or "—",
            field.clause,
            strong=True,
        )
        for key, field in asked.items()
    ]
    day = clock.local(report.decided_at).strftime("%Y-%m-%d")
    facts.append(Fact(_("监督情况"), noted(report.reason, day), report.clause, long=True))
    return Section(_("监督报告"), facts)


def earlier_votes(turn: Turn, readable: frozenset[str]) -> Section | None:
    """What the rounds before this one came to, of a panel that votes again. No query beside the sheets'."""
    if not turn.step.params.get("same_panel") or "aggregate" not in readable:
        return None
    rounds: dict[int, list[ScoreSheet]] = defaultdict(list)
    for sheet in review_sheets(turn.case):
        if sheet.voided_at is None and sheet.run_no != turn.case.run_no:
            rounds[sheet.run_no].append(sheet)
    steps = turn.pack.programme.lifecycle.steps.values()
    before = next((step for step in steps if step.params.get("revote") and step.rubric), None)
    if not rounds or before is None or before.rubric is None:
        return None
    newest = rounds[max(rounds)]
    rubric = turn.pack.rubrics[before.rubric]
    result = aggregate(rubric, [sheet.total for sheet in newest])
    return Section(
        _("上一轮表决"), [Fact(str(before.title), str(result.explanation), rubric.clause, long=True)]
    )


def numbers(turn: Turn, readable: frozenset[str]) -> Section | None:
    """How many titles have been given of those there may be."""
    if turn.procedure not in ("accredit", "review"):
        return None
    rows = places.told(turn)
    if not rows:
        return None
    spec = turn.pack.programme.places
    assert spec is not None
    facts = [
        Fact(
            row.label,
            _("可认定%(limit)s个，已认定%(given)s个") % {"limit": row.limit, "given": row.given}
            if row.limit is not None
            else _("数量尚未确定，已认定%(given)s个") % {"given": row.given},
            spec.clause,
            strong=row.limit is not None and row.given >= row.limit,
        )
        for row in rows
    ]
    title = _("本年度认定数量") if spec.period == "year" else _("本批次认定数量")
    return Section(title, facts)


def term(turn: Turn, readable: frozenset[str]) -> Section | None:
    """Until when the title runs, and from when it would begin anew. One query where the step renews a term."""
    if not turn.step.renews:
        return None
    until = standing_until(turn.case)
    if until is None:
        return None
    how = set(turn.step.renews.values())
    facts = [Fact(_("现有效期至"), until.strftime("%Y-%m-%d"))]
    anew = _("自原届满之日起") if how == {"expiry"} else _("自本次决定之日起")
    facts.append(Fact(_("准予延续的"), _("有效期%(from)s重新计算") % {"from": anew}, turn.step.clause))
    return Section(_("有效期"), facts)
