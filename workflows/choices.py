"""What may be chosen where an action asks for a choice, and what a form begins with. 可选项"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from audit import clock
from audit.punctuation import strung
from cases.enums import (
    AppraisalStatus,
    IntakeCarrier,
    IntakeKind,
    IntakeManner,
    MisconductStatus,
    ObjectionChannel,
    ObjectorKind,
    Part,
)
from cases.intake import A4, OTHER_SIZE, copies_wanted, entries_of, live
from programmes.procedures import Ask
from programmes.schema import SideProcedure, side_with_flow
from workflows.acts.appraise import rectification_term
from workflows.acts.award import plain
from workflows.acts.intake import NO, YES, minute
from workflows.acts.intake import told as intake_told
from workflows.acts.review import judged, sitting
from workflows.award_lines import claim_of
from workflows.enums import ItemStatus
from workflows.models import WorkItem
from workflows.turn import Turn

EXCERPT = 40


@dataclass(frozen=True, slots=True)
class Option:
    """可选项: ``note`` stands beside the label; ``barred`` says why it may not be chosen ('' = it may)."""

    value: str
    label: str
    note: str = ""
    barred: str = ""


def choices_for(turn: Turn, ask: Ask) -> list[Option]:
    """The options for ``ask`` of the action under way; empty for an ask that is filled in freely."""
    find = _CHOICES.get((turn.gate, ask.key))
    return find(turn) if find else []


def initial_for(turn: Turn, ask: Ask) -> Any:
    """What the field begins with; None for an empty one."""
    find = _INITIAL.get((turn.gate, ask.key))
    return find(turn) if find else None


def _kinds_of_objector(turn: Turn) -> list[Option]:
    return [Option(kind.value, str(kind.label)) for kind in ObjectorKind]


def _channels(turn: Turn) -> list[Option]:
    on_paper = (channel for channel in ObjectionChannel if channel != ObjectionChannel.ONLINE)
    return [Option(channel.value, str(channel.label)) for channel in on_paper]


def appraisal_of(turn: Turn) -> SideProcedure | None:
    """The appraisal that can be started by hand in this programme."""
    name = side_with_flow(turn.pack.programme, "appraise")
    return turn.pack.programme.side[name] if name else None


def _kinds_of_appraisal(turn: Turn) -> list[Option]:
    side = appraisal_of(turn)
    return [Option(choice.code, str(choice.label)) for choice in side.kinds] if side else []


def _kind_to_begin_with(turn: Turn) -> str | None:
    """The first kind that has not been appraised this year, those that count before the others."""
    side = appraisal_of(turn)
    if side is None:
        return None
    rows = turn.case.appraisals.exclude(status=AppraisalStatus.CANCELLED).filter(period=clock.today().year)
    done = set(rows.values_list("kind", flat=True))
    ordered = [*side.counted, *(choice.code for choice in side.kinds)]
    return next((code for code in ordered if code not in done), None)


def _methods(turn: Turn) -> list[Option]:
    return [Option(choice.code, str(choice.label)) for choice in turn.side.methods]


def _panel(turn: Turn) -> list[Option]:
    seated = sitting(turn.case) if turn.action.code == "replace_expert" else set()
    options = []
    for user, reason in judged(turn.case):
        unit = user.organisation.name if user.organisation else ""
        barred = reason or (_("已是本案评审专家") if user.pk in seated else "")
        options.append(Option(str(user.public_id), user.name, unit, barred))
    return options


def _experts_of_case(turn: Turn) -> list[Option]:
    """Whoever scored or sits, once each. Two queries."""
    scored = {s.expert_id: s.expert for s in turn.case.score_sheets.select_related("expert__organisation")}
    parts = turn.case.participations.filter(capacity=Part.EXPERT).select_related("user__organisation")
    people = {p.user_id: p.user for p in parts} | scored
    return [
        Option(
            str(user.public_id),
            user.name,
            strung(
                (
                    user.organisation.name if user.organisation else "",
                    _("已提交评分") if user.pk in scored else _("未提交评分"),
                )
            ),
        )
        for user in sorted(people.values(), key=lambda user: (user.name, user.pk))
    ]


def _reported(turn: Turn) -> list[Option]:
    rows = (
        turn.case.misconducts.filter(status=MisconductStatus.REPORTED).select_related("expert").order_by("pk")
    )
    return [
        Option(
            str(row.public_id),
            _("%(day)s 涉及%(name)s：%(text)s")
            % {
                "day": clock.local(row.reported_at).strftime("%Y-%m-%d"),
                "name": row.expert.name,
                "text": row.report[:EXCERPT] + ("…" if len(row.report) > EXCERPT else ""),
            },
        )
        for row in rows
    ]


def _objections(turn: Turn) -> list[Option]:
    if turn.item is not None and turn.item.objection is not None:
        return [Option(turn.item.objection.number, turn.item.objection.number)]
    waiting = WorkItem.objects.filter(case=turn.case, duty="handle", status=ItemStatus.OPEN)
    numbers = waiting.order_by("id").values_list("objection__number", flat=True)
    return [Option(number, number) for number in numbers if number]


def _objection(turn: Turn) -> str | None:
    options = _objections(turn)
    return options[0].value if options else None


def _rectification_due(turn: Turn) -> dt.date | None:
    term = rectification_term(turn)
    return term.due_on if term else None


def _this_year(turn: Turn) -> int:
    return clock.today().year


def _most(turn: Turn) -> Decimal | None:
    """The most that may be granted; None where the deciding body sets the sum."""
    claim = claim_of(turn)
    return Decimal(plain(claim.most)) if claim is not None and claim.most is not None else None


def _last_year(turn: Turn) -> int | None:
    """The last year whose appraisal has been concluded; None when there is none."""
    rows = turn.case.appraisals.filter(status=AppraisalStatus.CONCLUDED).order_by("-period")
    year: int | None = rows.values_list("period", flat=True).first()
    return year


def _departments(turn: Turn) -> list[Option]:
    """The departments and offices of the authority that may be asked for an opinion. One query."""
    kinds = (OrganisationKind.DEPARTMENT, OrganisationKind.LEADING_GROUP_OFFICE)
    rows = Organisation.objects.filter(authority=turn.case.authority_id, kind__in=kinds, is_active=True)
    own = turn.actor.organisation.pk if turn.actor.organisation else 0
    return [Option(str(unit.public_id), unit.name) for unit in rows.exclude(pk=own).order_by("path")]


def _kinds_of_intake(turn: Turn) -> list[Option]:
    return [Option(kind.value, str(kind.label)) for kind in IntakeKind]


def _sizes(turn: Turn) -> list[Option]:
    return [Option(A4, A4), Option(OTHER_SIZE, _("其他"))]


def _yes_no(turn: Turn) -> list[Option]:
    return [Option(YES, _("是")), Option(NO, _("否"))]


def _carriers(turn: Turn) -> list[Option]:
    return [Option(carrier.value, str(carrier.label)) for carrier in IntakeCarrier]


def _manners(turn: Turn) -> list[Option]:
    return [Option(manner.value, str(manner.label)) for manner in IntakeManner]


def _entries(turn: Turn) -> list[Option]:
    """The entries that hold, the newest first. One query."""
    return [
        Option(entry.number, f"{entry.number}　{intake_told(entry)}　{minute(entry.received_at)}")
        for entry in reversed(live(entries_of(turn.case)))
    ]


_CHOICES: dict[tuple[str, str], Callable[[Turn], list[Option]]] = {
    ("review.assign_experts", "experts"): _panel,
    ("review.replace_expert", "experts"): _panel,
    ("appraise.assign_site_experts", "experts"): _panel,
    ("publicize.uphold_objection", "objection"): _objections,
    ("publicize.dismiss_objection", "objection"): _objections,
    ("appraise.check_appraisal", "methods"): _methods,
    ("command.register_intake", "kind"): _kinds_of_intake,
    ("command.register_intake", "size"): _sizes,
    ("command.register_intake", "bound"): _yes_no,
    ("command.register_intake", "carrier"): _carriers,
    ("command.register_intake", "manner"): _manners,
    ("command.correct_intake", "entry"): _entries,
    ("command.correct_intake", "size"): _sizes,
    ("command.correct_intake", "bound"): _yes_no,
    ("command.register_objection", "kind"): _kinds_of_objector,
    ("command.register_objection", "channel"): _channels,
    ("command.start_appraisal", "kind"): _kinds_of_appraisal,
    ("command.ask_opinions", "units"): _departments,
    ("command.report_misconduct", "expert"): _experts_of_case,
    ("command.confirm_misconduct", "misconduct"): _reported,
    ("command.clear_misconduct", "misconduct"): _reported,
}

_INITIAL: dict[tuple[str, str], Callable[[Turn], Any]] = {
    ("command.register_intake", "kind"): lambda turn: IntakeKind.PAPER.value,
    ("command.register_intake", "copies"): lambda turn: copies_wanted(turn.case),
    ("command.register_intake", "size"): lambda turn: A4,
    ("command.register_objection", "channel"): lambda turn: ObjectionChannel.POST.value,
    ("command.register_objection", "received_on"): lambda turn: clock.today(),
    ("publicize.uphold_objection", "objection"): _objection,
    ("publicize.dismiss_objection", "objection"): _objection,
    ("appraise.conclude_unqualified", "rectification_due"): _rectification_due,
    ("command.start_appraisal", "period"): _this_year,
    ("command.grant_reward", "period"): _last_year,
    ("award.grant", "amount"): _most,
    ("award.record_payment", "paid_on"): lambda turn: clock.today(),
    ("command.start_appraisal", "kind"): _kind_to_begin_with,
}
