"""A beneficiary's ledger: what it has been granted, by authority and kind of award. 补助台账"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import clock
from cases.enums import AwardStatus
from cases.errors import NotAllowed
from cases.models import Award, Case
from programmes.schema import AwardSpec

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the beneficiary of a case was granted in its ledger before (万元)."""

    total: Decimal = ZERO
    this_year: Decimal = ZERO
    count: int = 0
    stages: tuple[str, ...] = ()


def award_spec(case: Case) -> AwardSpec | None:
    """The award that the case is about: of the step it stands in, else the first of its lifecycle."""
    steps = case.edition.pack.programme.lifecycle.steps
    here = steps.get(case.step)
    if here is not None and here.award is not None:
        return here.award
    return next((step.award for step in steps.values() if step.award is not None), None)


def beneficiary_code(case: Case) -> str:
    """统一社会信用代码 of the beneficiary. NotAllowed when the register has none: nobody could be held to a limit."""
    code = case.applicant.uscc
    if not code:
        raise NotAllowed("no_uscc", _("申报单位未登记统一社会信用代码，不能核算补助，请先由系统管理员登记。"))
    return str(code)


def entries(case: Case, spec: AwardSpec) -> QuerySet[Award]:
    """The beneficiary's entries in this ledger."""
    return Award.objects.filter(
        uscc=case.applicant.uscc, authority=case.authority_id, ledger=spec.ledger
    ).exclude(status=AwardStatus.CANCELLED)


def key_of(case: Case, spec: AwardSpec) -> str:
    """The counter under which this ledger is locked."""
    return f"ledger:{case.authority_id}:{spec.ledger}:{beneficiary_code(case)}"


def ledger_of(case: Case) -> Ledger:
    """The ledger without what this run of the case grants: earlier claims of the same case count. One query.

    An empty one for a programme without awards.
    """
    spec = award_spec(case)
    if spec is None or not case.applicant.uscc:
        return Ledger()
    year = clock.today().year
    rows = list(entries(case, spec).exclude(case=case, run_no=case.run_no).order_by("granted_on", "pk"))
    return Ledger(
        sum((row.granted for row in rows), ZERO),
        sum((row.granted for row in rows if row.year == year), ZERO),
        len(rows),
        tuple(row.stage for row in rows if row.stage),
    )


def share_of(case: Case, code: str, deciding: dict[str, str] | None) -> Decimal:
    """What one payer bears of the beneficiary's awards in this ledger, the one being decided included (万元)."""
    spec = award_spec(case)
    if spec is None or not case.applicant.uscc:
        return ZERO
    rows = entries(case, spec)
    borne = sum(
        (
            Decimal(row.shares.get(code, "0"))
            for row in (rows.exclude(case=case, run_no=case.run_no) if deciding else rows)
        ),
        ZERO,
    )
    return borne + Decimal((deciding or {}).get(code, "0"))
