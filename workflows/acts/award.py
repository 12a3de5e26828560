"""补助与奖励: what is granted, within the caps, once; who bears it; what was paid.

The beneficiary's ledger is locked while a sum is decided, so that caps and once-only rules hold however many claims are
decided at the same moment.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from audit import clock
from cases.enums import AwardStatus
from cases.errors import Invalid, NotAllowed
from cases.facts import CaseFacts
from cases.ledger import beneficiary_code, entries, key_of
from cases.models import Award
from cases.numbers import hold_counter
from programmes.awards import Claim, NotReckoned, reckon, shares_of, to_yuan
from programmes.rules import resolve_context
from programmes.schema import AwardSpec
from programmes.slots import slot_values
from workflows.acts.registry import act, pending
from workflows.turn import Turn

TOO_MUCH = Decimal(100_000_000)
"""万元. No award comes to 一万亿元: whoever types as much has mistaken the unit or the key."""


def spec_of(turn: Turn) -> AwardSpec:
    """The award of the step."""
    spec = turn.step.award
    if spec is None:
        raise NotAllowed("no_award", _("本环节没有可给予的补助或奖励。"), turn.clause)
    return spec


def values_of(turn: Turn) -> dict[str, Any]:
    """What the pack's formulas may read."""
    facts = CaseFacts(turn.case, pending=turn.pending)
    return resolve_context(
        turn.pack,
        form_data=facts.form_data(),
        system_facts=facts,
        action_data=turn.data,
        slots=slot_values(turn.case.round),
    )


def _refused(error: NotReckoned) -> NotAllowed:
    return NotAllowed("award_undecided", _("无法核算金额：%(why)s。") % {"why": error.reason}, error.clause)


def granted_sum(turn: Turn, claim: Claim) -> Decimal:
    """What is granted: the formula's sum within the caps; the deciding body may grant less, never more.

    Without a formula the deciding body sets the sum within the caps. Raises Invalid beside the field.
    """
    given: Decimal | None = turn.data.get("amount")
    most = claim.most
    if given is not None and given >= TOO_MUCH:
        message = _("金额过大，请核对单位（应以万元为单位）。")
        raise Invalid("bad_amount", message, fields={"amount": message})
    if given is None:
        if claim.computed is None or most is None:
            message = _("请填写金额。")
            raise Invalid("no_amount", message, fields={"amount": message})
        return most
    if given < 0 or given != to_yuan(given):
        message = _("金额应为不小于0的数，精确到元（万元保留4位小数）。")
        raise Invalid("bad_amount", message, fields={"amount": message})
    if most is not None and given > most:
        message = _("金额不得超过%(most)s万元（%(clause)s）。") % {
            "most": plain(most),
            "clause": spec_of(turn).clause,
        }
        raise Invalid("above_cap", message, fields={"amount": message})
    return given


