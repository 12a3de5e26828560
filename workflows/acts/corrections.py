"""退回补正: one list, complete, as often as the programme allows; and what happens when time is up."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from audit import clock
from cases.declarations import open_next_version
from cases.enums import DeclarationStatus, DefectSource
from cases.errors import Invalid, NotAllowed
from cases.models import Declaration, Defect
from programmes.slots import slot_value
from workflows.acts.registry import act, pending
from workflows.defects import clean_rows, in_words
from workflows.turn import Turn

RETURNS = (
    "declare.return_to_applicant",
    "declare.return_for_correction",
    "file.return_for_correction",
    "review.return_for_correction",
    "award.return_for_correction",
)
LIMITS = {"declare.return_to_applicant": "recommender_returns"}
CORRECTIONS = "corrections"
"""The step parameter that says how often a declaration is returned here: a number or a slot; 0: not limited."""


@pending(*RETURNS)
def within_the_limit(turn: Turn) -> None:
    """Once is once: what was returned as often as the programme allows is decided now. The list becomes words."""
    most, done = returns_allowed(turn), returns_done(turn)
    if most and done >= most:
        raise NotAllowed(
            "corrected_before",
            _("本案已退回补正%(n)s次。补正内容应当一次性全部告知，不得再次退回，请依据现有材料作出决定。")
            % {"n": done},
            turn.clause,
        )
    rows, wrong = clean_rows(turn.case, turn.data.get("defects") or [])
    if wrong:
        raise Invalid("invalid", wrong, fields={"defects": wrong})
    turn.prepared = rows
    turn.data["reason"] = in_words(turn.case, rows, turn.data.get("reason") or "")


def returns_allowed(turn: Turn) -> int:
    """How often this office may return the declaration; 0: not limited. One query where a slot says it."""
    value = turn.step.params.get(LIMITS.get(turn.gate, CORRECTIONS), 0)
    if isinstance(value, str) and value in turn.pack.programme.slots:
        value = slot_value(turn.case.round, value) or 0
    return int(str(value))


def returns_done(turn: Turn) -> int:
    """How often it has. One query."""
    rows = turn.case.decisions.filter(procedure=turn.procedure, action=turn.action.code)
    return rows.count()


@act(*RETURNS)
def give_back(turn: Turn) -> None:
    """A new draft, copied from what was sent, with the one complete list of what to mend."""
    if not turn.data["reason"]:
        message = _("请逐项列出补正事项，或者填写补正意见。")
        raise Invalid("invalid", message, fields={"reason": message})
    draft = open_next_version(case=turn.case, note=turn.data["reason"])
    rows: list[dict[str, str]] = turn.prepared if isinstance(turn.prepared, list) else []
    _keep(turn, draft, rows)
    turn.record |= {"declaration": {"version": draft.version_no}, "defects": rows}
    turn.message = _("已退回申报单位补正。")


def _keep(turn: Turn, draft: Declaration, rows: list[dict[str, str]]) -> None:
    Defect.objects.bulk_create(
        Defect(
            case=turn.case,
            declaration=draft,
            decision=turn.decision,
            position=place,
            target=row["target"],
            problem=row["problem"],
            remedy=row["remedy"],
            source=_source(row),
            told_at=turn.now,
        )
        for place, row in enumerate(rows, start=1)
    )


def _source(row: dict[str, Any]) -> str:
    given = row.get("source", "")
    return given if given in DefectSource.values else DefectSource.OFFICER


@act("declare.deem_accepted")
def accept_by_silence(turn: Turn) -> None:
    """Nobody spoke within the limit: what was received counts as accepted from the day it was received (行政许可法 §32)."""
    assert turn.item is not None
    since = clock.local(turn.item.created_at).date()
    turn.letter_values |= {"starts_on": since}
    turn.record |= {"accepted_from": since}
    turn.message = _("办理期限届满，未告知补正或者不予受理，自%(day)s收到之日起视为受理。") % {
        "day": since.isoformat()
    }


@act("declare.correction_lapsed")
def not_corrected(turn: Turn) -> None:
    """The time for mending is up and nothing was sent: the open draft goes no further."""
    drafts = turn.case.declarations.filter(status=DeclarationStatus.DRAFT)
    drafts.update(status=DeclarationStatus.DISCARDED)
    turn.message = _("补正期限届满，申报单位未补正。")
