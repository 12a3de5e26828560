"""Letters that go with an action. 文书"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from audit import clock
from cases.relations import parties_of
from programmes.citations import written_out
from programmes.default_letters import PREFIX, default_code, letter_of
from programmes.letters import RenderedLetter, render_letter
from workflows.items import UNIT_OF_ROLE
from workflows.turn import Turn


def date_text(day: dt.date | None) -> str:
    """A date as official letters print it: 2021年3月26日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter before the action has been carried out: its code, and what it may name as things stood then."""

    code: str
    values: dict[str, Any]


def values_of(turn: Turn, extra: dict[str, Any]) -> dict[str, Any]:
    """What a letter may name."""
    case, programme = turn.case, turn.pack.programme
    roles = programme.roles
    given = case.plaques.order_by("-pk").first()
    values: dict[str, Any] = (
        {
            "case_no": case.case_no,
            "case_title": case.title,
            "applicant": case.applicant.name,
            "holder": case.applicant.name,
            "programme": programme.title.zh,
            "round_name": case.round.name,
            "authority_office": _unit(turn, "officer") if "officer" in roles else programme.issuer.zh,
            "officer_unit": _unit(turn, "officer"),
            "approver_unit": _unit(turn, "approver"),
            "recommender": _unit(turn, "recommender"),
            "decided_on": clock.today(),
            "reason": turn.data.get("reason") or "",
            "opinion": turn.data.get("opinion") or "",
            "clause": written_out(turn.pack, turn.clause),
            "plaque_number": given.number if given else "",
            "tier": turn.standing.get("tier")
            or turn.pending.get("plaque.tier")
            or (given.tier if given else ""),
            "due_on": None,
            "starts_on": "",
            "ends_on": "",
            "period": _period(turn),
            "receipt_no": case.case_no,
        }
        | turn.letter_values
        | extra
    )
    plaque = programme.plaque
    if plaque:
        values["tier"] = next((t.label.zh for t in plaque.tiers if t.code == values["tier"]), values["tier"])
    return values


def _unit(turn: Turn, role: str) -> str:
    """Who acts in a role here: as the edition calls it, else the unit that goes with the applicant's place."""
    spec = turn.pack.programme.roles.get(role)
    if spec is None or spec.organization:
        return spec.organization if spec is not None else ""
    return next((p.organisation.name for p in parties_of(turn.case) if p.capacity == UNIT_OF_ROLE[role]), "")


def _period(turn: Turn) -> object:
    """The year of the appraisal that the action belongs to, or that it starts."""
    if turn.run is not None and turn.run.appraisal is not None:
        return turn.run.appraisal.period
    return turn.data.get("period") or ""


def _next_due(turn: Turn) -> dt.date | None:
    """By when the first duty that this action has opened, and that has a limit, must be done."""
    opened = turn.case.__dict__.get("opened_items") or ()
    return next((item.due_on for item in opened if item.due_on), None)


def rendered(turn: Turn, code: str, values: dict[str, Any]) -> RenderedLetter:
    """The letter ``code`` of the pinned edition, in Chinese: the language of the record."""
    told = {k: date_text(v) if isinstance(v, dt.date) else str(v or "") for k, v in values.items()}
    letter = letter_of(turn.pack, code)
    assert letter is not None
    return render_letter(letter, told, "zh-hans")


def draft(turn: Turn) -> Draft | None:
    """The letter that goes with this action, while the case still stands where the action was taken; None without one."""
    code = code_for(turn)
    return Draft(code, values_of(turn, {})) if code else None


def code_for(turn: Turn) -> str:
    """The letter that goes with this action: the pack's own, else the one that every programme has; '' for none."""
    return turn.owner.letters.get(turn.action.code) or default_code(turn.gate)


def attach(turn: Turn, letter: Draft | None) -> None:
    """Keep the letter on the decision, once it is known what waits next and until when (one UPDATE, or none)."""
    if letter is None or turn.decision is None:
        return
    if letter.code.startswith(PREFIX):
        turn.record |= {"letter": letter.code}
    values = letter.values | {"due_on": letter.values["due_on"] or _next_due(turn)}
    turn.decision.letter_code = letter.code
    turn.decision.letter = rendered(turn, letter.code, values).html
    turn.decision.save(update_fields=["letter_code", "letter"])
