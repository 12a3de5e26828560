"""What the office has to know before it accepts: what the recommending unit said, and what has arrived. 受理依据"""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit import clock
from audit.punctuation import strung
from cases.intake import entries_of, live
from cases.recommendations import rank_in_list
from programmes.forms import display_value, inputs_of
from workflows.acts.intake import minute
from workflows.acts.intake import told as told_entry
from workflows.sections import Fact, Section
from workflows.turn import Turn


def recommended_facts(turn: Turn, readable: frozenset[str]) -> Section | None:
    """What the recommending unit has confirmed and said, in the policy's own words, and its order. Two queries."""
    if "decisions" not in readable or not turn.step.params.get("recommendation"):
        return None
    rows = turn.case.decisions.filter(procedure="declare", action="recommend")
    decision = rows.select_related("organisation").order_by("-pk").first()
    if decision is None:
        return None
    kept = turn.case.recorded.filter(gate="declare.recommend").order_by("-pk").first()
    data = kept.data if kept is not None else {}
    unit = decision.organisation.name if decision.organisation else ""
    facts = [
        Fact(
            _("推荐单位"),
            strung((unit, clock.local(decision.decided_at).strftime("%Y-%m-%d"))),
            decision.clause,
        )
    ]
    for field in turn.step.asks.get("recommend", ()):
        shown = display_value(next(inputs_of(field)), data.get(field.key))
        facts.append(Fact(str(field.label), shown or "—", field.clause))
    facts.append(Fact(_("审核推荐意见"), decision.reason or _("（未填写意见）"), long=True))
    if turn.step.params.get("ranking"):
        rank = rank_in_list(turn.case)
        told = _("第%(n)s位") % {"n": rank} if rank else _("推荐单位尚未排定")
        facts.append(Fact(_("推荐顺序"), told, strong=True))
    return Section(_("推荐单位意见"), facts)


def register_facts(turn: Turn, readable: frozenset[str]) -> Section | None:
    """What has arrived beside the system, by the register as it stands. One query."""
    if "decisions" not in readable or "register_intake" not in turn.step.commands:
        return None
    held = live(entries_of(turn.case))
    clause = turn.step.clauses.get("register_intake", "")
    if not held:
        return Section(_("收件登记"), [Fact(_("收件"), _("尚未登记收件。"), clause, long=True)])
    return Section(
        _("收件登记"),
        [
            Fact(strung((entry.number, minute(entry.received_at))), told_entry(entry), clause)
            for entry in held
        ],
    )
