"""征求意见: units are asked side by side, each answers by its limit; what is late is told, and stays answerable."""

from __future__ import annotations

import uuid
from typing import cast

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.organisations import find_organisation
from audit import clock
from audit.punctuation import listed, parted
from cases.enums import Capacity
from cases.errors import Invalid, NotAllowed
from cases.models import Case, Opinion
from cases.relations import add_party
from programmes.procedures import PROCEDURES
from workflows.acts.registry import act, pending, waits
from workflows.enums import Track
from workflows.steps import start_run
from workflows.turn import Turn

MAX_UNITS = 50


def consultation_of(turn: Turn) -> str:
    """The name of the pack's consultation. NotAllowed when it has none."""
    for name, side in turn.pack.programme.side.items():
        if side.flow == "consult":
            return name
    raise NotAllowed("no_consultation", _("该事项未设征求意见程序。"), turn.clause)


@waits("command.ask_opinions")
def still_asking(case: Case) -> str:
    """A question is answered before the next one is asked. One query."""
    return _("上一次征求意见尚未全部反馈。") if case.opinions.filter(given_at__isnull=True).exists() else ""


@pending("command.ask_opinions")
def units_exist(turn: Turn) -> None:
    """Every unit named is in the directory, once; a question is answered before the next one is asked."""
    consultation_of(turn)
    if why := still_asking(turn.case):
        raise NotAllowed("still_asking", why, turn.clause)
    found = [(name, _unit(turn.case, name)) for name in cast(list[str], turn.data["units"])]
    unknown = [name for name, unit in found if unit is None]
    units = [unit for _name, unit in found if unit is not None]
    faults = []
    if unknown:
        faults.append(_("机构目录中没有：%(names)s。") % {"names": listed(unknown)})
    if len({unit.pk for unit in units}) != len(units):
        faults.append(_("同一单位不能重复选择。"))
    if len(units) > MAX_UNITS:
        faults.append(_("一次最多征求%(n)s个单位的意见。") % {"n": MAX_UNITS})
    if faults:
        raise Invalid("bad_units", parted(faults), fields={"units": parted(faults)})
    turn.prepared = units
    turn.pending |= {"opinions.asked": [unit.name for unit in units], "opinions.given": []}


def _unit(case: Case, name: str) -> Organisation | None:
    """A unit in use, by public id (from a page) or by name."""
    try:
        rows = Organisation.objects.filter(authority=case.authority_id, public_id=uuid.UUID(name))
        unit = rows.first()
    except ValueError:
        unit = find_organisation(authority=case.authority, name=name)
    return unit if unit is not None and unit.is_active else None


@act("command.ask_opinions")
def ask_opinions(turn: Turn) -> None:
    """Every unit gets its own item and its own limit."""
    units = cast(list[Organisation], turn.prepared)
    batch = (turn.case.opinions.aggregate(last=Max("batch"))["last"] or 0) + 1
    for unit in units:
        Opinion.objects.create(
            case=turn.case,
            batch=batch,
            unit=unit,
            question=turn.data["question"],
            asked_at=turn.now,
            asked_by=turn.actor.user,
        )
        add_party(case=turn.case, organisation=unit, capacity=Capacity.CONSULTED)
    start_run(
        case=turn.case,
        procedure="consult",
        step=consultation_of(turn),
        params=PROCEDURES["consult"].params | {"units": [unit.pk for unit in units]},
        track=Track.SIDE,
    )
    turn.record |= {"units": [unit.name for unit in units], "question": turn.data["question"]}
    turn.message = _("已向%(n)s个单位征求意见。") % {"n": len(units)}


@pending("consult.give_opinion")
def opinion_about_to_be_given(turn: Turn) -> None:
    """The rules see the unit as having answered."""
    row = _asked(turn)
    others = turn.case.opinions.filter(batch=row.batch, given_at__isnull=False)
    turn.pending |= {"opinions.given": [*others.values_list("unit__name", flat=True), row.unit.name]}


def _asked(turn: Turn) -> Opinion:
    """What the item's unit was asked."""
    assert turn.item is not None
    return (
        turn.case.opinions.select_related("unit")
        .filter(unit=turn.item.organisation_id, given_at__isnull=True)
        .order_by("-batch")
        .get()
    )


@act("consult.give_opinion")
def give_opinion(turn: Turn) -> None:
    """The unit's answer, with who gave it."""
    row = _asked(turn)
    row.opinion, row.given_at, row.given_by = turn.data["opinion"], turn.now, turn.actor.user
    row.save(update_fields=["opinion", "given_at", "given_by"])
    late = _days_late(turn)
    turn.record |= {"unit": row.unit.name, "overdue_days": late}
    turn.message = _("意见已反馈，逾期%(n)s天。") % {"n": late} if late else _("意见已反馈。")


def _days_late(turn: Turn) -> int:
    """How many days after its limit the answer comes; 0 in time, or where there is no limit."""
    assert turn.item is not None
    due_on = turn.item.due_on
    return max(0, (clock.local(turn.now).date() - due_on).days) if due_on else 0
