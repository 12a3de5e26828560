"""认定授牌: approval by the approving body, plaque, standing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit import clock
from cases.facts import CaseFacts
from cases.models import Plaque, Standing
from cases.numbers import formatted
from programmes.values import evaluate_value
from workflows.acts import late
from workflows.acts.registry import act, pending
from workflows.turn import Turn


def tier_of(turn: Turn) -> str:
    """The tier code that the edition's expression gives; '' when there is none."""
    plaque = turn.pack.programme.plaque
    if plaque is None or not plaque.tier_expr:
        return ""
    facts = CaseFacts(turn.case, pending=turn.pending)
    value = evaluate_value(turn.pack, plaque.tier_expr, form_data=facts.form_data(), system_facts=facts)
    return str(value or "")


@pending("accredit.approve")
def decide_tier(turn: Turn) -> None:
    """The tier follows from the facts at the decision; nothing is approved while an objection is examined."""
    late.require_settled(turn)
    turn.standing = {"tier": tier_of(turn)}
    turn.pending |= {"approval.decision": "approved", "plaque.tier": turn.standing["tier"]}


@pending("accredit.refuse_approval", "accredit.return_for_rework")
def nothing_examined(turn: Turn) -> None:
    """Nothing is decided while an objection is examined."""
    late.require_settled(turn)


@act("accredit.approve")
def approved(turn: Turn) -> None:
    """Accredited from this decision on; the plaque follows."""
    turn.record |= {"tier": turn.standing.get("tier", "")}
    turn.message = _("已批准认定。")


@pending("accredit.issue_plaque")
def prepare_plaque(turn: Turn) -> None:
    """The rules look at the date and tier that are about to be registered."""
    turn.pending |= {"plaque.issued_on": clock.today(), "plaque.tier": tier_of(turn)}


@act("accredit.issue_plaque")
def issue_plaque(turn: Turn) -> None:
    """Number and register the plaque; the standing gets the number."""
    number = replace_plaque(turn, turn.pending["plaque.tier"])
    turn.message = _("已登记授牌，标牌编号%(no)s。") % {"no": number}


def replace_plaque(turn: Turn, tier: str) -> str:
    """Issue a plaque with a number of its own; one that the case had before (of another tier, of another holder) is

    taken back the same day. The standing gets the number, which is returned.
    """
    spec = turn.pack.programme.plaque
    assert spec is not None
    Plaque.objects.filter(case=turn.case, withdrawn_on__isnull=True).update(withdrawn_on=clock.today())
    number = formatted(
        spec.number, key=f"plaque:{turn.case.authority_id}:{turn.case.programme_id}", year=clock.today().year
    )
    plaque = Plaque.objects.create(
        case=turn.case,
        authority_id=turn.case.authority_id,
        number=number,
        title=str(spec.title.zh),
        tier=tier,
        issued_on=clock.today(),
    )
    Standing.objects.filter(case=turn.case, current=True).update(number=number)
    turn.record |= {"plaque": number, "issued_on": plaque.issued_on}
    turn.letter_values |= {"plaque_number": number}
    return number
