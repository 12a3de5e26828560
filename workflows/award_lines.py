"""Subsidies and awards as a reader may see them: how a sum comes about, who bears it, what was granted and paid. 补助与奖励"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from cases.enums import AwardStatus
from cases.ledger import award_spec, entries
from cases.models import Award, Case
from programmes.awards import Claim, NotReckoned, reckon, shares_of
from programmes.schema import AwardSpec, Pack
from workflows.acts.award import plain, values_of
from workflows.enums import ItemStatus
from workflows.models import WorkItem
from workflows.turn import Turn

FORMULA = "formula"
AWAITED = "await_province"
TONES: dict[str, str] = {
    AwardStatus.GRANTED: "warning",
    AwardStatus.PAID: "success",
    AwardStatus.RECORDED: "success",
    AwardStatus.CANCELLED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a sum (万元), with what it is and the clause it rests on."""

    label: str
    amount: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class AwardLine:
    """补助: one entry of the ledger, as its case tells it."""

    award: Award
    tone: str
    item: str
    stage: str
    granted: str
    figures: tuple[Figure, ...]
    shares: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class AwardView:
    """What a case came to in money: its entries, and since when the province's decision is awaited (None: it is not)."""

    lines: tuple[AwardLine, ...]
    awaited_since: dt.datetime | None

    def __bool__(self) -> bool:
        return bool(self.lines) or self.awaited_since is not None


def gives_awards(case: Case) -> bool:
    """Whether the case's programme can grant anything: a step with an award, or a reward by rank."""
    programme = case.edition.pack.programme
    steps = programme.lifecycle.steps.values()
    return any(step.award for step in steps) or any(side.ranking for side in programme.side.values())


def award_view(case: Case) -> AwardView | None:
    """The case's awards, the newest first; None where its programme grants none. Two queries."""
    if not gives_awards(case):
        return None
    rows = case.awards.order_by("-granted_on", "-pk")
    waiting = WorkItem.objects.filter(
        case=case, procedure="award", duty=AWAITED, status=ItemStatus.OPEN
    ).first()
    return AwardView(tuple(_line(case, row) for row in rows), waiting.created_at if waiting else None)


def _line(case: Case, row: Award) -> AwardLine:
    pack = case.edition.pack
    spec = _spec_of(case, row.ledger)
    return AwardLine(
        award=row,
        tone=TONES.get(row.status, "neutral"),
        item=str(spec.item) if spec is not None and spec.item.zh == row.item else row.item,
        stage=stage_label(pack, row.stage),
        granted=plain(row.granted),
        figures=tuple(figures_of(spec, row.basis)),
        shares=tuple(payers(spec, {code: Decimal(text) for code, text in row.shares.items()})),
    )


def _spec_of(case: Case, ledger: str) -> AwardSpec | None:
    steps = case.edition.pack.programme.lifecycle.steps.values()
    return next(
        (step.award for step in steps if step.award is not None and step.award.ledger == ledger), None
    )


def figures_of(
    spec: AwardSpec | None, basis: list[dict[str, str]] | tuple[dict[str, str], ...]
) -> Iterator[Figure]:
    """The formula's sum and the caps, each with its clause, in the reader's language."""
    caps = {cap.label.zh: str(cap.label) for cap in spec.caps} if spec is not None else {}
    for entry in basis:
        what = entry.get("what", "")
        label = _("按政策公式核算") if what == FORMULA else caps.get(what, what)
        yield Figure(label, plain(Decimal(entry["value"])), entry.get("clause", ""))


def payers(spec: AwardSpec | None, shares: dict[str, Decimal]) -> Iterator[Figure]:
    """Who bears how much."""
    known = {share.code: share for share in spec.shares} if spec is not None else {}
    for code, amount in shares.items():
        share = known.get(code)
        yield Figure(str(share.payer) if share else code, plain(amount), share.clause if share else "")


def stage_label(pack: Pack, code: str) -> str:
    """A stage of a staged award in the words of the form that asks for it; the code where no form names it."""
    if not code:
        return ""
    choices = (choice for form in pack.forms.values() for field in form.fields for choice in field.choices)
    return next((str(choice.label) for choice in choices if choice.code == code), code)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """核算: what a claim comes to as things stand; ``trouble`` (with its clause) where nothing can be computed."""

    figures: tuple[Figure, ...] = ()
    shares: tuple[Figure, ...] = ()
    stage: str = ""
    most: Decimal | None = None
    trouble: str = ""
    clause: str = ""


def claim_of(turn: Turn) -> Claim | None:
    """What the formula and the caps give before anything is granted; None where they cannot be reckoned."""
    spec = turn.step.award
    if spec is None:
        return None
    try:
        return reckon(turn.pack, spec, values_of(turn))
    except NotReckoned:
        return None


def reckoning(turn: Turn) -> Reckoning | None:
    """The claim with every figure and clause, for whoever assesses or decides; None outside an award."""
    spec = turn.step.award
    if spec is None:
        return None
    try:
        values = values_of(turn)
        claim = reckon(turn.pack, spec, values)
        borne = shares_of(turn.pack, spec, claim.most, values) if claim.most is not None else {}
    except NotReckoned as error:
        return Reckoning(trouble=str(error.reason), clause=error.clause)
    return Reckoning(
        tuple(figures_of(spec, claim.basis)),
        tuple(payers(spec, borne)),
        stage_label(turn.pack, claim.stage),
        claim.most,
    )


def earlier_awards(case: Case) -> list[Award]:
    """What the beneficiary was granted in this ledger before, the newest first. One query."""
    spec = award_spec(case)
    if spec is None or not case.applicant.uscc:
        return []
    rows = entries(case, spec).exclude(case=case, run_no=case.run_no).select_related("case")
    return list(rows.order_by("-granted_on", "-pk"))
