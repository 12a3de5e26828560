"""收件登记: what has arrived is entered by the system's clock; a wrong entry is replaced by a later one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accounts.enums import Role
from audit import clock
from audit.punctuation import noted, parted, strung
from cases.declarations import last_sent
from cases.enums import IntakeCarrier, IntakeKind, IntakeManner
from cases.errors import Invalid, NotAllowed
from cases.intake import A4, OTHER_SIZE, entries_of, live, next_entry_number
from cases.models import Case, IntakeEntry
from workflows.acts.registry import act, pending, waits
from workflows.turn import Turn

SIZES = (A4, OTHER_SIZE)
YES, NO = "yes", "no"
MOST = 1000
"""More copies than this are a slip of the pen."""
CORRECTED_BY = "intake_corrected_by"
OTHER_PERSON, CHIEF = "other_person", "chief"
"""Who may correct an entry (step parameter): another person than who made it, the chief, or ``anyone``."""


@pending("command.register_intake")
def fits(turn: Turn) -> None:
    """Only of what has been sent, and with what the kind of delivery needs."""
    _require_sent(turn)
    data, errors = turn.data, dict[str, str]()
    kind = _one_of(data.get("kind"), IntakeKind.values, "kind", _("请选择收件种类。"), errors)
    paper, ecopy = kind == IntakeKind.PAPER, kind == IntakeKind.ECOPY
    _one_of(data.get("size"), SIZES, "size", _("请选择纸质材料幅面。"), errors, wanted=paper)
    _one_of(data.get("bound"), (YES, NO), "bound", _("请说明纸质材料是否装订成册。"), errors, wanted=paper)
    carriers = IntakeCarrier.values
    _one_of(data.get("carrier"), carriers, "carrier", _("请选择电子版载体。"), errors, wanted=ecopy)
    _one_of(data.get("manner"), IntakeManner.values, "manner", _("请选择递交方式。"), errors, wanted=False)
    if not 1 <= (data.get("copies") or 0) <= MOST:
        errors["copies"] = _("份数应在1至%(most)s之间。") % {"most": MOST}
    if len(data.get("evidence") or "") > 200:
        errors["evidence"] = _("不超过200字。")
    _raise(errors)


def _one_of(
    value: str | None,
    allowed: Any,
    field: str,
    message: str,
    errors: dict[str, str],
    *,
    wanted: bool = True,
) -> str:
    """``value`` when it is among ``allowed``; else the message is put beside the field ('' may be left out)."""
    if value in allowed or (not value and not wanted):
        return value or ""
    errors[field] = message
    return ""


def _raise(errors: dict[str, str]) -> None:
    if errors:
        raise Invalid("invalid", parted(errors.values()), fields=errors)


def _require_sent(turn: Turn) -> None:
    if turn.case.is_draft:
        raise NotAllowed("not_sent", _("申报材料尚未提交，不能登记收件。"))


@act("command.register_intake")
def register(turn: Turn) -> None:
    """A new entry. Its time is the door's: nobody types it."""
    data = turn.data
    paper = data["kind"] == IntakeKind.PAPER
    ecopy = data["kind"] == IntakeKind.ECOPY
    entry = _create(
        turn,
        kind=data["kind"],
        copies=data["copies"],
        size=data["size"] if paper else "",
        bound=data["bound"] == YES if paper else None,
        carrier=data["carrier"] if ecopy else "",
        manner=data.get("manner") or "",
        evidence=data.get("evidence") or "",
        note=data.get("note") or "",
        received_at=turn.now,
    )
    turn.letter_values |= letter_values(entry)
    turn.message = _("已登记收件：%(what)s，登记号%(no)s，收到时间%(at)s。") % {
        "what": told(entry),
        "no": entry.number,
        "at": minute(entry.received_at),
    }


def _create(turn: Turn, **values: Any) -> IntakeEntry:
    assert turn.actor.user is not None
    sent = last_sent(turn.case)
    entry = IntakeEntry.objects.create(
        case=turn.case,
        number=next_entry_number(turn.case, clock.local(turn.now).year),
        registered_at=turn.now,
        registered_by=turn.actor.user,
        on_behalf_of=turn.actor.on_behalf_of,
        organisation=turn.actor.organisation,
        version_no=sent.version_no if sent is not None else 0,
        **values,
    )
    turn.record |= {
        "entry": entry.number,
        "kind": entry.kind,
        "copies": entry.copies,
        "size": entry.size,
        "bound": entry.bound,
        "carrier": entry.carrier,
        "manner": entry.manner,
        "evidence": entry.evidence,
        "received_at": entry.received_at.isoformat(),
    }
    return entry


def told(entry: IntakeEntry) -> str:
    """What came, in short: 纸质材料2份（A4，已装订）."""
    parts = []
    if entry.kind == IntakeKind.PAPER:
        parts = [A4 if entry.size == A4 else _("非A4"), _("已装订") if entry.bound else _("未装订")]
    elif entry.carrier:
        parts = [str(entry.get_carrier_display())]
    what = _("%(kind)s%(n)s份") % {"kind": entry.get_kind_display(), "n": entry.copies}
    return noted(what, strung(parts))