def plain(amount: Decimal) -> str:
    """The amount as people write it, without trailing zeros."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@pending("award.grant", "award.record_provincial_grant")
def decide_sum(turn: Turn) -> None:
    """Lock the ledger and work the sum out; the rules see it as about to be granted."""
    spec = spec_of(turn)
    _require_past(turn)
    hold_counter(key_of(turn.case, spec))
    values = values_of(turn)
    try:
        claim = reckon(turn.pack, spec, values)
        amount = granted_sum(turn, claim)
        shares = shares_of(turn.pack, spec, amount, values)
    except NotReckoned as error:
        raise _refused(error) from None
    turn.pending |= {
        "award.amount": amount,
        "award.computed": claim.computed,
        "award.shares": {code: f"{share:f}" for code, share in shares.items()},
    }
    turn.prepared = claim


def _require_past(turn: Turn) -> None:
    """A decision of the province is recorded once it has been made."""
    on = turn.data.get("granted_on")
    if on is not None and on > clock.today():
        message = _("省级决定日期不得晚于今日。")
        raise Invalid("bad_date", message, fields={"granted_on": message})


def _once(turn: Turn, spec: AwardSpec, stage: str) -> None:
    """The number of awards that one beneficiary can have in this ledger."""
    if not spec.limit:
        return
    held = entries(turn.case, spec).filter(stage=stage) if spec.stage else entries(turn.case, spec)
    if held.count() >= spec.limit:
        raise NotAllowed("award_limit", _("该单位已享受本项补助或奖励，不能重复享受。"), spec.clause)


@pending("award.pass_assessment", "award.send_to_province")
def what_it_would_come_to(turn: Turn) -> None:
    """The rules at the assessment see what the claim comes to, as far as it can be reckoned without a decision."""
    beneficiary_code(turn.case)
    try:
        claim = reckon(turn.pack, spec_of(turn), values_of(turn))
    except NotReckoned:
        return
    if claim.computed is not None:
        turn.pending |= {"award.amount": claim.most, "award.computed": claim.computed}


@act("award.grant", "award.record_provincial_grant")
def enter_in_ledger(turn: Turn) -> None:
    """The decision as an entry of the beneficiary's ledger. The rules have spoken; the limit holds in any case."""
    spec, claim = spec_of(turn), turn.prepared
    assert isinstance(claim, Claim)
    _once(turn, spec, claim.stage)
    by_province = turn.action.code == "record_provincial_grant"
    on = turn.data.get("granted_on") or clock.today()
    award = Award.objects.create(
        case=turn.case,
        run_no=turn.case.run_no,
        authority_id=turn.case.authority_id,
        ledger=spec.ledger,
        beneficiary=turn.case.applicant,
        uscc=beneficiary_code(turn.case),
        item=spec.item.zh,
        stage=claim.stage,
        year=on.year,
        status=AwardStatus.RECORDED if by_province else AwardStatus.GRANTED,
        computed=to_yuan(claim.computed) if claim.computed is not None else None,
        granted=turn.pending["award.amount"],
        shares=turn.pending["award.shares"],
        basis=list(claim.basis),
        granted_on=on,
        decision=turn.decision,
    )
    turn.record |= {
        "award": {
            "id": str(award.public_id),
            "ledger": award.ledger,
            "stage": award.stage,
            "granted": plain(award.granted),
            "shares": award.shares,
            "basis": award.basis,
        }
    }
    turn.letter_values |= {"amount": plain(award.granted), "item": spec.item.zh}
    turn.message = _("已审定金额%(amount)s万元。") % {"amount": plain(award.granted)}


@pending("award.record_payment")
def payable(turn: Turn) -> None:
    """A payment is not dated in the future, nor before the decision."""
    award = _granted(turn)
    day = turn.data["paid_on"]
    if not award.granted_on <= day <= clock.today():
        message = _("拨付日期应在审定日期（%(day)s）之后，且不晚于今日。") % {"day": award.granted_on}
        raise Invalid("bad_date", message, fields={"paid_on": message})


@act("award.record_payment")
def record_payment(turn: Turn) -> None:
    """What was granted has been paid."""
    award = _granted(turn)
    award.status, award.paid_on = AwardStatus.PAID, turn.data["paid_on"]
    award.voucher = turn.data["voucher"][:64]
    award.save(update_fields=["status", "paid_on", "voucher"])
    turn.record |= {"award": str(award.public_id), "paid_on": award.paid_on, "voucher": award.voucher}
    turn.letter_values |= {"amount": plain(award.granted), "paid_on": award.paid_on}
    turn.message = _("已登记拨付%(amount)s万元。") % {"amount": plain(award.granted)}


def _granted(turn: Turn) -> Award:
    award = (
        turn.case.awards.filter(run_no=turn.case.run_no, status=AwardStatus.GRANTED).order_by("-pk").first()
    )
    if award is None:
        raise NotAllowed("nothing_granted", _("没有待拨付的补助或奖励。"), turn.clause)
    return award


@act("award.send_to_province")
def send_to_province(turn: Turn) -> None:
    """争取: the case waits for the province's decision; nothing is granted by it being sent."""
    turn.record |= {"document_no": turn.data["document_no"]}
    turn.message = _("已上报省级，等待省级决定。")