def minute(moment: dt.datetime) -> str:
    """A moment as the register writes it, to the second: the last day ends at 24:00:00."""
    return clock.local(moment).strftime("%Y-%m-%d %H:%M:%S")


def letter_values(entry: IntakeEntry) -> dict[str, Any]:
    """What the receipt of an entry may name."""
    return {"receipt_no": entry.number, "received": told(entry), "received_at": minute(entry.received_at)}


# -- corrections -----------------------------------------------------------------------------------------------------


@waits("command.correct_intake")
def nothing_registered(case: Case) -> str:
    """There is nothing to correct before something was registered. One query."""
    if IntakeEntry.objects.filter(case=case).exists():
        return ""
    return _("本案尚未登记收件，没有可更正的登记。")


@pending("command.correct_intake")
def correction_fits(turn: Turn) -> None:
    """An entry that holds, by somebody who may correct it, with a moment that has passed and something that differs."""
    _require_sent(turn)
    before, errors = entry_named(turn), {}
    _require_corrector(turn, before)
    data = turn.data
    if data.get("copies") is None or not 0 <= data["copies"] <= MOST:
        errors["copies"] = _("份数应在0至%(most)s之间。") % {"most": MOST}
    paper = before.kind == IntakeKind.PAPER
    _one_of(data.get("size"), SIZES, "size", _("请选择纸质材料幅面。"), errors, wanted=False)
    _one_of(data.get("bound"), (YES, NO), "bound", _("请说明是否装订成册。"), errors, wanted=False)
    if (data.get("size") or data.get("bound")) and not paper:
        errors["size" if data.get("size") else "bound"] = _("该登记不是纸质材料。")
    received = data.get("received_at")
    if received is not None and received > turn.now:
        errors["received_at"] = _("收到时间不得晚于现在。")
    elif received is not None and received > before.registered_at:
        errors["received_at"] = _("收到时间不得晚于原登记时间。")
    elif received is not None and turn.case.submitted_at and received < _minute_of(turn.case.submitted_at):
        errors["received_at"] = _("收到时间不得早于申报材料提交时间。")
    if len(data.get("evidence") or "") > 200:
        errors["evidence"] = _("不超过200字。")
    _raise(errors)
    if _corrected(turn, before) == _values(before):
        raise Invalid(
            "nothing_changed", _("与原登记相同，没有可更正的内容。"), fields={"copies": _("与原登记相同。")}
        )


def _minute_of(moment: dt.datetime) -> dt.datetime:
    """The minute in which it was: a time of receipt is typed to the minute."""
    return moment.replace(second=0, microsecond=0)


def entry_named(turn: Turn) -> IntakeEntry:
    """The entry to be corrected, by its number; only one that holds can be."""
    wanted = str(turn.data.get("entry") or "")
    if why := nothing_registered(turn.case):
        raise NotAllowed("nothing_registered", why, turn.clause)
    found = next((e for e in live(entries_of(turn.case)) if e.number == wanted), None)
    if found is None:
        message = _("请选择要更正的登记；已被更正的登记不能再次更正。")
        raise Invalid("bad_entry", message, fields={"entry": message})
    return found


def _require_corrector(turn: Turn, before: IntakeEntry) -> None:
    rule = turn.step.params.get(CORRECTED_BY, OTHER_PERSON)
    people = {p.pk for p in (turn.actor.user, turn.actor.on_behalf_of) if p is not None}
    if rule == CHIEF and turn.actor.role != Role.CHIEF:
        raise NotAllowed("chief_only", _("收件登记由审核人更正。"), turn.clause)
    if rule == OTHER_PERSON and before.people & people:
        raise NotAllowed("other_person", _("收件登记须由原登记人以外的经办人或者审核人更正。"), turn.clause)


def _values(entry: IntakeEntry) -> tuple[object, ...]:
    return entry.received_at, entry.copies, entry.size, entry.bound


def _corrected(turn: Turn, before: IntakeEntry) -> tuple[dt.datetime, int, str, bool | None]:
    """What the entry should have said: received, copies, size, bound."""
    data = turn.data
    received = data.get("received_at") or before.received_at
    bound = before.bound if not data.get("bound") else data["bound"] == YES
    return received, data["copies"], data.get("size") or before.size, bound


@act("command.correct_intake")
def correct(turn: Turn) -> None:
    """The replacing entry; the one it replaces stays as it was written."""
    before = entry_named(turn)
    received, copies, size, bound = _corrected(turn, before)
    entry = _create(
        turn,
        kind=before.kind,
        copies=copies,
        size=size,
        bound=bound,
        carrier=before.carrier,
        manner=before.manner,
        evidence=turn.data["evidence"],
        received_at=received,
        supersedes=before,
        reason=turn.data["reason"],
    )
    turn.record |= {
        "supersedes": before.number,
        "before": {"received_at": before.received_at.isoformat(), "copies": before.copies},
    }
    turn.letter_values |= letter_values(entry)
    turn.message = _("已更正收件登记%(old)s，更正后登记号%(no)s；原登记保留备查。") % {
        "old": before.number,
        "no": entry.number,
    }
